"""The tables of what SensorThings clients tell beyond stations and observations."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, Table, Text

from clearbay.store.tables import metadata

sta_entity = Table(
    "sta_entity",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("body", JSON(none_as_null=True)),
    Column("version", BigInteger, nullable=False),
    Index(None, "version"),
)
"""``kind`` is the entity set (``Sensors``); ``body`` holds the attributes as sent and the ids of linked entities, or
None once deleted. ``version`` is the ``sta_version`` of ``meta`` at the last change."""

sta_observation = Table(
    "sta_observation",
    metadata,
    Column("datastream", Integer, primary_key=True, autoincrement=False),
    Column("time", BigInteger, primary_key=True, autoincrement=False),
    Column("feature", Text),
    Column("body", JSON, nullable=False),
    Index(None, "feature"),
)
"""What an observation carries that the store's columns do not hold: its own feature of interest, parameters, times.
``datastream`` is the number that clients know the datastream by."""
