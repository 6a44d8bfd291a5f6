"""Which jurisdiction lies within which, read from the codes alone (GB/T 2260, and GB/T 10114 for streets).

A code is read in levels: two digits for the province or SAR, two for the city, two for the district, three for the
street. Districts and streets need not be registered to be used: their codes say where they belong.
"""

from __future__ import annotations

import re
from typing import Literal

COUNTRY = "100000"
_CODE = re.compile(r"[1-9]\d{5}(\d{3})?")
_LEVELS = (2, 4, 6, 9)


def is_code(code: str) -> bool:
    """Whether this can be the code of a jurisdiction.

    >>> is_code("440305"), is_code("440305001"), is_code("Nanshan")
    (True, True, False)
    """
    return _CODE.fullmatch(code) is not None


def stem(code: str) -> str:
    """The digits by which everything within a jurisdiction begins; empty for the country.

    >>> stem("440300"), stem("440000"), stem("440305001"), stem("100000")
    ('4403', '44', '440305001', '')
    """
    if code == COUNTRY:
        return ""
    for length in _LEVELS:
        if not code[length:].strip("0"):
            return code[:length]
    return code


def covers(outer: str, inner: str) -> bool:
    """Whether ``inner`` is ``outer`` or lies within it.

    >>> covers("440300", "440305"), covers("440305", "440300"), covers("810000", "440300"), covers("100000", "820000")
    (True, False, False, True)
    """
    return inner.startswith(stem(outer))


def parents(code: str) -> tuple[str, ...]:
    """The jurisdictions around this one, from the nearest to the country.

    >>> parents("440305001"), parents("810000")
    (('440305', '440300', '440000', '100000'), ('100000',))
    """
    own = stem(code)
    found = [code[:length].ljust(6, "0") for length in reversed(_LEVELS) if length < len(own)]
    return (*found, COUNTRY) if own else ()


def common(one: str, other: str) -> str:
    """The smallest jurisdiction that covers both: where a dispute between them is decided.

    >>> common("440305", "440306"), common("440300", "810000")
    ('440300', '100000')
    """
    around = (one, *parents(one))
    return next(code for code in around if covers(code, other))


Level = Literal["country", "province", "city", "district", "street"]
"""Of what size a jurisdiction is; a SAR counts as a province."""


def level(code: str) -> Level:
    """Of what size a jurisdiction is, by its code.

    >>> level("100000"), level("810000"), level("440300"), level("440305"), level("440305001")
    ('country', 'province', 'city', 'district', 'street')
    """
    names: dict[int, Level] = {0: "country", 2: "province", 4: "city", 6: "district", 9: "street"}
    return names[len(stem(code))]
