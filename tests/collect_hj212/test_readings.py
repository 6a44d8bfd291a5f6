from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from clearbay import packs
from clearbay.collect.batch import ROW_READINGS
from clearbay.collect.hj212 import FLAGS, Packet, check_units, decode, frames, pollutants, qartod, readings, table, take
from clearbay.model.errors import BadInput, UnknownName
from clearbay.model.observation import READINGS, Flag
from tests.collect_hj212.vectors import packet


def hour(cp: str, cn: str = "2061", flag: int = 5) -> Packet:
    (frame,) = frames(packet(f"DataTime=20260101080000;{cp}", cn=cn, flag=flag))
    return decode(frame)


def test_an_hour() -> None:
    """Means become readings at the start of the hour in UTC, metals in mg/L; the rest is listed with its reason."""
    taken = take(
        hour("w01018-Avg=12.5,w01018-Max=30,w01018-Flag=N;w20111-Avg=0.5,w20111-Flag=D;zz-Avg=1;w21003-Avg=-"),
        "outlet.1",
    )
    assert table(taken.rows).schema == ROW_READINGS
    assert table(taken.rows).to_pylist() == [
        {"station": "outlet.1", "property": "CODCr", "depth": "", "averaging": "hour",
         "time": datetime(2026, 1, 1, 0), "value": 12.5, "censoring": "", "flag": Flag.PASS, "row": 0},
        {"station": "outlet.1", "property": "Hg", "depth": "", "averaging": "hour",
         "time": datetime(2026, 1, 1, 0), "value": 0.0005, "censoring": "", "flag": Flag.FAIL, "row": 2},
    ]  # fmt: skip
    assert [(left.row, left.code, left.kind) for left in taken.left_out] == [
        (1, "w01018", "Max"), (3, "zz", "Avg"), (4, "w21003", "Avg"),
    ]  # fmt: skip
    assert all(left.why for left in taken.left_out)


@pytest.mark.parametrize(
    ("cn", "averaging"), [("2011", "instant"), ("2051", "minute"), ("2061", "hour"), ("2031", "day")]
)
def test_a_command_says_what_its_values_stand_for(cn: str, averaging: str) -> None:
    """The real-time value and the means of a minute, an hour and a day are told apart by the command."""
    kind = "Rtd" if cn == "2011" else "Avg"
    (row,) = readings(hour(f"w01018-{kind}=12.5", cn=cn), "s").to_pylist()
    assert row["averaging"] == averaging


@pytest.mark.parametrize(
    ("code", "name"), [("w20111", "Hg"), ("w20115", "Cd"), ("w20117", "Cr6"), ("w20119", "As"), ("w20120", "Pb")]
)
def test_five_metals_are_micrograms(code: str, name: str) -> None:
    """Hg, Cd, Cr6, As and Pb come in ug/L by default, and in what the device is said to use otherwise."""
    (row,) = readings(hour(f"{code}-Avg=7"), "s").to_pylist()
    assert (row["property"], row["value"]) == (name, pytest.approx(0.007))
    (row,) = readings(hour(f"{code}-Avg=7"), "s", units={code: "mg/L"}).to_pylist()
    assert row["value"] == 7


@pytest.mark.parametrize("code", ["w20116", "w20121", "w20122", "w20123", "w21003", "w21011"])
def test_other_concentrations_are_milligrams(code: str) -> None:
    """Also Cr, Ni, Cu and Zn."""
    (row,) = readings(hour(f"{code}-Avg=7"), "s").to_pylist()
    assert row["value"] == 7


def test_flow_is_converted() -> None:
    """Waste water flows in litres a second; clearbay keeps cubic metres."""
    (row,) = readings(hour("w00000-Avg=250"), "s").to_pylist()
    assert (row["property"], row["value"]) == ("flow", pytest.approx(0.25))


def test_a_unit_nobody_read_is_not_guessed() -> None:
    """Air codes become readings only with the unit the device uses."""
    sulphur = hour("a21026-Rtd=106.4,a21026-Flag=N", cn="2011")
    taken = take(sulphur, "s")
    assert taken.rows == []
    assert "unit" in taken.left_out[0].why
    assert readings(sulphur, "s", units={"a21026": "ug/m3"})["value"].to_pylist() == [106.4]
    assert readings(sulphur, "s", units={"a21026": "mg/m3"})["value"].to_pylist() == [pytest.approx(106_400)]


