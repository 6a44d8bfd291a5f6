"""Pure computation on columns: judging water and air under the law, and reproducing what the authorities publish.

Nothing here reads a file, a clock or a database. Tables come as DuckDB relations, Polars frames, pyarrow tables or
narwhals frames over them, and leave as narwhals frames on the same engine (``to_arrow`` runs what is lazy). Limits come
from the ``Standard`` passed in, nowhere else.
"""

from clearbay.mine.aqhi import added_risk, aqhi, aqhi_periods, aqhi_rule
from clearbay.mine.eutrophication import eutrophication_index, eutrophication_periods
from clearbay.mine.frames import Frame, Granularity, to_arrow
from clearbay.mine.limits import rounding_places
from clearbay.mine.objectives import attainment_classes, objective_results, objectives_missing, zone_limit
from clearbay.mine.period import DepthChoice, period_classes, period_items
from clearbay.mine.rounding import round_gbt8170, round_half_even, round_half_even_array
from clearbay.mine.single_factor import sample_items, samples_classes
from clearbay.mine.statistics import arithmetic_mean, geometric_mean, percentile
from clearbay.mine.water_types import WaterType, water_types

__all__ = [
    "DepthChoice",
    "Frame",
    "Granularity",
    "WaterType",
    "added_risk",
    "aqhi",
    "aqhi_periods",
    "aqhi_rule",
    "arithmetic_mean",
    "attainment_classes",
    "eutrophication_index",
    "eutrophication_periods",
    "geometric_mean",
    "objective_results",
    "objectives_missing",
    "percentile",
    "period_classes",
    "period_items",
    "round_gbt8170",
    "round_half_even",
    "round_half_even_array",
    "rounding_places",
    "sample_items",
    "samples_classes",
    "to_arrow",
    "water_types",
    "zone_limit",
]
