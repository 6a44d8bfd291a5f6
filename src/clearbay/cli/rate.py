"""``clearbay rate``: rivers, basins and cities rated by the classes of their sections, from a file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from clearbay import packs
from clearbay.cli.output import Json
from clearbay.cli.plain import read_plain
from clearbay.cli.results import finish
from clearbay.collect.batch import Batch
from clearbay.mine.areas import AreaRating, rate_areas
from clearbay.mine.water_types import water_types
from clearbay.model.errors import BadInput
from clearbay.model.rule import Rule
from clearbay.model.standard import Standard

GROUPS: Mapping[str, tuple[str, ...]] = {
    "river": ("river", "河流", "河流名称", "河名", "水体", "水系", "rio"),
    "basin": ("basin", "流域", "流域名称", "所属流域", "bacia"),
    "city": ("city", "城市", "地市", "所在城市", "所属城市", "cidade"),
    "area": ("area", "sea area", "海域", "海区", "zona"),
}
"""Words that head the column of each group."""

CLASS_WORDS = ("class", "水质类别", "類別", "类别", "水质", "水质级别", "classe")


def rate(
    file: Annotated[Path, typer.Argument(help="A table with section, its river, basin or city, and items or class.")],
    method: Annotated[
        str, typer.Option(help="cn.2011-22 for surface water, cn.hj442-2020 for sea areas.")
    ] = "cn.2011-22",
    group: Annotated[str, typer.Option(help="river, basin, city or area: which column names what is rated.")] = "river",
    water_type: Annotated[
        str, typer.Option(help="river, lake, or auto: by the register of sections, then by the section's name.")
    ] = "auto",
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="A YAML file for other headers or units, a line each.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Rate rivers, basins or cities by the shares of the classes of their sections, with their main pollutants.

    A row is a section, or one of several samplings of it; its items are averaged and judged by the worst one. A column
    of classes is taken as it is. Without a column for the group the whole file is one. With fewer than five sections
    the items' means over the sections are judged, and main pollutants are told section by section.

    Example: `clearbay rate sections.csv --method cn.2011-22 --group basin --json`
    """
    rule = packs.rule(method)
    if rule.kind != "rating":
        raise BadInput(
            f"{rule.id} rates nothing ({rule.kind})", where="--method", mend="use cn.2011-22 or cn.hj442-2020"
        )
    if group not in GROUPS:
        raise BadInput(f"no such group: {group}", where="--group", mend="use " + ", ".join(GROUPS))
    standard = packs.standard(rule.judges)
    codes = [item.property for item in standard.items]
    batch = read_plain(file, mapping=mapping, keep=(*GROUPS[group], *CLASS_WORDS), timed=False)
    areas, header = _areas(batch, group, file)
    given = _classes(batch, standard)
    if not given and not any(code in codes for code in set(batch.readings.column("property").to_pylist())):
        raise BadInput(
            "the file has neither a class nor an item that the standard judges",
            where=file.name,
            mend=f"give a column class ({', '.join(grade.id for grade in standard.grades)}) or items such as "
            + ", ".join(codes[:4]),
        )
    kinds = {name: one.kind for name, one in water_types(areas, water_type).items()}
    found = rate_areas(batch.readings, areas, rule, standard, water_types=kinds, classes=given)
    told = {
        "method": rule.id,
        "standard": standard.id,
        "group": group,
        "grouped_by": header or None,
        "class_from": "column" if given else "items",
        "confidence": _confidence(rule),
        "groups": [_shown(one, rule) for one in found],
        "notes": [*batch.notes, *(dict(note)["en"] for note in rule.notes)],
    }
    names = {grade.id: dict(grade.name)["en"] for grade in rule.grades}
    lines = [f"{one.area or file.name}: {names.get(one.rating, 'not rated')}, {_counted(one)}" for one in found]
    finish(told, "\n".join(lines), batch, file, None, as_json=as_json)


def _areas(batch: Batch, group: str, file: Path) -> tuple[dict[str, str], str]:
    """Section -> area, in the order of the file, and the header of the column that says so (empty: one area)."""
    samples = batch.samples
    assert samples is not None
    header = next((word for word in GROUPS[group] if word in samples.column_names), "")
    names = samples.column(header).to_pylist() if header else [""] * samples.num_rows
    areas: dict[str, str] = {}
    for section, name in zip(samples.column("station").to_pylist(), names, strict=True):
        if not section:
            continue
        if areas.setdefault(section, name or "") != (name or ""):
            raise BadInput(
                f"section {section} stands in {areas[section]!r} and in {name!r}",
                where=file.name,
                mend="give sections of the same name in different places names of their own",
            )
    return areas, header


