from __future__ import annotations

import gzip

import pytest

from clearbay.collect.octets import encoding_of, head, text_of, unpacked
from clearbay.model.errors import BadInput

SIMPLE = "省份,流域,断面名称,监测时间,水质类别,水温(℃),溶解氧(mg/L)\n广东省,珠江流域,新丰江水库,04-01 08:00,Ⅱ\n"
TRADITIONAL = "測站,日期,水溫,溶解氧,混濁度,大腸桿菌\n吐露港及赤門,2019-01-01,18.2,6.1,4.0,12\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLE, "utf-8"),
        (SIMPLE, "gb18030"),
        (SIMPLE, "gbk"),
        (TRADITIONAL, "utf-8"),
        (TRADITIONAL, "big5hkscs"),
        (SIMPLE, "utf-8-sig"),
        (TRADITIONAL, "utf-16"),
        ("Estação,Data,Água (µg/L)\nA,2019-01-01,5°\n", "cp1252"),
        ("station,time\nA,1\n", "ascii"),
    ],
)
def test_encodings_are_recognised(text: str, encoding: str) -> None:
    """Text of the bay comes back whole from the encodings it is saved in, none of them stated."""
    assert text_of(text.encode(encoding)) == text


def test_a_sample_may_end_inside_a_character() -> None:
    """UTF-8 cut anywhere is still recognised as UTF-8."""
    data = SIMPLE.encode()
    assert {encoding_of(data[:cut]) for cut in range(6, 60)} == {"utf-8"}


def test_a_stated_encoding_is_obeyed() -> None:
    """What is stated is used, and refused where it does not fit or does not exist."""
    assert text_of(SIMPLE.encode("gb18030"), encoding="gb18030") == SIMPLE
    with pytest.raises(BadInput, match="line 1 is not valid utf-8"):
        text_of(SIMPLE.encode("gb18030"), encoding="utf-8")
    with pytest.raises(BadInput, match="no encoding is called"):
        text_of(b"x", encoding="gb99999")


def test_gzip_is_told_by_its_bytes() -> None:
    """Compressed data are unpacked whatever their name; damaged ones are refused, and other bytes pass."""
    assert unpacked(gzip.compress(b"abc")) == b"abc"
    assert unpacked(b"abc") == b"abc"
    for data in (gzip.compress(b"abc" * 1000)[:-9], gzip.compress(b"abc")[:5]):
        with pytest.raises(BadInput, match="damaged"):
            unpacked(data, "x.gz")


def test_the_head_of_a_file() -> None:
    """The first characters are shown of anything, compressed, in any encoding, or broken."""
    assert head(gzip.compress(SIMPLE.encode("gb18030"))).startswith("省份,流域")
    assert head(b"\xef\xbb\xbfa,b").startswith("a,b")
    assert head(b"\x1f\x8bbroken") == ""
    assert head(b"") == ""
