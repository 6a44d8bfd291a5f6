"""Pure computation on columns: judging water and air under the law, and reproducing what the authorities publish.

Nothing here reads a file, a clock or a database. Tables come as DuckDB relations, Polars frames, pyarrow tables or
narwhals frames over them, and leave as narwhals frames on the same engine (``to_arrow`` runs what is lazy). Limits come
from the ``Standard`` passed in, nowhere else.
"""

from clearbay.mine.air_statistics import daily_values, exceedances, year_statistics
from clearbay.mine.aqhi import added_risk, aqhi, aqhi_periods, aqhi_rule
from clearbay.mine.aqi import aqi_daily, aqi_hourly, aqi_of_days
from clearbay.mine.areas import rate_areas
from clearbay.mine.beach import beach_weeks, beach_years
from clearbay.mine.discharge import discharge_days, judge_discharge
from clearbay.mine.eutrophication import eutrophication_index, eutrophication_periods
from clearbay.mine.exceptions import in_case
from clearbay.mine.formula import evaluated, formula_of
from clearbay.mine.frames import Frame, Granularity, to_arrow
from clearbay.mine.iaqi import index_of, sub_index
from clearbay.mine.limits import rounding_places
from clearbay.mine.objectives import attainment_classes, objective_results, objectives_missing, zone_limit
from clearbay.mine.organic import organic_pollution_index, organic_pollution_indices
from clearbay.mine.period import DepthChoice, period_classes, period_items
from clearbay.mine.rating import by_item_means, rate, rated, section_means
from clearbay.mine.river_wqi import river_wqi, river_wqi_means, river_wqi_samples
from clearbay.mine.rounding import round_gbt8170, round_half_even, round_half_even_array
from clearbay.mine.side_by_side import side_by_side
from clearbay.mine.single_factor import sample_items, samples_classes
from clearbay.mine.statistics import arithmetic_mean, geometric_mean, percentile
from clearbay.mine.targets import standing_of_grades, standing_of_mean
from clearbay.mine.trend import change_by_grade, change_by_shares, spearman
from clearbay.mine.trophic import trophic_index, trophic_indices
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
    "aqi_daily",
    "aqi_hourly",
    "aqi_of_days",
    "arithmetic_mean",
    "attainment_classes",
    "beach_weeks",
    "beach_years",
    "by_item_means",
    "change_by_grade",
    "change_by_shares",
    "daily_values",
    "discharge_days",
    "eutrophication_index",
    "eutrophication_periods",
    "evaluated",
    "exceedances",
    "formula_of",
    "geometric_mean",
    "in_case",
    "index_of",
    "judge_discharge",
    "objective_results",
    "objectives_missing",
    "organic_pollution_index",
    "organic_pollution_indices",
    "percentile",
    "period_classes",
    "period_items",
    "rate",
    "rate_areas",
    "rated",
    "river_wqi",
    "river_wqi_means",
    "river_wqi_samples",
    "round_gbt8170",
    "round_half_even",
    "round_half_even_array",
    "rounding_places",
    "sample_items",
    "samples_classes",
    "section_means",
    "side_by_side",
    "spearman",
    "standing_of_grades",
    "standing_of_mean",
    "sub_index",
    "to_arrow",
    "trophic_index",
    "trophic_indices",
    "water_types",
    "year_statistics",
    "zone_limit",
]
