"""What a message is, from itself alone: its words, its danger, its places, its language.

Pure over one version of the content, so that it works when the database, Rasa and everything else are down.
"""

import unicodedata
from dataclasses import dataclass, replace

from bot.knowledge import Knowledge
from bot.languages import burmese, chinese
from bot.languages.catalogue import DEFAULT, LANGUAGES
from bot.languages.choice import asked_language, asked_script, choose
from bot.languages.detection import Guess, detect
from bot.languages.text import clean
from bot.messages import Incoming
from bot.payloads import Payload, parse_payload
from bot.people.person import UNICODE, ZAWGYI, Person

_SHORT = 24
"""Letters of a text that may be a piece of a sentence."""
_FEW = 4
"""Words of such a text, in languages that part them."""
_ENCODINGS = (ZAWGYI, UNICODE)


@dataclass(frozen=True)
class Heard:
    """A message as understood before any memory or model."""

    text: str
    payload: Payload | None
    odd_payload: bool
    """A payload that no button of ours sends."""
    danger: str | None
    """The reason the danger words fired, None when they did not."""
    here: str | None
    """The area the text says she is in."""
    named: str | None
    """The one area the text is about, wherever she is."""
    guess: Guess
    asks_for: str | None
    """The language a text asks for that is nothing but a language's name."""
    zawgyi: bool | None = None
    """Whether Burmese was typed in Zawgyi; `text` is Unicode either way. None for other texts."""
    zawgyi_sure: bool = False
    """Whether the text shows that by itself. Else it is read again once it is known what she used before."""
    goes_on: bool = False
    """Whether it is read together with the messages before it."""


def hear(incoming: Incoming, knowledge: Knowledge, *, zawgyi: bool | None = None) -> Heard:
    """Read one message. `zawgyi`: whether she typed Burmese in Zawgyi before, None when nothing is known."""
    reading = burmese.read(clean(incoming.text or ""), remembered=zawgyi)
    text = reading.text
    payload = parse_payload(incoming.payload) if incoming.payload else None
    guess = detect(unicodedata.normalize("NFKC", text))  # wide letters are Latin letters
    language = guess.language or incoming.language or DEFAULT
    places = knowledge.directory.places
    mentions = places.mentions(text, language) if text else ()
    return Heard(
        text=text,
        payload=payload,
        odd_payload=bool(incoming.payload) and payload is None,
        danger=_danger(knowledge, text, language) or _danger(knowledge, reading.other, language),
        here=places.where_she_is(mentions),
        named=places.named(mentions),
        guess=guess,
        asks_for=asked_language(text) if text else None,
        zawgyi=reading.zawgyi,
        zawgyi_sure=reading.sure,
    )


def _danger(knowledge: Knowledge, text: str | None, language: str) -> str | None:
    return knowledge.danger.assess(text, language) if text else None


def hear_again(heard: Heard, incoming: Incoming, knowledge: Knowledge, person: Person) -> Heard:
    """The message once it is known who wrote it: a short Burmese text in the encoding she used before."""
    if heard.zawgyi is None or heard.zawgyi_sure or person.script not in _ENCODINGS:
        return heard
    return hear(incoming, knowledge, zawgyi=person.script == ZAWGYI)


def is_short(heard: Heard) -> bool:
    """Whether a text may be the beginning or the middle of a sentence sent in pieces."""
    return bool(heard.text) and heard.payload is None and len(heard.text) <= _SHORT and heard.text.count(" ") < _FEW


def with_earlier_words(heard: Heard, begun: list[str], incoming: Incoming, knowledge: Knowledge) -> Heard:
    """The message together with what she wrote just before, oldest first, that was not understood by itself."""
    if not begun:
        return heard
    words = [burmese.read(clean(text), remembered=heard.zawgyi).text for text in begun]
    together = replace(incoming, text=" ".join([*words, heard.text]))
    return replace(hear(together, knowledge, zawgyi=False), zawgyi_sure=False, goes_on=True)


def in_her_language(person: Person, heard: Heard, incoming: Incoming) -> Person:
    """The person with the language and script this turn is answered in.

    A language asked for (by name, by button, by the page's choice) is remembered as chosen; what she writes decides
    otherwise, see bot/languages/choice.py.
    """
    asked, script = _asked(heard, person.script)
    picked = incoming.language if incoming.chosen and incoming.language in LANGUAGES else None
    if picked and not heard.text:
        asked = asked or picked
    chosen = asked or picked or person.chosen_language
    if asked:
        return replace(person, language=asked, chosen_language=chosen, script=script)
    language = choose(guess=heard.guess, chosen=chosen, remembered=person.language, hint=incoming.language)
    if language == "zh" and heard.guess.language == "zh":
        script = "hant" if chinese.is_traditional(heard.text) else script
    if language == "my" and heard.zawgyi_sure:
        script = ZAWGYI if heard.zawgyi else UNICODE
    return replace(person, language=language, chosen_language=chosen, script=script)


def _asked(heard: Heard, script: str | None) -> tuple[str | None, str | None]:
    """The language and script a message asks for outright; no language when it asks for none."""
    if heard.payload and heard.payload.verb == "language" and heard.payload.name in LANGUAGES:
        return heard.payload.name, "hans"
    if heard.payload and heard.payload.verb == "script":
        return "zh", "hant" if heard.payload.name == "hant" else "hans"
    return heard.asks_for, asked_script(heard.text) if heard.asks_for == "zh" else script
