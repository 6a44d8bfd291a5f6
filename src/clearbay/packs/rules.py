"""The rules a pack file must keep; every refusal names one of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

RULES: Mapping[str, str] = MappingProxyType(
    {
        "syntax": "the file is YAML that can be parsed (or CSV with the columns its register needs)",
        "boolean-key": "no key is a YAML boolean: an unquoted no, yes, on or off turns into False or True",
        "text-key": "every key is text: quote class ids that look like numbers",
        "duplicate-key": "a mapping names each key once (YAML would silently keep the last)",
        "unknown-key": "a mapping has only keys that its form knows: a misspelt key would be silently lost",
        "missing-key": "a mapping has every key that its form demands",
        "wrong-type": "a value has the type its form demands (text, number, date, list, mapping)",
        "not-allowed": "a value is one of the words allowed at its place",
        "language": "a text is given in zh-Hans, zh-Hant, en and pt, none of them empty",
        "confidence": "every block of law states its confidence, primary to unverified",
        "source": "every block of law names at least one source listed at the head of its file",
        "duplicate-id": "an id, code or station is given once",
        "unknown-property": "a property is one of properties.yaml",
        "unknown-unit": "a unit can be read (UCUM or a usual spelling)",
        "unit-mismatch": "a unit can be converted to the unit of its property",
        "unknown-class": "limits are given for the grades of the standard, all but the open last one",
        "limits-order": "from the best class to the worst, limits never become stricter",
        "range": "a range is two numbers, the lower one first",
        "grade-colour": "every grade has a colour and a dark variant, written #rrggbb",
        "dates": "a date of force is ISO 8601 and does not begin after it ends, nor before the issue",
        "versions-overlap": "two versions of one family are never in force on the same day",
        "unknown-zone": "a zone is one of zones/*.yaml",
        "unknown-jurisdiction": "a jurisdiction is one of jurisdictions.yaml",
        "not-judged": "what is not judged says why in a note",
        "bands-order": "the bands of an index grow strictly and belong to its grades",
        "breakpoints": "breakpoints are growing numbers, one for each level of their index, null only at the end",
        "rating-rules": "a rating has one rule a grade, best first, each comparing shares of classes in per cent",
        "condition": "limits of one property and averaging time never hold in the same case",
        "unknown-rule": "a rule set, or a family of them, is one of standards/*.yaml or rules/*.yaml",
        "unknown-state": "a state, transition or field that a playbook names is one of its own",
        "reachable": "every state of a playbook is reached from its first one, and leads on to an end",
        "basis": "a number with the basis law names source and confidence; one without is the operator's default",
        "position": "a position is a WGS 84 longitude and latitude, both or neither",
        "missing-file": "a file that a pack points to exists",
    }
)
