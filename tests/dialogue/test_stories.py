"""Talks through the whole chain with the trained model: what a person writes and taps, and what she must get."""

import threading
from typing import Any

import pytest

from bot.content.files import read_folder
from bot.content.lookup import build_lookup
from bot.languages.catalogue import LANGUAGES
from bot.languages.chinese import is_traditional
from bot.settings import ROOT
from tests.talk import Answer, Talk

pytestmark = pytest.mark.chain
LOOKUP = build_lookup(read_folder(ROOT / "content"))
SIX, THREE = 6, 3
CHECKS = {"self_check": SIX, "broker_check": SIX, "job_check": SIX, "missing_guide": THREE}
MANY = ["self_check", "broker_check", "job_check"]


def words(key: str, language: str) -> str:
    """What a phrase of the content says."""
    return LOOKUP.phrase(key, language)


def question(answer: Answer, check: str, number: int, language: str = "en") -> bool:
    """Whether an answer ends with a question of a guided check."""
    return bool(answer.messages[-1]["text"] == LOOKUP.question(check, number, language))


@pytest.fixture
def she(anlu: str) -> Talk:
    """Somebody new who reads English."""
    return Talk(anlu, language="en")


@pytest.fixture
def ta(anlu: str) -> Talk:
    """Somebody new whose language is not known."""
    return Talk(anlu)


# ---- questions ----


@pytest.mark.parametrize(("hello", "language"), [("你好", "zh"), ("hello", "en")])
def test_a_greeting_is_returned_with_the_menu(ta: Talk, hello: str, language: str) -> None:
    """The first word brings a greeting in its language and all groups of topics."""
    answer = ta.say(hello)
    assert (answer.language, answer.topics, answer.kinds) == (language, {"greet"}, ["phrase"])
    assert [p for p in answer.payloads if p.startswith("menu:")] == [f"menu:{g}" for g in LOOKUP.groups]


