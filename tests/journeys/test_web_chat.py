"""Journeys through the web chat in a real browser, with every process of Anlu running behind it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from bot.assembly import assemble
from bot.clock import now
from bot.messages import Reply
from bot.settings import ROOT, Settings
from bot.supervisor import free_port
from tests.conftest import own_environment, wait_until_answers
from tests.journeys.chat_page import ChatPage, open_browser

pytestmark = pytest.mark.chain
STATIC = ROOT / "bot/channels/webchat/static"
ATTACK = "<img src=x onerror=\"window.hurt=1\"><script>window.hurt=1</script><a href='javascript:hurt=1'>x</a>"


@pytest.fixture
def chat(anlu: str) -> Iterator[ChatPage]:
    """The chat in a Chinese browser on a small phone's screen."""
    with open_browser("zh") as driver:
        yield ChatPage(driver, anlu + "/").open()


@pytest.fixture
def english_chat(anlu: str) -> Iterator[ChatPage]:
    """The chat in an English browser on a small phone's screen."""
    with open_browser("en") as driver:
        yield ChatPage(driver, anlu + "/").open()


# ---- talks ----


def test_a_talk_in_chinese(chat: ChatPage) -> None:
    """She greets, asks three questions, tells what happened to her, is shown who helps, and has all of it deleted."""
    assert "安路" in chat.say("你好")[0].text
    for question in ("彩礼是什么", "婚介所介绍的对象可信吗", "出国打工要注意什么"):
        answer = chat.say(question)[0]
        assert answer.text
        assert answer.get_attribute("lang") == "zh"
    told = chat.say("他们把我的身份证拿走了")
    numbers = [a.get_attribute("href") for m in told for a in m.find_elements("css selector", "a.call")]
    assert numbers
    assert all(n.startswith("tel:") for n in numbers)
    chat.press("中国")
    assert chat.all("#log > .said:last-child a.call")
    chat.say("把我的记录都删掉")
    chat.button("是，全部删掉").click()
    chat.wait(lambda: not chat.all("#log .hers"))
    assert len(chat.said()) == 1, "only the word that all is deleted"
    assert chat.run("return sessionStorage.length") == 0


def test_a_talk_in_english(english_chat: ChatPage) -> None:
    """The same in English: greeting, three questions, a disclosure, the numbers of a place she taps."""
    chat = english_chat
    assert "Anlu" in chat.say("hello")[0].text
    for question in ("What is bride price?", "Can I trust a marriage broker?", "How do I check a job offer abroad?"):
        answer = chat.say(question)[0]
        assert answer.text
        assert answer.get_attribute("lang") == "en"
    told = chat.say("They took my passport and will not give it back")
    assert any(m.find_elements("css selector", "a.call") for m in told)
    chat.press("China")
    assert chat.all("#log > .said:last-child a.call")


def test_danger_brings_numbers_to_tap_before_all_else(chat: ChatPage) -> None:
    """The first message to somebody in danger is the emergency answer, its number is a large link that dials."""
    first = chat.say("救命，他要杀我")[0]
    assert "emergency" in first.get_attribute("class").split()
    call = first.find_element("css selector", "a.call")
    assert call.get_attribute("href") == "tel:110"
    assert call.size["height"] >= 44


def test_old_buttons_go_and_new_ones_work(chat: ChatPage) -> None:
    """Only the newest answer has buttons; tapping one says its title for her."""
    chat.press("我需要帮助")
    offered = chat.buttons()
    assert offered
    chat.press(offered[0])
    assert chat.all("#log .hers")[-1].text.endswith(offered[0])
    assert chat.buttons()
    assert not chat.all("#log .hers:first-child + .said .buttons")


def test_language_is_changed_without_reload(chat: ChatPage) -> None:
    """Choosing a language relabels the page at once, and the next answer comes in it; writing Chinese turns it back."""
    chat.run("window.still_here = 1")
    Select(chat.find("#language")).select_by_value("en")
    chat.wait(lambda: chat.find("#send").text == "Send")
    assert chat.run("return document.documentElement.lang") == "en"
    assert chat.find("#text").get_attribute("placeholder") == "Write here"
    chat.press("I need help")
    assert chat.all("#log .said")[-1].get_attribute("lang") == "en"
    chat.say("彩礼是什么")
    chat.wait(lambda: chat.run("return document.documentElement.lang") == "zh")
    assert chat.find("#exit").text == "快速离开"
    assert chat.run("return window.still_here") == 1


def test_a_later_word_of_a_person_arrives_once(chat: ChatPage, anlu_data: Path) -> None:
    """What staff write afterwards appears by itself, once, beside an answer said once; and stays after a reload."""
    chat.say("你好")
    said = len(chat.all("#log .said"))
    _write_to_her(chat, anlu_data, "我是小李，我在。" + ATTACK)
    chat.wait(lambda: len(chat.all("#log .said.human")) == 1)
    chat.say("谢谢")
    assert len(chat.all("#log .said.human")) == 1
    assert len(chat.all("#log .said")) > said + 1
    before = chat.said()
    chat.driver.refresh()
    chat.wait(lambda: len(chat.all("#log .said")) >= len(before))
    assert [line.splitlines()[0] for line in chat.said()] == [line.splitlines()[0] for line in before]
    assert chat.run("return window.hurt") is None


