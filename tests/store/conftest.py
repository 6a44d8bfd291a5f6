"""Every test of the store runs on both kinds of records."""

from .homes import home, postgresql_server, records_url

__all__ = ["home", "postgresql_server", "records_url"]
