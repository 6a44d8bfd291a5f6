import pytest

from clearbay.apply.search import Hit, Index, fold, learn_pairs


@pytest.mark.parametrize(
    ("query", "kind", "name"),
    [
        ("deep bay", "zone", "hk.wcz.deep-bay"),
        ("DEEP  BAY", "zone", "hk.wcz.deep-bay"),
        ("后海湾", "zone", "hk.wcz.deep-bay"),
        ("后海灣", "zone", "hk.wcz.deep-bay"),
        ("维多利亚港", "zone", "hk.wcz.victoria-harbour"),
        ("維多利亞港", "zone", "hk.wcz.victoria-harbour"),
        ("Porto de Victoria", "zone", "hk.wcz.victoria-harbour"),
        ("ＤＭ１", "station", "hk.epd.marine.DM1"),
        ("dm1", "station", "hk.epd.marine.DM1"),
        ("hk.epd.marine.DM1", "station", "hk.epd.marine.DM1"),
        ("溶解氧", "property", "DO"),
        ("oxigenio dissolvido", "property", "DO"),
        ("E. coli", "property", "E_coli"),
        ("e.coli", "property", "E_coli"),
        ("ecoli", "property", "E_coli"),
        ("e coli", "property", "E_coli"),
        ("大腸桿菌", "property", "E_coli"),
        ("大肠杆菌", "property", "E_coli"),
        ("大肠菌", "property", "E_coli"),
        ("大腸菌", "property", "E_coli"),
        ("大肠菌群", "property", "Coliform"),
        ("溶氧", "property", "DO"),
        ("gb 3097", "standard", "cn.gb3097-1997"),
        ("海水水質標準", "standard", "cn.gb3097-1997"),
        ("深圳", "place", "440300"),
        ("Shenzhen", "place", "440300"),
    ],
)
def test_a_name_is_found_in_any_language(desk, query, kind, name):
    """Whatever the language, case, accents or width of a query, what it names comes first."""
    first = desk.index().search(query, 1)[0]
    assert (first.kind, first.id) == (kind, name)


def test_a_name_in_one_script_is_found_in_the_other(desk):
    """National sections have simplified names only; a traditional query finds them through characters learned."""
    hits = desk.index().search("廣東省 東", 50)
    assert any(hit.id.startswith("cn.cnemc.广东省") for hit in hits)


def test_every_word_must_be_found(desk):
    """Words may stand in the name or in what it belongs to, but none may be missing."""
    assert desk.index().search("deep bay nowhere") == []
    assert desk.index().search("  ") == []
    assert len(desk.index().search("a", 7)) == 7


def test_folding_forgets_case_accents_and_width():
    """Baía, BAIA and ｂａｉａ are one word."""
    assert fold("Baía") == fold("BAIA") == fold("ｂａｉａ") == "baia"


def test_only_names_alike_teach_a_pair():
    """深圳灣 teaches 灣 -> 湾; a different word teaches nothing."""
    learned = learn_pairs(
        [
            {"zh-Hans": "深圳湾", "zh-Hant": "深圳灣", "en": "", "pt": ""},
            {"zh-Hans": "数据", "zh-Hant": "資料", "en": "", "pt": ""},
            {"zh-Hans": "长短不一", "zh-Hant": "長", "en": "", "pt": ""},
        ]
    )
    assert learned == {"灣": "湾"}


def test_a_whole_name_comes_before_a_part_of_one():
    """What is called exactly so stands before what contains it, which stands before what belongs to it."""

    def hit(name, context=""):
        text = dict.fromkeys(("zh-Hans", "zh-Hant", "en", "pt"), name)
        return Hit("station", name, text, dict.fromkeys(text, context)), ()

    index = Index([hit("Old Pier", "Harbour"), hit("Inner Harbour"), hit("Harbour"), hit("Harbour West")])
    assert [one.id for one in index.search("harbour")] == ["Harbour", "Harbour West", "Inner Harbour", "Old Pier"]