def test_words_never_run(chat: ChatPage) -> None:
    """Markup in what she writes is shown as she wrote it."""
    chat.say(ATTACK)
    assert ATTACK in chat.all("#log .hers")[-1].text
    assert chat.run("return window.hurt") is None
    assert not chat.all("#log img, #log script")


# ---- leaving no trace ----


def test_quick_exit_empties_the_page_and_history(chat: ChatPage, ordinary_page: str) -> None:
    """The way out blanks the page in the same moment, lands elsewhere, and "back" does not return to the chat."""
    chat.driver.get(ordinary_page + "?before")
    chat.open()
    chat.say("你好")
    script = "document.getElementById('exit').click(); return [getComputedStyle(document.body).display, document.title]"
    display, title = chat.run(script)
    assert display == "none"
    assert "安路" not in title
    chat.wait(lambda: chat.driver.current_url == ordinary_page)
    chat.driver.back()
    chat.wait(lambda: chat.driver.current_url == ordinary_page + "?before")
    chat.open()
    assert not chat.all("#log > *"), "the talk came back"
    assert chat.run("return sessionStorage.length + localStorage.length + document.cookie.length") == 0


def test_three_escapes_are_the_same_way_out(chat: ChatPage, ordinary_page: str) -> None:
    """Escape pressed three times leaves; once does not."""
    ActionChains(chat.driver).send_keys(Keys.ESCAPE).perform()
    assert chat.driver.current_url == chat.address
    ActionChains(chat.driver).send_keys(Keys.ESCAPE).send_keys(Keys.ESCAPE).perform()
    chat.wait(lambda: chat.driver.current_url == ordinary_page)


def test_delete_asks_once_and_forgets_on_both_sides(chat: ChatPage, anlu_data: Path) -> None:
    """The button asks inside the page; after yes the screen, the tab and the server have nothing of the talk."""
    chat.say("你好")
    conversation = _conversation(chat)
    chat.find("#forget").click()
    chat.find("#sure-no").click()
    assert chat.all("#log .hers")
    chat.find("#forget").click()
    chat.find("#sure-yes").click()
    chat.wait(lambda: not chat.all("#log .hers") and chat.all("#log .said"))
    assert chat.run("return sessionStorage.length") == 0
    services = assemble(Settings(data_dir=anlu_data))
    with services.database.reading() as connection:
        assert services.people.find(connection, services.people.pseudonym("web", conversation)) is None
    services.database.dispose()
    assert chat.say("你好"), "a new talk can begin"


def test_nothing_is_asked_of_another_site(chat: ChatPage) -> None:
    """Every request of a talk goes to Anlu; nothing is stored but the conversation's id, in this tab; no error is logged."""
    chat.say("他们把我的身份证拿走了")
    requests = [json.loads(entry["message"])["message"] for entry in chat.driver.get_log("performance")]
    urls = [m["params"]["request"]["url"] for m in requests if m["method"] == "Network.requestWillBeSent"]
    ours = [u for u in urls if not u.startswith(("data:", "chrome", "about:"))]
    assert len(ours) >= 4
    assert [u for u in ours if not u.startswith(chat.address)] == []
    assert chat.run("return [localStorage.length, document.cookie]") == [0, ""]
    assert chat.run("return Object.keys(sessionStorage)") == ["chat"]
    assert chat.driver.get_log("browser") == []


# ---- every hand, every screen ----


def test_keyboard_alone_is_enough(chat: ChatPage) -> None:
    """The first Tab reaches the way out; words, line breaks, sending and answers' buttons work without a mouse."""
    keys = ActionChains(chat.driver)
    keys.send_keys(Keys.TAB).perform()
    assert chat.focused().get_attribute("id") == "exit"
    for _ in range(12):
        if chat.focused().get_attribute("id") == "text":
            break
        ActionChains(chat.driver).send_keys(Keys.TAB).perform()
    chat.focused().send_keys("你" + Keys.SHIFT + Keys.ENTER + Keys.NULL + "好")
    assert chat.find("#text").get_attribute("value") == "你\n好"
    chat.answered(lambda: chat.focused().send_keys(Keys.ENTER))
    assert chat.focused().get_attribute("id") == "text"
    for _ in range(20):
        ActionChains(chat.driver).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
        if chat.focused().tag_name == "button":
            break
    title = chat.focused().text
    chat.answered(lambda: chat.focused().send_keys(Keys.ENTER))
    assert chat.all("#log .hers")[-1].text.endswith(title)
    assert chat.focused().get_attribute("id") == "text"


