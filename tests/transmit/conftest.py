"""The intake is tested on both kinds of records too."""

from tests.store.homes import home, postgresql_server, records_url

__all__ = ["home", "postgresql_server", "records_url"]
