"""Invented names of rivers and towns in the four languages, each saying that it is generated."""

from __future__ import annotations

from clearbay.model.text import Text

_FIRST = (
    ("青", "青", "Qing"), ("云", "雲", "Yun"), ("石", "石", "Shi"), ("白", "白", "Bai"), ("锦", "錦", "Jin"),
    ("柳", "柳", "Liu"), ("梅", "梅", "Mei"), ("竹", "竹", "Zhu"), ("玉", "玉", "Yu"), ("长", "長", "Chang"),
    ("松", "松", "Song"), ("兰", "蘭", "Lan"),
)  # fmt: skip
_SECOND = (
    ("岚", "嵐", "lan"), ("溪", "溪", "xi"), ("沙", "沙", "sha"), ("泉", "泉", "quan"), ("坪", "坪", "ping"),
    ("坑", "坑", "keng"), ("塘", "塘", "tang"), ("岭", "嶺", "ling"), ("埔", "埔", "pu"), ("洲", "洲", "zhou"),
)  # fmt: skip
GENERATED: Text = {"zh-Hans": "生成", "zh-Hant": "生成", "en": "generated", "pt": "gerado"}


def river(number: int) -> Text:
    """The name of the ``number``-th river; 120 differ.

    >>> river(0)["en"], river(0)["zh-Hans"]
    ('Qinglan River (generated)', '青岚河（生成）')
    """
    simple, traditional, latin = _pair(number)
    return {
        "zh-Hans": f"{simple}河（生成）",
        "zh-Hant": f"{traditional}河（生成）",
        "en": f"{latin} River (generated)",
        "pt": f"Rio {latin} (gerado)",
    }


def place(number: int) -> Text:
    """The bare name of the ``number``-th town, to be built into other names, which then say that they are generated."""
    simple, traditional, latin = _pair(7 * number + 3)
    return {"zh-Hans": simple + "镇", "zh-Hant": traditional + "鎮", "en": latin, "pt": latin}


def of(base: Text, what: Text, number: int | None = None, *, before: bool = False) -> Text:
    """A name from a place or river and what stands there, said to be generated once.

    >>> of(place(0), {"zh-Hans": "污水厂", "zh-Hant": "污水廠", "en": "sewage works", "pt": "ETAR"}, 2)["en"]
    'Baisha sewage works 2 (generated)'
    """
    bare = {language: text.split(" (")[0].split("（")[0] for language, text in base.items()}
    tail = f" {number}" if number is not None else ""
    chinese = f"{number}号" if number is not None else ""
    traditional = f"{number}號" if number is not None else ""
    return {
        "zh-Hans": f"{bare['zh-Hans']}{chinese}{what['zh-Hans']}（生成）",
        "zh-Hant": f"{bare['zh-Hant']}{traditional}{what['zh-Hant']}（生成）",
        "en": f"{bare['en']} {what['en']}{tail} (generated)",
        "pt": f"{what['pt']}{tail} {bare['pt']} (gerado)",
    }


def _pair(number: int) -> tuple[str, str, str]:
    first = _FIRST[(number + number // len(_SECOND)) % len(_FIRST)]
    second = _SECOND[number % len(_SECOND)]
    return first[0] + second[0], first[1] + second[1], first[2] + second[2]
