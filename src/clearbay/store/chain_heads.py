"""What the records remember of evidence chains: where each stood at the newest commit."""

from __future__ import annotations

from sqlalchemy import BindParameter, Connection, bindparam, insert, select, update

from clearbay.store.chain import Position
from clearbay.store.home import Home
from clearbay.store.tables_devices import chain_head
from clearbay.store.trouble import told

_ENTRIES: BindParameter[int] = bindparam("b_entries")
_LINK: BindParameter[str] = bindparam("b_link")
_CHAIN: BindParameter[str] = bindparam("b_chain")
_UPDATE = update(chain_head).where(chain_head.c.chain == _CHAIN).values(entries=_ENTRIES, link=_LINK)
_INSERT = insert(chain_head).values(chain=_CHAIN, entries=_ENTRIES, link=_LINK)


def record(connection: Connection, chain: str, position: Position) -> None:
    """Remember where a chain stands, in the transaction that stores what its entries say."""
    values = {"b_entries": position.entries, "b_link": position.link.hex(), "b_chain": chain}
    if not connection.execute(_UPDATE, values).rowcount:
        connection.execute(_INSERT, values)


def recorded(home: Home, chain: str) -> Position | None:
    """Where a chain stood at the newest commit; None for one that no commit has named."""
    query = select(chain_head.c.entries, chain_head.c.link).where(chain_head.c.chain == chain)
    with told("read the heads of the evidence"), home.records.read() as connection:
        row = connection.execute(query).first()
    return None if row is None else Position(row.entries, bytes.fromhex(row.link))
