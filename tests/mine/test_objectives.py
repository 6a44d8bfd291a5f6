"""Objectives that are attained or not in a year."""

from __future__ import annotations

import pytest

from clearbay.mine import attainment_classes, objective_results, objectives_missing, zone_limit
from clearbay.model.errors import BadInput

from .standards import OBJECTIVES, SEA
from .tables import readings, records

ZONES = {"outer": "z", "inner": "z.inner", "elsewhere": "y"}

TEN_EVENTS = [
    (station, "DO", value, depth, 30 * event)
    for station in ("outer", "inner")
    for event, low in enumerate([3.0, *[5.0] * 9])
    for depth, value in (("surface", low + 0.5), ("bottom", low - 0.5))
]
ROWS = (
    *TEN_EVENTS,
    ("outer", "DIN", 0.4, "surface", 0),
    ("outer", "DIN", 0.8, "bottom", 0),
    ("outer", "DIN", 0.4, "surface", 30),
    ("inner", "DIN", 0.7, "surface", 0),
    ("outer", "E_coli", "<1", "surface", 0),
    ("outer", "E_coli", 100.0, "middle", 0),
    ("outer", "E_coli", 20000.0, "bottom", 0),
    ("outer", "E_coli", 20000.0, "surface", 30),
    ("elsewhere", "DO", 0.1, "surface", 0),
)


def found(frame):
    return {(row["station"], row["objective"]): row for row in records(frame, "station")}


def test_a_share_of_samples_is_counted_on_the_water_column(engine):
    """Nine of ten events with a column mean of 4 attain an objective of 90 %."""
    row = found(objective_results(engine(readings(*ROWS)), OBJECTIVES, ZONES))["outer", "do-mean"]
    assert (row["value"], row["limit"], row["threshold"], row["attained"]) == (0.9, 0.9, 4.0, True)
    assert (row["n"], row["n_complying"], row["share"], row["n_values"], row["year"]) == (10, 9, 0.9, 20, 2020)


def test_the_bottom_is_judged_by_its_own_samples(engine):
    """An objective for the bottom counts bottom samples only."""
    row = found(objective_results(engine(readings(*ROWS)), OBJECTIVES, ZONES))["outer", "do-bottom"]
    assert (row["value"], row["n"], row["n_values"], row["attained"]) == (1.0, 10, 10, True)


def test_an_annual_mean_is_that_of_column_means(engine):
    """(0.6 + 0.4)/2 = 0.5 meets 0.5; the inner zone has a limit of its own."""
    rows = found(objective_results(engine(readings(*ROWS)), OBJECTIVES, ZONES))
    assert [
        (rows[name, "tin"]["value"], rows[name, "tin"]["limit"], rows[name, "tin"]["attained"])
        for name in ("outer", "inner")
    ] == [
        (0.5, 0.5, True),
        (0.7, 0.7, True),
    ]


def test_a_geometric_mean_takes_every_sample_of_the_year(engine):
    """All samples count alike, whatever their depth: (0.5 * 100 * 20000 * 20000)^(1/4)."""
    row = found(objective_results(engine(readings(*ROWS)), OBJECTIVES, ZONES))["outer", "ecoli"]
    assert row["value"] == pytest.approx((0.5 * 100 * 20000 * 20000) ** 0.25)
    assert (row["n"], row["n_values"], row["n_censored"], row["attained"], row["censored"]) == (2, 4, 1, True, False)
    assert row["share"] is None


def test_an_objective_applies_where_its_zone_says(engine):
    """A station outside every zone has no row; a part of a zone inherits what it does not override."""
    rows = found(objective_results(engine(readings(*ROWS)), OBJECTIVES, ZONES))
    assert not any(station == "elsewhere" for station, _ in rows)
    assert ("inner", "do-bottom") in rows
    limits = {one.id: zone_limit(one, "z.inner.cove") for one in OBJECTIVES.objectives}
    assert limits == {"do-mean": 4.0, "do-bottom": 2.0, "tin": 0.7, "ecoli": 610}
    assert zone_limit(OBJECTIVES.objectives[0], "") is None


def test_a_station_attains_when_every_objective_is_attained(engine):
    """One objective missed is enough; the ones missed are named."""
    rows = [*ROWS, ("outer", "DIN", 0.9, "surface", 60)]
    results = objective_results(engine(readings(*rows)), OBJECTIVES, ZONES)
    classes = {row["station"]: row for row in records(attainment_classes(results, OBJECTIVES), "station")}
    assert (classes["outer"]["class"], classes["outer"]["determinants"]) == ("not_attained", "tin")
    assert (classes["inner"]["class"], classes["inner"]["determinants"], classes["inner"]["n_items"]) == (
        "attained",
        "",
        3,
    )


def test_what_was_not_sampled_is_said():
    """An objective that applies but has no samples in a year is listed."""
    results = objective_results(readings(*ROWS), OBJECTIVES, ZONES)
    assert objectives_missing(results, OBJECTIVES, ZONES) == [("inner", 2020, "ecoli")]


def test_a_verdict_that_hangs_on_censored_values_is_marked(engine):
    """A geometric mean that is below the limit at half of L and above it at L is marked."""
    rows = [("outer", "E_coli", "<1000"), ("outer", "E_coli", "<1000", "", 1)]
    row = records(objective_results(engine(readings(*rows)), OBJECTIVES, ZONES))[0]
    assert (row["value"], row["attained"], row["censored"]) == (500.0, True, True)


def test_stations_without_zones_are_refused():
    """Without a zone nothing can be judged, and the refusal says how to give one."""
    with pytest.raises(BadInput, match="zone"):
        objective_results(readings(*ROWS), OBJECTIVES, {"outer": ""})
    with pytest.raises(BadInput, match="zone"):
        objective_results(readings(*ROWS), SEA, ZONES)


def test_every_engine_gives_the_same_results(engines):
    """Results are equal on all engines, to twelve digits."""
    results = {name: records(objective_results(put(readings(*ROWS)), OBJECTIVES, ZONES), "station", "objective")
               for name, put in engines.items()}  # fmt: skip
    assert len(results["duckdb"]) == 7
    assert all(rows == results["duckdb"] for rows in results.values())
