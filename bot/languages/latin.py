# ruff: noqa: SIM905   (words read better in a row)
"""Languages in Latin letters, told by the shape of their syllables: Vietnamese without marks, Chinese in pinyin, English.

Nearly every Vietnamese word without marks, and every pinyin word, is built of a closed set of syllables; English words are
not, but for some that look alike and therefore prove nothing. No detector at hand knows unmarked Vietnamese or pinyin
(docs/benchmarks/language-identification.md).
"""

import re

_WORD = re.compile("[a-z]+")
_DOUBLED = re.compile(r"([a-z])\1+")

_PINYIN = """
    -: a ai an ang ao ei en er ou
    b: a ai an ang ao ei en eng i ian iao ie in ing o u
    c: a ai an ang ao e eng i ong ou u uan ui un uo
    ch: a ai an ang ao e en eng i ong ou u uai uan uang ui un uo
    d: a ai an ang ao e eng i ia ian iao ie ing iu ong ou u uan ui un uo
    f: a an ang ei en eng o ou u
    g: a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo
    h: a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo
    j: i ia ian iang iao ie in ing iong iu u uan ue un
    k: a ai an ang ao e en eng ong ou u ua uai uan uang ui un uo
    l: a ai an ang ao e ei en eng i ia ian iang iao ie in ing iu ong ou u uan ue un uo v ve
    m: a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u
    n: a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong u uan ue uo v ve
    p: a ai an ang ao ei en eng i ian iao ie in ing o ou u
    q: i ia ian iang iao ie in ing iong iu u uan ue un
    r: an ang ao e en eng i ong ou u uan ui un uo
    s: a ai an ang ao e en eng i ong ou u uan ui un uo
    sh: a ai an ang ao e en eng i ou u ua uai uan uang ui un uo
    t: a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo
    w: a ai an ang ei en eng o u
    x: i ia ian iang iao ie in ing iong iu u uan ue un
    y: a an ang ao e i in ing ong ou u uan ue un
    z: a ai an ang ao e en eng i ong ou u uan ui un uo
    zh: a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo
"""
"""Syllables of Mandarin by their initial, as in the tables of pypinyin."""

_VIETNAMESE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?(?:"
    r"a(?:ch?|i|m|nh?|ng|o|p|t|u|y)?|e(?:ch?|m|nh?|ng|o|p|t|u)?|i(?:a|ch|em|eng?|ep|et|eu|ec|m|nh?|p|t|u)?|"
    r"o(?:a(?:ch?|i|m|nh?|ng|t|y)?|c|e[nto]?|i|m|ng?|p|t)?|"
    r"u(?:a(?:ng?|t|y)?|c|e(?:ch|nh)?|i|m|ng?|o(?:c|i|m|ng?|p|t|u)?|p|t|u|y(?:a|ch|en|et|nh|t)?)?|y(?:e(?:m|n|t|u))?)"
)
"""A syllable of Vietnamese without its marks."""

_LOOK_ALIKE = frozenset(
    """
    a abuse again age ah alone along am ambulance america among an ang anger anhui anlu anyone are area as at awake
    bamboo ban banana bang banner bat bata be beijing being bike bin binding bit boat bondage bus but buy buying by
    cage cake cambodia cambodian came can canteen care case cat cebu ceiling chain change chat cheating chili chin
    china chinese cinema citizen coat come cop counting cousin cup cut dance dancing danger dare data database date
    dating day decide decision delete den detention die dim ding dinner dip do dong dongguan douyin dubai durian
    during each ear easier eat eaten eating education emo en ending era erase eye face fake fan far fare fat fee
    fence fin foreman foshan fujian fulian fun future game gang gas gate gay gem get gin go goat got guangdong
    guangxi guangzhou guarantee guide guizhou gun guy had haha ham hang hat hate have hay he hearing hen henan her
    here hey hi him hip his hit hmm hmong ho hongkong hop hot house how hub hug huh hukou human hung hut ice if im in
    ink is it jiangxi jingpo jumping june jungle kachin kae karen keeping kin king kunming landing lane language late
    let licence license lie like line lip lit location long lose lot lure mac machine mad madam made mae mailing main
    make mama man mandarin mango map mat mate maximum may me mean meaning mediation medicine medium mee meeting
    mekong memorise men menace menu met mine minimum minute mobile mom moon mop more mou mountain mud mug mum mute my
    name nanning nap nay net nice niece nine nineteen nip no none nonsense noon nope not note notice now nude nun nut
    oat of oh on once one onion online oo open opinion or orange our out own page pain pan pat patience pay paying
    pen pension pet pie piece pier pig pin please poem police policeman polite pop pot pub pun put quarantine quiet
    quit quota ran rang rat reading red refuge refuse release remain rent renting residence rice rich rid ride rin
    ring rip rise rite rot route rub rude ruili rule run running sad sale salon same sang sat saw say saying sea see
    seen sending sent sentence set sex shake shaman shame shandong share she shenzhen shouting shy side silence sin
    since sing singer single sip sir siren sit site situation six size so son song soon sue suicide sum summer sun
    sunrise sure taiwan take taken tale tan tap tax taxi tea team teen ten than that the them then there these they
    thin thing this those tie time tin tip to toe ton tong too top touching toy trap tray trip true try tub two type
    up us use van vet via wage waiting wake wanna washing we win wing woke woman women won yes yet you young younger
    yuanqu yung yunnan
    """.split()
)
"""Words of English, and names known everywhere, that are also syllables of the others."""

_CHAT_VIETNAMESE = frozenset("ko k kg khg hok hk dc đc ck vk mk ng ntn cty vs trc r j z".split())
"""Short forms people type in chats; no syllables."""

