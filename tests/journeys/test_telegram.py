"""Telegram, as a person with a phone meets it: the real gateway process, the real library, a Bot API over HTTP.

Rasa is not running in most of these: what they are about must hold without it.
"""

import itertools
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.clock import now
from bot.people.store import Traces
from tests.bot_api import TOKEN, BotApi, Correspondent, post_update
from tests.gateway_process import GatewayProcess


@pytest.fixture(scope="module")
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


@pytest.fixture(scope="module")
def gateway(api: BotApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    folder = tmp_path_factory.mktemp("telegram")
    with GatewayProcess(folder, ANLU_TELEGRAM_TOKEN=TOKEN, ANLU_TELEGRAM_API_URL=api.url) as gateway:
        yield gateway


@pytest.fixture
def she(api: BotApi, gateway: GatewayProcess) -> Correspondent:
    return api.person()


def test_start_greets_and_offers_the_menu(she: Correspondent) -> None:
    """/start is answered in the language of her app, with buttons."""
    she.writes("/start")
    greeting = she.gets()[0]
    assert greeting.text.startswith("Hello")
    assert "I need help" in greeting.titles


def test_start_in_chinese(api: BotApi, gateway: GatewayProcess) -> None:
    """Somebody whose app is in Chinese is greeted in Chinese."""
    she = api.person("zh-hans")
    she.writes("/start")
    assert "我需要帮助" in she.gets()[0].titles


@pytest.mark.parametrize(
    ("payload", "kept"), [("spring_2026-GD", "spring_2026-GD"), ("x' OR 1=1", None), ("ü" * 3, None), ("a" * 65, None)]
)
def test_a_campaign_is_remembered_if_it_can_be_one(
    she: Correspondent, gateway: GatewayProcess, payload: str, kept: str | None
) -> None:
    """The word behind /start is kept when it is one Telegram allows; anything else is greeted all the same."""
    she.writes(f"/start {payload}")
    assert she.gets()[0].titles
    services = gateway.services()
    with services.database.reading() as connection:
        person = services.people.find(connection, services.people.pseudonym("telegram", str(she.chat)))
    assert person
    assert person.campaign == kept


def test_every_command_is_answered(she: Correspondent) -> None:
    """The five commands that talk each get an answer, also with the bot's name behind them."""
    for command in ("/help", "/language@anlu_test_bot", "/stop", "/delete", "/LANGUAGE"):
        she.writes(command)
        assert she.gets()[0].text, command


def test_an_unknown_command_is_read_as_words(she: Correspondent) -> None:
    """A slash in front of anything else fires nothing."""
    she.writes("/restart{}")
    assert she.gets()[0].text


def test_a_tap_is_answered_and_the_button_stops_spinning(she: Correspondent, api: BotApi) -> None:
    """A button leads on, and its query is answered once."""
    she.writes("/start")
    tapped = she.taps(she.gets()[0], "I need help")
    assert "Talk to a person" in she.gets()[0].titles
    queries = [c.params["callback_query_id"] for c in api.calls_of("answerCallbackQuery")]
    assert queries.count(tapped["callback_query"]["id"]) == 1


def test_a_button_says_nothing_of_what_it_does_that_could_be_used_elsewhere(
    she: Correspondent, api: BotApi, gateway: GatewayProcess
) -> None:
    """Callback data of another chat, or made up, does nothing but say that the button is old."""
    other = api.person()
    other.writes("/delete")
    theirs = other.gets()[0]
    she.writes("/start")
    mine = she.gets()[0]
    forged = [theirs.rows[0][0]["callback_data"], "forget:yes", "", "x" * 12 + "forget:yes", "\u4e2d" * 20]
    for data in forged:
        she.taps(mine, data)
        assert she.gets(2)[0].text.startswith("That button is no longer in use"), data


def test_delete_forgets_her(she: Correspondent, gateway: GatewayProcess) -> None:
    """/delete asks, and "yes" leaves nothing of her in the database; she is told."""
    she.writes("/delete")
    asked = she.gets()[0]
    she.taps(asked, "Yes, delete everything")
    assert she.gets()[0].text.startswith("Done.")
    services = gateway.services()
    with services.database.reading() as connection:
        assert services.people.find(connection, services.people.pseudonym("telegram", str(she.chat))) is None


def test_danger_brings_numbers_at_once(she: Correspondent, api: BotApi) -> None:
    """The emergency answer comes first, with numbers, faster than Rasa could be waited for."""
    she.writes("hello")
    she.gets()
    started = time.monotonic()
    she.writes("I am in danger, he has a knife")
    first = she.gets(2)[0]
    assert "110" in first.text
    assert first.at - started < 1.0


def test_numbers_stand_in_the_message(she: Correspondent) -> None:
    """Who can help is readable text: name, number, and what to know before calling."""
    she.writes("I am in Cambodia, I am in danger, he has a knife")
    text = she.gets()[0].text
    assert "117" in text
    assert "no credit on your phone" in text


@pytest.mark.parametrize(
    "content",
    [
        {"sticker": {"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1, "is_animated": False,
                     "is_video": False, "type": "regular"}},
        {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 3}},
        {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]},
        {"document": {"file_id": "a", "file_unique_id": "b"}},
        {"location": {"latitude": 25.0, "longitude": 102.7}},
        {"contact": {"phone_number": "1", "first_name": "x"}},
        {"kind_of_tomorrow": {"x": 1}},
    ],
    ids=lambda c: next(iter(c)),
)  # fmt: skip
def test_what_is_not_words_gets_a_plain_answer_with_numbers(she: Correspondent, content: dict[str, object]) -> None:
    """Stickers, voice, pictures, files, places: she is told that only words are read, and whom to call."""
    she.sends(**content)
    first = she.gets(2)[0]
    assert first.text.startswith("I can only read words")
    assert "110" in first.text


