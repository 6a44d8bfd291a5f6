"""How the stations of an area stand: the shares of the classes in a basin, a city, a district.

A section counts once in each area it belongs to, with the class of its period; sections without a verdict do not count.
"""

from __future__ import annotations

from collections.abc import Mapping

import narwhals.stable.v2 as nw

from clearbay.mine.frames import Frame, beside, frame_of, need
from clearbay.model.errors import BadInput


def class_shares(classes: object, areas: Mapping[str, str]) -> Frame:
    """One row an area, period and class that occurs there: area, period, grade, class, stations, share, judged.

    ``classes`` is the answer of ``period_classes``; ``areas`` names the area of each station, and one that it does
    not name counts nowhere. ``stations`` have that class out of ``judged`` with any; ``share`` is their ratio, 0 to 1.
    """
    frame = frame_of(classes)
    need(frame, ["station", "period", "grade", "class"], "the table of classes")
    if not areas:
        raise BadInput("no station was given an area", mend="name the area of each station")
    table: dict[str, list[object]] = {"station": list(areas), "area": list(areas.values())}
    members = beside(frame, table, {"station": "str", "area": "str"})
    placed = frame.join(members, on="station", how="inner")  # type: ignore[arg-type]
    counted = placed.group_by("area", "period", "grade", "class").agg(stations=nw.len())
    judged = placed.group_by("area", "period").agg(judged=nw.len())
    both = counted.join(judged, on=["area", "period"], how="inner")  # type: ignore[arg-type]
    return both.select(
        "area",
        "period",
        "grade",
        "class",
        nw.col("stations").cast(nw.Int64),
        (nw.col("stations") / nw.col("judged")).alias("share"),
        nw.col("judged").cast(nw.Int64),
    )