@pytest.mark.parametrize(
    ("text", "language", "topic"),
    [
        ("彩礼是什么", "zh", "bride_price"),
        ("什么是人口拐卖", "zh", "what_is_trafficking"),
        ("出国打工要注意什么", "zh", "safe_migration_steps"),
        ("what is bride price", "en", "bride_price"),
        ("what is human trafficking", "en", "what_is_trafficking"),
        ("how can i check a job offer", "en", "check_job_offer"),
    ],
)
def test_a_question_is_answered_in_its_language(ta: Talk, text: str, language: str, topic: str) -> None:
    """A plain question brings its topic's first screen, short, with a way on and a person to talk to."""
    answer = ta.say(text)
    assert (answer.language, answer.first["topic"], answer.first["kind"]) == (language, topic, "answer")
    assert answer.first["text"] == LOOKUP.article(topic, language).screens[0]
    assert len(answer.first["text"]) <= 320
    assert "topic:talk_to_person" in answer.payloads
    assert not answer.body["emergency"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("topic", LOOKUP.topics)
def test_every_topic_by_its_button(anlu: str, topic: str, language: str) -> None:
    """Each topic's button brings that topic and no other, of the kind and with the referrals topics.yml says."""
    known = LOOKUP.topics[topic]
    answer = Talk(anlu, language=language).tap(f"topic:{topic}")
    kind = "emergency" if known.danger else "phrase" if known.kind == "chat" else "answer"
    assert (answer.first["kind"], answer.topics, answer.language) == (kind, {topic}, language)
    assert answer.body["emergency"] is known.danger
    if not known.danger:
        assert answer.first["text"] == LOOKUP.article(topic, language).screens[0]
        assert ("referral" in answer.kinds) is bool(known.refer)
    if known.refer:
        assert answer.asks_place
    if known.check:
        assert f"check:{known.check}" in answer.payloads


def test_more_of_an_answer(she: Talk) -> None:
    """The words "More" brings the next screens, the last one without another "more"."""
    screens = LOOKUP.article("bride_price", "en").screens
    answer = she.tap("topic:bride_price")
    for number in range(1, len(screens)):
        assert f"more:bride_price:{number}" in answer.payloads
        answer = she.tap(f"more:bride_price:{number}")
        assert answer.first["text"] == screens[number]
    assert not any(p.startswith("more:") for p in answer.payloads)


# ---- reports and places ----


@pytest.mark.parametrize(
    ("told", "place", "language", "area"),
    [("my husband beats me", "I am in Yunnan", "en", "Yunnan"), ("丈夫打我", "我在柬埔寨", "zh", "柬埔寨")],
)
def test_a_place_told_in_words(ta: Talk, told: str, place: str, language: str, area: str) -> None:
    """A report brings the answer, numbers and one question for the place; the place brings its numbers, and is kept."""
    answer = ta.say(told)
    assert answer.kinds == ["answer", "referral", "menu"]
    assert answer.topics == {"report_violence"}
    assert answer.numbers
    assert answer.asks_place
    there = ta.say(place)
    assert (there.kinds, there.language) == (["referral"], language)
    assert area in there.first["text"]
    assert there.numbers
    again = ta.say(told)
    assert again.kinds == ["answer", "referral"], "not asked again"
    assert area in again.messages[1]["text"]


def test_a_place_told_by_button(she: Talk) -> None:
    """A tapped place brings its numbers, and "another place" brings all of them."""
    she.say("they took my passport")
    there = she.tap("area:KH")
    assert there.kinds == ["referral"]
    assert all(service.startswith(("kh-", "int-")) for service in there.numbers[:1])
    assert not she.say("they took my passport").asks_place
    assert "area:TH" in she.tap("areas").payloads
    assert she.tap("area:TH").numbers != there.numbers


def test_a_place_told_with_the_report_is_not_asked_for(she: Talk) -> None:
    """Somebody who says where she is at once is shown the numbers there at once."""
    answer = she.say("my husband beats me, I am in Cambodia")
    assert answer.kinds == ["answer", "referral"]
    assert "Cambodia" in answer.messages[1]["text"]


def test_an_unanswered_place_question_is_not_put_again(she: Talk) -> None:
    """She need not answer: the next questions are answered, and the place is not asked for."""
    assert she.say("my husband beats me").asks_place
    for text, topic in (("what is bride price", "bride_price"), ("thank you", "thank"), ("no", "deny")):
        answer = she.say(text)
        assert answer.topics == {topic}
        assert not answer.asks_place


# ---- guided checks ----


def begin(she: Talk, check: str) -> None:
    """Start a check and see its first question."""
    answer = she.tap(f"check:{check}")
    assert answer.kinds == ["notice", "menu"]
    assert answer.first["text"] == LOOKUP.check_part(check, "intro", "en")
    assert question(answer, check, 1)
    assert answer.payloads == ["yes:1", "no:1", "skip:1", "stop"]


def go_through(she: Talk, check: str, answers: list[str]) -> Answer:
    """Answer every question, seeing each once and in order; what comes at the end."""
    begin(she, check)
    for number, said in enumerate(answers[:-1], 1):
        answer = she.tap(said)
        assert answer.kinds == ["menu"]
        assert question(answer, check, number + 1)
    return she.tap(answers[-1])


@pytest.mark.parametrize("check", MANY)
@pytest.mark.parametrize(("yes", "level"), [(0, "none"), (1, "some"), (2, "many"), (6, "many")])
def test_a_check_of_six_questions(she: Talk, check: str, yes: int, level: str) -> None:
    """Six questions, then what they come to; several warning signs bring numbers too."""
    end = go_through(she, check, ["no"] * (SIX - yes) + ["yes"] * yes)
    assert end.first["text"] == LOOKUP.check_part(check, level, "en")
    assert bool(end.numbers) is (level == "many")
    assert she.tap("yes").topics == {"affirm"}, "the check is over"


@pytest.mark.parametrize(
    ("answers", "levels"),
    [
        (["no", "no", "yes"], ["default"]),
        (["yes", "no", "no"], ["child"]),
        (["no", "yes", "no"], ["abroad"]),
        (["yes", "yes", "no"], ["child", "abroad"]),
        (["skip", "skip", "skip"], ["default"]),
    ],
)
def test_the_guide_for_a_missing_person(she: Talk, answers: list[str], levels: list[str]) -> None:
    """Three questions, then what to do first, most urgent first, and numbers."""
    end = go_through(she, "missing_guide", answers)
    said = [m["text"] for m in end.messages if m["kind"] == "answer"]
    assert said == [LOOKUP.check_part("missing_guide", level, "en") for level in levels]
    assert end.numbers


def test_a_skipped_question_is_no_yes(she: Talk) -> None:
    """Skipping all six is none of the signs."""
    end = go_through(she, "self_check", ["skip"] * SIX)
    assert end.first["text"] == LOOKUP.check_part("self_check", "none", "en")


def test_a_check_in_words(she: Talk) -> None:
    """Yes, no and skip may be typed."""
    begin(she, "job_check")
    for number, said in enumerate(("yes", "no", "skip", "don't know", "next"), 2):
        assert question(she.say(said), "job_check", number)
    assert she.say("no").first["text"] == LOOKUP.check_part("job_check", "some", "en")


def test_a_button_tapped_twice(she: Talk) -> None:
    """The second tap of the same button shows the open question again and answers nothing."""
    begin(she, "self_check")
    assert question(she.tap("no:1"), "self_check", 2)
    assert question(she.tap("no:1"), "self_check", 2)
    for number in range(2, SIX):
        assert question(she.tap(f"no:{number}"), "self_check", number + 1)
    end = LOOKUP.check_part("self_check", "none", "en")
    assert she.tap("no:6").first["text"] == end
    assert she.tap("no:6").first["text"] == end


def test_a_check_in_chinese_words(anlu: str) -> None:
    """The same in Chinese."""
    ta = Talk(anlu, language="zh")
    ta.tap("check:broker_check")
    for number, said in enumerate(("有的", "不是", "跳过", "没得", "不是"), 2):
        assert question(ta.say(said), "broker_check", number, "zh")
    assert ta.say("不是").first["text"] == LOOKUP.check_part("broker_check", "some", "zh")


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("stop", ["button", "word"])
def test_a_check_stops_at_once(she: Talk, check: str, stop: str) -> None:
    """The words "Stop" ends it at once, and a yes afterwards belongs to nothing."""
    begin(she, check)
    she.tap("no")
    answer = she.tap("stop") if stop == "button" else she.say("stop")
    assert answer.topics == {"ask_help"}
    assert she.tap("yes").topics == {"affirm"}
    begin(she, check)


def test_a_check_interrupted_by_a_question(she: Talk) -> None:
    """A question in the middle is answered, then the open question of the check is put again."""
    begin(she, "broker_check")
    she.tap("yes")
    between = she.say("what is bride price")
    assert between.topics == {"bride_price"}
    assert question(between, "broker_check", 2)
    assert question(she.tap("no"), "broker_check", 3)


def test_danger_leaves_the_check(she: Talk) -> None:
    """Danger in the middle of a check brings the emergency answer, and the check is over."""
    begin(she, "self_check")
    she.tap("yes")
    danger = she.say("help me now he has a knife")
    assert danger.body["emergency"]
    assert danger.first["kind"] == "emergency"
    assert danger.numbers
    after = she.tap("yes")
    assert after.topics == {"affirm"}
    assert not any(question(after, "self_check", n) for n in range(1, SIX + 1))
    assert she.say("what is bride price").kinds == ["answer"]


def test_after_danger_a_place_brings_its_emergency_number(she: Talk) -> None:
    """The place question of the emergency answer is answered with that place's emergency number."""
    assert she.say("help me he is going to kill me").asks_place
    there = she.tap("area:CN")
    assert there.body["emergency"]
    assert "cn-110" in there.numbers


# ---- languages ----


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_a_language_by_its_name(ta: Talk, language: Any) -> None:
    """A message that is only a language's own name changes to it."""
    answer = ta.say(language.own_name)
    assert answer.language == language.code
    assert answer.kinds == ["notice", "menu"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_by_its_button(she: Talk, code: str) -> None:
    """The language's button changes to it, and it stays when nothing else is written."""
    assert f"language:{code}" in she.tap("topic:change_language").payloads
    she = Talk(she.url)
    assert she.tap(f"language:{code}").language == code
    assert she.tap("menu").language == code


@pytest.mark.parametrize(
    ("text", "language"),
    [("please speak English with me", "en"), ("请用越南语", "vi"), ("can you speak Chinese", "zh")],
)
def test_a_language_by_a_sentence(ta: Talk, text: str, language: str) -> None:
    """A sentence that asks for a language changes to it."""
    assert ta.say(text).language == language
    assert ta.tap("menu").language == language


def test_another_script_is_another_language(ta: Talk) -> None:
    """Who writes in another script is answered in it without asking."""
    assert [ta.say(t).language for t in ("hello", "彩礼是什么", "what is bride price")] == ["en", "zh", "en"]


def test_traditional_characters_are_answered_in_traditional(ta: Talk) -> None:
    """Who writes Traditional characters reads them: texts, buttons, names of services."""
    answer = ta.say("丈夫打我，我該怎麼辦")
    assert answer.language == "zh"
    shown = [m["text"] for m in answer.messages] + [b["title"] for m in answer.messages for b in m["buttons"]]
    shown += [r["name"] for m in answer.messages for r in m["referrals"]]
    for text in shown:
        assert is_traditional(text) or not is_traditional(traditional(text)), text
    assert is_traditional(answer.first["text"])
    assert not is_traditional(ta.tap("script:hans").text)


def traditional(text: str) -> str:
    """The text in Traditional characters."""
    from bot.languages.chinese import traditionalise

    return traditionalise(text) if traditionalise(text) != text else ""


# ---- services ----


@pytest.mark.parametrize(
    ("text", "language"), [("please delete everything about me", "en"), ("把我的记录都删掉", "zh")]
)
def test_forget_me(ta: Talk, text: str, language: str) -> None:
    """The words "Forget me" asks once; no keeps all, yes deletes all, and the conversation is unknown then."""
    asked = ta.say(text)
    assert asked.topics == {"delete_my_data"}
    assert asked.payloads == ["forget:yes", "forget:no"]
    assert ta.tap("forget:no").text == words("kept", language)
    assert ta.since()["messages"]
    assert ta.tap("forget:yes").text == words("forgotten", language)
    assert ta.http.get("/api/v1/messages", params={"conversation_id": ta.id}).status_code == 404
    assert ta.forget() == 404


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("i want to get campaign messages", "subscribe"),
        ("stop sending me campaign messages", "unsubscribe"),
        ("this answer did not help me", "give_feedback"),
        ("我想订阅宣传消息", "subscribe"),
        ("不要再给我发宣传消息了", "unsubscribe"),
        ("你的回答没有用", "give_feedback"),
    ],
)
def test_services_by_words(ta: Talk, text: str, topic: str) -> None:
    """Campaign messages on and off, and a complaint about an answer, are understood and confirmed."""
    answer = ta.say(text)
    assert answer.topics == {topic}


