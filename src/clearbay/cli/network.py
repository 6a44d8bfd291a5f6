"""``clearbay network``: river networks in a home, sites on them, and what lies up or down from a place."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Literal

import typer

from clearbay.apply.network import DEFAULT, Direction, Waters
from clearbay.cli.home import HomeOption
from clearbay.cli.output import Json, answer
from clearbay.mine.network import Layout
from clearbay.model.errors import BadInput
from clearbay.store import Home

app = typer.Typer(
    help="River networks: bring one in, put stations and outlets on it, ask what lies upstream and downstream.\n\n"
    "Example: `clearbay network list --home bay-data`",
    no_args_is_help=True,
)

NetworkOption = Annotated[str | None, typer.Option("--network", help="Which network, where the home has several.")]
LayerOption = Annotated[str | None, typer.Option(help="The layer of a GeoPackage that has several.")]
_SHOWN = 20


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="GeoPackage, Shapefile (or its .zip) or GeoJSON with one line a reach.")],
    home: HomeOption,
    layout: Annotated[
        Literal["auto", "hydrorivers", "osm", "generic"],
        typer.Option(help="How its columns are to be read; auto tells it by them."),
    ] = "auto",
    name: Annotated[str, typer.Option("--id", help="What the network is called here; one of the same is replaced.")] = (
        DEFAULT
    ),
    title: Annotated[str | None, typer.Option(help="Its name for people; left out: the file's.")] = None,
    layer: LayerOption = None,
    join: Annotated[
        float, typer.Option(help="Ends of lines within this many metres are one (where no column tells).", min=0.0)
    ] = 0.0,
    catchments: Annotated[
        Path | None, typer.Option(help="Areas with a column `reach`: which land drains to which reach.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read a river network into a home: HydroRIVERS, OpenStreetMap waterways, or columns of your own.

    A column naming the reach below (NEXT_DOWN, next, to ...) decides what flows into what; without one the ends of the
    lines do, water running as drawn. Missing velocities are told by Jobson's regression from the discharge.

    Example: `clearbay network import rivers.gpkg --home bay-data`
    """
    start = time.monotonic()
    chosen: Layout | None = None if layout == "auto" else layout
    with Home.open(home) as opened:
        record, network = Waters(opened).import_file(
            file, name=name, title=title, layout=chosen, layer=layer, join_m=join, catchments=catchments
        )
    seconds = time.monotonic() - start
    mouths = int((network.main < 0).sum())
    result = {
        "network": record.id,
        "layout": record.layout,
        "reaches": record.reaches,
        "length_km": float(network.length_km.sum()),
        "mouths": mouths,
        "side_arms": len(network.side_from),
        "catchments": record.catchments,
        "warnings": list(record.warnings),
        "seconds": round(seconds, 2),
    }
    lines = [
        f"{record.id}: {record.reaches:,} reaches, {network.length_km.sum():,.0f} km, {mouths:,} mouths "
        f"(layout {record.layout}; {seconds:.1f} s)",
        *(f"- {warning}" for warning in record.warnings),
    ]
    answer(result, as_json=as_json, text="\n".join(lines))


@app.command("list")
def list_(home: HomeOption, as_json: Json = False) -> None:
    """List the networks of a home and what stands on them.

    Example: `clearbay network list --home bay-data`
    """
    with Home.open(home) as opened:
        records = Waters(opened).records()
    items = [
        {
            "id": one.id,
            "name": dict(one.name),
            "generated": one.generated,
            "layout": one.layout,
            "source": one.source,
            "reaches": one.reaches,
            "catchments": one.catchments,
            "sites": dict(one.sites),
            "warnings": list(one.warnings),
        }
        for one in records
    ]
    lines = [
        f"{one.id}: {one.name['en']}, {one.reaches:,} reaches, {one.catchments:,} catchments, "
        + (", ".join(f"{count:,} {kind}s" for kind, count in sorted(one.sites.items())) or "no sites")
        for one in records
    ]
    answer({"items": items}, as_json=as_json, text="\n".join(lines) or "no river network here")


