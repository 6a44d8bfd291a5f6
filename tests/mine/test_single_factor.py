"""Laws of the single-factor class."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearbay.mine import sample_items, samples_classes
from clearbay.model.errors import BadInput

from .standards import OBJECTIVES, SEA, SURFACE
from .tables import decimals, readings, records

PAIRED = (
    ("clean", "pH", 7.0),
    ("clean", "DO", 7.5),
    ("clean", "TP", 0.02),
    ("worst", "CODMn", 15.1),
    ("worst", "pH", 9.1),
    ("worst", "NH3N", 0.15),
    ("worst", "DO", 6.0),
    ("lake", "TP", 0.03),
    ("lake", "TN", 1.6),
    ("oxygen", "DO", 6.9),
    ("oxygen", "DO_sat", 90.0),
    ("scarce", "DO", 5.9),
    ("scarce", "DO_sat", 99.0),
    ("other", "salinity", 30.0),
    ("failed", "CODMn", 99.0, "", 0, 4),
    ("twice", "CODMn", 3.0),
    ("twice", "CODMn", 15.1),
)


def test_the_worst_item_decides(engine):
    """A sample has the class of its worst item, and its determinants are the items of that class."""
    table = engine(readings(*PAIRED))
    rows = records(samples_classes(table, SURFACE, water_type={"lake": "lake"}), "station")
    found = {row["station"]: (row["class"], row["determinants"], row["n_items"], row["censored"]) for row in rows}
    assert found == {
        "clean": ("I", "", 3, False),
        "worst": ("V+", "pH;CODMn", 4, False),
        "lake": ("V", "TN", 2, False),
        "oxygen": ("I", "", 1, False),
        "scarce": ("III", "DO", 1, False),
        "twice": ("V+", "CODMn", 1, False),
    }


def test_rivers_and_lakes_have_their_own_limits(engine):
    """Total phosphorus is held against the water's own limits, and total nitrogen counts in lakes alone."""
    rows = (("a", "TP", 0.03), ("a", "TN", 1.6), ("b", "TP", 0.03), ("b", "TN", 0.1))
    river = records(samples_classes(engine(readings(*rows)), SURFACE, water_type="river"), "station")
    lake = records(samples_classes(engine(readings(*rows)), SURFACE, water_type="lake"), "station")
    assert [(row["class"], row["determinants"], row["n_items"]) for row in river] == [("II", "TP", 1), ("II", "TP", 1)]
    assert [(row["class"], row["determinants"], row["n_items"]) for row in lake] == [("V", "TN", 2), ("III", "TP", 2)]


def test_the_water_type_may_be_a_column(engine):
    """Where the table says row by row what a water is, that counts."""
    table = readings(("a", "TP", 0.03))
    table = table.append_column("water_type", [["lake"]])
    assert records(samples_classes(engine(table), SURFACE))[0]["class"] == "III"


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [("DO", 7.5, "I"), ("DO", 7.4, "II"), ("DO", 1.9, "V+"), ("pH", 6.0, "I"), ("pH", 5.99, "V+"), ("pH", 9.01, "V+")],
)
def test_a_limit_that_may_be_met_is_met_by_equality(engine, code, value, expected):
    """At least and at most include the limit; dissolved oxygen has a lower bound and pH a band."""
    assert records(samples_classes(engine(readings(("a", code, value))), SURFACE))[0]["class"] == expected


def test_a_strict_limit_is_not_met_by_equality(engine):
    """Sea water needs dissolved oxygen above, not at, the limit."""
    rows = [("a", "DO", 6.0), ("b", "DO", 6.01), ("c", "DO", 3.0)]
    assert [row["class"] for row in records(samples_classes(engine(readings(*rows)), SEA), "station")] == [
        "2",
        "1",
        "4+",
    ]


def test_a_class_without_a_limit_asks_nothing(engine):
    """An item whose last class has no limit never makes the water worse than that class."""
    rows = [("a", "Coliform", 10001)]
    assert records(samples_classes(engine(readings(*rows)), SEA))[0]["class"] == "4"


