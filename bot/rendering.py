"""From what was decided to what she reads: directives and notices become replies in her language.

Everything here is pure over one version of the content. Chinese is turned into Traditional characters, Burmese into Zawgyi,
at the very end and for people who write them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.dialogue.directive import Directive
from bot.dialogue.rasa_client import EMERGENCY
from bot.knowledge import Knowledge
from bot.languages.burmese import to_zawgyi
from bot.languages.catalogue import LANGUAGES, TRADITIONAL
from bot.languages.chinese import traditionalise
from bot.messages import Button, Kind, ReferralCard, Reply
from bot.payloads import other_payload
from bot.people.person import ZAWGYI
from bot.referrals.matching import DEFAULT_AREA, HOME
from bot.referrals.service import Service

SELF_HARM = "report_self_harm"
_MOST_BUTTONS = 4
_PLACES_SHOWN = 6
_KINDS: dict[str, Kind] = {"chat": "phrase"}
_ENTRANCES = ("greet", "ask_help", "out_of_scope")
"""Topics whose answer carries the menu."""
_CLOSE = 0.12
"""A topic less likely than this is not worth a button when in doubt."""


@dataclass(frozen=True)
class Listener:
    """To whom something is said."""

    language: str
    at: datetime
    area: str | None = None
    script: str | None = None


class Speaker:
    """Finds the words for one listener."""

    def __init__(self, knowledge: Knowledge, listener: Listener) -> None:
        self._texts = knowledge.texts
        self._directory = knowledge.directory
        self._to = listener

    def finish(self, replies: list[Reply]) -> tuple[Reply, ...]:
        """The replies in the characters she writes, or her phone can show."""
        write = _WRITTEN.get((self._to.language, self._to.script))
        return tuple(_rewritten(reply, write) for reply in replies) if write else tuple(replies)

    def say(self, directive: Directive, ranking: tuple[tuple[str, float], ...] = ()) -> list[Reply]:
        """What a directive asks to be said."""
        match directive.say:
            case "topic":
                return self._correctable(self.topic(directive.topic or "out_of_scope"), ranking)
            case "referrals":
                return [self.referrals(directive.referrals, area=directive.area)]
            case "ask_area":
                return [self.ask_area()]
            case "question":
                return self.question(directive.check or "", directive.number)
            case "check_result":
                return self.check_result(directive.check or "", directive.level or "none")
            case "language":
                return [self.notice("language_changed") if directive.language else self.languages()]
            case _:
                return [self.unsure(ranking)]

    # ---- answers ----

    def topic(self, topic: str, *, screen: int = 0) -> list[Reply]:
        """One screen of a topic's answer, with ways on; nothing of an unknown topic, the emergency answer of danger."""
        known = self._texts.topics.get(topic)
        if known is None:
            return [self.menu()]
        if known.danger and screen == 0:
            return self.emergency()
        article = self._texts.article(topic, self._to.language)
        screen = min(screen, len(article.screens) - 1)
        buttons = self._special_buttons(topic)
        if not buttons:
            if screen + 1 < len(article.screens):
                buttons.append(self._button("button_more", f"more:{topic}:{screen + 1}"))
            if known.check:
                buttons.append(self._button("button_check", f"check:{known.check}"))
            if topic in _ENTRANCES:
                buttons += self._groups()
            else:
                room = _MOST_BUTTONS - 1 - len(buttons)
                buttons += [self._topic_button(t) for t in article.next if t != "talk_to_person"][:room]
            if topic != "talk_to_person":
                buttons.append(self._person_button())
        return [
            Reply(
                kind=_KINDS.get(known.kind, "answer"),
                text=article.screens[screen],
                topic=topic,
                buttons=tuple(buttons),
                image=article.image if screen == 0 else None,
                audio=article.audio if screen == 0 else None,
                referrals=self._cards(self._emergency_services()) if known.danger else (),
            )
        ]

    def emergency(self, *, topic: str = EMERGENCY) -> list[Reply]:
        """The emergency answer with its numbers; and the question where she is, when that is not known."""
        services = self._emergency_services()
        text = self._texts.article(EMERGENCY, self._to.language).screens[0]
        if self._to.area and not any(s.area in self._directory.places.chain(self._to.area) for s in services):
            text = self._phrase("emergency_none", area=self._place(self._to.area))
        first = Reply(
            kind="emergency",
            text=text,
            topic=topic,
            referrals=self._cards(services),
            buttons=(self._person_button(),),
        )
        replies = [first]
        if topic == SELF_HARM:
            replies += self.topic(SELF_HARM)
        if self._to.area is None:
            replies.append(self.ask_area())
        return replies

    def referrals(self, ids: tuple[str, ...], *, area: str | None) -> Reply:
        """Services as cards, with a way to another place."""
        services = [self._directory.services[i] for i in ids if i in self._directory.services]
        services = [s for s in services if s.may_be_shown(self._to.at.date())]
        again = self._button("button_change_area", "areas")
        if not services:
            return Reply("referral", self._phrase("referrals_none"), buttons=(again,))
        checked = min(s.checked_on for s in services).isoformat()
        if area:
            title = self._phrase("referrals_title", area=self._place(area), checked=checked)
        else:
            title = self._phrase("referrals_general", checked=checked)
        return Reply("referral", title, referrals=self._cards(services, area=area), buttons=(again,))

    # ---- questions ----

    def ask_area(self) -> Reply:
        """Where she is, with the likeliest places as buttons."""
        home = HOME.get(self._to.language)
        order = [DEFAULT_AREA, *([home] if home else []), *self._directory.places.main()]
        shown = list(dict.fromkeys(order))[:_PLACES_SHOWN]
        buttons = [*map(self._place_button, shown), self._button("button_more_areas", "areas")]
        return Reply("menu", self._phrase("ask_area"), buttons=tuple(buttons))

    def areas(self) -> Reply:
        """Every place that is offered."""
        places = self._directory.places
        return Reply("menu", self._phrase("area_title"), buttons=tuple(map(self._place_button, places.main())))

    def question(self, check: str, number: int) -> list[Reply]:
        """A question of a guided check; before the first one what the check is."""
        replies = []
        if number == 1:
            replies.append(Reply("notice", self._texts.check_part(check, "intro", self._to.language)))
        answers = [self._button(f"button_{answer}", f"{answer}:{number}") for answer in ("yes", "no", "skip")]
        buttons = (*answers, self._button("button_stop", "stop"))
        replies.append(Reply("menu", self._texts.question(check, number, self._to.language), buttons=buttons))
        return replies

    def check_result(self, check: str, level: str) -> list[Reply]:
        """What the answers of a guided check mean, with a person to talk to."""
        buttons = (
            self._person_button(),
            self._button("button_numbers", "topic:find_hotline"),
            self._button("button_menu", "menu"),
        )
        return [Reply("answer", self._texts.check_part(check, level, self._to.language), buttons=buttons)]

    def unsure(self, ranking: tuple[tuple[str, float], ...]) -> Reply:
        """Doubt: the likeliest topics as buttons, or, when nothing is near, the menu; always a person."""
        likely = [topic for topic, confidence in ranking if confidence >= _CLOSE]
        return self._which("unsure_title", likely)

    def not_meant(self, names: str | None) -> Reply:
        """After "not what I meant": the next likely topics (as the button carried them), or the menu; always a person."""
        return self._which("other_title", (names or "").split("."))

    def missed_twice(self, ranking: tuple[tuple[str, float], ...]) -> Reply:
        """Twice in a row nothing was understood: a person and the numbers, and what may have been meant."""
        likely = self._offered([topic for topic, _ in ranking])
        buttons = (self._person_button(), *map(self._topic_button, likely), self._button("button_menu", "menu"))
        cards = self._cards(self._emergency_services())
        return Reply("menu", self._phrase("missed_twice"), buttons=buttons, referrals=cards)

    def _which(self, title: str, topics: list[str]) -> Reply:
        offered = self._offered(topics)
        if not offered:
            return Reply("menu", self._phrase("lost_title"), buttons=(*self._groups(), self._person_button()))
        return Reply("menu", self._phrase(title), buttons=(*map(self._topic_button, offered), self._person_button()))

    def _offered(self, topics: list[str]) -> list[str]:
        """Of likely topics, three at most that are worth a button."""
        known = self._texts.topics
        return [topic for topic in topics if topic in known and known[topic].kind != "chat"][:3]

    def _correctable(self, replies: list[Reply], ranking: tuple[tuple[str, float], ...]) -> list[Reply]:
        """An answer to her own words, as the model understood them, with a tap to say that it is another matter."""
        answer = replies[0]
        if len(ranking) < 2 or answer.kind != "answer" or self._special_buttons(answer.topic or ""):
            return replies  # a question of its own, like "delete everything?", is not mixed with another
        others = self._offered([topic for topic, _ in ranking if topic != answer.topic])
        return [answer.with_button(self._button("button_other", other_payload(others))), *replies[1:]]

    def menu(self, group: str | None = None) -> Reply:
        """The groups of topics, or the topics of one group."""
        if group not in self._texts.groups:
            return Reply("menu", self._phrase("menu_title"), buttons=(*self._groups(), self._person_button()))
        topics = [t.id for t in self._texts.topics.values() if t.group == group]
        back = self._button("button_menu", "menu")
        return Reply("menu", self._phrase(f"group_{group}"), buttons=(*map(self._topic_button, topics), back))

    def languages(self, key: str = "language_title") -> Reply:
        """The languages, each in its own name."""
        buttons = [Button(language.own_name, f"language:{language.code}") for language in LANGUAGES.values()]
        if self._to.language == "zh":
            buttons.insert(1, Button(TRADITIONAL, "script:hant"))
        return Reply("menu", self._phrase(key), buttons=tuple(buttons))

    def foreign(self) -> list[Reply]:
        """For a language Anlu does not speak: those it does, the emergency numbers, a person."""
        languages = self.languages("language_foreign").with_button(self._person_button())
        return [languages, *self.help_without_rasa("language_foreign")[:1]]

    def notice(self, key: str) -> Reply:
        """A short word about the service itself."""
        return Reply("notice", self._phrase(key))

    def help_without_rasa(self, key: str = "rasa_silent") -> list[Reply]:
        """Honest words, the numbers and the menu, for when nothing can be understood just now."""
        return [Reply("notice", self._phrase(key), referrals=self._cards(self._emergency_services())), self.menu()]

    def answer_words(self) -> dict[str, tuple[str, ...]]:
        """What she may type to a question of a guided check, by the button it stands for."""
        return {verb: self._texts.words(f"words_{verb}", self._to.language) for verb in ("stop", "skip", "yes", "no")}

    # ---- pieces ----

    def _emergency_services(self) -> tuple[Service, ...]:
        return self._directory.emergency(area=self._to.area, language=self._to.language, at=self._to.at)

    def _special_buttons(self, topic: str) -> list[Button]:
        if topic == "delete_my_data":
            return [self._button("button_forget_yes", "forget:yes"), self._button("button_forget_no", "forget:no")]
        if topic == "change_language":
            return list(self.languages().buttons)
        return []

    def _groups(self) -> list[Button]:
        return [self._button(f"group_{group}", f"menu:{group}") for group in self._texts.groups]

    def _person_button(self) -> Button:
        return self._button("button_person", "topic:talk_to_person")

    def _topic_button(self, topic: str) -> Button:
        return Button(self._texts.article(topic, self._to.language).title, f"topic:{topic}")

    def _place_button(self, code: str) -> Button:
        return Button(self._place(code), f"area:{code}")

    def _button(self, key: str, payload: str) -> Button:
        return Button(self._phrase(key), payload)

    def _phrase(self, key: str, **values: str) -> str:
        return self._texts.phrase(key, self._to.language, **values)

    def _place(self, code: str) -> str:
        return self._directory.places.name(code, self._to.language)

    def _cards(self, services: Sequence[Service], *, area: str | None = None) -> tuple[ReferralCard, ...]:
        near = self._directory.places.chain(area or self._to.area)
        always = self._phrase("referral_open_all_day")
        cards = (self._directory.card(s, language=self._to.language, named_area=s.area not in near) for s in services)
        return tuple(replace(c, hours=always) if c.hours == "24/7" else c for c in cards)


_WRITTEN: dict[tuple[str, str | None], Callable[[str], str]] = {
    ("zh", "hant"): traditionalise,
    ("my", ZAWGYI): to_zawgyi,
}
"""The other ways a language is written, by language and script."""


def _rewritten(reply: Reply, write: Callable[[str], str]) -> Reply:
    return replace(
        reply,
        text=write(reply.text),
        buttons=tuple(Button(write(b.title), b.payload) for b in reply.buttons),
        referrals=tuple(
            replace(r, name=write(r.name), hours=r.hours and write(r.hours), note=r.note and write(r.note))
            for r in reply.referrals
        ),
    )
