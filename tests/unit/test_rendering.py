"""What she reads: answers and their ways on, danger, questions, doubt, places, in the characters she writes."""

from datetime import datetime, timezone

import pytest

from bot.content.article import FIRST_SCREEN
from bot.content.files import read_folder
from bot.dialogue.directive import Directive
from bot.dialogue.rasa_client import EMERGENCY
from bot.knowledge import Knowledge, build_knowledge
from bot.languages import burmese
from bot.languages.catalogue import LANGUAGES
from bot.languages.chinese import simplify, traditionalise
from bot.languages.text import matching_form
from bot.messages import Reply
from bot.rendering import SELF_HARM, Listener, Speaker
from bot.settings import ROOT

AT = datetime(2026, 11, 25, 4, 0, tzinfo=timezone.utc)
KNOWLEDGE = build_knowledge(read_folder(ROOT / "content"))
TOPICS = KNOWLEDGE.texts.topics
PERSON = "topic:talk_to_person"
ITSELF = ("talk_to_person", "delete_my_data", "change_language")
"""Topics that need no way to a person: they are it, or ask one short question about the service."""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """All that content/ holds."""
    return KNOWLEDGE


def speaker(language: str = "en", area: str | None = None, script: str | None = None) -> Speaker:
    """Speaks to somebody."""
    return Speaker(KNOWLEDGE, Listener(language, AT, area, script))


def payloads(reply: Reply) -> list[str]:
    """What its buttons send."""
    return [button.payload for button in reply.buttons]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("topic", [t for t in TOPICS if not TOPICS[t].danger])
def test_every_answer_is_short_and_offers_a_way_on(topic: str, language: str) -> None:
    """A first screen that fits, its title's topic, a person to talk to, and few buttons, none twice."""
    (reply,) = speaker(language).topic(topic)
    assert 0 < len(reply.text) <= FIRST_SCREEN
    assert reply.topic == topic
    assert reply.kind == ("phrase" if TOPICS[topic].kind == "chat" else "answer")
    assert len(set(payloads(reply))) == len(payloads(reply))
    if topic not in ITSELF:
        assert payloads(reply)[-1] == PERSON
    if TOPICS[topic].kind in ("info", "report"):
        assert len(reply.buttons) <= 4
    if TOPICS[topic].check:
        assert f"check:{TOPICS[topic].check}" in payloads(reply)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_more_leads_through_every_screen_and_ends(language: str) -> None:
    """Each screen but the last has the button to the next; a screen too far shows the last."""
    for topic in (t for t in TOPICS if not TOPICS[t].danger):
        screens = KNOWLEDGE.texts.article(topic, language).screens
        for number, screen in enumerate(screens):
            (reply,) = speaker(language).topic(topic, screen=number)
            assert reply.text == screen
            if topic not in ITSELF:
                assert (f"more:{topic}:{number + 1}" in payloads(reply)) is (number + 1 < len(screens)), topic
        assert speaker(language).topic(topic, screen=99)[0].text == screens[-1]


def test_an_unknown_topic_brings_the_menu() -> None:
    """An old button, or a newer model than the texts."""
    (reply,) = speaker().topic("weather")
    assert reply == speaker().menu()
    assert reply.kind == "menu"


@pytest.mark.parametrize("topic", ["greet", "ask_help", "out_of_scope"])
def test_entrances_carry_the_menu(topic: str) -> None:
    """Whoever does not know what to ask sees what there is."""
    (reply,) = speaker().topic(topic)
    assert [f"menu:{g}" for g in KNOWLEDGE.texts.groups] == [p for p in payloads(reply) if p.startswith("menu:")]


def test_deleting_asks_first() -> None:
    """Yes or no, nothing else."""
    assert payloads(speaker().topic("delete_my_data")[0]) == ["forget:yes", "forget:no"]


# ---- danger ----


def test_danger_with_a_known_place() -> None:
    """One message: what to do, the numbers there, a person."""
    (reply,) = speaker("zh", "CN-JX").topic(EMERGENCY)
    assert reply.kind == "emergency"
    assert reply.referrals[0].id == "cn-110"
    assert payloads(reply) == [PERSON]
    assert ":" not in reply.referrals[0].name


def test_danger_without_a_place_brings_numbers_first_then_the_question() -> None:
    """China's and home's, each with its country in front; then where she is."""
    first, question = speaker("vi").emergency()
    assert first.referrals[0].id == "cn-110"
    assert "vn-113" in [card.id for card in first.referrals]
    assert all(": " in card.name for card in first.referrals)
    assert PERSON in payloads(first)
    assert "area:VN" in payloads(question)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("area", ["MM", "PH", "LS"])
