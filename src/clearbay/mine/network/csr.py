"""A directed graph as a compressed sparse row matrix: for each reach, the reaches its links lead to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int32]


@dataclass(frozen=True)
class Csr:
    """Links by row: those of row ``i`` are ``target[start[i]:start[i + 1]]``."""

    start: NDArray[np.int64]
    target: Index

    def row(self, at: int) -> Index:
        """Where the links of one row lead."""
        return self.target[self.start[at] : self.start[at + 1]]

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many links each row has."""
        return np.diff(self.start)


def make_csr(rows: int, source: NDArray[np.integer], target: NDArray[np.integer]) -> Csr:
    """The matrix of links ``source[k] -> target[k]``; links of one row keep their order.

    >>> make_csr(3, np.array([2, 0, 2]), np.array([0, 1, 1])).row(2).tolist()
    [0, 1]
    """
    start = np.zeros(rows + 1, dtype=np.int64)
    np.cumsum(np.bincount(source, minlength=rows), out=start[1:])
    return Csr(start, np.ascontiguousarray(target[np.argsort(source, kind="stable")], dtype=np.int32))