@pytest.mark.parametrize("width", [360, 320, 180])
def test_small_screens_need_no_sideways_scroll(english_chat: ChatPage, width: int) -> None:
    """At 360 and 320 pixels, and at 360 with 200 % zoom, nothing is wider than the screen and the way out is on it."""
    chat = english_chat
    chat.say("They took my passport and will not give it back")
    chat.resize(width, 640, touch=True)
    chat.find("#numbers summary").click()
    assert chat.run("return document.documentElement.scrollWidth") <= width
    left, right, top, height = chat.run(
        "const r = document.getElementById('exit').getBoundingClientRect(); return [r.left, r.right, r.top, r.height]"
    )
    assert 0 <= left < right <= width
    assert 0 <= top < 60
    assert height >= 44


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_and_targets_are_large(chat: ChatPage, scheme: str) -> None:
    """Text has a contrast of 4.5 or more in both schemes, and whatever is tapped is 44 pixels or more."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    chat.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    chat.say("救命，他要杀我")
    chat.say("他们把我的身份证拿走了")
    chat.find("#numbers summary").click()
    assert chat.run((Path(__file__).parent / "contrast.js").read_text()) == []
    small = "return [...document.querySelectorAll('a[href],button,select,textarea,summary')]"
    small += ".filter(e => e.offsetParent && (e.offsetHeight < 43.5 || e.offsetWidth < 43.5)).map(e => e.outerHTML)"
    assert chat.run(small) == []


def test_everything_has_a_name_for_a_screen_reader(chat: ChatPage) -> None:
    """Languages are declared, controls have names, the talk is a log that is read out, and nothing shouts its topic."""
    assert chat.run("return document.documentElement.lang") == "zh"
    assert chat.find("#log").get_attribute("role") == "log"
    assert chat.find("#log").get_attribute("aria-live") == "polite"
    for control in chat.all("a[href], button, select, textarea"):
        if control.is_displayed():
            assert control.accessible_name, control.get_attribute("outerHTML")
    assert chat.driver.title == "Anlu 安路"
    assert not any(word in chat.driver.page_source for word in ("拐卖", "贩卖", "trafficked", "victim", "受害"))


def test_the_page_is_light() -> None:
    """Styles, script, picture and frame together stay under 30 kB."""
    files = [*STATIC.iterdir(), STATIC.parent / "templates/chat.html"]
    assert sum(file.stat().st_size for file in files) < 30_000


# ---- when we are away ----


def test_a_restart_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """While the server is gone she is told so and shown the numbers; when it is back her words arrive, once."""
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    gateway = _start_gateway(tmp_path, port)
    try:
        with open_browser("zh") as driver:
            chat = ChatPage(driver, address).open()
            chat.say("你好")
            _stop(gateway)
            chat.find("#text").send_keys("救命" + Keys.ENTER)
            chat.wait(lambda: "紧急电话在下面" in chat.status())
            assert chat.find("#numbers .call").is_displayed()
            assert chat.find("#numbers .call").get_attribute("href") == "tel:110"
            gateway = _start_gateway(tmp_path, port)
            chat.wait(lambda: chat.all("#log .said.emergency") and not chat.status(), 30)
            assert len(chat.all("#log .said.emergency")) == 1
            assert len(chat.all("#log .hers")) == 2
    finally:
        _stop(gateway)


def test_too_fast_waits_but_a_call_for_help_does_not(chat: ChatPage) -> None:
    """Beyond fair use her words wait, which she is told; a call for help passes them; in the end all are answered."""
    type_fast = """
        const text = document.getElementById('text');
        for (let i = 0; i < 18; i++) { text.value = '你好'; document.getElementById('send').click(); }"""
    chat.run(type_fast)
    chat.wait(lambda: "太多" in chat.status())
    chat.find("#text").send_keys("救命" + Keys.ENTER)
    chat.wait(lambda: chat.all("#log .said.emergency"), 3)
    chat.wait(lambda: len(chat.all("#log .said.phrase")) == 18, 40)
    assert len(chat.all("#log .hers")) == 19


def test_numbers_are_there_without_javascript(anlu: str) -> None:
    """With scripts turned off the page says so and shows the numbers."""
    with open_browser("en") as driver:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        driver.get(anlu + "/")
        shown = driver.find_element("css selector", "noscript").text
        assert "110" in shown
        assert "JavaScript" in shown
        assert not driver.find_element("css selector", "#form").is_displayed()


# ---- pieces ----


def _conversation(chat: ChatPage) -> str:
    return str(json.loads(chat.run("return sessionStorage.getItem('chat')"))[0])


def _write_to_her(chat: ChatPage, data_dir: Path, words: str) -> None:
    """What the hotline desk does: put a reply into her mailbox."""
    services = assemble(Settings(data_dir=data_dir))
    handle = services.people.pseudonym("web", _conversation(chat))
    with services.database.transaction() as connection:
        services.outbox.put(connection, (Reply("human", words),), handle=handle, at=now(), sent=True)
    services.database.dispose()


def _start_gateway(data_dir: Path, port: int) -> subprocess.Popen[bytes]:
    """Only the gateway, without Rasa behind it."""
    environment = own_environment(
        PORT=str(port),
        ANLU_DATA_DIR=str(data_dir),
        ANLU_RASA_URL="http://127.0.0.1:9",
        ANLU_ACTIONS_URL="http://127.0.0.1:9",
    )
    log = data_dir / "gateway.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "gateway"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    wait_until_answers(f"http://127.0.0.1:{port}/health/live", process, log, 60)
    return process


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(20)
