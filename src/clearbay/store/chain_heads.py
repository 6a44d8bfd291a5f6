"""What the records remember of evidence chains: where each stood at the newest commit."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from clearbay.store.chain import Position
from clearbay.store.home import Home
from clearbay.store.tables_devices import chain_head
from clearbay.store.trouble import told


def record(connection: Connection, chain: str, position: Position) -> None:
    """Remember where a chain stands, in the transaction that stores what its entries say."""
    values = {"entries": position.entries, "link": position.link.hex()}
    if not connection.execute(update(chain_head).where(chain_head.c.chain == chain).values(values)).rowcount:
        connection.execute(insert(chain_head).values(chain=chain, **values))


def recorded(home: Home, chain: str) -> Position | None:
    """Where a chain stood at the newest commit; None for one that no commit has named."""
    query = select(chain_head.c.entries, chain_head.c.link).where(chain_head.c.chain == chain)
    with told("read the heads of the evidence"), home.records.read() as connection:
        row = connection.execute(query).first()
    return None if row is None else Position(row.entries, bytes.fromhex(row.link))
