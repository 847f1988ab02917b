"""The web chat as a person uses it in a real browser: what she sees, types and taps. Steps and looks, no checks."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

_OPTIONS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
)  # fmt: skip


@contextmanager
def open_browser(language: str = "zh") -> Iterator[webdriver.Chrome]:
    """A fresh Chromium with a profile of its own that asks for pages in a language."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    with tempfile.TemporaryDirectory() as profile:
        for option in (*_OPTIONS, f"--user-data-dir={profile}", f"--accept-lang={language}"):
            options.add_argument(option)
        options.add_experimental_option("prefs", {"intl.accept_languages": language})
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        driver = webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))
        try:
            yield driver
        finally:
            driver.quit()


class ChatPage:
    """One tab with the chat in it."""

    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver = driver
        self.address = address

    def open(self, *, width: int = 360, height: int = 740, touch: bool = False) -> "ChatPage":
        """Go to the page on a screen of this size, in CSS pixels."""
        self.resize(width, height, touch=touch)
        self.driver.get(self.address)
        self.wait(lambda: self.find("#form").is_displayed())
        return self

    def resize(self, width: int, height: int, *, touch: bool = False) -> None:
        """Become a screen of this size, with a finger or a mouse."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": touch}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": touch})

    # ---- steps ----

    def say(self, words: str) -> list[WebElement]:
        """Type words, send them with the button, wait for the answer; its messages."""
        self.find("#text").send_keys(words)
        return self.answered(lambda: self.find("#send").click())

    def press(self, title: str) -> list[WebElement]:
        """Press an answer's button, wait for what it leads to; its messages."""
        return self.answered(lambda: self.button(title).click())

    def answered(self, step: Any) -> list[WebElement]:
        """Do a step of hers and wait for what it leads to; its messages."""
        before = len(self.all("#log > *"))
        step()
        self.wait(lambda: len(self.all("#log > *")) > before + 1 and not self.status())
        return [m for m in self.all("#log > *")[before:] if "said" in (m.get_attribute("class") or "")]

    # ---- looks ----

    def find(self, selector: str) -> WebElement:
        """The first element of a CSS selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        """All elements of a CSS selector."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def button(self, title: str) -> WebElement:
        """The button with a title that can be pressed now, brought into view."""
        found = next(b for b in self.all("main button:enabled") if b.text == title)
        self.run("arguments[0].scrollIntoView({block: 'center'})", found)
        return found

    def buttons(self) -> list[str]:
        """The titles of the answer's buttons that can be pressed now."""
        return [b.text for b in self.all("#log button:enabled")]

    def status(self) -> str:
        """The line below the talk: writing, or what is in the way."""
        return self.find("#status").text

    def said(self) -> list[str]:
        """Every message of the assistant, oldest first."""
        return [m.text for m in self.all("#log .said")]

    def focused(self) -> WebElement:
        """Where the keyboard is."""
        return self.driver.switch_to.active_element

    def run(self, script: str, *values: object) -> Any:
        """The value of some JavaScript."""
        return self.driver.execute_script(script, *values)

    def wait(self, condition: Any, seconds: float = 20) -> None:
        """Wait until something is so."""
        WebDriverWait(self.driver, seconds, 0.05).until(lambda _: condition())
