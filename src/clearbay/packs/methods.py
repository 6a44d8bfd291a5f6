"""The parameters of a rule by its kind: breakpoints, percentiles, rating rules, formulas, scores.

Each kind has a form of its own; what it does not know is refused, for a misspelt parameter would be silently lost. Any
parameter ``x`` may be followed by ``x_confidence``; ``parameters_confidence`` speaks for all that have none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from clearbay.model.property import Property
from clearbay.packs import bounds
from clearbay.packs.parameters import plain_of
from clearbay.packs.sheet import CONFIDENCES, Cell, Form, head_of, text_of

INDEX_AVERAGING = ("hour", "running_8h", "running_24h", "day", "mda8", "max_hour")
"""What a sub-index is computed from."""

MISSING = ("rest", "rest_above_100")
"""What becomes of an index that lacks an item: computed from the rest, or shown only where that is over 100."""

FORMS = ("weighted_logs", "product", "ratio_sum")

CHANGES = ("none", "some", "marked")

VALIDITY = (
    "hour_minutes", "day_hours", "eight_hours", "year_days", "month_days", "february_days", "particulate_year_days",
    "particulate_month_days", "quarter_days", "year_samples", "quarter_samples", "monthly_year_samples",
)  # fmt: skip
"""Least numbers of what a mean or a statistic rests on."""


def read(head: Form, kind: str, grades: Sequence[str], properties: Mapping[str, Property]) -> dict[str, object]:
    """Read and check the ``parameters`` of a rule as plain values, dates as ISO 8601 text."""
    reader = _READERS.get(kind)
    cell = head.cell("parameters", optional=reader is None or kind == "limits")
    if cell is None or reader is None:
        return {}
    form = Form(head.sheet, cell, "parameters")
    reader(form, grades, properties)
    for name in [name for name in form.cells if name.endswith("_confidence")]:
        stem = name.removesuffix("_confidence")
        if stem != "parameters" and stem not in form.cells:
            form.problem("unknown-key", f"{name} speaks for {stem}, which is not here", name)
        form.cell(name)
        if form.cells[name].value not in CONFIDENCES:
            form.problem("confidence", f"{name}: {form.cells[name].value} is not a confidence", name)
    if kind != "limits" and "parameters_confidence" not in form.cells:
        form.problem("confidence", "parameters_confidence is missing")
    form.close()
    return {name: plain_of(value) for name, value in form.cells.items()}


def _limits(form: Form, grades: Sequence[str], properties: Mapping[str, Property]) -> None:
    _validity(form)
    _places(form, "decimals", properties)
    for state in form.forms("reference_states", lambda cell: f"state from {head_of(cell, 'from')}", optional=True):
        state.date("from")
        state.date("to")
        state.number("gases_K")
        state.number("gases_kPa")
        state.string("particles")
    for name, cell in form.mapping("areas", optional=True).items():
        if name not in grades:
            form.problem("unknown-class", f"areas names {name}", "areas")
        text_of(form.sheet, cell, f"areas {name}")


def _validity(form: Form) -> None:
    cell = form.cell("validity", optional=True)
    if cell is None:
        return
    inner = Form(form.sheet, cell, "validity")
    for name in VALIDITY:
        if name in inner.cells and inner.integer(name) <= 0:
            inner.problem("not-allowed", f"{name} is a count above zero", name)
    inner.close()


def _known(form: Form, key: str, names: Sequence[str], properties: Mapping[str, Property]) -> None:
    for name in names:
        if name not in properties:
            form.problem("unknown-property", f"{key} names {name}", key)


def _places(form: Form, key: str, properties: Mapping[str, Property]) -> None:
    cells = form.mapping(key, optional=True)
    _known(form, key, list(cells), properties)
    for cell in cells.values():
        if not isinstance(cell.value, int) or isinstance(cell.value, bool):
            form.sheet.problem(cell.line, "wrong-type", f"{form.what}: {key} is a number of decimals")


def _numbers(form: Form, key: str, properties: Mapping[str, Property], low: float, high: float) -> None:
    cells = form.mapping(key, optional=True)
    _known(form, key, list(cells), properties)
    for cell in cells.values():
        if not bounds.is_number(cell.value) or not low <= cell.value <= high:
            form.sheet.problem(cell.line, "not-allowed", f"{form.what}: {key} is a number from {low:g} to {high:g}")


def _air_index(form: Form, grades: Sequence[str], properties: Mapping[str, Property]) -> None:
    levels = [cell.value for cell in form.cells_of("levels")]
    if not all(bounds.is_number(level) for level in levels) or any(two <= one for one, two in pairwise(levels)):
        form.problem("breakpoints", "the levels of the index must be growing numbers", "levels")
    tables = form.mapping("breakpoints")
    for name, cell in tables.items():
        _table(form, name, cell, len(levels))
    tops = form.mapping("index_max")
    ends = [cell.value for cell in tops.values()]
    if list(tops) != list(grades) or any(two <= one for one, two in pairwise(ends)):
        form.problem("bands-order", "index_max gives the growing upper end of every grade, in order", "index_max")
    for key in ("hourly", "daily"):
        for item in form.forms(key, lambda cell: f"index item {head_of(cell, 'property')}"):
            _known(item, "property", [item.string("property")], properties)
            item.choice("averaging", INDEX_AVERAGING)
            # An item that stands in for another only where that one is beyond its table names that table.
            for name in ("table", *(["instead_of"] if "instead_of" in item.cells else [])):
                if (table := item.string(name)) not in tables:
                    item.problem("breakpoints", f"there is no table of breakpoints {table}", name)
    for name, cell in form.mapping("beyond", optional=True).items():
        if name not in tables or (cell.value is not None and cell.value not in levels):
            form.problem("breakpoints", f"beyond {name} is a level of the index, or null for none", "beyond")
    _places(form, "decimals", properties)
    form.choice("missing", MISSING)
    form.number("primary_above")
    form.number("non_attainment_above", optional=True)
    _validity(form)


def _table(form: Form, name: str, cell: Cell, count: int) -> None:
    values = [one.value for one in cell.value] if isinstance(cell.value, list) else []
    given = [value for value in values if value is not None]
    at_end = values[len(given) :] == [None] * (len(values) - len(given))
    good = len(values) == count and len(given) > 1 and at_end and all(bounds.is_number(value) for value in given)
    if not good or any(two <= one for one, two in pairwise(given)):
        what = f"{name} has one growing number for each of {count} levels, null only at its end"
        form.sheet.problem(cell.line, "breakpoints", f"{form.what}: {what}")


def _statistics(form: Form, _grades: Sequence[str], properties: Mapping[str, Property]) -> None:
    _numbers(form, "percentiles", properties, 0, 100)
    _numbers(form, "weights", properties, 0, 100)
    _places(form, "decimals", properties)
    _known(form, "annual_mean", form.strings("annual_mean", optional=True), properties)
    form.choice("percentile_rank", ("interpolated",))
    for name, cell in form.mapping("daily").items():
        _known(form, "daily", [name], properties)
        if cell.value not in INDEX_AVERAGING:
            form.problem("not-allowed", f"{name} is by {cell.value}, none of {', '.join(INDEX_AVERAGING)}", "daily")
    form.integer("rolling_years", optional=True)
    form.boolean("exceptional_events", default=False)
    _validity(form)


def _rating(form: Form, grades: Sequence[str], properties: Mapping[str, Property]) -> None:
    classes = form.strings("classes")
    rated = []
    for rule in form.forms("rules", lambda cell: f"rule for {head_of(cell, 'grade')}"):
        rated.append(rule.string("grade"))
        alternatives = rule.cells_of("any")
        if not alternatives:
            rule.problem("rating-rules", "says nothing of when it holds", "any")
        for alternative in alternatives:
            _conditions(rule, alternative, classes)
    if rated != list(grades):
        form.problem("rating-rules", f"rules are for {', '.join(rated)}; grades are {', '.join(grades)}", "rules")
    for name, cell in form.mapping("class_grades", optional=True).items():
        if name not in classes or cell.value not in grades:
            form.problem("unknown-class", f"class_grades: {name} is {cell.value}", "class_grades")
    form.integer("min_sections", optional=True)
    form.choice("below_min", ("item_means", "same_rules"), default="same_rules")
    _known(form, "assessed_items", form.strings("assessed_items", optional=True), properties)
    _main_pollutants(form, classes, properties)
    _change(form, classes)
    _trend(form)
    _validity(form)


def _conditions(rule: Form, alternative: Cell, classes: Sequence[str]) -> None:
    if not isinstance(alternative.value, list) or not alternative.value:
        rule.sheet.problem(alternative.line, "rating-rules", f"{rule.what}: an alternative is a list of conditions")
        return
    for cell in alternative.value:
        condition = Form(rule.sheet, cell, f"{rule.what}: condition")
        for name in condition.strings("of"):
            if name not in classes:
                condition.problem("unknown-class", f"{name} is no class", "of")
        given = [key for key in ("ge", "gt", "le", "lt") if key in condition.cells]
        if not given or any(not 0 <= condition.number(key) <= 100 for key in given):
            key = given[0] if given else ""
            condition.problem("rating-rules", "compares a share with a per cent from 0 to 100", key)
        condition.close()


def _main_pollutants(form: Form, classes: Sequence[str], properties: Mapping[str, Property]) -> None:
    cell = form.cell("main_pollutants", optional=True)
    if cell is None:
        return
    inner = Form(form.sheet, cell, "main_pollutants")
    inner.integer("count")
    for name in inner.strings("none_in"):
        if name not in classes:
            inner.problem("unknown-class", f"{name} is no class", "none_in")
    for key in ("first", "no_multiple"):
        _known(inner, key, inner.strings(key), properties)
    inner.close()


def _change(form: Form, classes: Sequence[str]) -> None:
    cell = form.cell("change", optional=True)
    if cell is None:
        return
    inner = Form(form.sheet, cell, "change")
    for key in ("good", "bad"):
        for name in inner.strings(key):
            if name not in classes:
                inner.problem("unknown-class", f"{name} is no class", key)
    for key in ("grade_steps", "share_points"):
        ends = inner.mapping(key)
        values = [one.value for one in ends.values()]
        if list(ends) != list(CHANGES[:-1]) or any(two <= one for one, two in pairwise(values)):
            inner.problem("bands-order", f"{key} gives the growing upper ends of {', '.join(CHANGES[:-1])}", key)
    inner.close()


def _trend(form: Form) -> None:
    cell = form.cell("trend", optional=True)
    if cell is None:
        return
    inner = Form(form.sheet, cell, "trend")
    inner.integer("min_periods")
    inner.number("alpha")
    for name, one in inner.mapping("critical").items():
        if not name.isdigit() or not bounds.is_number(one.value) or not 0 < one.value <= 1:
            inner.problem("not-allowed", f"critical {name}: a count and a correlation up to 1", "critical")
    inner.close()


def _formula(form: Form, grades: Sequence[str], properties: Mapping[str, Property]) -> None:
    shape = form.choice("form", FORMS)
    wanted = {"weighted_logs": ("intercept", "slope", "weight"), "product": (), "ratio_sum": ("sign",)}.get(shape, ())
    count = 0
    for term in form.forms("terms", lambda cell: f"term {head_of(cell, 'property')}"):
        count += 1
        bounds.converter(term, term.string("property"), properties)
        for key in wanted:
            term.number(key)
    if not count and "terms" in form.cells:
        form.problem("missing-key", "a formula has terms", "terms")
    for key in {"weighted_logs": ("scale",), "product": ("numerator", "denominator")}.get(shape, ()):
        if form.number(key) == 0 and key in form.cells:
            form.problem("not-allowed", f"{key} is not zero", key)
    if shape == "ratio_sum":
        form.string("base_class")
    _bands(form, grades)


def _bands(form: Form, grades: Sequence[str]) -> None:
    """Bands from the best grade to the worst, each with its upper end (``le`` or ``lt``), the last one open."""
    named, ends = [], []
    for band in form.forms("bands", lambda cell: f"band {head_of(cell, 'grade')}"):
        named.append(band.string("grade"))
        given = [key for key in ("le", "lt") if key in band.cells]
        ends += [band.number(key) for key in given]
    good = named == list(grades) and len(ends) == len(grades) - 1
    if not good or any(two <= one for one, two in pairwise(ends)):
        form.problem("bands-order", "bands have the grades in order, growing upper ends, the last one none", "bands")


def _scores(form: Form, grades: Sequence[str], properties: Mapping[str, Property]) -> None:
    for item in form.forms("items", lambda cell: f"scored item {head_of(cell, 'property')}"):
        bounds.converter(item, item.string("property"), properties)
        item.integer("decimals")
        for name, cell in item.mapping("scores").items():
            spans = [_span(one) for one in cell.value] if isinstance(cell.value, list) else [None]
            if not name.isdigit() or not all(spans):
                item.problem("range", f"score {name} is a list of [low, high], null where open", "scores")
    form.integer("decimals")
    _bands(form, grades)


def _span(cell: Cell) -> bool:
    ends = [one.value for one in cell.value] if isinstance(cell.value, list) else []
    if len(ends) != 2 or not all(end is None or bounds.is_number(end) for end in ends):
        return False
    return None in ends or ends[0] <= ends[1]


_READERS: Mapping[str, Callable[[Form, Sequence[str], Mapping[str, Property]], None]] = {
    "limits": _limits,
    "air_index": _air_index,
    "statistics": _statistics,
    "rating": _rating,
    "formula": _formula,
    "scores": _scores,
}
