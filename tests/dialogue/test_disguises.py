"""Seven languages, typed the way people type: each disguise of a question gets the answer of the question itself."""

import pytest

from bot.languages import burmese
from bot.languages.chinese import traditionalise
from bot.languages.text import matching_form
from tests.talk import Talk

pytestmark = pytest.mark.chain

HELLO = {
    "zh": "你好",
    "en": "hello",
    "vi": "xin chào",
    "km": "សួស្តី",
    "lo": "ສະບາຍດີ",
    "my": "မင်္ဂလာပါ",
    "th": "สวัสดีค่ะ",
}
PASSPORT_TAKEN = {
    "zh": "老板把我的护照拿走了不还给我",
    "en": "my boss took my passport and does not give it back",
    "vi": "chủ giữ hộ chiếu của em không trả",
    "km": "ថៅកែដកលិខិតឆ្លងដែនខ្ញុំមិនព្រមឲ្យវិញ",
    "lo": "ນາຍຈ້າງຍຶດພາສປອດຂ້ອຍໄວ້ ບໍ່ຍອມສົ່ງຄືນ",
    "my": "သူဌေးက ကျွန်မ ပတ်စ်ပို့ကို သိမ်းထားတယ် ပြန်မပေးဘူး",
    "th": "นายจ้างยึดพาสปอร์ตหนูไว้ ไม่ยอมคืน",
}
CRY = {
    "zh": "他拿刀要杀我",
    "en": "he has a knife he will kill me",
    "vi": "nó cầm dao đòi giết em",
    "km": "គាត់កាន់កាំបិតចង់សម្លាប់ខ្ញុំ",
    "lo": "ມັນຖືມີດຊິຂ້າຂ້ອຍ",
    "my": "သူ ဓားနဲ့ ကျွန်မကို သတ်တော့မယ်",
    "th": "มันถือมีดจะฆ่าหนู",
}


@pytest.mark.parametrize("language", HELLO)
def test_a_greeting_is_returned_in_its_language(anlu: str, language: str) -> None:
    """Whatever her device says."""
    answer = Talk(anlu).say(HELLO[language])
    assert (answer.language, answer.topics) == (language, {"greet"})


@pytest.mark.parametrize("language", PASSPORT_TAKEN)
def test_a_disclosure_is_understood_and_numbers_follow(anlu: str, language: str) -> None:
    """Her own words lead to the right topic, with services or the question where she is."""
    answer = Talk(anlu).say(PASSPORT_TAKEN[language])
    assert (answer.language, answer.first["topic"]) == (language, "report_documents_taken")
    assert answer.numbers or answer.asks_place


@pytest.mark.parametrize("language", CRY)
def test_danger_brings_numbers_at_once(anlu: str, language: str) -> None:
    """In every language."""
    answer = Talk(anlu).say(CRY[language])
    assert answer.body["emergency"] is True
    assert (answer.language, answer.first["kind"]) == (language, "emergency")
    assert answer.first["referrals"]


@pytest.mark.parametrize(
    ("typed", "language"),
    [
        (traditionalise(PASSPORT_TAKEN["zh"]), "zh"),
        ("wo de shen fen zheng bei kou le bu huan gei wo", "zh"),
        ("老板把我的护照拿走了\u200b不还给我", "zh"),
        ("chu giu ho chieu cua em khong tra", "vi"),
        ("CHỦ GIỮ HỘ CHIẾU CỦA EM KHÔNG TRẢ", "vi"),
        ("MY BOSS took my passsport and does not give it back!!!", "en"),
        ("ｍｙ ｂｏｓｓ ｔｏｏｋ ｍｙ ｐａｓｓｐｏｒｔ", "en"),
        ("my\u202e boss took my passport and does not give it back", "en"),
        (burmese.to_zawgyi(PASSPORT_TAKEN["my"]), "my"),
        ("นายจ้างยึดพาสปอร์ตหนูไว้ไม่ยอมคืน", "th"),
    ],
)
def test_a_disguise_changes_nothing(anlu: str, typed: str, language: str) -> None:
    """Traditional, pinyin, hidden characters, no marks, capitals, wide letters, Zawgyi, no spaces."""
    answer = Talk(anlu).say(typed)
    assert (answer.language, answer.first["topic"]) == (language, "report_documents_taken")


def test_zawgyi_is_answered_in_zawgyi(anlu: str) -> None:
    """Also a later word too short to show its encoding; and Unicode again when she types Unicode."""
    talk = Talk(anlu)
    plain = Talk(anlu).say(PASSPORT_TAKEN["my"])
    answer = talk.say(burmese.to_zawgyi(PASSPORT_TAKEN["my"]))
    assert answer.first["text"] != plain.first["text"]
    assert matching_form(burmese.to_unicode(answer.first["text"])) == matching_form(plain.first["text"])
    assert burmese.read(talk.say("ok").text).zawgyi
    assert not burmese.read(talk.say(PASSPORT_TAKEN["my"]).text).zawgyi


@pytest.mark.parametrize(
    ("word", "language"), [("English", "en"), ("中文", "zh"), ("ไทย", "th"), ("ລາວ", "lo"), ("khmer", "km")]
)
def test_one_word_changes_the_language(anlu: str, word: str, language: str) -> None:
    """From any language to any other."""
    talk = Talk(anlu)
    talk.say("xin chào")
    assert talk.say(word).language == language


@pytest.mark.parametrize(
    "text", ["ꆈꌠꉙ ꉢꁳꀋꐚ", "ཐུགས་རྗེ་ཆེ།", "ياردەم قىلىڭ", "saya tidak bisa pulang ke rumah", "tulungan ninyo ako"]
)
def test_a_language_we_do_not_speak_gets_the_card(anlu: str, text: str) -> None:
    """Seven languages to choose from, emergency numbers, a person."""
    answer = Talk(anlu).say(text)
    assert {f"language:{code}" for code in HELLO} <= set(answer.payloads)
    assert "topic:talk_to_person" in answer.payloads
    assert answer.numbers


# ---- doubt ----


def test_pieces_of_a_sentence_are_understood_together(anlu: str) -> None:
    """Three messages within a few seconds, none of which says anything by itself."""
    talk = Talk(anlu, language="en")
    talk.say("my boss he")
    talk.say("took away")
    assert talk.say("the passport").first["topic"] == "report_documents_taken"


def test_two_misses_offer_a_person(anlu: str) -> None:
    """Not what she meant, and again not: a person first, and the numbers."""
    talk = Talk(anlu, language="en")
    (other,) = [p for p in talk.say("what is bride price").payloads if p.startswith("other")]
    assert talk.tap(other).first["kind"] == "menu"
    second = talk.tap(other)
    assert second.payloads[0] == "topic:talk_to_person"
    assert second.numbers


def test_a_wrong_answer_is_corrected_in_one_tap(anlu: str) -> None:
    """The last button of an understood text leads to the next likely topics, or to the menu."""
    talk = Talk(anlu, language="en")
    answer = talk.say("what is bride price")
    (other,) = [p for p in answer.payloads if p.startswith("other")]
    corrected = talk.tap(other)
    assert "topic:talk_to_person" in corrected.payloads
    assert "topic:bride_price" not in corrected.payloads
