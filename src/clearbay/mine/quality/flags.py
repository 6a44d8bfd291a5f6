"""QARTOD's primary flags as small integers, and how the flags of several tests become one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from clearbay.model.observation import Flag

Flags = npt.NDArray[np.int8]
"""One flag a row."""

PASS, NOT_EVALUATED, SUSPECT, FAIL, MISSING = (np.int8(flag) for flag in Flag)

_WEIGHT = np.zeros(10, dtype=np.int8)
_WEIGHT[[int(MISSING), int(NOT_EVALUATED), int(PASS), int(SUSPECT), int(FAIL)]] = [1, 2, 3, 4, 5]
_FLAG = np.array([MISSING, MISSING, NOT_EVALUATED, PASS, SUSPECT, FAIL], dtype=np.int8)


def blank(rows: int) -> Flags:
    """Flags that say "not evaluated"."""
    return np.full(rows, NOT_EVALUATED, dtype=np.int8)


def aggregate(flags: npt.NDArray[np.int8]) -> Flags:
    """One flag a row out of one a test (rows x tests): fail over suspect over pass over not evaluated over missing.

    The order is QARTOD's, as ioos_qc's ``qartod_compare`` has it. A row that no test looked at is not evaluated.

    >>> aggregate(np.array([[1, 2], [3, 4], [2, 2], [9, 9]], dtype=np.int8)).tolist()
    [1, 4, 2, 9]
    """
    if not flags.shape[1]:
        return blank(len(flags))
    worst = _WEIGHT[flags[:, 0]]
    for column in flags.T[1:]:
        np.maximum(worst, _WEIGHT[column], out=worst)
    return _FLAG[worst]
