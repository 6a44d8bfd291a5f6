"""Boosted trees for a yes or no, small enough to read: logistic loss, histograms, shallow trees (Friedman 2001).

Only NumPy, because the learner runs on every node; it serves tens of features and tens of thousands of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from clearbay.mine.detection.baseline import Floats

BINS = 64


@dataclass(frozen=True)
class Tree:
    """A complete tree: ``feature`` and ``threshold`` (a bin's upper edge) of every inner node by level, ``leaf`` values
    already shrunk; a node that does not split sends everything left."""

    feature: npt.NDArray[np.int64]
    threshold: Floats
    leaf: Floats


@dataclass(frozen=True)
class Boosted:
    """Log odds as a sum of trees over ``base``."""

    base: float
    trees: tuple[Tree, ...]

    def margin(self, features: Floats) -> Floats:
        """Log odds of every row (rows x features)."""
        total = np.full(len(features), self.base)
        rows = np.arange(len(features))
        for tree in self.trees:
            node = np.zeros(len(features), dtype=np.int64)
            depth = len(tree.leaf).bit_length() - 1
            for _ in range(depth):
                right = features[rows, tree.feature[node]] > tree.threshold[node]
                node = 2 * node + 1 + right
            total += tree.leaf[node - (len(tree.leaf) - 1)]
        return total

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        trees = [
            {"feature": t.feature.tolist(), "threshold": t.threshold.tolist(), "leaf": t.leaf.tolist()}
            for t in self.trees
        ]
        return {"base": self.base, "trees": trees}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Boosted:
        """The inverse of ``as_dict``."""
        trees = tuple(
            Tree(np.array(t["feature"], dtype=np.int64), np.array(t["threshold"]), np.array(t["leaf"]))
            for t in content["trees"]
        )
        return cls(float(content["base"]), trees)


def boost(
    features: Floats,
    labels: npt.NDArray[np.bool_],
    weights: Floats | None = None,
    *,
    rounds: int = 120,
    depth: int = 3,
    rate: float = 0.1,
    ridge: float = 5.0,
    least: float = 60.0,
) -> Boosted:
    """Learn from rows x features; ``ridge`` shrinks leaves, ``least`` is the smallest weight of rows in a leaf."""
    weight = np.ones(len(labels)) if weights is None else weights
    target = labels.astype(np.float64)
    share = float(np.clip((weight * target).sum() / weight.sum(), 1e-6, 1 - 1e-6))
    base = float(np.log(share / (1 - share)))
    edges = [np.unique(np.quantile(column, np.linspace(0, 1, BINS)[1:-1])) for column in features.T]
    binned = np.stack(
        [np.searchsorted(edge, column, side="left") for edge, column in zip(edges, features.T, strict=True)], 1
    )
    count = binned.shape[1]
    slots = binned + BINS * np.arange(count)
    margin = np.full(len(labels), base)
    trees = []
    for _ in range(rounds):
        probability = 1.0 / (1.0 + np.exp(-margin))
        gradient = weight * (target - probability)
        hessian = weight * probability * (1 - probability)
        tree, step = _grow(slots, gradient, hessian, weight, edges, depth, rate, ridge, least)
        trees.append(tree)
        margin += step
    return Boosted(base, tuple(trees))


def _grow(
    slots: npt.NDArray[np.int64],
    gradient: Floats,
    hessian: Floats,
    weight: Floats,
    edges: list[Floats],
    depth: int,
    rate: float,
    ridge: float,
    least: float,
) -> tuple[Tree, Floats]:
    count = slots.shape[1]
    width = count * BINS
    feature = np.zeros(2**depth - 1, dtype=np.int64)
    threshold = np.full(2**depth - 1, np.inf)
    node = np.zeros(len(slots), dtype=np.int64)
    for level in range(depth):
        nodes = 2**level
        where = (slots + width * node[:, None]).ravel()
        sums = [
            np.bincount(where, np.repeat(part, count), nodes * width).reshape(nodes, count, BINS).cumsum(2)
            for part in (gradient, hessian, weight)
        ]
        g, h, w = sums
        total_g, total_h, total_w = g[:, :, -1:], h[:, :, -1:], w[:, :, -1:]
        gain = g**2 / (h + ridge) + (total_g - g) ** 2 / (total_h - h + ridge) - total_g**2 / (total_h + ridge)
        gain = np.where((w >= least) & (total_w - w >= least), gain, -np.inf)
        for column, edge in enumerate(edges):
            gain[:, column, len(edge) :] = -np.inf
        best = gain.reshape(nodes, -1).argmax(1)
        worth = gain.reshape(nodes, -1).max(1) > 1e-9
        first = nodes - 1
        right = np.zeros(len(slots), dtype=bool)
        for index in range(nodes):
            if worth[index]:
                column, cut = divmod(int(best[index]), BINS)
                feature[first + index], threshold[first + index] = column, edges[column][cut]
                mine = node == index
                right[mine] = slots[mine, column] - BINS * column > cut
        node = 2 * node + right
    leaves = 2**depth
    leaf = rate * np.bincount(node, gradient, leaves) / (np.bincount(node, hessian, leaves) + ridge)
    return Tree(feature, threshold, leaf), leaf[node]
