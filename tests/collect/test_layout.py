from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from clearbay.collect.layout import EXAMPLE, EXAMPLE_LONG, KEYS, load_layout
from clearbay.model.errors import BadInput

SHORT = "station: {column: S}\ntime: {column: T}\nproperties:\n  A: {property: NH3N, unit: mg/L}\n"


def test_the_documented_example_is_a_mapping() -> None:
    """The documented examples are mappings that load."""
    found = load_layout(EXAMPLE)
    assert found.station == ("断面名称",)
    assert found.programme == "cn.gd.survey"
    assert found.properties["氨氮(mg/L)"].detection_limit == 0.025
    assert found.crs == "GCJ-02"
    assert found.header_line == 3
    long = load_layout(EXAMPLE_LONG).long
    assert long is not None
    assert long.names == {"高指": "CODMn"}


def test_every_key_is_documented() -> None:
    """Each key that a mapping may have stands in one of the examples."""
    for kind, keys in KEYS.items():
        for key in keys:
            assert key in EXAMPLE + EXAMPLE_LONG, f"{kind}: {key}"


def test_a_mapping_is_read_from_a_file(tmp_path: Path) -> None:
    """A path is read, the YAML itself is taken as it is, and a path that is none is refused."""
    (tmp_path / "m.yaml").write_text(SHORT, encoding="utf-8-sig")
    assert load_layout(str(tmp_path / "m.yaml")) == load_layout(SHORT)
    with pytest.raises(BadInput, match="no such mapping file"):
        load_layout(str(tmp_path / "n.yaml"))


@pytest.mark.parametrize(
    ("text", "said", "where"),
    [
        (SHORT.replace("column: S", "colum: S"), "did you mean 'column'", "station"),
        (SHORT.replace("time:", "times:"), "did you mean 'time'", "mapping"),
        (SHORT.replace("NH3N", "NH3-N"), "did you mean 'NH3N'", "properties: A"),
        (SHORT.replace(", unit: mg/L", ""), "unit of NH3N is not stated", "properties: A"),
        (SHORT.replace("mg/L", "furlong"), "furlong", "properties: A"),
        (SHORT.replace("mg/L", "ppm"), "ppm", "properties: A"),
        (SHORT.replace("{column: S}", "{}"), "no column and no value", "station"),
        (SHORT.replace("{column: T}", "{zone: UTC}"), "no column", "time"),
        (SHORT.replace("{column: T}", "{column: T, zone: Asia/Honkong}"), "no time zone", "zone"),
        (SHORT.replace("{column: S}", "{column: S, medium: soil}"), "'soil'", "station: medium"),
        (SHORT.replace("{column: S}", "{column: S, jurisdiction: 1}"), "no jurisdiction", "station: jurisdiction"),
        (SHORT + "position: {x: E, y: N, crs: GCJ-2}\n", "did you mean GCJ-02", "crs"),
        (SHORT + "position: {x: E}\n", "no column for y", "position"),
        (SHORT + "depth: {column: D, values: {a: upper}}\n", "'upper'", "depth: values: a"),
        (SHORT + "long: {property: P, value: V, unit: U}\n", "not both", "properties"),
        (SHORT.split("properties")[0] + "long: {property: P, value: V}\n", "units are not stated", "long"),
        (
            SHORT.split("properties")[0] + "long: {property: P, value: V, unit: U, names: {a: XX}}\n",
            "'XX'",
            "long: names",
        ),
        (SHORT + "properties: [\n", "not valid YAML at line", "mapping"),
        ("- a\n- b\n", "list where keys are expected", "mapping"),
        (SHORT.split("\n")[0] + "\n", "time is not mapped", "time"),
    ],
)
def test_a_wrong_mapping_says_which_key(text: str, said: str, where: str) -> None:
    """A mapping that cannot be used is refused with what is wrong, at which key, and how to mend it."""
    with pytest.raises(BadInput) as caught:
        load_layout(text)
    assert said in str(caught.value)
    assert where in caught.value.where
    assert caught.value.mend


def test_a_property_alone_needs_no_braces() -> None:
    """pH has no unit: its code alone will do."""
    found = load_layout(
        yaml.safe_dump({"station": {"value": "A"}, "time": {"column": "T"}, "properties": {"酸碱度": "pH"}})
    )
    assert found.properties["酸碱度"].code == "pH"
