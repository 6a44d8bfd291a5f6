"""The API reference at ``/docs``: one page drawn on the server from the OpenAPI document, with no script and no
request to anywhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode

from clearbay.share.problems import KINDS
from clearbay.share.reference_style import STYLE

Document = Mapping[str, Any]

_MENDS = {
    401: "Sign in, or send <code>Authorization: Bearer KEY</code>; <code>clearbay key add</code> makes one.",
    403: "Ask the operator for a key with the role that the answer names.",
    409: "What is stored stands against it; <code>detail</code> says what.",
    412: "Say <code>Tus-Resumable: 1.0.0</code>; uploads in parts speak no other version.",
    413: "Send less at once; <code>detail</code> says how much is taken.",
    404: "A station, zone, rule set, property or path that nobody registered; <code>mend</code> has the closest names.",
    405: "The API is read with GET and HEAD.",
    415: "Send the media type that <code>mend</code> names.",
    422: "A parameter cannot be understood; <code>where</code> names it and <code>mend</code> says how it is written.",
    423: "Another request is at it; try again when that has ended.",
    429: "Wait as long as <code>Retry-After</code> says.",
    500: "A failure of the server itself; its log has the reason.",
    503: "The store is busy or in another state than this release expects; trying again may help.",
}
_MEND = "The answer's <code>mend</code> says the way out."
_RULES = (
    ("Times", "UTC, ISO 8601 with <code>Z</code>. Periods (2019, 2019-Q3, 2019-07) are those of the station's clock."),
    ("Lists", "<code>{items, total, next}</code>. Pass <code>next</code> back as <code>cursor</code>; a deep page is "
     "as quick as the first."),
    ("Names", "Text that people read is an object of four languages: zh-Hans, zh-Hant, en, pt."),
    ("Freshness", "Every answer has an <code>ETag</code>; sent back as <code>If-None-Match</code> it is answered by "
     "304 until new data or a new release arrive."),
    ("Downloads", "<code>format=csv</code>, <code>parquet</code> and <code>geojson</code> are streamed whole. "
     "<code>X-Attribution</code> (percent-encoded UTF-8) says whom to thank."),
    ("Parameters", "One that is unknown is refused, one that is empty counts as left out."),
    ("Missing", "What is not known is null or missing from a list of what could be judged; it is never guessed."),
)  # fmt: skip


def page(document: Document) -> str:
    """The whole reference as HTML."""
    info = document["info"]
    body = "".join(_body(document))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(info['title'])} API</title><style>{STYLE}</style></head><body>"
        f'<a class="skip" href="#main">Skip to content</a>{body}</body></html>'
    )


def _body(document: Document) -> Iterator[str]:
    info = document["info"]
    operations = list(_operations(document))
    yield '<header><a class="brand" href="/">clearbay <span lang="zh">清湾</span></a>'
    yield f"<p>API reference · release {escape(info['version'])} · "
    yield '<a href="/openapi.json">openapi.json</a></p></header>'
    yield '<div class="columns"><nav aria-label="Contents">'
    for tag in document.get("tags", []):
        yield f"<h2>{escape(tag['name'].capitalize())}</h2><ul>"
        for path, operation in operations:
            if tag["name"] in operation.get("tags", []):
                yield f'<li><a href="#{escape(operation["operationId"])}"><code>{escape(_short(path))}</code></a></li>'
        yield "</ul>"
    yield '<h2>More</h2><ul><li><a href="#shapes">Shapes</a></li><li><a href="#problems">Problems</a></li></ul></nav>'
    yield f'<main id="main"><h1>{escape(info["summary"])}</h1><p class="lead">{escape(info["description"])}</p>'
    yield '<dl class="rules">'
    for name, text in _RULES:
        yield f"<div><dt>{name}</dt><dd>{text}</dd></div>"
    yield "</dl>"
    for tag in document.get("tags", []):
        yield f'<section><h2 class="tag">{escape(tag["name"].capitalize())}</h2><p>{escape(tag["description"])}</p>'
        for path, operation in operations:
            if tag["name"] in operation.get("tags", []):
                yield from _operation(path, operation)
        yield "</section>"
    yield from _shapes(document)
    yield '<section id="problems"><h2 class="tag">Problems</h2><p>Errors are <code>application/problem+json</code>: '
    yield f"{_ref('Problem')}.</p><dl>"
    for status, (kind, title) in KINDS.items():
        yield f'<dt id="{kind}"><code>{status}</code> {escape(title)}</dt><dd>{_MENDS.get(status, _MEND)}</dd>'
    yield "</dl></section></main></div>"


def _operations(document: Document) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method == "get":
                yield path, operation


def _operation(path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    name = escape(operation["operationId"])
    yield f'<article id="{name}"><h3><span class="verb">GET</span> <code>{escape(path)}</code></h3>'
    yield f"<p><strong>{escape(operation['summary'])}.</strong> {_prose(operation.get('description', ''))}</p>"
    parameters = operation.get("parameters", [])
    if parameters:
        yield '<div class="wide"><table><thead><tr><th scope="col">Parameter</th><th scope="col">Takes</th>'
        yield '<th scope="col">Meaning</th></tr></thead><tbody>'
        for one in parameters:
            need = ' <span class="need">required</span>' if one.get("required") else ""
            schema = one.get("schema", {})
            yield f'<tr><th scope="row"><code>{escape(one["name"])}</code>{need}</th><td>{_takes(schema)}</td>'
            yield f"<td>{_prose(one.get('description', schema.get('description', '')))}</td></tr>"
        yield "</tbody></table></div>"
    good = operation["responses"].get("200", {}).get("content", {})  # a redirection has none
    yield "<p>Answers " if good else "<p>Sends the browser elsewhere"
    yield " or ".join(
        f"<code>{escape(kind)}</code>{_answer(content.get('schema', {}))}" for kind, content in good.items()
    )
    refusals = [status for status in operation["responses"] if int(status) >= 400]
    if refusals:
        yield "; refusals: " + ", ".join(f'<a href="#{KINDS[int(one)][0]}">{one}</a>' for one in refusals)
    yield ".</p>"
    endless = "text/event-stream" in good
    closed = "401" in operation["responses"]  # a link in a page sends no key
    offered = operation.get("x-try", True) and not endless and not closed
    example = _example(path, parameters) if offered else None
    if example:
        yield f'<p class="try"><a href="{escape(example)}">{escape(example)}</a></p>'
    yield "</article>"


def _example(path: str, parameters: list[Mapping[str, Any]]) -> str | None:
    """An address that answers, made of the first example of each parameter that is needed or marked by ``x-show``."""
    query: dict[str, Any] = {}
    for one in parameters:
        schema = one.get("schema", {})
        examples = schema.get("examples") or [None]
        if one["in"] == "path":
            if examples[0] is None:
                return None
            path = path.replace("{" + one["name"] + "}", str(examples[0]))
        elif (one.get("required") or schema.get("x-show")) and examples[0] is not None:
            query[one["name"]] = examples[0]
    return f"{path}?{urlencode(query, safe=',:')}" if query else path


def _takes(schema: Mapping[str, Any]) -> str:
    """What a parameter takes, in words: type, choices, bounds, default."""
    kinds = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    found: list[str] = []
    for one in kinds:
        choices = one.get("enum") or ([one["const"]] if "const" in one else [])
        if choices:
            found.append(" · ".join(f"<code>{escape(str(choice))}</code>" for choice in choices))
        else:
            found.append({"string": "text", "integer": "whole number"}.get(one.get("type", ""), one.get("type", "")))
        if "minimum" in one and "maximum" in one:
            found.append(f"{one['minimum']:,} to {one['maximum']:,}")
    if schema.get("default") is not None:
        found.append(f"default <code>{escape(str(schema['default']))}</code>")
    examples = schema.get("examples")
    if examples and not any("enum" in one for one in kinds):
        found.append("such as " + ", ".join(f"<code>{escape(str(one))}</code>" for one in examples))
    return ", ".join(found)


def _shapes(document: Document) -> Iterator[str]:
    yield '<section id="shapes"><h2 class="tag">Shapes</h2>'
    for name, schema in sorted(document["components"]["schemas"].items()):
        if name in ("HTTPValidationError", "ValidationError"):
            continue
        meaning = _prose(schema.get("description", ""))
        yield f'<article id="{_anchor(name)}"><h3>{escape(_title(name))}</h3><p>{meaning}</p>'
        yield '<div class="wide"><table><thead><tr><th scope="col">Member</th><th scope="col">Type</th>'
        yield '<th scope="col">Meaning</th></tr></thead><tbody>'
        for member, one in schema.get("properties", {}).items():
            yield f'<tr><th scope="row"><code>{escape(member)}</code></th><td>{_type(one)}</td>'
            examples = one.get("examples")
            such = f" <span class=such>such as <code>{escape(_plain(examples[0]))}</code></span>" if examples else ""
            yield f"<td>{_prose(one.get('description', ''))}{such}</td></tr>"
        yield "</tbody></table></div></article>"
    yield "</section>"


def _type(schema: Mapping[str, Any]) -> str:
    """The type of a member, linked to its shape."""
    if "$ref" in schema:
        return _ref(schema["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(one) for one in schema["anyOf"]))
    if "const" in schema:
        return f"<code>{escape(_plain(schema['const']))}</code>"
    if "enum" in schema:
        return " · ".join(f"<code>{escape(str(one))}</code>" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties")
        return f"object of {_type(inner)}" if isinstance(inner, dict) and inner else "object"
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    kind = str(schema.get("type", "anything"))
    return words.get(kind, kind)


def _answer(schema: Mapping[str, Any]) -> str:
    return f" {_type(schema)}" if "$ref" in schema or "anyOf" in schema else ""


def _ref(name: str) -> str:
    return f'<a href="#{_anchor(name)}">{escape(_title(name))}</a>'


def _anchor(name: str) -> str:
    return f"shape-{escape(_title(name)).replace(' ', '-')}"


def _title(name: str) -> str:
    """``Page_StationShape_`` -> ``page of Station``."""
    words = [part.removesuffix("Shape") or part for part in name.strip("_").split("_") if part]
    return f"{words[0].lower()} of {words[1]}" if len(words) > 1 else words[0]


def _short(path: str) -> str:
    return path.removeprefix("/api/")


def _prose(text: str) -> str:
    """Plain text with ``code`` spans."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
