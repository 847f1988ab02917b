"""Texts as they come in: every script Anlu meets, and everything a broken or hostile client can send."""

from hypothesis import strategies as st

HAN = "我想回家救命帮打丈夫不敢出门护照被拿走钱债孩子"
KHMER = "ជួយខ្ញុំផងប្តីវាយបាត់លិខិតឆ្លងដែន"
THAI = "ช่วยด้วยสามีตีฉันหนังสือเดินทาง"
LAO = "ຊ່ວຍຂ້ອຍແດ່ຜົວຕີ"
BURMESE = "ကူညီပါ ယောက်ျား ရိုက်"
VIETNAMESE = "tôi cần giúp đỡ chồng đánh ơưđ"
HOSTILE = "\x00\x07\u202a\u202e\u2066\u2069\u200b\u200d\ufeff\ud800\udfff\ue000\u0301\u0345\u3000／"

anything = st.text(st.characters(codec=None), max_size=60)
"""Any characters Python can hold, lone surrogates and NUL included."""
mixed = st.text(st.sampled_from(HAN + KHMER + THAI + LAO + BURMESE + VIETNAMESE + HOSTILE + "abC 12!?/\n"), max_size=60)
"""Scripts, marks and hostile characters side by side."""
texts = st.one_of(anything, mixed)
ordinary = st.text(st.sampled_from(HAN + KHMER + THAI + LAO + VIETNAMESE + "abcXYZ 019!?,.\n"), max_size=60)
"""What people really type."""