def test_danger_where_no_number_is_known_is_told_honestly(language: str, area: str) -> None:
    """No number is invented, the others say whose they are, and there is still something she can do."""
    (reply,) = speaker(language, area).emergency()
    place = KNOWLEDGE.directory.places.name(area, language)
    assert reply.text == KNOWLEDGE.texts.phrase("emergency_none", language, area=place)
    assert place in reply.text
    assert all(": " in card.name for card in reply.referrals)


def test_self_harm_brings_help_and_the_gentle_answer() -> None:
    """An attempt under way keeps its topic."""
    first, second = speaker("en", "CN").emergency(topic=SELF_HARM)
    assert (first.kind, first.topic) == ("emergency", SELF_HARM)
    assert second.topic == SELF_HARM


def test_without_rasa_there_are_honest_words_numbers_and_the_menu() -> None:
    """She is never left with nothing."""
    notice, menu = speaker("zh", "TH").help_without_rasa()
    assert notice.text == KNOWLEDGE.texts.phrase("rasa_silent", "zh")
    assert notice.referrals[0].id == "th-191"
    assert menu.kind == "menu"


# ---- referrals and places ----


def test_referrals_say_where_and_when_they_were_looked_at() -> None:
    """Named by place, or by country when no place is known; always with a way to another place."""
    known = speaker("en").referrals(("cn-110", "cn-12338"), area="CN-YN")
    assert "Yunnan" in known.text
    assert "2026-11-24" in known.text
    assert [card.id for card in known.referrals] == ["cn-110", "cn-12338"]
    assert not known.referrals[0].name.startswith("China")
    general = speaker("en").referrals(("cn-110",), area=None)
    assert general.referrals[0].name.startswith("China: ")
    assert payloads(known) == payloads(general) == ["areas"]


@pytest.mark.parametrize("ids", [(), ("no-such",), ("cn-12110", "mm-199")])
def test_nothing_to_show_is_said(ids: tuple[str, ...]) -> None:
    """Also when the model names services that are gone or not confirmed."""
    reply = speaker("en").referrals(ids, area="MM")
    assert reply.referrals == ()
    assert reply.text == KNOWLEDGE.texts.phrase("referrals_none", "en")


def test_day_and_night_is_said_in_words() -> None:
    """Not as 24/7."""
    reply = speaker("zh").referrals(("cn-12345",), area="CN")
    assert reply.referrals[0].hours == KNOWLEDGE.texts.phrase("referral_open_all_day", "zh")


def test_the_likeliest_places_come_first() -> None:
    """China, then home, then a way to the others; no place twice."""
    offered = payloads(speaker("my").ask_area())
    assert offered[:2] == ["area:CN", "area:MM"]
    assert offered[-1] == "areas"
    assert len(set(offered)) == len(offered)
    assert set(offered[:-1]) <= set(payloads(speaker("my").areas()))


# ---- guided checks ----