def test_a_caption_is_read(she: Correspondent) -> None:
    """The words under a picture count as her message."""
    photo = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
    she.sends(photo=photo, caption="I am in danger, he has a knife")
    assert "110" in she.gets(2)[0].text


def test_an_edit_is_answered_anew(she: Correspondent) -> None:
    """She corrects a message and is answered to what it says now."""
    wrote = she.writes("hello")
    she.gets()
    she.edits(wrote, "I am in danger, he has a knife")
    assert "110" in she.gets(2)[0].text


def test_service_notes_and_unknown_updates_are_passed_over(she: Correspondent, api: BotApi) -> None:
    """A pinned message or an update of a kind we do not know says nothing and blocks nothing."""
    she.sends(message_auto_delete_timer_changed={"message_auto_delete_time": 86400})
    api.push("an_update_of_tomorrow", {"x": 1})
    api.push("message", {"nothing": "as expected"})
    she.writes("/start")
    assert len(she.gets()) == 1


def test_bots_are_not_talked_to(api: BotApi, gateway: GatewayProcess) -> None:
    """Two bots would talk for ever."""
    bot = api.person()
    message = bot.message(text="hello")
    message["from"]["is_bot"] = True
    api.push("message", message)
    time.sleep(0.7)
    assert not api.to(bot.chat)


def test_a_group_is_told_why_once_and_left(she: Correspondent, api: BotApi) -> None:
    """Added to a group, Anlu says once that it talks in private only, and leaves; added again, again."""
    group = {"id": -1001, "type": "supergroup", "title": "Family"}
    me = {"id": 1, "is_bot": True, "first_name": "Anlu"}

    def membership(old: str, new: str) -> dict[str, object]:
        parts = {"old_chat_member": {"status": old, "user": me}, "new_chat_member": {"status": new, "user": me}}
        return {"chat": group, "from": she.user, "date": int(time.time()), **parts}

    for expected in (1, 2):
        api.push("my_chat_member", membership("left", "member"))
        api.push("message", {**she.message(text="hello all"), "chat": group})
        assert api.wait(lambda n=expected: len(api.calls_of("leaveChat", -1001)) == n)  # type: ignore[misc]
        assert len(api.to(-1001)) == expected
        assert "private chats" in api.to(-1001)[0].text
        api.push("my_chat_member", {**membership("member", "left"), "new_chat_member": {"status": "left", "user": me}})


def test_wipe_empties_the_chat(she: Correspondent, api: BotApi, gateway: GatewayProcess) -> None:
    """/wipe deletes both sides' messages, more than one batch of them, and says what it cannot reach."""
    for word in ("/start", "hello", "I am in danger, he has a knife"):
        she.writes(word)
        she.gets()
    services = gateway.services()
    with services.database.transaction() as connection:
        for _ in range(130):
            earlier = str(api.next_message(she.chat, "earlier"))
            Traces().add(connection, services.people.pseudonym("telegram", str(she.chat)), earlier, at=now())
    assert len(she.sees) > 135
    she.writes("/wipe")
    words = she.gets()[-1].text
    assert words.startswith("I deleted what I could")
    assert list(she.sees.values()) == [words]


def test_wipe_says_it_in_chinese(api: BotApi, gateway: GatewayProcess) -> None:
    """The last word is in her language, also when it is the first one."""
    she = api.person("zh")
    she.writes("/wipe")
    assert she.gets()[0].text.startswith("最近48小时")