def _classes(batch: Batch, standard: Standard) -> dict[str, str]:
    """Section -> class as the file gives it; BadInput where a section has two, or a word is no class."""
    samples = batch.samples
    assert samples is not None
    header = next((word for word in CLASS_WORDS if word in samples.column_names), "")
    if not header:
        return {}
    found: dict[str, str] = {}
    for section, word in zip(samples.column("station").to_pylist(), samples.column(header).to_pylist(), strict=True):
        grade = class_of(word or "", standard)
        if section and grade and found.setdefault(section, grade) != grade:
            raise BadInput(
                f"section {section} has the classes {found[section]} and {grade}",
                where=header,
                mend="give one row a section, or items instead of classes",
            )
    return found


def class_of(word: str, standard: Standard) -> str:
    """A class as people write it (``Ⅱ类``, ``劣Ⅴ``, ``>V``, ``第二类``) as the standard's grade; empty for none.

    >>> gb3838 = packs.standard("cn.gb3838")
    >>> [class_of(word, gb3838) for word in ("Ⅱ类", "劣Ⅴ类", ">V", "iii", "", "*", "--")]
    ['II', 'V+', 'V+', 'III', '', '', '']
    """
    text = unicodedata.normalize("NFKC", word).strip().upper()
    text = re.sub(r"^CLASSE?\s*|[类類级級\s]|水质|水質|第", "", text)
    if text in ("", "*", "-", "--", "/", "NA", "N/A"):
        return ""
    grades = [grade.id for grade in standard.grades]
    worse = text.startswith(("劣", ">", "INFERIOR")) or text.endswith("+")
    text = re.sub(r"^(劣于?|>|INFERIOR)|\+$", "", text)
    text = text.translate(str.maketrans("一二三四五", "12345"))
    arabic = dict(zip("12345", ("I", "II", "III", "IV", "V"), strict=True))
    for name in (text, arabic.get(text, ""), next((a for a, roman in arabic.items() if roman == text), "")):
        if (name + "+" if worse else name) in grades:
            return name + "+" if worse else name
    raise BadInput(f"{word!r} is no class of {standard.code}", where="class", mend="one of " + ", ".join(grades))


def _confidence(rule: Rule) -> dict[str, Any]:
    stated = {name: value for name, value in rule.parameters.items() if name.endswith("_confidence")}
    return {"rule": rule.confidence} | {name.removesuffix("_confidence"): value for name, value in stated.items()}


def _shown(one: AreaRating, rule: Rule) -> dict[str, Any]:
    names = {grade.id: dict(grade.name) for grade in rule.grades}
    change: Any = rule.parameters.get("change", {})
    good, bad = change.get("good", ()), change.get("bad", ())
    total = sum(one.counts.values())
    shares = {name: round(share, 4) for name, share in one.shares.items()}
    return {
        "name": one.area,
        "sections": len(one.sections),
        "assessed": total,
        "basis": one.basis,
        "rating": one.rating,
        "rating_name": names.get(one.rating),
        "counts": one.counts,
        "shares": shares,
        "share_good": round(100.0 * sum(one.counts[name] for name in good) / total, 4) if good and total else None,
        "share_worst": round(100.0 * sum(one.counts[name] for name in bad) / total, 4) if bad and total else None,
        "class": one.grade,
        "determinants": list(one.determinants),
        "main_pollutants": [asdict(pollutant) for pollutant in one.main_pollutants],
        "by_section": [
            {
                "section": section.section,
                "class": section.grade,
                "determinants": list(section.determinants),
                "main_pollutants": [asdict(pollutant) for pollutant in section.main_pollutants],
            }
            for section in one.sections
        ],
        "missing": list(one.missing),
    }


def _counted(one: AreaRating) -> str:
    counts = ", ".join(f"{name} {count}" for name, count in one.counts.items() if count)
    main = ", ".join(f"{p.property} {p.share:.0f} %" for p in one.main_pollutants if p.share is not None)
    by = " by the means of items" if one.basis == "item_means" else ""
    return f"{sum(one.counts.values())} sections{by} ({counts or 'none assessed'})" + (
        f"; main: {main}" if main else ""
    )
