"""Which language to answer in, as a pure rule: what she just wrote > what she chose > what she used > a hint > default."""

import re

from bot.languages.catalogue import DEFAULT, LANGUAGES
from bot.languages.detection import Guess
from bot.languages.script import main_script
from bot.languages.text import matching_form

_SURE = 0.9
_IN_LATIN = ("en", "vi", "zh")
"""Languages people type in Latin letters by rule: English, Vietnamese, Chinese in pinyin."""
_BY_SHAPE = ("vi", "zh")
"""Of these, those whose words have a shape of their own."""
_BY_NAME = {matching_form(alias): language.code for language in LANGUAGES.values() for alias in language.aliases}
_TRADITIONAL = frozenset(("繁体", "繁体中文", "繁体字", "正体", "正体中文", "traditional chinese", "traditional"))
_SIMPLIFIED = frozenset(("简体", "简体中文", "简体字", "simplified chinese", "simplified"))


def asked_language(text: str) -> str | None:
    """The language a message asks for when it is nothing but a language's name, else None."""
    return _BY_NAME.get(matching_form(text).strip(" .!?。！？")) or ("zh" if asked_script(text) else None)


def asked_script(text: str) -> str | None:
    """The value "hant" or "hans" when a message is nothing but the name of a Chinese script, else None."""
    name = matching_form(text).strip(" .!?。！？")
    if name in _TRADITIONAL:
        return "hant"
    return "hans" if name in _SIMPLIFIED else None


def named_language(text: str) -> str | None:
    """The one language a sentence names ("please use Vietnamese"), None when it names none or several."""
    form = matching_form(text)
    found = {code for alias, code in _BY_NAME.items() if _names(form, alias)}
    if named_script(text):
        found.add("zh")
    return found.pop() if len(found) == 1 else None


def _names(form: str, alias: str) -> bool:
    """Whether a name stands in a sentence; in Latin letters as words of its own ("thai" is not in "thailand")."""
    if alias not in form:
        return False
    return main_script(alias) != "latin" or bool(re.search(rf"(?<!\w){re.escape(alias)}(?!\w)", form))


def named_script(text: str) -> str | None:
    """The value "hant" or "hans" when a sentence names a Chinese script, else None."""
    form = matching_form(text)
    if any(name in form for name in _TRADITIONAL):
        return "hant"
    return "hans" if any(name in form for name in _SIMPLIFIED) else None


def choose(*, guess: Guess, chosen: str | None, remembered: str | None, hint: str | None) -> str:
    """The language of the answer.

    A text in another script changes the language without asking: she wrote it. In Latin letters a guess that is not sure
    gives way to what she chose or used before; what merely looks like English ("ok", Khmer in Latin letters) to any language.
    `hint` is what her device says.
    """
    if guess.language and guess.certainty >= _SURE:
        return guess.language
    for language in (chosen, remembered):
        if language in LANGUAGES and (guess.language not in _BY_SHAPE or language in _IN_LATIN):
            return language
    if guess.language:
        return guess.language
    return hint if hint in LANGUAGES else DEFAULT