def test_where_classes_share_a_limit_the_best_met_is_given(engine):
    """Reactive phosphate at the limit that classes 2 and 3 share gives class 2, above it class 4."""
    rows = [("a", "DIP", 0.03), ("b", "DIP", 0.031)]
    assert [row["class"] for row in records(samples_classes(engine(readings(*rows)), SEA), "station")] == ["2", "4"]


def test_items_say_limit_and_multiple(engine):
    """An item names the limit that keeps it out of the next better class, and its multiple over the target's."""
    rows = (("a", "CODMn", 9.0), ("a", "DO", 2.5), ("a", "pH", 9.5), ("a", "NH3N", 0.1), ("a", "TP", 0.3))
    found = {
        row["property"]: (row["grade"], row["limit"], row["multiple"])
        for row in records(sample_items(engine(readings(*rows)), SURFACE))
    }
    assert found == {
        "CODMn": (3, 6.0, 0.5),
        "DO": (4, 3.0, None),
        "pH": (5, 9.0, None),
        "NH3N": (0, 0.15, None),
        "TP": (3, 0.2, 0.5),
    }


def test_the_target_of_multiples_can_be_chosen(engine):
    """Asked for class II, multiples are counted from the limits of class II."""
    assert records(sample_items(engine(readings(("a", "CODMn", 6.0))), SURFACE, target="II"))[0]["multiple"] == 0.5


@pytest.mark.parametrize(
    ("value", "expected", "censored"),
    [
        ("<0.15", "I", False),
        ("<0.3", "I", True),
        ("<0.6", "I", True),
        ("<100", "I", True),
        (">2.0", "V+", False),
        (">2.5", "V+", False),
        (">0.5", "III", True),
    ],
)
def test_what_was_not_found_does_not_make_water_worse_and_is_marked(engine, value, expected, censored):
    """``<L`` meets a limit of L; where its ends disagree it gets the best they allow, ``>U`` the least it breaks."""
    row = records(samples_classes(engine(readings(("a", "NH3N", value))), SURFACE))[0]
    assert (row["class"], row["censored"]) == (expected, censored)


def test_a_censored_value_that_does_not_decide_is_not_marked(engine):
    """Where another item is worse than either end, the verdict does not hang on the censored one."""
    rows = [("a", "NH3N", "<0.3"), ("a", "CODMn", 11.0)]
    assert records(samples_classes(engine(readings(*rows)), SURFACE))[0]["censored"] is False


def test_low_oxygen_is_no_undetected_pollutant(engine):
    """Oxygen below a detection limit is judged at half of it: there less is worse."""
    assert records(samples_classes(engine(readings(("a", "DO", "<5.0"))), SURFACE))[0]["class"] == "V"


def test_what_was_not_found_has_no_multiple(engine):
    """Half a coarse detection limit over a limit is no exceedance."""
    row = records(sample_items(engine(readings(("a", "CODMn", "<100"))), SURFACE))[0]
    assert (row["grade"], row["grade_high"], row["multiple"]) == (0, 5, None)


def test_only_class_standards_give_classes():
    """Objectives and indices are refused, with the way out."""
    with pytest.raises(BadInput, match="objective_results"):
        samples_classes(readings(("a", "DO", 5.0)), OBJECTIVES)


def test_a_table_without_a_column_is_refused():
    """A missing column is named."""
    with pytest.raises(BadInput, match="censoring"):
        samples_classes(readings(("a", "DO", 5.0)).drop_columns(["censoring"]), SURFACE)


CODES = {
    "CODMn": ("0", "20", 2),
    "NH3N": ("0", "3", 3),
    "TP": ("0", "0.6", 3),
    "TN": ("0", "3", 2),
    "DO": ("0", "12", 2),
}
item_values = st.fixed_dictionaries({}, optional={code: decimals(*span) for code, span in CODES.items()}).filter(bool)


