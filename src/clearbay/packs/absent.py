"""Rules that apply somewhere and that nobody has found a source for, read from ``not-sourced.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from clearbay.model.property import Property
from clearbay.model.rule import NotSourced
from clearbay.model.station import Jurisdiction
from clearbay.packs.rulebook import RULE_MEDIA
from clearbay.packs.sheet import Form, head_of, read, sources_of


def read_not_sourced(
    path: Path, properties: Mapping[str, Property], jurisdictions: Mapping[str, Jurisdiction]
) -> dict[str, NotSourced]:
    """Read and check the register, by id; raise ``PackError`` naming every line that breaks a rule."""
    sheet, cell = read(path)
    head = Form(sheet, cell, "not sourced")
    sources = sources_of(head)
    found: dict[str, NotSourced] = {}
    for form in head.forms("rules", lambda cell: f"rule {head_of(cell, 'id')}"):
        id, jurisdiction = form.string("id"), form.string("jurisdiction")
        if id in found:
            form.problem("duplicate-id", f"{id} is given twice", "id")
        if jurisdiction and jurisdiction not in jurisdictions:
            form.problem("unknown-jurisdiction", f"{jurisdiction} is not a jurisdiction", "jurisdiction")
        media, codes = form.strings("media"), form.strings("properties", optional=True)
        for medium in media:
            if medium not in RULE_MEDIA:
                form.problem("not-allowed", f"medium {medium!r} is none of {', '.join(RULE_MEDIA)}", "media")
        for code in codes:
            if code not in properties:
                form.problem("unknown-property", f"{code} is not in properties.yaml", "properties")
        named = form.sources(sources)
        found[id] = NotSourced(
            id=id,
            name=form.text(),
            jurisdiction=jurisdiction,
            media=media,
            properties=codes,
            known=form.text("known"),
            searched=form.text("searched"),
            obtainable=form.text("obtainable"),
            sources=tuple(sources[name] for name in named if name in sources),
            limits=form.boolean("limits", default=True),
        )
    head.close()
    sheet.settle()
    return found
