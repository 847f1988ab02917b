"""Which place a text names, and whether somebody is there, shown with the names people really type."""

import time

import pytest

from bot.content.files import read_folder
from bot.knowledge import build_knowledge
from bot.referrals.places import NOT_A_PLACE, Places
from bot.settings import ROOT


@pytest.fixture(scope="module")
def places() -> Places:
    """The gazetteer of content/areas/."""
    return build_knowledge(read_folder(ROOT / "content")).directory.places


@pytest.mark.parametrize(
    ("language", "text", "area"),
    [
        # provinces, cities, countries
        ("zh", "江西", "CN-JX"),
        ("zh", "云南省", "CN-YN"),
        ("zh", "上饶鄱阳有人能帮我吗", "CN-JX"),
        ("zh", "瑞丽", "CN-YN"),
        ("zh", "西港", "KH"),
        ("zh", "妙瓦底危险吗", "MM"),
        ("zh", "老挝金三角", "LA"),
        ("zh", "越南老街", "VN"),
        ("zh", "马来西亚", "MY"),
        ("en", "Jiangxi", "CN-JX"),
        ("en", "women's hotline Kunming", "CN-YN"),
        ("en", "Sihanoukville", "KH"),
        ("en", "KK Park", "MM"),
        ("en", "Hai Phong", "VN"),
        ("en", "police number Bangkok", "TH"),
        # languages mixed, scripts, widths, cases, misspellings
        ("zh", "cambodia 的電話", "KH"),
        ("en", "江西", "CN-JX"),
        ("zh", "我在廣西東興", "CN-GX"),
        ("zh", "臺灣", "TW"),
        ("zh", "緬甸", "MM"),
        ("zh", "ＫＫ园区", "MM"),
        ("en", "YUNAN", "CN-YN"),
        ("en", "i am in chaina", "CN"),
        ("en", "combodia", "KH"),
        ("en", "mynmar", "MM"),
        ("en", "thiland", "TH"),
        # a province beats its country
        ("zh", "我在中國江西", "CN-JX"),
        ("zh", "中国的江西省", "CN-JX"),
        ("en", "I am in Jiangxi, China", "CN-JX"),
        ("en", "China, Yunnan", "CN-YN"),
        # "in X" beats "from Y", and where somebody comes from is not asked about
        ("zh", "我是柬埔寨人，现在在江西", "CN-JX"),
        ("zh", "我从云南来，在浙江打工", "CN-ZJ"),
        ("zh", "我老家在四川，人在广东", "CN-GD"),
        ("zh", "我妈在越南，我在广西", "CN-GX"),
        ("zh", "从越南到中国要什么手续", "CN"),
        ("en", "I am from Myanmar, now in Yunnan", "CN-YN"),
        ("en", "born in Laos, I live in Hunan", "CN-HN"),
        ("zh", "我是缅甸人", None),
        ("zh", "我是缅甸人，老公打我", None),
        ("zh", "能不能讲四川话", None),
        ("en", "I am from Cambodia", None),
        ("en", "from Hanoi, Vietnam", None),
        # unclear
        ("zh", "北京和上海", None),
        ("zh", "今天在昆明，明天在老街", None),
        ("en", "China or Thailand", None),
        ("en", "help", None),
        ("zh", "", None),
    ],
)
def test_the_place_a_text_is_about(places: Places, language: str, text: str, area: str | None) -> None:
    """One area, the nearest there is; None when the text names none, or more than one."""
    assert places.named(places.mentions(text, language)) == area


