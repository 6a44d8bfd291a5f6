"""The tables of river networks: what is kept in files, and the sites on it."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, ForeignKey, Index, Integer, Table, Text

from clearbay.store.tables import metadata

network = Table(
    "network",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", JSON, nullable=False),
    Column("layout", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("generated", Boolean, nullable=False),
    Column("reaches", Integer, nullable=False),
    Column("catchments", Integer, nullable=False),
    Column("warnings", JSON, nullable=False),
    Column("imported_at", BigInteger, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
)
"""``generation`` names the folder of its files under ``network/<id>/``; ``version`` is the ``data_version`` at which
it or its sites last changed."""

network_site = Table(
    "network_site",
    metadata,
    Column("network", Text, ForeignKey("network.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", JSON, nullable=False),
    Column("longitude", Double, nullable=False),
    Column("latitude", Double, nullable=False),
    Column("reach", Text, nullable=False),
    Column("below_km", Double, nullable=False),
    Column("off_m", Double, nullable=False),
    Column("station", Text),
    Column("details", JSON, nullable=False),
    Index(None, "station"),
)
"""A section, outlet, plant, intake or beach: on which reach, how far above its lower end, how far the point lay off
the line; ``station`` is where its observations are kept, if anywhere."""