@pytest.mark.parametrize("text", ["/restart", '/affirm{"check":"self_check"}', "/session_start", "/stop_check"])
def test_a_leading_slash_fires_nothing_in_a_check(she: Talk, text: str) -> None:
    """Text that would name an intent outright to Rasa is understood as text: the check stands where it stood."""
    begin(she, "self_check")
    she.tap("no")
    answer = she.say(text)
    assert "notice" not in answer.kinds, "Rasa must not be silent"
    assert question(answer, "self_check", 2)


@pytest.mark.parametrize(
    "text", ['/start_check{"check":"job_check"}', '/inform_area{"place":"KH"}', "/restart", "//", "/ /"]
)
def test_a_leading_slash_fires_nothing(she: Talk, text: str) -> None:
    """Nor does it start a check or tell a place; and she is answered."""
    answer = she.say(text)
    assert answer.messages
    assert "yes" not in answer.payloads
    assert "Cambodia" not in answer.text


# ---- order ----


def test_turns_of_one_person_stay_in_order(she: Talk) -> None:
    """Messages sent side by side are answered one after the other: a check loses and doubles no question."""
    begin(she, "self_check")
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(she.tap("no"))) for _ in range(SIX)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ends = sorted(a.messages[-1]["text"] for a in answers)
    expected = [LOOKUP.question("self_check", n, "en") for n in range(2, SIX + 1)]
    assert ends == sorted([*expected, LOOKUP.check_part("self_check", "none", "en")])
    kept = [m["text"] for m in she.since()["messages"]]
    assert kept[1:] == [LOOKUP.question("self_check", 1, "en"), *expected, kept[-1]]
