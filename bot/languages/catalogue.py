"""The languages Anlu speaks, and the few facts every other part needs of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """One language: ISO 639-1 code, its own name, whether words are parted by spaces."""

    code: str
    own_name: str
    spaced: bool
    aliases: tuple[str, ...]
    """Single words by which a person asks for this language, in any language; compared in matching form."""


LANGUAGES: dict[str, Language] = {
    language.code: language
    for language in (
        Language(
            "zh",
            "中文",
            False,
            (
                "中文",
                "汉语",
                "普通话",
                "国语",
                "华语",
                "简体",
                "简体中文",
                "chinese",
                "zhongwen",
                "mandarin",
                "tiếng trung",
                "tiếng trung quốc",
                "tiếng hoa",
                "ภาษาจีน",
                "จีน",
                "ພາສາຈີນ",
                "တရုတ်",
                "ភាសាចិន",
                "ចិន",
            ),
        ),
        Language(
            "en",
            "English",
            True,
            (
                "english",
                "英语",
                "英文",
                "inglis",
                "tiếng anh",
                "ภาษาอังกฤษ",
                "อังกฤษ",
                "ພາສາອັງກິດ",
                "ອັງກິດ",
                "အင်္ဂလိပ်",
                "អង់គ្លេស",
                "ភាសាអង់គ្លេស",
            ),
        ),
        Language(
            "vi",
            "Tiếng Việt",
            True,
            (
                "tiếng việt",
                "tieng viet",
                "vietnamese",
                "việt",
                "越南语",
                "越南文",
                "越语",
                "ภาษาเวียดนาม",
                "ภาษาญวน",
                "ភាសាវៀតណាម",
                "វៀតណាម",
                "ພາສາຫວຽດນາມ",
                "ຫວຽດນາມ",
                "ဗီယက်နမ်",
            ),
        ),
        Language(
            "km",
            "ភាសាខ្មែរ",
            False,
            (
                "ភាសាខ្មែរ",
                "ខ្មែរ",
                "khmer",
                "cambodian",
                "高棉语",
                "柬埔寨语",
                "柬语",
                "tiếng khmer",
                "tiếng campuchia",
                "ภาษาเขมร",
                "ภาษากัมพูชา",
                "ພາສາຂະເໝນ",
                "ພາສາກຳປູເຈຍ",
                "ခမာ",
            ),
        ),
        Language(
            "lo",
            "ພາສາລາວ",
            False,
            (
                "ພາສາລາວ",
                "ລາວ",
                "lao",
                "laotian",
                "老挝语",
                "老挝文",
                "tiếng lào",
                "ภาษาลาว",
                "ភាសាឡាវ",
                "ភាសាលាវ",
                "လာအို",
            ),
        ),
        Language(
            "my",
            "မြန်မာ",
            False,
            (
                "မြန်မာ",
                "မြန်မာစာ",
                "ဗမာ",
                "မြန်မာဘာသာ",
                "burmese",
                "myanmar",
                "缅甸语",
                "缅语",
                "缅文",
                "tiếng miến điện",
                "tiếng myanmar",
                "ภาษาพม่า",
                "ភាសាភូមា",
                "ພາສາມຽນມາ",
                "ພາສາພະມ້າ",
            ),
        ),
        Language(
            "th", "ไทย", False, ("ไทย", "ภาษาไทย", "thai", "泰语", "泰文", "tiếng thái", "ພາສາໄທ", "ភាសាថៃ", "ထိုင်း")
        ),
    )
}
"""In the order they are offered."""

TRADITIONAL = "繁體中文"
"""The name, in itself, of the second script of Chinese."""

COMPLETE = tuple(LANGUAGES)
"""Languages whose texts are whole; a gap in one of them is an error."""

DEFAULT = "zh"
"""Spoken when nothing is known of a person; Anlu's first home is China."""