def test_every_unit_can_be_converted() -> None:
    """Each default unit leads to the unit of its property; each code is one of the packs or of annex B."""
    for known in pollutants().values():
        if known.unit:
            packs.unit_factor(known.unit, packs.properties()[known.property].unit, known.property)
    assert {one.code for one in pollutants().values()} == {one.hj for one in packs.properties().values() if one.hj} | {
        "w00000"
    }


def test_units_are_checked_when_they_are_stated() -> None:
    """A wrong unit is found when a device is registered."""
    assert check_units({"a21026": "mg/m3"})["a21026"] == "mg/m3"
    with pytest.raises(UnknownName):
        check_units({"zz": "mg/m3"})
    with pytest.raises(BadInput):
        check_units({"a21026": "Cel"})


@pytest.mark.parametrize("letter", "NFMSDCTB")
def test_data_flags(letter: str) -> None:
    """Only N passes; T makes the value a lower bound; the letter itself stands in the packet's row."""
    found = hour(f"w01018-Avg=1,w01018-Flag={letter}")
    (row,) = readings(found, "s").to_pylist()
    assert row["flag"] == FLAGS[letter].qartod
    assert (row["flag"] == Flag.PASS) == (letter == "N")
    assert row["censoring"] == (">" if letter == "T" else "")
    assert found.data[row["row"]].flag == letter


def test_unknown_flags_are_not_evaluated() -> None:
    """A letter the standard does not know, and none at all."""
    assert qartod("P") == qartod("") == Flag.NOT_EVALUATED


@pytest.mark.parametrize(("cn", "kind"), [("2011", "Rtd"), ("2051", "Avg"), ("2061", "Avg"), ("2031", "Avg")])
def test_commands_with_concentrations(cn: str, kind: str) -> None:
    """The instant's value of real-time data, the mean of a period."""
    assert readings(hour(f"w01018-{kind}=1", cn=cn), "s").num_rows == 1


def test_a_command_without_concentrations_has_none() -> None:
    """Device status is kept in the packet and told, not read as water."""
    taken = take(hour("SB1-RS=1", cn="2021"), "s")
    assert table(taken.rows).schema == ROW_READINGS
    assert taken.rows == []
    assert "设备运行状态" in taken.left_out[0].why


def test_zone_depth_and_schema() -> None:
    """A device elsewhere has its own zone; the first columns are READINGS."""
    found = readings(hour("w01018-Avg=1"), "s", depth="surface", zone=timezone(timedelta(hours=7)))
    assert found.to_pylist()[0]["time"] == datetime(2026, 1, 1, 1)
    assert found["depth"].to_pylist() == ["surface"]
    assert found.schema.names[: len(READINGS)] == READINGS.names


def test_a_clock_that_was_never_set() -> None:
    """A time before the calendar begins in UTC is left out, the others of the packet are kept."""
    (frame,) = frames(packet("DataTime=00010101000000;w01018-Rtd=1;DataTime=20260101080000;w21003-Rtd=2"))
    taken = take(decode(frame), "s")
    assert [row[1] for row in taken.rows] == ["NH3N"]
    assert "no time in UTC" in taken.left_out[0].why


def test_the_number_for_no_result() -> None:
    """9999.99 stands for no value in packets of 2025 (unverified) and is a number in all others."""
    assert readings(hour("w01018-Avg=9999.99", flag=9), "s").num_rows == 0
    assert readings(hour("w01018-Avg=9999.99"), "s").num_rows == 1


def test_the_page_tells_the_flags_as_they_are() -> None:
    """The table of the documentation is the table of the program."""
    page = (Path(__file__).parent.parent.parent / "docs" / "hj212.md").read_text(encoding="utf-8")
    for flag in FLAGS.values():
        censored = ", `>`" if flag.letter == "T" else ""
        qartod_text = f"{int(flag.qartod)} {flag.qartod.name.lower()}{censored}"
        assert f"| {flag.letter} | {flag.zh} | {qartod_text} | {flag.why} |" in page