def test_a_repeated_update_is_answered_once(she: Correspondent, api: BotApi) -> None:
    """Telegram may deliver twice; she is answered once."""
    update = she.writes("/start")
    she.gets()
    api.deliver_again(update)
    api.deliver_again(update)
    she.writes("/help")
    assert len(she.gets()) == 1


def test_order_holds_in_a_crowd(api: BotApi, gateway: GatewayProcess) -> None:
    """Two hundred messages of twenty people at once: each person is answered in the order she wrote."""
    people = [api.person() for _ in range(20)]
    for person in people:
        person.writes("/start")
    menus = [person.gets()[0] for person in people]
    titles = ["I need help", "Signs of danger", "Marriage and brokers", "Work away from home", "Family and children"]
    wanted = [t for _, t in zip(range(9), itertools.cycle(titles), strict=False)]
    for title in wanted:
        for person, menu in zip(people, menus, strict=True):
            person.taps(menu, title)
    for person in people:
        assert [s.text for s in person.gets(9, seconds=40)] == wanted


def test_commands_and_descriptions_are_set_per_language(api: BotApi, gateway: GatewayProcess) -> None:
    """The menu of commands speaks each language that has the words, and a default for the rest."""
    assert api.wait(lambda: len(api.calls_of("setMyShortDescription")) >= 3)
    codes = [c.params.get("language_code") for c in api.calls_of("setMyCommands")]
    assert codes[0] is None
    assert {"en", "zh"} <= set(codes)
    assert all("wipe" in c.params["commands"] for c in api.calls_of("setMyCommands"))


def test_nothing_of_a_person_is_in_the_log(she: Correspondent, gateway: GatewayProcess) -> None:
    """Chat ids, names, words and the token stay out of every log line, whatever this module did."""
    she.name = "Marker-Name"
    she.writes("a marker-word of hers")
    she.gets()
    log = gateway.log.read_text()
    for secret in (TOKEN, TOKEN.split(":")[1], str(she.chat), "Marker-Name", "marker-word", "has a knife"):
        assert secret not in log
    assert "Traceback" not in log


def test_the_webhook_lets_telegram_in_and_nobody_else(tmp_path: Path) -> None:
    """With the secret an update is taken and answered; without it the address does not exist."""
    with BotApi() as api:
        gateway = GatewayProcess(
            tmp_path,
            ANLU_TELEGRAM_TOKEN=TOKEN,
            ANLU_TELEGRAM_API_URL=api.url,
            ANLU_TELEGRAM_WEBHOOK_SECRET="right-secret",
        )
        gateway.environment["ANLU_TELEGRAM_WEBHOOK_URL"] = f"{gateway.url}/hook"
        with gateway:
            she = api.person()
            she.writes("/start")
            assert "I need help" in she.gets()[0].titles
            assert api.webhook["secret_token"] == "right-secret"
            forged = {"update_id": 9, "message": she.message(text="/start")}
            for wrong in ("wrong-secret", "", None, "ünglish"):
                assert post_update(f"{gateway.url}/hook", forged, wrong and wrong.encode().decode("latin-1")) == 404
            assert post_update(f"{gateway.url}/hook", {"x": 1}, "right-secret") == 200
            long = {"update_id": 10, "message": {**she.message(text="/help"), "padding": "x" * 100_000}}
            assert post_update(f"{gateway.url}/hook", long, "right-secret") == 200
            assert len(she.gets()) == 1


@pytest.mark.chain
@pytest.mark.usefixtures("anlu")  # its start leaves a trained model in its data folder
def test_a_talk_with_rasa_behind_it(anlu_data: Path, tmp_path: Path) -> None:
    """A question, a place and a tap are understood by the trained model and answered with words and numbers."""
    shutil.copytree(anlu_data / "models", tmp_path / "models")
    with (
        BotApi() as api,
        GatewayProcess(tmp_path, "run", ANLU_TELEGRAM_TOKEN=TOKEN, ANLU_TELEGRAM_API_URL=api.url) as anlu,
    ):
        assert api.wait(lambda: httpx.get(f"{anlu.url}/health/ready", trust_env=False).status_code == 200, 120)
        she = api.person("km")
        she.writes("they took my passport")
        answers = she.gets()
        assert "papers" in answers[0].text
        assert "Talk to a person" in [title for sent in answers for title in sent.titles]
        she.writes("I need a phone number of somebody who helps in Cambodia")
        assert "\n117\n" in "".join(s.text for s in she.gets())
        she.writes("/language")
        she.taps(she.gets()[-1], "中文")
        assert "中文" in she.gets()[0].text
