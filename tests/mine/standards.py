"""Rule sets in miniature, written by hand so that the laws of judgement are tested apart from any pack."""

from __future__ import annotations

from datetime import date

from clearbay.model.standard import Grade, Item, Objective, Standard

ALL = {"zh-Hans": "", "zh-Hant": "", "en": "", "pt": ""}


def text(words: str) -> dict[str, str]:
    return dict.fromkeys(ALL, words)


def grades(*names: str) -> tuple[Grade, ...]:
    return tuple(Grade(name, text(name), "#000000", "#ffffff") for name in names)


def item(code, op, limits, **more):
    return Item(property=code, op=op, limits=limits, unit="mg/L", confidence="unverified", sources=("made",), **more)


def upper(code, *numbers, classes="I II III IV V", **more):
    return item(code, "le", dict(zip(classes.split(), numbers, strict=True)), **more)


def standard(identity, kind, **more):
    return Standard(
        id=identity,
        code=identity,
        name=text(identity),
        kind=kind,
        jurisdiction="CN",
        media=("river",),
        in_force_from=date(2002, 6, 1),
        in_force_to=None,
        issued=None,
        confidence="unverified",
        sources=(),
        **more,
    )


SURFACE = standard(
    "made.surface",
    "class",
    grades=grades("I", "II", "III", "IV", "V", "V+"),
    items=(
        item("pH", "range", dict.fromkeys(("I", "II", "III", "IV", "V"), (6.0, 9.0)), multiple=False),
        item(
            "DO",
            "ge",
            dict(zip(("I", "II", "III", "IV", "V"), (7.5, 6, 5, 3, 2), strict=True)),
            multiple=False,
            alternative=("DO_sat", "ge", {"I": 90.0}),
        ),
        upper("CODMn", 2, 4, 6, 10, 15),
        upper("NH3N", 0.15, 0.5, 1.0, 1.5, 2.0),
        upper(
            "TP",
            0.02,
            0.1,
            0.2,
            0.3,
            0.4,
            lake_limits=dict(zip(("I", "II", "III", "IV", "V"), (0.01, 0.025, 0.05, 0.1, 0.2), strict=True)),
        ),
        upper("TN", 0.2, 0.5, 1.0, 1.5, 2.0, water_types=("lake",)),
        item("water_temp", "not_judged", {}, judged=False, note="a rise over a baseline"),
    ),
    parameters={"multiple_class": "III"},
)
"""Surface water with every feature: a band, a lower bound with a substitute, lake limits, a lake-only item."""

SEA = standard(
    "made.sea",
    "class",
    grades=grades("1", "2", "3", "4", "4+"),
    items=(
        item("Coliform", "le", {"1": 10000, "2": 10000, "3": 10000}),
        item("pH", "range", {"1": (7.8, 8.5), "2": (7.8, 8.5), "3": (6.8, 8.8), "4": (6.8, 8.8)}, multiple=False),
        item("DO", "gt", {"1": 6, "2": 5, "3": 4, "4": 3}, multiple=False),
        upper("BOD5", 1, 3, 4, 5, classes="1 2 3 4"),
        upper("DIN", 0.20, 0.30, 0.40, 0.50, classes="1 2 3 4"),
        upper("DIP", 0.015, 0.030, 0.030, 0.045, classes="1 2 3 4"),
    ),
)
"""Sea water: a strict lower bound, classes that share a limit, a class without one."""


def objective(identity, code, op, statistic, depth, zones, **more):
    return Objective(
        id=identity,
        name=text(identity),
        property=code,
        op=op,
        statistic=statistic,
        depth=depth,
        zones=zones,
        unit="",
        confidence="unverified",
        sources=(),
        **more,
    )


OBJECTIVES = standard(
    "made.objectives",
    "attainment",
    grades=grades("attained", "not_attained"),
    objectives=(
        objective("do-mean", "DO", "ge", "share_of_samples", "mean", {"z": 4.0, "z.inner": 4.0}, share=0.9),
        objective("do-bottom", "DO", "ge", "share_of_samples", "bottom", {"z": 2.0}, share=0.9),
        objective("tin", "DIN", "le", "annual_mean", "mean", {"z": 0.5, "z.inner": 0.7}),
        objective("ecoli", "E_coli", "le", "annual_geometric_mean", "mean", {"z": 610}),
    ),
)
