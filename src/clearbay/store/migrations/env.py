"""Runs the schema's migrations on the connection that ``clearbay.store.records`` hands over."""

from __future__ import annotations

from alembic import context

from clearbay.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
context.run_migrations()
