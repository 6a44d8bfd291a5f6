"""River networks: what flows into what, how far and how fast; pure computation on arrays."""

from clearbay.mine.network.csr import Csr, make_csr
from clearbay.mine.network.distance import line_km, ring_area_km2
from clearbay.mine.network.layouts import LAYOUTS, Layout, Survey, recognised, survey
from clearbay.mine.network.network import Network, Reaches, build
from clearbay.mine.network.queries import Place, Reached, downstream, upstream
from clearbay.mine.network.sites import KINDS, Kind, Permit, Site
from clearbay.mine.network.snapping import Lines, Snapped
from clearbay.mine.network.tables import bounds_of, from_tables, lines_table, points_of, to_tables
from clearbay.mine.network.velocity import BASES, SPREADS

__all__ = [
    "BASES",
    "KINDS",
    "LAYOUTS",
    "SPREADS",
    "Csr",
    "Kind",
    "Layout",
    "Lines",
    "Network",
    "Permit",
    "Place",
    "Reached",
    "Reaches",
    "Site",
    "Snapped",
    "Survey",
    "bounds_of",
    "build",
    "downstream",
    "from_tables",
    "line_km",
    "lines_table",
    "make_csr",
    "points_of",
    "recognised",
    "ring_area_km2",
    "survey",
    "to_tables",
    "upstream",
]