def grades_of(*samples: dict[str, object], kind: str = "river", standard=SURFACE) -> list[int]:
    """The grade of each sample, judged in one table."""
    rows = [(f"{i:04}", code, value) for i, sample in enumerate(samples) for code, value in sample.items()]
    return [row["grade"] for row in records(samples_classes(readings(*rows), standard, water_type=kind), "station")]


many = st.lists(item_values, min_size=1, max_size=20)


@given(many, st.sampled_from(sorted(CODES)), decimals("0", "5", 3), st.sampled_from(["river", "lake"]))
@settings(deadline=None, max_examples=25)
def test_worse_water_never_gets_a_better_class(samples, code, step, kind):
    """Raising a pollutant, or lowering the oxygen, never improves the class."""

    def worsened(sample):
        changed = max(0.0, sample[code] - step) if code == "DO" else sample[code] + step
        return sample | {code: changed}

    samples = [{code: 1.0} | sample for sample in samples]
    found = grades_of(*samples, *map(worsened, samples), kind=kind)
    assert all(after >= before for before, after in zip(found[: len(samples)], found[len(samples) :], strict=True))


@given(many, st.sampled_from(sorted(CODES)), st.sampled_from(["river", "lake"]))
@settings(deadline=None, max_examples=25)
def test_another_item_never_improves_the_class(samples, code, kind):
    """Measuring one thing more can only keep the class or worsen it."""
    samples = [{"pH": 7.0} | sample for sample in samples]
    fuller = [{code: 1.0} | sample for sample in samples]
    found = grades_of(*samples, *fuller, kind=kind)
    assert all(after >= before for before, after in zip(found[: len(samples)], found[len(samples) :], strict=True))


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(sorted(CODES)), decimals("0", "12", 2)),
        min_size=1,
        max_size=12,
    ),
    st.randoms(),
    st.integers(0, 12),
)
@settings(deadline=None, max_examples=20)
def test_order_and_partition_change_nothing(rows, random, cut):
    """Shuffled rows give the same verdicts, and so do stations judged apart."""
    whole = records(samples_classes(readings(*rows), SURFACE), "station")
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert records(samples_classes(readings(*shuffled), SURFACE), "station") == whole
    apart = []
    for group in ("a", "bc"):
        part = [row for row in rows if row[0] in group]
        apart += records(samples_classes(readings(*part), SURFACE), "station") if part else []
    assert apart == whole


censored_values = st.tuples(
    st.sampled_from(["CODMn", "NH3N", "TP", "DO", "pH"]), decimals("0.001", "20", 3), st.sampled_from("<>"), item_values
)


@given(st.lists(censored_values, min_size=1, max_size=15), st.sampled_from(["river", "lake"]))
@settings(deadline=None, max_examples=30)
def test_a_censored_value_never_flips_a_verdict_both_its_bounds_agree_on(cases, kind):
    """The class lies between those at the least and the most that a censored value can be."""
    ends = {"<": (0.0, 1 - 1e-6), ">": (1 + 1e-6, 1e6)}
    samples = []
    for code, limit, mark, others in cases:
        low, high = ends[mark]
        samples += [others | {code: low * limit}, others | {code: high * limit}, others | {code: f"{mark}{limit}"}]
    found = grades_of(*samples, kind=kind)
    for low, high, censored in zip(found[::3], found[1::3], found[2::3], strict=True):
        assert min(low, high) <= censored <= max(low, high)


def test_every_engine_gives_the_same_items(engines):
    """Items and classes are equal on all engines, to twelve digits."""
    table = readings(*PAIRED, ("c", "NH3N", "<0.3"), ("c", "TP", ">0.1"))
    keys = ("station", "property", "value")
    items = {name: records(sample_items(put(table), SURFACE), *keys) for name, put in engines.items()}
    assert len(items["duckdb"]) == 14
    assert all(rows == items["duckdb"] for rows in items.values())
