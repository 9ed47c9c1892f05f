"""Benchmark: a million leaves split exactly, against a bare loop over the same weights.

The bare loop is the least that any split must do: read every weight, sum it, build a list.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter

from salesdesk.calc.split import split

LEAVES = 1_000_000
TOTAL = 350_000_000_00


def weights_of_days(leaves: int = LEAVES) -> list[int]:
    """Weights as an office has them: working days, weekends and shares of months that repeat."""
    chance = random.Random(20261123)
    return [chance.randint(0, 1_000) for _leaf in range(leaves)]


def weights_all_different(leaves: int = LEAVES) -> list[int]:
    """The hardest weights: hardly any occurs twice."""
    chance = random.Random(20261123)
    return [chance.randint(1, 1_000_000_000) for _leaf in range(leaves)]


def bare_loop(weights: list[int]) -> list[int]:
    """Read, sum and copy: the floor a split is measured against."""
    total = 0
    parts = []
    for weight in weights:
        total += weight
        parts.append(weight)
    return parts


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = perf_counter()
    work()
    return perf_counter() - start


def run(repeats: int = 7, leaves: int = LEAVES) -> dict[str, float]:
    """Medians in seconds, and their ratios, of split and bare loop taken in turns."""
    result: dict[str, float] = {}
    for name, weights in (
        ("repeating", weights_of_days(leaves)),
        ("all_different", weights_all_different(leaves)),
    ):
        loops, splits = [], []
        for _turn in range(repeats):
            loops.append(_seconds(partial(bare_loop, weights)))
            splits.append(_seconds(partial(split, TOTAL, weights)))
        result[f"{name}_loop_seconds"] = median(loops)
        result[f"{name}_split_seconds"] = median(splits)
        result[f"{name}_ratio"] = median(splits) / median(loops)
    return result


if __name__ == "__main__":
    for measured, figure in run().items():
        print(f"{measured:32} {figure:8.3f}")
