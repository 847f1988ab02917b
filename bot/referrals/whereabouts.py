"""What the words around a place's name say: is she there, will she go there, does somebody come from there?

Word order decides, so every language has its own patterns. They read a few dozen letters before and behind a name, in
matching form; what they do not know counts as a place that is only talked about.
"""

import re
from dataclasses import dataclass

_NEVER = re.compile("(?!)")


@dataclass(frozen=True)
class Grammar:
    """One language's patterns. `here`, `plan` and `origin` end where the name begins; the others begin where it ends."""

    here: re.Pattern[str]
    """Somebody is there ("in X", "sold to X")."""
    plan: re.Pattern[str]
    """Stands before `here` when nobody is there yet, or no longer, or only her parents are."""
    origin: re.Pattern[str]
    """Somebody comes from there."""
    people: re.Pattern[str] = _NEVER
    """The name tells of people's origin or tongue ("X people")."""
    here_behind: re.Pattern[str] = _NEVER
    """`here`, in languages that say it behind the name."""
    plan_behind: re.Pattern[str] = _NEVER
    """`plan`, in those languages."""


_VERBS = r"(?:be|get|come|go|work|live|stay|study|marry|settle|find|earn|start|make|do)"
_GRAMMARS = {
    "zh": Grammar(
        here=re.compile(
            r"(?:(?<![不家妈爸母乡])(?<!家人)在|喺|(?<!不)住|来到|(?:到|去)到?了|(?:已经|刚刚?|人)到|"
            r"(?:卖|带|骗|拐|嫁|送|运|抓|绑|弄)(?:到|去|来|进)了?)$"
        ),
        plan=re.compile(
            r"(?:(?<!不)想|打算|准备|计划|[要会将能]|如果)(?:我们?|她们?|他们?|人)?(?:去|来|再)?被?(?:[把将给]\w{1,5})?$"
        ),
        origin=re.compile(r"(?:来自|从|(?:老家|家乡|娘家)(?:在|是)?|出生[在于])$"),
        people=re.compile(
            r"(?:人(?![生民多])|籍|族|[话語语文]|过来的|来的|妹|女孩|女人|男人|姑娘|新娘|媳妇|老公|老婆)"
        ),
    ),
    "en": Grammar(
        here=re.compile(
            r"\b(?:in|at|inside|near|reached|"
            r"(?:came|come|taken|took|brought|sold|sent|moved|tricked|trafficked|smuggled|got)"
            r"(?: (?:me|us|her|him|them|my \w+|over|down|back|here))* to) (?:the )?$"
        ),
        plan=re.compile(
            r"(?:\b(?:not|never|longer|be|being|if(?: \w+){1,3})|n'?t|"
            r"\b(?:will|would|can|could|may|might|should|gonna|wanna|'ll)(?: (?:i|we|she|he|they|you))?"
            rf"(?: {_VERBS}(?: \w+){{0,3}})?|"
            r"\b(?:wants?|wanted|like|hope|plan|plans|planning|going|go|how|agreed|invited|decided|ready|offer|offers|"
            rf"offered|chance|thinking)(?: (?:me|us|her|of))? (?:to )?{_VERBS}(?: \w+){{0,3}}|"
            r"\b(?:jobs?|vacancy|vacancies|positions?|offers?|salary|salaries|visas?|contracts?)|"
            r"\b(?:my|our) (?:mother|mum|mom|mama|father|dad|parents|family|hometown)(?: (?:is|are|lives?|stays?|back))*) ?$"
        ),
        origin=re.compile(
            r"\b(?:born in|left|(?<!escape )(?<!away )(?<!home )(?<!return )(?<!me )(?<!us )(?<!her )(?<!him )from) "
            r"(?:the )?$"
        ),
        people=re.compile(
            r" (?:people|person|wom[ae]n|lady|girls?|m[ae]n|guys?|boys?|wife|wives|husbands?|brides?|citizens?|nationals?|"
            r"passports?|language|migrants?|workers?)\b"
        ),
    ),
    "vi": Grammar(
        here=re.compile(
            r"\b(?:(?<!không )(?<!khong )(?:đang )?ở|\bo|tại|tai|trong|(?:đã|da|mới|moi|vừa|vua) (?:đến|den|tới|toi|sang|qua)|"
            r"(?:bán|ban|đưa|dua|lừa|lua|bắt|bat|gả|ga|dẫn|dan|chở|cho|chuyển|chuyen)(?: \w+){0,3}"
            r"(?: (?:sang|qua|đến|den|tới|toi|vào|vao))?)"
            r" (?:bên |ben |tận |tan |tỉnh |tinh |thành phố |thanh pho |tp |nước |nuoc )*$"
        ),
        plan=re.compile(
            r"\b(?:muốn|muon|định|dinh|sắp|sap|sẽ|se|nếu|neu|rủ|ru|mời|moi|việc|viec|việc làm|viec lam|chưa|chua|hay|lương|"
            r"luong|tuyển|tuyen|bố mẹ(?: \w+){0,2}|bo me(?: \w+){0,2}|gia đình(?: \w+)?|gia dinh(?: \w+)?)(?: \w+){0,3} $"
        ),
        origin=re.compile(
            r"\b(?:quê|que|từ|tu|người|nguoi|dân|gốc|goc|gái|gai|chồng|chong|vợ|vo|ck|vk|cô dâu|co dau|chú rể|chu re|tiếng|"
            r"tieng|hàng|hang|phim|thằng|thang|bọn|bon)(?: (?:em |tôi |toi |mình |minh )?(?:ở|o))? $"
        ),
    ),
    "km": Grammar(
        here=re.compile(
            r"(?:(?<!មិន)(?<!អត់)នៅ(?:ឯ|ក្នុង)?|មកដល់|ដល់|(?:លក់|យក|នាំ|បោក|បញ្ជូន|ចាប់|ដឹក)\S{0,14}(?:ទៅ|មក)(?:ដល់|នៅ)?)"
            r" ?(?:ប្រទេស|ស្រុក|ខេត្ត|ក្រុង|ទីក្រុង)?$"
        ),
        plan=re.compile(r"(?:ចង់|នឹង|បម្រុង|ត្រៀម|បើ|ការងារ|បបួល|ឪពុកម្ដាយ\S{0,6}|ឪពុកម្តាយ\S{0,6}|ម៉ែឪ\S{0,6})\S{0,16} ?$"),
        origin=re.compile(r"(?:មកពី|(?<!ចេញ)(?<!រត់)ពី|ជនជាតិ|ជាតិ|ភាសា|ប្ដី|ប្តី|កូនក្រមុំ|ស្រី|ប្រុស|ជន|ថៅកែ|មនុស្ស) ?$"),
    ),
    "lo": Grammar(
        here=re.compile(
            r"(?:(?<!ບໍ່)ຢູ່(?:ທີ່|ໃນ|ປະຈຸບັນ)?|ທີ່|ມາຮອດ|ຮອດ|(?:ຂາຍ|ພາ|ຫຼອກ|ຫລອກ|ສົ່ງ|ຈັບ|ເອົາ)\S{0,10}(?:ໄປ|ມາ|ເຂົ້າ)(?:ທີ່|ຮອດ)?)"
            r" ?(?:ປະເທດ|ເມືອງ|ແຂວງ|ນະຄອນ|ຝັ່ງ)?$"
        ),
        plan=re.compile(r"(?:ຢາກ|ຈະ|ຊິ|ສິ|ຖ້າ|ສະໝັກ|ສະຫມັກ|ວຽກ|ຊວນ|ພໍ່ແມ່\S{0,4})\S{0,14} ?$"),
        origin=re.compile(r"(?:ມາຈາກ|(?<!ໜີ)(?<!ຫນີ)(?<!ອອກ)ຈາກ|ຄົນ|ສາວ|ຜູ້ຍິງ|ຜູ້ສາວ|ບ້ານເກີດ|ຜົວ|ພາສາ|ເມຍ|ນາຍຈ້າງ|ຊາວ|ເຖົ້າແກ່) ?$"),
    ),
    "my": Grammar(
        here=re.compile(r"(?:အခု|ယခု) ?$"),
        plan=_NEVER,
        origin=_NEVER,
        people=re.compile(
            r" ?(?:ပြည်|နိုင်ငံ)?(?:က(?:လာ|နေလာ|ပါ|$|[ .,။])|သား|သူ|လူမျိုး|လူ|ဘာသာ|စကား|ယောက်ျား|ယောကျ်ား|ယောက်ကျား|မိန်းမ|သတို့သမီး|သူဌေး|ကောင်)"
        ),
        here_behind=re.compile(r" ?(?:ပြည်နယ်|ပြည်|နိုင်ငံ|မြို့|ဘက်)? ?(?:မှာ|ထဲ|တွင်|(?:ကို|ထဲ)? ?(?:ရောက်|ပို့|ရောင်းစား|ခေါ်လာ|ခေါ်သွား))"),
        plan_behind=re.compile(r"\S{0,12} ?\S{0,24}(?:ချင်|မလို့|လုပ်ရင်|သွားရင်|အလုပ်ရှိ|အလုပ်ခေါ်|မယ်ဆို)"),
    ),
    "th": Grammar(
        here=re.compile(
            r"(?:(?<!ไม่ได้)(?<!ไม่)อยู่(?:ที่|ใน|แถว)?|ที่|มาถึง|ถึง|(?:พา|ขาย|หลอก|ส่ง|จับ|แต่ง|เอา)\S{0,12}(?:ไป|มา|เข้า)(?:ที่|ถึง|อยู่)?)"
            r" ?(?:ประเทศ|เมือง|จังหวัด|มณฑล|ฝั่ง)?$"
        ),
        plan=re.compile(r"(?:อยาก|จะ|ถ้า|สมัคร|งาน|ชวน|วางแผน|พ่อแม่\S{0,4}|แม่(?:หนู|ฉัน|เรา)?)\S{0,14} ?$"),
        origin=re.compile(
            r"(?:มาจาก|(?<!หนี)(?<!ออก)จาก|คน|สาว|ผู้หญิง|บ้านเกิด|ผัว|สามี|ภาษา|เมีย|นายจ้าง|ชาว|เถ้าแก่|เจ้าสาว) ?$"
        ),
    ),
}
_COMES_BACK = re.compile(r"\w{0,4}(?:回|逃|跑|救|走)")
"""Behind "from X" in Chinese: she is still there and wants away."""
_BEFORE_ALONE = re.compile(r"(?:^|[,.。!?:;、]) ?$")
_AFTER_ALONE = re.compile(r" ?(?:$|[,.。!?;、])|[省市县区镇村乡]")


def standing(before: str, after: str, language: str) -> tuple[bool, bool]:
    """Whether the words around a place say that somebody is there, and whether that somebody comes from there.

    A name by itself, or between two full stops, says that she is there.
    """
    grammar = _GRAMMARS[language if language in _GRAMMARS else "en"]
    comes = grammar.origin.search(before) and not _COMES_BACK.match(after)
    if comes or grammar.people.match(after) or (before.endswith("是") and after.startswith("的")):
        return False, True
    if grammar.here_behind.match(after):
        return not grammar.plan_behind.match(after), False
    here = grammar.here.search(before)
    if here:
        return not grammar.plan.search(before[: here.start()]), False
    return bool(_BEFORE_ALONE.search(before) and _AFTER_ALONE.match(after)), False
