"""Single-factor assessment: the class of the worst item, and which items those are.

A *sample* is whatever shares the key columns (by default one station, depth and time). An item fails a class when its
value breaks that class's limit; its grade is one worse than the worst class it fails, so grade 0 is the best class and
the last grade is worse than every class. The sample has the grade of its worst item; the items of that grade are its
determinants. In the best class nothing determines: every item meets every limit.

Censored values (see ``censoring``). Where both ends get the same grade there is nothing to decide. Where they do not,
``>U`` is judged just above U; and ``<L``, a detection limit too coarse to place the item, gets the best grade it can
have: what was not found does not make water worse (a method that sees mercury from 1 ug/L on cannot tell class I from
IV). No rule for this was read; 环办监测函[2020]82号 clause 7 gives L/2 for statistics only, where it is used. The
verdict is marked ``censored`` if the sample's class would differ between the ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import narwhals.stable.v2 as nw

from clearbay.mine.censoring import ENDS, NOTHING, single_ends
from clearbay.mine.frames import Frame, beside, columns_of, frame_of, is_one_of, need, usable
from clearbay.mine.limits import SLACK, LimitTable, limit_table
from clearbay.mine.rounding import round_gbt8170
from clearbay.model.errors import BadInput
from clearbay.model.standard import Standard

SAMPLE = ("station", "depth", "time")
"""What makes a sample in READINGS and OBSERVATIONS."""


def sample_items(
    data: object,
    standard: Standard,
    *,
    keys: Sequence[str] = SAMPLE,
    water_type: str | Mapping[str, str] | None = None,
    target: str | None = None,
) -> Frame:
    """One row an item of a sample: ``keys``, property, value, censoring, grade, grade_low, grade_high, limit, multiple.

    ``data`` has the columns of READINGS (and ``water_type`` where it is known row by row). ``water_type`` is ``river``
    or ``lake`` for all rows, or a mapping from station to either; stations it does not name count as rivers.
    ``value`` is as reported; ``grade_low`` and ``grade_high`` are the grades at both ends of a censored value, equal
    to ``grade`` otherwise. ``limit`` is the one that keeps the item out of the next better class (in the best
    class: that class's own); ``multiple`` is (value - S)/S over the limit S of the target class, null where the
    standard defines none. Items measured twice in a sample yield two rows.
    """
    table = limit_table(standard, target)
    rows = graded(data, table, keys, water_type)
    return rows.select(*keys, "property", "value", "censoring", *GRADED)


def samples_classes(
    data: object,
    standard: Standard,
    *,
    keys: Sequence[str] = SAMPLE,
    water_type: str | Mapping[str, str] | None = None,
) -> Frame:
    """One row a sample: ``keys``, grade (0 = best), class, determinants, n_items, censored.

    Parameters as in ``sample_items``. ``determinants`` are property codes in the standard's order, joined by ``;``.
    A sample with no judged item has no row: it cannot be judged.
    """
    table = limit_table(standard)
    rows = graded(data, table, keys, water_type)
    # An item reported twice in one sample counts once, at its worse value: the sum of bits below needs it.
    once = rows.group_by(*keys, "bit").agg(nw.col("grade").max(), nw.col("grade_low").max(), nw.col("grade_high").max())
    return worst_items(once, table, keys)


GRADED = ("grade", "grade_low", "grade_high", "limit", "multiple", "item", "bit")
"""Columns that ``graded`` adds."""


def with_kind(frame: Frame, table: LimitTable, water_type: str | Mapping[str, str] | None) -> Frame:
    """Add ``kind`` (river or lake) where the standard tells them apart; elsewhere leave the table as it is."""
    if not table.by_water_type:
        return frame
    if water_type is None and "water_type" in columns_of(frame):
        lake = nw.col("water_type") == "lake"
    elif water_type is None or isinstance(water_type, str):
        if water_type not in (None, "", "river", "lake"):
            raise BadInput(f"no such water type: {water_type}", mend="use river or lake")
        return frame.with_columns(kind=nw.lit("lake" if water_type == "lake" else "river"))
    else:
        lake = is_one_of("station", (station for station, kind in water_type.items() if kind == "lake"))
    return frame.with_columns(kind=nw.when(lake).then(nw.lit("lake")).otherwise(nw.lit("river")))


def graded(data: object, table: LimitTable, keys: Sequence[str], water_type: str | Mapping[str, str] | None) -> Frame:
    """Rows of judged items with their grade."""
    base = frame_of(data)
    need(base, [*keys, "property", "value", "censoring"], "the table to judge")
    frame = with_kind(usable(base, is_one_of("property", table.wanted)), table, water_type)
    return with_grades(with_limits(frame.with_columns(**single_ends()), table, keys, base), table)


def with_grades(joined: Frame, table: LimitTable) -> Frame:
    """Add grade, grade_low, grade_high, limit and multiple from ``_at``, ``_low``, ``_high`` and the joined limits."""
    rows = joined.with_columns(**{f"{name}_grade": grade_of(table, name) for name in ENDS})
    ends = ("_low_grade", "_high_grade")
    least, most = nw.min_horizontal(*ends), nw.max_horizontal(*ends)
    # Between two ends that agree the grade is theirs, also where limits form a band (pH) and L/2 falls inside it.
    between = nw.min_horizontal(nw.max_horizontal("_at_grade", least), most)
    blind = (nw.col("_low") < NOTHING) & (nw.col("_low_grade") < nw.col("_at_grade"))
    grade = nw.when(blind).then(nw.col("_low_grade")).otherwise(between)
    rows = rows.with_columns(grade=grade, grade_low=least, grade_high=most)
    return rows.with_columns(limit=limit_of(table, "_at"), multiple=multiple_of("_at", blind))


def with_limits(frame: Frame, table: LimitTable, keys: Sequence[str], base: Frame) -> Frame:
    """Join the limits (dropping rows of properties that the standard does not judge) and the substitutes' word.

    ``base`` is a frame on the same engine beside which the limits are put: the plainer, the cheaper.
    """
    on = ["property", "kind"] if table.by_water_type else ["property"]
    columns = {name: values for name, values in table.columns.items() if name != "kind" or table.by_water_type}
    joined = frame.join(beside(base, columns, table.types), on=on, how="inner")  # type: ignore[arg-type]
    for one in table.alternatives:
        value = nw.col("_at") if one.decimals is None else round_gbt8170(nw.col("_at"), one.decimals)
        speaks = frame.filter(nw.col("property") == one.spare, value >= one.low, value <= one.high)
        word = speaks.group_by(*keys).agg(_spared=nw.len()).with_columns(property=nw.lit(one.property))
        joined = joined.join(word, on=[*keys, "property"], how="left")  # type: ignore[arg-type]
        joined = joined.with_columns(**{f"_spare{one.grade}": ~nw.col("_spared").is_null()}).drop("_spared")
    return joined


def grade_of(table: LimitTable, column: str) -> nw.Expr:
    """The grade that the number in ``column`` gets from the joined limits."""
    spared = {one.grade for one in table.alternatives}
    value = nw.col(column)
    grade = nw.lit(0)
    for g in range(len(table.classes)):
        fails = (value < nw.col(f"low{g}")) | (value > nw.col(f"high{g}"))
        if g in spared:
            fails = fails & ~nw.col(f"_spare{g}")
        grade = nw.when(fails).then(nw.lit(g + 1)).otherwise(grade)
    return grade


def limit_of(table: LimitTable, column: str) -> nw.Expr:
    """The limit that keeps an item out of the next better class; in the best class its own.

    For a band (pH) it is the end that the value lies beyond, null inside it.
    """
    value = nw.col(column)
    better = nw.max_horizontal(nw.col("grade") - 1, nw.lit(0))
    limit = nw.lit(None, dtype=nw.Float64)
    for g in range(len(table.classes)):
        least, most = nw.col(f"least{g}"), nw.col(f"most{g}")
        within = nw.when(least.is_null()).then(most).otherwise(nw.when(most.is_null()).then(least))
        upper = nw.when(value > nw.col(f"high{g}")).then(most).otherwise(within)
        here = nw.when(value < nw.col(f"low{g}")).then(least).otherwise(upper)
        limit = nw.when(better == g).then(here).otherwise(limit)
    return limit


def multiple_of(column: str, blind: nw.Expr) -> nw.Expr:
    """(value - S)/S over the target class's limit S; null at or below it, where there is none, or nothing was found."""
    value, aim = nw.col(column), nw.col("target")
    return nw.when((value > aim * (1 + SLACK)) & ~blind).then(value / aim - 1.0)


def worst_items(items: Frame, table: LimitTable, keys: Sequence[str], **extra: nw.Expr) -> Frame:
    """Grade, class and determinants from rows of items, one row an item of a key.

    Each item owns one bit; summing the bits of the items at each grade keeps this a single grouping pass on every
    engine, where joining texts inside a group is not portable. ``extra`` are further aggregations of a column.
    """
    worst = len(table.classes)
    marks = {f"_bits{g}": nw.when(nw.col("grade") == g).then(nw.col("bit")).otherwise(0) for g in range(1, worst + 1)}
    grouped = (
        items.with_columns(**marks)
        .group_by(*keys)
        .agg(
            nw.col("grade").max(),
            nw.col("grade_low").max(),
            nw.col("grade_high").max(),
            *[nw.col(name).sum() for name in marks],
            n_items=nw.len(),
            **extra,
        )
    )
    bits = nw.lit(0, dtype=nw.Int64)
    for g in range(1, worst + 1):
        bits = nw.when(nw.col("grade") == g).then(nw.col(f"_bits{g}")).otherwise(bits)
    named = grouped.with_columns(_bits=bits.cast(nw.Int64))
    return named.select(
        *keys,
        nw.col("grade").cast(nw.Int64),
        class_name("grade", table.grades).alias("class"),
        determinants(table.order).alias("determinants"),
        nw.col("n_items").cast(nw.Int64),
        *extra,
        censored=nw.col("grade_low") != nw.col("grade_high"),
    )


def class_name(column: str, grades: Sequence[str]) -> nw.Expr:
    """The grade's id as text."""
    name = nw.lit(grades[-1])
    for g, text in enumerate(grades[:-1]):
        name = nw.when(nw.col(column) == g).then(nw.lit(text)).otherwise(name)
    return name


def determinants(order: Sequence[str]) -> nw.Expr:
    """Property codes of the bits set in ``_bits``, joined by ``;``."""
    parts = [
        nw.when(nw.col("_bits") % 2 ** (position + 1) >= 2**position).then(nw.lit(code))
        for position, code in enumerate(order)
    ]
    return nw.concat_str(parts, separator=";", ignore_nulls=True)
