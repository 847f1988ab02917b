"""Which writing system a text is in, by counting letters in Unicode blocks."""

import re
from collections import Counter

_BLOCKS: tuple[tuple[int, int, str], ...] = (
    (0x0041, 0x005A, "latin"),
    (0x0061, 0x007A, "latin"),
    (0x00C0, 0x024F, "latin"),
    (0x1E00, 0x1EFF, "latin"),
    (0x0E00, 0x0E7F, "thai"),
    (0x0E80, 0x0EFF, "lao"),
    (0x0F00, 0x0FFF, "tibetan"),
    (0x1000, 0x109F, "myanmar"),
    (0xAA60, 0xAA7F, "myanmar"),
    (0x1780, 0x17FF, "khmer"),
    (0x19E0, 0x19FF, "khmer"),
    (0x0600, 0x06FF, "arabic"),
    (0x0750, 0x077F, "arabic"),
    (0x0400, 0x04FF, "cyrillic"),
    (0x0900, 0x097F, "devanagari"),
    (0x3040, 0x30FF, "kana"),
    (0xAC00, 0xD7AF, "hangul"),
    (0x1950, 0x197F, "tai_le"),
    (0x1980, 0x19DF, "new_tai_lue"),
    (0x1A20, 0x1AAF, "tai_tham"),
    (0xA000, 0xA4CF, "yi"),
    (0xA4D0, 0xA4FF, "lisu"),
    (0x16F00, 0x16F9F, "miao"),
    (0x3400, 0x4DBF, "han"),
    (0x4E00, 0x9FFF, "han"),
    (0x20000, 0x2FFFF, "han"),
)

_WEIGHT = {"han": 2}
"""A Chinese character says about as much as two letters, so a Chinese text with an English word stays Chinese."""

_SHAN = re.compile("[\u1022\u1075\u1076\u1078\u107a\u107c\u1080\u1081\u1082\u1083\u1085\u1087-\u108a]")
"""Letters and tones of Shan. Burmese in Unicode has none of them, Burmese in Zawgyi uses some of the code points, rarely."""
_SHAN_SHARE = 4


def count_scripts(text: str) -> Counter[str]:
    """Weight of each script in a text; characters of no block (digits, marks, emoji) do not count."""
    found: Counter[str] = Counter()
    for character in text:
        point = ord(character)
        for low, high, script in _BLOCKS:
            if low <= point <= high:
                found[script] += _WEIGHT.get(script, 1)
                break
    return found


def main_script(text: str) -> str | None:
    """The script most of a text is in; a language's own script beats Latin letters beside it. None without letters."""
    found = count_scripts(text)
    if not found:
        return None
    if found["myanmar"] and len(_SHAN.findall(text)) * _SHAN_SHARE > found["myanmar"]:
        found["shan"] = found.pop("myanmar")
    others = [(n, s) for s, n in found.items() if s != "latin"]
    if others:
        weight, script = max(others)
        if weight * 3 >= found["latin"]:
            return script
    return found.most_common(1)[0][0]