@pytest.mark.parametrize(
    ("language", "text", "area"),
    [
        ("zh", "我被带到缅甸", "MM"),
        ("zh", "他们把我带去了缅甸", "MM"),
        ("zh", "被卖到河南农村", "CN-HA"),
        ("zh", "把我卖到了河北", "CN-HE"),
        ("zh", "被关在妙瓦底", "MM"),
        ("zh", "困在金边", "KH"),
        ("zh", "人在西港", "KH"),
        ("zh", "现在在江西", "CN-JX"),
        ("zh", "我已经到泰国了", "TH"),
        ("zh", "到了曼谷护照就没了", "TH"),
        ("zh", "我女儿被骗到缅甸", "MM"),
        ("zh", "我妹妹在柬埔寨", "KH"),
        ("zh", "我喺香港", "HK"),
        ("zh", "嫁到江西三年了", "CN-JX"),
        ("zh", "住在江西上饶", "CN-JX"),
        ("zh", "不想在江西待了", "CN-JX"),
        ("zh", "救命！江西上饶", "CN-JX"),
        ("zh", "西港，门锁了", "KH"),
        ("en", "they took me to Myanmar", "MM"),
        ("en", "sold to a man in Jiangxi", "CN-JX"),
        ("en", "my sister was tricked to Laos", "LA"),
        ("en", "brought to Thailand yesterday", "TH"),
        ("en", "they moved us to Cambodia", "KH"),
        ("en", "trapped in KK Park", "MM"),
        ("en", "forced to work in Myanmar", "MM"),
        ("en", "i live in china with my husband", "CN"),
        ("en", "locked up near Mandalay", "MM"),
        ("en", "help me. Yunnan", "CN-YN"),
        ("vi", "em đang ở Quảng Tây", "CN-GX"),
        ("vi", "em o van nam", "CN-YN"),
        ("vi", "em bị bán sang Trung Quốc", "CN"),
        ("vi", "Hà Nội", "VN"),
        ("th", "หนูอยู่คุนหมิง", "CN-YN"),
        ("th", "เขาขายหนูมาที่จีน", "CN"),
        ("th", "ปอยเปต", "KH"),
        ("lo", "ຂ້ອຍຢູ່ຈີນ", "CN"),
        ("lo", "ເຂົາພາມາຮອດຄຸນໝິງ", "CN-YN"),
        ("km", "ខ្ញុំនៅជៀងស៊ី", "CN-JX"),
        ("km", "គេលក់ខ្ញុំទៅចិន", "CN"),
        ("km", "ភ្នំពេញ", "KH"),
        ("my", "ကျွန်မ တရုတ်ပြည်မှာ ရောက်နေတယ်", "CN"),
        ("my", "ရွှေလီမှာ", "CN-YN"),
    ],
)
def test_somebody_is_there(places: Places, language: str, text: str, area: str) -> None:
    """Being somewhere, being taken or sold there, or the bare name of a place: the numbers of that place are needed."""
    assert places.where_she_is(places.mentions(text, language)) == area


