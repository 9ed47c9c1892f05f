"""Benchmark: the text of ten plans read with all its offers, against a bare split into sentences.

The plans are made of the sentences that the grammar is tested with, in an order of their own.
"""

from __future__ import annotations

import gc
import random
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from salesdesk.planning.reading import engine
from salesdesk.planning.reading.outline import lines, outline

SENTENCES = Path(__file__).parents[1] / "planning" / "reading" / "sentences.tsv"
PLANS, LINES, SENTENCES_A_LINE = 10, 20, 2
_END = re.compile("[。！？!?]")


def plans() -> str:
    """Ten plans of twenty numbered items, some 9,000 signs: as long as people's are."""
    rolled = random.Random(10)
    rows = SENTENCES.read_text(encoding="utf-8").splitlines()
    known = [row.partition("\t")[0] for row in rows if row and not row.startswith("# ")]
    written = []
    for number in range(PLANS):
        written.append(f"# 工作计划{number}")
        for item in range(1, LINES + 1):
            words = "。".join(rolled.choices(known, k=SENTENCES_A_LINE))
            written.append(f"{item}、{words}。")
    return "\n".join(written)


def bare_split(text: str) -> list[str]:
    """The least that any reading must do: cut the text into sentences."""
    return [part for line in text.splitlines() for part in _END.split(line) if part.strip()]


def read(text: str) -> int:
    """The text as an outline with its offers; how many there are."""
    return sum(len(item.offers) for item in engine.read(outline(lines(text)), 2026))


def _seconds(work: Callable[[], object]) -> float:
    gc.collect()
    start = perf_counter()
    work()
    return perf_counter() - start


def run(repeats: int = 7) -> dict[str, float]:
    """Medians of split and reading taken in turns; the grammars are compiled before."""
    text = plans()
    start = perf_counter()
    read("每天打40个电话。\nMake 40 calls a day.")
    compiled = perf_counter() - start
    splits, readings = [], []
    for _turn in range(repeats):
        splits.append(_seconds(partial(bare_split, text)))
        readings.append(_seconds(partial(read, text)))
    return {
        "text_signs": len(text),
        "offers": read(text),
        "grammars_ms": compiled * 1000,
        "split_ms": median(splits) * 1000,
        "reading_ms": median(readings) * 1000,
        "reading_ratio": median(readings) / median(splits),
    }


if __name__ == "__main__":
    for measured, figure in run().items():
        print(f"{measured:32} {figure:10.3f}")
