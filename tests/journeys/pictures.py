"""Makes the README's pictures of the web chat: `python -m tests.journeys.pictures http://127.0.0.1:8080 docs/images`."""

import base64
import sys
from pathlib import Path

from tests.journeys.chat_page import ChatPage, open_browser

TALKS = {
    "zh": ("彩礼是什么", "他把我锁在屋里不让我出门"),
    "en": ("What is bride price?", "Help, he is going to kill me"),
    "vi": ("Chủ giữ hộ chiếu của em không trả",),
    "km": ("ថៅកែដកលិខិតឆ្លងដែនខ្ញុំមិនព្រមឲ្យវិញ",),
    "lo": ("ນາຍຈ້າງຍຶດພາສປອດຂ້ອຍໄວ້ ບໍ່ຍອມສົ່ງຄືນ",),
    "my": ("သူဌေးက ကျွန်မ ပတ်စ်ပို့ကို သိမ်းထားတယ် ပြန်မပေးဘူး",),
    "th": ("นายจ้างยึดพาสปอร์ตหนูไว้ ไม่ยอมคืน",),
}
"""What is said in each picture's language."""


def take_pictures(address: str, folder: Path) -> None:
    """A talk of two turns as a phone shows it, and beside it the page as it opens, in each language."""
    folder.mkdir(parents=True, exist_ok=True)
    for language, talk in TALKS.items():
        with open_browser(language) as driver:
            page = ChatPage(driver, address).open(touch=True)
            _save(page, folder / f"web-chat-{language}-start.png")
            for words in talk:
                page.say(words)
            _save(page, folder / f"web-chat-{language}.png")


def _save(page: ChatPage, path: Path) -> None:
    shot = page.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    path.write_bytes(base64.b64decode(shot["data"]))


if __name__ == "__main__":
    take_pictures(sys.argv[1].rstrip("/") + "/", Path(sys.argv[2]))