@pytest.mark.parametrize(
    ("language", "text"),
    [
        # plans, and what may come
        ("zh", "我要去泰国打工"),
        ("zh", "想在泰国打工"),
        ("zh", "我准备嫁到江西"),
        ("zh", "他们要把我送到缅甸"),
        ("zh", "今晚会被卖到河南"),
        ("zh", "怎么去韩国"),
        ("zh", "如果在柬埔寨"),
        ("en", "going to Thailand"),
        ("en", "I want to work in Thailand"),
        ("en", "he offered me a job in Dubai"),
        ("en", "how can I come to China"),
        ("en", "they are going to sell me to Thailand"),
        ("en", "I will be taken to Myanmar"),
        ("en", "I will be in Bangkok tomorrow"),
        ("en", "if I am in Laos"),
        ("en", "flight to bangkok tomorrow"),
        ("en", "send money to Vietnam"),
        # where she comes from, or is no longer
        ("zh", "我是柬埔寨人"),
        ("zh", "来自缅甸"),
        ("zh", "我是江西的"),
        ("zh", "老家在四川"),
        ("zh", "我在越南人家里"),
        ("zh", "不在中国"),
        ("en", "I am from Myanmar"),
        ("en", "she is not in China"),
        ("en", "my parents are in Vietnam"),
        ("en", "married a lao man"),
        # only spoken of
        ("zh", "缅甸警察靠得住吗"),
        ("en", "is Thailand safe"),
        ("vi", "em muốn sang Trung Quốc làm việc"),
        ("vi", "người ta rủ em đi làm ở Campuchia"),
        ("vi", "em quê ở Nghệ An"),
        ("vi", "chồng em là người Trung Quốc"),
        ("th", "หนูอยากไปทำงานที่เกาหลี"),
        ("th", "แม่หนูอยู่ขอนแก่น"),
        ("th", "หนูมาจากเชียงราย"),
        ("lo", "ຢາກໄປເຮັດວຽກຢູ່ເກົາຫຼີ"),
        ("lo", "ຂ້ອຍມາຈາກຫຼວງພະບາງ"),
        ("km", "ខ្ញុំចង់ទៅធ្វើការនៅថៃ"),
        ("km", "ខ្ញុំមកពីបាត់ដំបង"),
        ("my", "ထိုင်းမှာ အလုပ်လုပ်ချင်တယ်"),
        ("my", "ကျွန်မက မန္တလေးသူပါ"),
    ],
)
def test_nobody_is_there(places: Places, language: str, text: str) -> None:
    """A plan, an origin or talk about a place says nothing of where she is; she is asked."""
    assert places.where_she_is(places.mentions(text, language)) is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "help us please"),
        ("en", "my chin hurts"),
        ("en", "he is a chinaman's machine"),
        ("en", "nice reading, sale in the mobile shop"),
        ("vi", "xuat khau lao dong"),
        ("zh", "在外国公司上班"),
        ("zh", "我在这里加班没有钱"),
        ("zh", "怎么跟家里约暗号"),
        ("zh", "他会理我吗"),
        ("zh", "怎么提高安全意识"),
        ("zh", "提高平等意识"),
        ("zh", "终于都说出来了"),
        ("zh", "骑马来的"),
        ("zh", "变成都是我的错"),
        ("zh", "周六安排什么"),
        ("zh", "今天水很冷"),
        ("zh", "在大马路上"),
        ("zh", "繁荣市场"),
    ],
)
def test_no_place_inside_another_word(places: Places, language: str, text: str) -> None:
    """The letters of a place's name inside other words name no place."""
    assert places.mentions(text, language) == ()


def test_a_name_that_starts_inside_another_place_is_found(places: Places) -> None:
    """What reads "from Jiangxi" is not the county Congjiang."""
    assert places.named(places.mentions("在江西，怎么从江西回家", "zh")) == "CN-JX"


def test_names_are_given_in_her_language(places: Places) -> None:
    """The first name of a language; the code for an unknown place."""
    assert places.name("CN-JX", "zh") == "江西"
    assert places.name("CN-JX", "en") == "Jiangxi"
    assert places.name("CN-JX", "th") == "เจียงซี"
    assert places.name("XX", "zh") == "XX"


def test_areas_lie_inside_each_other(places: Places) -> None:
    """From near to far; nothing of an unknown code."""
    assert places.chain("CN-JX") == ["CN-JX", "CN"]
    assert places.chain("FR") == ["FR", "EU"]
    assert places.chain("HK") == ["HK"]
    assert places.chain("XX") == places.chain(None) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_area_has_a_name_and_every_name_an_area(language: str) -> None:
    """No area without a name in a complete language, no name of an area that does not exist, no name for two areas."""
    knowledge = build_knowledge(read_folder(ROOT / "content"))
    names = knowledge.directory.places._names[language]
    assert set(names) - {NOT_A_PLACE} == set(knowledge.directory.places._areas)
    flat = [str(name).casefold() for known in names.values() for name in known]
    assert sorted(name for name in set(flat) if flat.count(name) > 1) == []


def test_a_long_message_full_of_places_is_read_at_once(places: Places) -> None:
    """The longest message takes no noticeable time."""
    started = time.perf_counter()
    places.mentions("我在江西 in Yunnan " * 400, "zh")
    assert time.perf_counter() - started < 0.3
