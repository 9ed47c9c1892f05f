"""Benchmark: process start to the first painted window and to the first page of rows; memory.

Each figure is taken in a process of its own, in turns with a bare PySide6 window with three tabs,
on the display there is (``make bench`` starts Xvfb).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]


def probe(what: str) -> dict[str, float]:
    """Seconds from process start to the first frame and to rows, and bytes held."""
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.window_probe", what],
        cwd=ROOT,
        env=_as_installed(),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode != 0 or not done.stdout.strip():
        raise RuntimeError(f"the window probe of {what} failed: {done.stderr[-2000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    found = {"painted": told["painted"] - start, "memory": float(told["memory"])}
    if told["filled"] is not None:
        found["filled"] = told["filled"] - start
    return found


def _as_installed() -> dict[str, str]:
    """The environment, but modules are kept compiled, as an installed program's are."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(small: Path, large: Path, repeats: int = 7) -> dict[str, float]:
    """Medians in seconds and bytes, and their ratios to the bare window's.

    ``small`` and ``large`` are offices: the demo's, and one of 200,000 customers.
    """
    kinds = {"bare": "bare", "empty": "empty", "small": str(small), "large": str(large)}
    for what in kinds.values():
        probe(what)  # once to warm the disk cache and compile modules
    measured: dict[str, list[dict[str, float]]] = {name: [] for name in kinds}
    for _turn in range(repeats):
        for name, what in kinds.items():
            measured[name].append(probe(what))

    def middle(name: str, figure: str) -> float:
        return median(one[figure] for one in measured[name])

    bare = middle("bare", "painted")
    result = {
        "bare_painted_seconds": bare,
        "bare_memory_bytes": middle("bare", "memory"),
    }
    for name in ("empty", "small", "large"):
        result[f"{name}_painted_seconds"] = middle(name, "painted")
        result[f"{name}_painted_ratio"] = middle(name, "painted") / bare
        result[f"{name}_memory_bytes"] = middle(name, "memory")
        result[f"{name}_memory_ratio"] = middle(name, "memory") / middle("bare", "memory")
        if name != "empty":
            result[f"{name}_filled_seconds"] = middle(name, "filled")
            result[f"{name}_filled_ratio"] = middle(name, "filled") / bare
    return result
