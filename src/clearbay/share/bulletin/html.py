"""A bulletin as one page of HTML: no script, nothing fetched, ready for a screen, a printer and a screen reader."""

from __future__ import annotations

from html import escape

from clearbay.model.text import Language
from clearbay.share.bulletin.document import Badge, Block, Cell, Document, Figure, Figures, Picture, Prose, Table
from clearbay.share.bulletin.scene import ink_on
from clearbay.share.bulletin.svg import svg

_FONTS: dict[Language, str] = {
    "zh-Hans": '"Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei",',
    "zh-Hant": '"Noto Sans CJK HK","Noto Sans CJK TC","Noto Sans TC","PingFang HK","Microsoft JhengHei",',
    "en": "",
    "pt": "",
}

_STYLE = """
:root{--ink:#1b2733;--quiet:#55626f;--faint:#d5dbe1;--band:#f2f5f8;--accent:#1f5f8b}
*{box-sizing:border-box}
body{margin:0;background:#e8ecf0;color:var(--ink);line-height:1.55;font-size:15px;
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",FONTS"Noto Sans CJK SC",sans-serif}
main{max-width:960px;margin:24px auto;background:#fff;padding:32px 40px 40px;border-top:4px solid var(--accent)}
header{display:grid;grid-template-columns:1fr auto;gap:2px 20px;align-items:baseline}
.kind,.rule{font-size:14px;color:var(--accent);font-weight:600}.rule{color:var(--quiet);font-weight:400;text-align:right}
h1{font-size:30px;line-height:1.25;margin:0}.month{font-size:20px;text-align:right;white-space:nowrap}
.lead{font-size:17px;margin:16px 0 20px;max-width:46em}
.warning{border-left:4px solid #9c1c1c;padding:6px 12px;color:#9c1c1c;font-weight:600;margin:16px 0 0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:12px;margin:0}
.figures div{background:var(--band);padding:10px 14px;border-left:4px solid transparent;display:flex;
flex-direction:column}
.figures dt{font-size:12.5px;color:var(--quiet);line-height:1.35}
.figures dd{margin:auto 0 0;font-size:24px;font-weight:650;line-height:1.3}
.figures dd.note{font-size:12px;font-weight:400;color:var(--quiet);margin:0;line-height:1.4;min-height:1.4em}
h2{font-size:16px;color:var(--accent);margin:30px 0 8px}
figure{margin:0}figure svg{width:100%;min-width:540px;height:auto;display:block;font-family:inherit}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;padding:0;margin:8px 0 0;font-size:13px}
.legend b{display:inline-flex;width:20px;height:20px;border-radius:50%;align-items:center;justify-content:center;
font-size:11px;margin-right:6px;vertical-align:-5px}
.legend b.none{width:13px;height:13px;border:2px solid var(--quiet);vertical-align:-2px}
figcaption,.small{font-size:12.5px;color:var(--quiet)}.small p{margin:4px 0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:13.5px}
th{background:var(--band);text-align:left;font-size:12.5px;color:var(--quiet);vertical-align:bottom}
th,td{padding:5px 8px;border-bottom:1px solid var(--faint)}th{min-width:4.2em}
td{vertical-align:top}td:first-child{min-width:9.5em}
th.n{white-space:normal}.prose p{margin:6px 0}
.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.badge{display:inline-block;padding:1px 8px;border-radius:4px;font-weight:600;font-size:12.5px;white-space:nowrap;
print-color-adjust:exact;-webkit-print-color-adjust:exact}
footer{margin-top:28px;border-top:1px solid var(--faint);padding-top:8px;font-size:12px;color:var(--quiet)}
@media(max-width:600px){main{margin:0;padding:20px 16px}header{grid-template-columns:1fr}.rule,.month{text-align:left}
h1{font-size:25px}}
@media print{@page{size:A4;margin:15mm}body{background:#fff;font-size:9.5pt}main{margin:0;padding:0;max-width:none;
border-top-width:2pt}figure,.figures,tr,h2{break-inside:avoid}h2{break-after:avoid}thead{display:table-header-group}
.figures div,th,figure svg,.legend b{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.scroll{overflow:visible}}
"""


def html(document: Document) -> bytes:
    """The document as one self-contained page."""
    blocks = "".join(_block(block) for block in document.blocks)
    warning = f'<p class="warning">{escape(document.warning)}</p>' if document.warning else ""
    title = f"{document.title} · {document.area} · {document.month}"
    page = (
        f'<!doctype html><html lang="{document.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE.replace('FONTS', _FONTS[document.language])}</style></head>"
        f'<body><main><header><div class="kind">{escape(document.title)}</div>'
        f'<div class="rule">{escape(document.standard)}</div><h1>{escape(document.area)}</h1>'
        f'<div class="month">{escape(document.month)}</div></header>{warning}'
        f'<p class="lead">{escape(document.lead)}</p>{blocks}'
        f"<footer>{escape(document.footer)}</footer></main></body></html>"
    )
    return page.encode()


def _block(block: Block) -> str:
    match block:
        case Figures():
            return f'<dl class="figures">{"".join(_figure(one) for one in block.figures)}</dl>'
        case Picture():
            keys = "".join(_key(key.sign, key.colour, key.text) for key in block.legend)
            legend = f'<ul class="legend">{keys}</ul>' if keys else ""
            caption = f"<figcaption>{escape(block.note)}</figcaption>" if block.note else ""
            drawn = f'<div class="scroll">{svg(block.scene)}</div>'
            return f"<h2>{escape(block.title)}</h2><figure>{drawn}{legend}{caption}</figure>"
        case Table():
            return _table(block)
        case Prose():
            heading = f"<h2>{escape(block.title)}</h2>" if block.title else ""
            inner = "".join(f"<p>{escape(one)}</p>" for one in block.paragraphs)
            return f'{heading}<div class="{"small" if block.small else "prose"}">{inner}</div>'


def _figure(one: Figure) -> str:
    edge = f' style="border-color:{one.colour}"' if one.colour else ""
    value = f"<dd>{escape(one.value)}</dd>"
    return f'<div{edge}><dt>{escape(one.label)}</dt>{value}<dd class="note">{escape(one.note)}</dd></div>'


def _key(sign: str, colour: str, text: str) -> str:
    if not colour:
        return f'<li><b class="none"></b>{escape(text)}</li>'
    return f'<li><b style="background:{colour};color:{ink_on(colour)}">{escape(sign)}</b>{escape(text)}</li>'


def _table(block: Table) -> str:
    kinds = [' class="n"' if column.numeric else "" for column in block.columns]
    heads = "".join(
        f'<th scope="col"{kind}>{escape(column.title)}</th>' for kind, column in zip(kinds, block.columns, strict=True)
    )
    rows = "".join(
        "<tr>" + "".join(f"<td{kind}>{_cell(cell)}</td>" for kind, cell in zip(kinds, row, strict=True)) + "</tr>"
        for row in block.rows
    )
    return (
        f'<h2>{escape(block.title)}</h2><div class="scroll"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cell(cell: Cell) -> str:
    if isinstance(cell, Badge):
        style = f"background:{cell.colour};color:{ink_on(cell.colour)}"
        return f'<span class="badge" style="{style}">{escape(cell.text)}</span>'
    return escape(cell)