@pytest.mark.parametrize("check", ["self_check", "broker_check", "job_check", "missing_guide"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_questions_of_a_check(check: str, language: str) -> None:
    """What it is before the first; yes, no, skip and stop under each."""
    intro, first = speaker(language).say(Directive("question", check=check, number=1))
    assert intro.kind == "notice"
    assert payloads(first) == ["yes:1", "no:1", "skip:1", "stop"]
    (second,) = speaker(language).question(check, 2)
    assert second.text != first.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_results_of_a_check(language: str) -> None:
    """Every level has words, a person, numbers and the menu."""
    for check in ("self_check", "broker_check", "job_check"):
        for level in ("none", "some", "many"):
            (reply,) = speaker(language).say(Directive("check_result", check=check, level=level))
            assert payloads(reply) == [PERSON, "topic:find_hotline", "menu"]
    for level in ("child", "abroad", "default"):
        assert speaker(language).check_result("missing_guide", level)[0].text


# ---- doubt, menu, languages ----


def test_doubt_offers_the_three_likeliest_and_a_person() -> None:
    """Small talk and what is not near are not worth a button."""
    ranking = (
        ("greet", 0.3),
        ("bride_price", 0.28),
        ("report_debt", 0.2),
        ("gone", 0.2),
        ("myths", 0.15),
        ("equality", 0.13),
    )
    (reply,) = speaker("en").say(Directive("unsure"), ranking)
    assert payloads(reply) == ["topic:bride_price", "topic:report_debt", "topic:myths", PERSON]
    assert reply.text == KNOWLEDGE.texts.phrase("unsure_title", "en")


@pytest.mark.parametrize("ranking", [(), (("bride_price", 0.1),), (("greet", 0.9),)])
def test_when_nothing_is_near_it_says_so(ranking: tuple[tuple[str, float], ...]) -> None:
    """The menu and a person."""
    reply = speaker("en").unsure(ranking)
    assert reply.text == KNOWLEDGE.texts.phrase("lost_title", "en")
    assert payloads(reply) == [f"menu:{g}" for g in KNOWLEDGE.texts.groups] + [PERSON]


def test_an_understood_text_can_be_corrected_in_one_tap() -> None:
    """The model's answer carries the next likely topics behind the last button; an answer to a button carries none."""
    ranking = (("bride_price", 0.6), ("myths", 0.2), ("greet", 0.1))
    (reply,) = speaker("en").say(Directive("topic", topic="bride_price"), ranking)
    assert payloads(reply)[-1] == "other:myths"
    (tapped,) = speaker("en").say(Directive("topic", topic="bride_price"), (("bride_price", 1.0),))
    assert not any(p.startswith("other") for p in payloads(tapped))
    corrected = speaker("en").not_meant("myths")
    assert payloads(corrected) == ["topic:myths", PERSON]
    assert payloads(speaker("en").not_meant(None)) == [f"menu:{g}" for g in KNOWLEDGE.texts.groups] + [PERSON]


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_misses_offer_a_person_first(language: str) -> None:
    """With the numbers, and what may have been meant."""
    reply = speaker(language).missed_twice((("bride_price", 0.1), ("greet", 0.1)))
    assert payloads(reply) == [PERSON, "topic:bride_price", "menu"]
    assert reply.referrals


def test_zawgyi_for_people_who_write_it() -> None:
    """Every word of a reply, as it was before when read back; other languages are left alone."""
    written = speaker("my", script="zawgyi")
    plain = speaker("my").menu()
    (reply,) = written.finish([plain])
    assert reply.text != plain.text
    assert matching_form(burmese.to_unicode(reply.text)) == matching_form(plain.text)
    assert all(b.title for b in reply.buttons)
    assert speaker("km", script="zawgyi").finish([speaker("km").menu()]) == (speaker("km").menu(),)


def test_the_menu_reaches_every_grouped_topic() -> None:
    """Each group lists its topics and the way back; an unknown group is the menu itself."""
    reached = []
    for group in KNOWLEDGE.texts.groups:
        reply = speaker("zh").menu(group)
        assert payloads(reply)[-1] == "menu"
        reached += payloads(reply)[:-1]
    assert reached
    assert sorted(reached) == sorted(f"topic:{t.id}" for t in TOPICS.values() if t.group)
    assert speaker("zh").menu("nowhere") == speaker("zh").menu()
    assert payloads(speaker("zh").menu())[-1] == PERSON


def test_languages_are_named_in_themselves() -> None:
    """All seven; the second script only where Chinese is read."""
    names = [button.title for button in speaker("en").languages().buttons]
    assert names == [language.own_name for language in LANGUAGES.values()]
    assert "script:hant" in payloads(speaker("zh").languages())


@pytest.mark.parametrize("saying", ["topic", "unsure", "ask_area", "language"])
def test_every_saying_has_words(saying: str) -> None:
    """Also when the directive lacks what it should name."""
    assert all(reply.text for reply in speaker("en").say(Directive(saying)))


# ---- script ----


def test_traditional_characters_for_people_who_write_them() -> None:
    """Texts, buttons, names, hours and notes; numbers and payloads stay as they are."""
    plain = speaker("zh", "HK").referrals(
        tuple(s.id for s in KNOWLEDGE.directory.services.values() if s.area == "HK"), area="HK"
    )
    (written,) = speaker("zh", "HK", "hant").finish([plain])
    assert written.text == traditionalise(plain.text)
    for card, before in zip(written.referrals, plain.referrals, strict=True):
        for shown in (card.name, card.hours, card.note):
            assert shown is None or shown == traditionalise(shown)
        assert (card.id, card.number, card.links) == (before.id, before.number, before.links)
    (answer,) = speaker("zh", None, "hant").finish(speaker("zh").topic("marriage_broker_risks"))
    assert simplify(answer.text) != answer.text
    assert [b.payload for b in answer.buttons] == payloads(speaker("zh").topic("marriage_broker_risks")[0])


@pytest.mark.parametrize(("language", "script"), [("zh", None), ("zh", "hans"), ("en", "hant")])
def test_others_keep_theirs(language: str, script: str | None) -> None:
    """Simplified by default; English has one script."""
    replies = speaker(language).topic("greet")
    assert speaker(language, None, script).finish(replies) == tuple(replies)