@app.command()
def snap(
    home: HomeOption,
    file: Annotated[
        Path | None, typer.Argument(help="Points: CSV with longitude and latitude, GeoJSON, GeoPackage, Shapefile.")
    ] = None,
    kind: Annotated[
        Literal["section", "outlet", "plant", "intake", "beach"], typer.Option(help="What the points are.")
    ] = "outlet",
    stations: Annotated[
        bool, typer.Option("--stations", help="Instead of a file: the home's river stations, as sections.")
    ] = False,
    within: Annotated[float, typer.Option(help="How far off a point may lie, in metres.", min=1.0)] = 2000.0,
    network: NetworkOption = None,
    layer: LayerOption = None,
    as_json: Json = False,
) -> None:
    """Put sections, outlets, plants, intakes or beaches on the nearest reach, and say how far each was moved.

    Columns: id, name, longitude, latitude, station; for outlets industry, permit_m3_day, limit_CODE (permit),
    usual_CODE (what its raw waste water has), findings.

    Example: `clearbay network snap outlets.csv --kind outlet --home bay-data`
    """
    if (file is None) == (not stations):
        raise BadInput("give a file of points, or --stations", mend="one of the two")
    with Home.open(home) as opened:
        waters = Waters(opened)
        if file is not None:
            report = waters.snap_file(file, kind=kind, network=network, layer=layer, within_m=within)
        else:
            report = waters.snap_stations(network=network, within_m=within)
    result = {
        "placed": [
            {"id": one.id, "reach": one.reach, "above_lower_end_km": one.below_km, "off_m": one.off_m}
            for one in report.placed
        ],
        "missed": [{"id": name, "nearest_m": off} for name, off in report.missed],
        "notes": list(report.notes),
    }
    far = sorted((one.off_m for one in report.placed), reverse=True)
    lines = [f"{len(report.placed):,} placed" + (f", the furthest moved by {far[0]:.0f} m" if far else "")]
    lines += [f"- not placed: {name}, the nearest reach is {off:,.0f} m away" for name, off in report.missed[:_SHOWN]]
    lines += [f"- {note}" for note in report.notes]
    answer(result, as_json=as_json, text="\n".join(lines))


KmOption = Annotated[float | None, typer.Option(help="Only as far as this along the rivers.", min=0.0)]
IdArgument = Annotated[str, typer.Argument(help="A reach, a site (section, outlet, intake ...), or a station.")]


@app.command()
def upstream(
    id: IdArgument, home: HomeOption, km: KmOption = None, network: NetworkOption = None, as_json: Json = False
) -> None:
    """Where the water of a place comes from: reaches, catchments, outlets; distances and hours of travel.

    Example: `clearbay network upstream 41234567 --home bay-data --km 50 --json`
    """
    _along(id, home, "upstream", km, network, as_json)


@app.command()
def downstream(
    id: IdArgument, home: HomeOption, km: KmOption = None, network: NetworkOption = None, as_json: Json = False
) -> None:
    """Where the water of a place goes to: reaches, sections, intakes, beaches; distances and hours of travel.

    Example: `clearbay network downstream 41234567 --home bay-data --km 50 --json`
    """
    _along(id, home, "downstream", km, network, as_json)


def _along(id: str, home: Path, direction: Direction, km: float | None, network: str | None, as_json: bool) -> None:
    with Home.open(home) as opened:
        waters = Waters(opened)
        found = waters.along(waters.basin(network, holding=id), id, direction, km)
        result = found.as_dict()
    lines = [
        f"{direction} of {id}: {result['reaches']:,} reaches, {result['length_km']:,.1f} km"
        + (
            f", {result['catchments']['count']:,} catchments of {result['catchments']['area_km2']:,.0f} km2"
            if "catchments" in result
            else ""
        )
    ]
    for site in result["sites"][:_SHOWN]:
        low, high = site["hours"]["interval"]
        lines.append(
            f"  {site['kind']:<8} {site['id']:<20} {site['km']:8.1f} km  {site['hours']['median']:6.1f} h "
            f"({low:.1f} to {high:.1f})  {site['name']['en']}"
        )
    if len(result["sites"]) > _SHOWN:
        lines.append(f"  … and {len(result['sites']) - _SHOWN:,} more (--json has all)")
    answer(result, as_json=as_json, text="\n".join(lines))
