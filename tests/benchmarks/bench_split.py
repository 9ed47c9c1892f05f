"""Benchmark: a year's plan of 200 people split down to their days, against a bare loop.

The bare loop is the least that any split must do: read every day's weight, sum it, keep a value.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from functools import partial
from statistics import median
from time import perf_counter

from salesdesk.calc.periods import Period, children, descendants, year
from salesdesk.calc.spread import spread

PEOPLE = 200
TOTAL = 350_000_000_00
PLAN = year(2026)


def day_weights() -> dict[Period, int]:
    """Working days weigh 2, Saturdays 1 and Sundays nothing."""
    return {day: (2, 2, 2, 2, 2, 1, 0)[day.start.weekday()] for day in descendants(PLAN, "day")}


def bare_loop(weights: Mapping[Period, int]) -> list[dict[Period, int]]:
    """Read, sum and keep, for everybody: the floor that splits are measured against."""
    plans = []
    for _person in range(PEOPLE):
        total = 0
        values = {}
        for day, weight in weights.items():
            total += weight
            values[day] = weight
        plans.append(values)
    return plans


def split_everybody(weights: Mapping[Period, int]) -> list[dict[Period, int]]:
    """Everybody's year over quarters, months, weeks and days, in whole yuan."""
    return [
        spread(PLAN, TOTAL // PEOPLE, children, weights.__getitem__, step=100)
        for _person in range(PEOPLE)
    ]


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = perf_counter()
    work()
    return perf_counter() - start


def run(repeats: int = 5) -> dict[str, float]:
    """Medians in seconds, and their ratio, of splits and bare loop taken in turns."""
    weights = day_weights()
    loops, splits = [], []
    for _turn in range(repeats):
        loops.append(_seconds(partial(bare_loop, weights)))
        splits.append(_seconds(partial(split_everybody, weights)))
    return {
        "year_loop_seconds": median(loops),
        "year_split_seconds": median(splits),
        "year_ratio": median(splits) / median(loops),
    }


if __name__ == "__main__":
    for measured, figure in run().items():
        print(f"{measured:32} {figure:8.3f}")
