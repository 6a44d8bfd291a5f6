"""The Hong Kong Air Quality Health Index, hour by hour.

Added risk = the sum over the gases, plus the larger of the two particulates, of (exp(beta * C) - 1) * 100, where C is
the mean concentration of three hours ending now; the index is the band into which the risk falls. Coefficients and
bands come from the standard in force on the hour's date.

What the law leaves open was read off the official index of the Central station, 2017-2018 (``benchmarks/official.py``
prints it anew):

- the index labelled hour h uses the pollutants labelled h, h-1 and h-2: any other pairing agrees in 83 % of hours,
  this one in over 99 %;
- two of the three hours are enough: where a gas has only one, the official index is starred (borrowed from another
  station); where it has two, it is not starred and equals this computation in 98 %;
- neither the means nor the risks are rounded on the way (each rounding tried lowers the agreement);
- one particulate alone is enough when the other is missing; with neither there is no index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import exp
from typing import Any

import narwhals.stable.v2 as nw

from clearbay.mine.censoring import mean_ends
from clearbay.mine.frames import Frame, frame_of, need, period_number, period_text, usable, with_local_time
from clearbay.mine.limits import SLACK
from clearbay.mine.period import HONG_KONG_TIME
from clearbay.model.errors import BadInput
from clearbay.model.standard import Standard

HOURS_NEEDED = 2
"""Of the three hours of a moving mean; fewer give no index."""


@dataclass(frozen=True, slots=True)
class AqhiRule:
    """One version of the index: what ``Standard.parameters`` says, checked."""

    standard: str
    begins: datetime
    ends: datetime | None
    hours: int
    beta: Mapping[str, float]
    larger_of: tuple[str, ...]
    bands: tuple[tuple[str, float], ...]
    above: str

    @property
    def gases(self) -> tuple[str, ...]:
        """Pollutants whose risks add up."""
        return tuple(code for code in self.beta if code not in self.larger_of)


def aqhi_rule(standard: Standard) -> AqhiRule:
    """The rule in an index standard's parameters; BadInput names what is missing."""
    asked: Mapping[str, Any] = standard.parameters
    try:
        bands = tuple((str(name), float(top)) for name, top in asked["band_max"].items())
        return AqhiRule(
            standard=standard.id,
            begins=datetime.combine(standard.in_force_from, time.min),
            ends=datetime.combine(standard.in_force_to, time.max) if standard.in_force_to else None,
            hours=int(asked["averaging_hours"]),
            beta={str(code): float(beta) for code, beta in asked["beta"].items()},
            larger_of=tuple(str(code) for code in asked["larger_of"]),
            bands=tuple(sorted(bands, key=lambda band: band[1])),
            above=str(asked["above"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{standard.id} is no health index: {error} is missing", where=standard.file) from error


def aqhi(data: object, standards: Sequence[Standard], *, offset: int = HONG_KONG_TIME) -> Frame:
    """One row a station and hour that can be judged: station, time (UTC, as labelled), aqhi, ar, standard.

    ``data`` has hourly readings in ug/m3; ``standards`` are the versions of the index, each used for the hours in which
    it is in force (an hour belongs to the day it ends in, 24:00 to the day it closes). ``aqhi`` is ``1`` to ``10``
    or ``10+``, ``ar`` the added risk in per cent. Hours after a station's last reading have no index.
    """
    rules = [aqhi_rule(standard) for standard in standards]
    if not rules:
        raise BadInput("no version of the index was given", mend="give at least one standard")
    frame = usable(frame_of(data))
    need(frame, ["station", "property", "time", "value", "censoring"], "the table of pollutants")
    codes = sorted({code for rule in rules for code in rule.beta})
    rows = frame.filter(nw.col("property").is_in(codes)).with_columns(**mean_ends())
    hourly = rows.group_by("station", "property", "time").agg(_at=nw.col("_at").mean())
    day = nw.col("time") + timedelta(minutes=offset) - timedelta(seconds=1)
    results = []
    for rule in rules:
        risks = _risks(_moving_means(hourly, rule), rule)
        in_force = risks.filter(day >= rule.begins)
        results.append(in_force.filter(day <= rule.ends) if rule.ends else in_force)
    together: Frame = nw.concat(results)  # type: ignore[type-var]
    return together


def _moving_means(hourly: Frame, rule: AqhiRule) -> Frame:
    """Mean of the hours at hand among the last ``rule.hours``, by clock time: a gap in the table stays a gap."""
    spread = [hourly.with_columns(time=nw.col("time") + timedelta(hours=back)) for back in range(rule.hours)]
    together: Frame = nw.concat(spread)  # type: ignore[type-var]
    means = together.group_by("station", "property", "time").agg(nw.col("_at").mean(), _hours=nw.len())
    last = hourly.group_by("station").agg(_last=nw.col("time").max())
    known = means.join(last, on="station", how="inner")  # type: ignore[arg-type]
    return known.filter(nw.col("_hours") >= HOURS_NEEDED, nw.col("time") <= nw.col("_last"))


def _risks(means: Frame, rule: AqhiRule) -> Frame:
    beta = nw.lit(0.0)
    for code, number in rule.beta.items():
        beta = nw.when(nw.col("property") == code).then(nw.lit(number)).otherwise(beta)
    particulate = nw.col("property").is_in(list(rule.larger_of))
    rows = means.with_columns(_risk=((nw.col("_at") * beta).exp() - 1.0) * 100.0)
    rows = rows.with_columns(
        _gas=nw.when(~particulate).then(nw.col("_risk")), _dust=nw.when(particulate).then(nw.col("_risk"))
    )
    risks = rows.group_by("station", "time").agg(
        nw.col("_gas").sum(), nw.col("_dust").max(), _gases=nw.col("_gas").count()
    )
    whole = risks.filter(nw.col("_gases") == len(rule.gases), ~nw.col("_dust").is_null())
    rated = whole.with_columns(ar=nw.col("_gas") + nw.col("_dust"))
    index = nw.lit(rule.above)
    for name, top in reversed(rule.bands):
        index = nw.when(nw.col("ar") <= top * (1 + SLACK)).then(nw.lit(name)).otherwise(index)
    return rated.select("station", "time", index.alias("aqhi"), "ar", nw.lit(rule.standard).alias("standard"))


def added_risk(means: Mapping[str, float], standard: Standard) -> float:
    """The added risk in per cent from three-hour means in ug/m3: the arithmetic of one hour, for explanations."""
    rule = aqhi_rule(standard)
    risk = {code: (exp(rule.beta[code] * mean) - 1.0) * 100.0 for code, mean in means.items() if code in rule.beta}
    missing = [code for code in rule.gases if code not in risk]
    dust = [risk[code] for code in rule.larger_of if code in risk]
    if missing or not dust:
        raise BadInput(f"no index without {', '.join(missing) or ' or '.join(rule.larger_of)}")
    return sum(risk[code] for code in rule.gases) + max(dust)


def aqhi_periods(hours: object, *, granularity: str, offset: int = HONG_KONG_TIME) -> Frame:
    """The highest hourly index of each local day, month, season or year, from the result of ``aqhi``.

    Columns: station, period, aqhi, hours (how many had an index). That the highest hour stands for a period is
    clearbay's choice.
    """
    frame = with_local_time(frame_of(hours), offset).with_columns(_rank=aqhi_rank("aqhi"))
    if granularity == "day":
        frame = frame.with_columns(period=nw.col("local").dt.to_string("%Y-%m-%d"))
    else:
        frame = frame.with_columns(period=period_text(period_number(granularity), granularity))
    grouped = frame.group_by("station", "period").agg(nw.col("_rank").max(), hours=nw.len())
    index = nw.when(nw.col("_rank") > 10).then(nw.lit("10+")).otherwise(nw.col("_rank").cast(nw.String))
    return grouped.select("station", "period", index.alias("aqhi"), nw.col("hours").cast(nw.Int64))


def aqhi_rank(column: str) -> nw.Expr:
    """The index as a number that sorts: 1 to 10, and 11 for ``10+``."""
    text = nw.col(column)
    number = nw.when(text == "10+").then(nw.lit("11")).otherwise(text)
    return number.cast(nw.Int64)
