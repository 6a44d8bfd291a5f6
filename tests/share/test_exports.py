import csv
import io
import json
from datetime import datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from clearbay.share import exports
from clearbay.share.exports import Credit

CREDIT = Credit(("Environmental Protection Department", "中国环境监测总站"), ("open",))


def read_csv(*tables: pa.Table) -> list[dict[str, str]]:
    text = b"".join(exports.as_csv(tables)).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_would_run_as_a_formula_is_quoted(text):
    """A spreadsheet shows such a text instead of running it."""
    assert read_csv(pa.table({"name": [text]}))[0]["name"] == f"'{text}"


@pytest.mark.parametrize("text", ["V+", "10+", "<", "a=b", "+1.5", "-3", "", "小=大"])
def test_a_harmless_text_is_left_alone(text):
    """Grades, comparison signs and numbers written as text stay what they are."""
    assert read_csv(pa.table({"name": [text], "other": ["x"]}))[0]["name"] == text


def test_numbers_are_untouched():
    """A negative number is a number, not a formula."""
    rows = read_csv(pa.table({"value": [-1.5, 2.0, None], "count": [-3, 0, 4]}))
    assert [row["value"] for row in rows] == ["-1.5", "2", ""]
    assert [row["count"] for row in rows] == ["-3", "0", "4"]


@given(
    st.lists(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=20), min_size=1)
)
def test_any_text_comes_back_from_csv(texts):
    """Commas, quotes and line breaks inside a text survive; only a guarding quote may have been put before it."""
    rows = read_csv(pa.table({"name": texts, "place": ["x"] * len(texts)}))
    assert [row["name"].removeprefix("'") for row in rows] == [text.removeprefix("'") for text in texts]


def test_several_tables_are_one_file_with_one_head():
    """A streamed download has its names once."""
    table = pa.table({"a": [1], "b": ["x"]})
    assert b"".join(exports.as_csv([table, table])) == b"a,b\n1,x\n1,x\n"


def test_times_are_written_in_utc():
    """ISO 8601 with Z; fractions of a second only where there are some."""
    whole, part = datetime(2019, 7, 15, 0, 30), datetime(2019, 7, 15, 0, 30, 0, 250000)
    assert read_csv(pa.table({"time": pa.array([whole], pa.timestamp("us"))}))[0]["time"] == "2019-07-15T00:30:00Z"
    rows = read_csv(pa.table({"time": pa.array([whole, part], pa.timestamp("us"))}))
    assert [row["time"] for row in rows] == ["2019-07-15T00:30:00.000000Z", "2019-07-15T00:30:00.250000Z"]


def test_parquet_keeps_values_and_carries_its_credit():
    """The tables come back as one, with whom to thank in the file itself."""
    table = pa.table({"a": [1, 2], "b": ["x", None]})
    data = b"".join(exports.as_parquet(iter([table, table]), {"attribution": CREDIT.line}))
    read = parquet.read_table(io.BytesIO(data))
    assert read.to_pydict() == pa.concat_tables([table, table]).to_pydict()
    assert read.schema.metadata[b"attribution"].decode() == CREDIT.line


@pytest.mark.parametrize("count", [0, 1, 2000, 4001])
def test_geojson_is_whole_however_many_features(count):
    """A streamed collection is one valid document that carries its credit."""
    features = ({"type": "Feature", "id": i, "geometry": None, "properties": {}} for i in range(count))
    document = json.loads(b"".join(exports.as_geojson(features, {"attribution": CREDIT.line})))
    assert document["type"] == "FeatureCollection"
    assert document["attribution"] == CREDIT.line
    assert [feature["id"] for feature in document["features"]] == list(range(count))


def test_the_credit_travels_in_plain_headers():
    """Headers are ASCII; a name in Chinese is percent-encoded and comes back."""
    from urllib.parse import unquote

    headers = CREDIT.headers()
    assert all(value.isascii() for value in headers.values())
    assert unquote(headers["X-Attribution"]) == CREDIT.line
    assert 'rel="license"' in headers["Link"]
    assert Credit((), ()).headers() == {}


def test_a_file_name_says_what_is_in_the_file():
    """Parts asked for are named; what no file system takes is replaced, other scripts are kept."""
    assert exports.file_name("observations", "a.b/c", None, suffix="csv") == "clearbay-observations-a.b_c.csv"
    answer = exports.download([b""], exports.CSV, exports.file_name("观测", suffix="csv"), CREDIT)
    assert 'filename="clearbay-_.csv"' in answer.headers["content-disposition"]
    assert "filename*=UTF-8''clearbay-%E8%A7%82" in answer.headers["content-disposition"]