_COMMON = {
    "vi": frozenset(
        """
        toi em minh ban khong co duoc cho lam nguoi noi roi dau nao moi phai sao chong vo muon biet giup chi anh nha viec
        bi dang da se cua voi nhung con ho bao gio the nay kia vay di ve qua lai cam on xin chao cuu danh tien luong giay to
        """.split()
    ),
    "zh": frozenset(
        """
        wo ni ta women nimen tamen shi bu de le zai mei you ma ba yao zenme shenme zhe na ge ren jia qian jiu dao qu lai shuo
        gei hao xiang neng hui bei gong zuo lao jiao zhidao xiexie nihao jiuming bang wei shei nali zenmeban meiyou buyao
        """.split()
    ),
    "en": frozenset(
        """
        i you he she it we they me him her us them my your his our their the a an is are am was were be been do does did have
        has had will would can could should must not no yes what who where when why how which this that there here and or
        but if because so for from with about to of in on at by as get go want need know help please thanks thank hello
        hi ok okay good bad job work money police passport husband wife mother father sister brother daughter son boss
        marry married marriage pay paid take took came come home house number call phone tell told said say ask
        """.split()
    ),
}

_ROMANISED = {
    "km": frozenset(
        """
        khnhom knhom khnom nhom bong oun suosdey sousdey orkun arkun ot te jong chong mok oy aoy nas hery haey lea chob chea
        bat chas jas vea ke pdey bdey luy phtah jouy chuoy chuy phong pong tov tver kdao thngai srok slab pnher ey men
        """.split()
    ),
    "lo": frozenset(
        """
        khoy khoi jao bor bo khob sabaidee sabaidi der dae deh yak nee phua mia suay soi viak baan khon ngoen ngern luk
        kap lom thuk leo leuay lai mue
        """.split()
    ),
    "my": frozenset(
        """
        mingalar mingalaba mingalarpar par pr tal kyay kyaezu zuu kal kel ome ohn lar hote kae bal thwar mal
        kyama kyanaw kyun shin bya ngar pike yauk kyar loh loe buu phoo yite
        """.split()
    ),
    "th": frozenset(
        """
        sawasdee sawatdee sawaddee sawasdi ka kha krub krap kub chuay duay duey nu noo chan phom pom khao tamruat ngan laew
        leaw khun arai tham mai ja yu pai rai
        """.split()
    ),
}
"""Everyday words of languages with a script of their own, as people type them in Latin letters by ear."""

_FOREIGN = frozenset(
    """
    saya aku kamu anda tidak bukan apa siapa bagaimana dimana yang untuk dengan dari sudah belum bisa mau kerja suami
    rumah tolong uang gaji majikan terima kasih
    ako ikaw siya tayo hindi oo opo paano saan sino kailan gusto trabaho asawa pera tulong tulungan salamat mga
    kuv koj nws peb tsis yog muaj pab ua tsev niam txiv nyiaj
    gou mwngz raeuz mbouj miz dwg daeuj gwn
    anhte gaw hpe kaw ngut nhtoi
    """.split()
)
"""Everyday words of Indonesian and Malay, Tagalog, Hmong, Zhuang and Jingpo, which Anlu does not speak."""


def _syllables() -> re.Pattern[str]:
    found: list[str] = []
    initial = ""
    for part in _PINYIN.split():
        if part.endswith(":"):
            initial = part[:-1].strip("-")
        else:
            found.append(initial + part)
    return re.compile(f"(?:{'|'.join(sorted(found, key=len, reverse=True))})+")


_PINYIN_WORD = _syllables()


def guess(text: str) -> tuple[str | None, float]:
    """The language of a Latin text without Vietnamese marks, and the share of certainty.

    None for a language Anlu does not speak. What is unclear is English, with less certainty than a memory needs to yield.
    """
    words = _WORD.findall(text.casefold())
    if not words:
        return (None, 0.0)
    common = {language: sum(w in known for w in words) for language, known in _COMMON.items()}
    foreign = sum(w in _FOREIGN for w in words)
    if foreign * 3 >= len(words) and foreign > max(common.values()):
        return (None, 0.8 if len(words) > 1 else 0.5)
    heard = {language: sum(w in known for w in words) for language, known in _ROMANISED.items()}
    by_ear = max(heard, key=lambda language: heard[language])
    if heard[by_ear] * 3 > len(words) and heard[by_ear] > max(common.values()):
        return (by_ear, 0.7)
    vietnamese = [w for w in words if w in _CHAT_VIETNAMESE or _VIETNAMESE.fullmatch(_DOUBLED.sub(r"\1", w))]
    pinyin = [w for w in words if _PINYIN_WORD.fullmatch(_DOUBLED.sub(r"\1", w))]
    marks = {
        "vi": _looks(vietnamese, words, share=0.7) and len(vietnamese) + 2 * common["vi"],
        "zh": _looks(pinyin, words, share=0.8) and len(pinyin) + 2 * common["zh"],
    }
    best = max(marks, key=lambda language: marks[language])
    if marks[best] and common["en"] <= common[best] + len(words) // 3:
        return (best, 0.8 if len(words) > 1 and not all(marks.values()) else 0.6)
    return ("en", 0.9 if common["en"] * 3 >= len(words) > 2 else 0.6)


def _looks(fitting: list[str], words: list[str], *, share: float) -> bool:
    """Whether most words fit a language, and enough of them are no English."""
    proof = sum(w not in _LOOK_ALIKE for w in fitting)
    return len(fitting) >= share * len(words) and proof > 0 and proof * 4 >= len(words)
