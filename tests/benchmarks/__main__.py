"""All benchmarks: medians and ratios beside their aims, printed and written to build/bench.json.

``python -m tests.benchmarks [split|figures|quota|window ...]`` runs those named, else all. The
large offices they need are made on first use in build/bench and kept there. Under window the
display there is shows the windows (``make bench`` starts one of its own).
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import perf_counter

from salesdesk import demo
from tests.benchmarks import bench_figures, bench_quota, bench_split, bench_window

BUILD = Path(__file__).parents[2] / "build"
FOLDER = BUILD / "bench"
LARGE = 200


@dataclass(frozen=True)
class Bench:
    """One benchmark: what runs it, and the most that its ratios should be."""

    run: Callable[[], Mapping[str, float]]
    aims: Mapping[str, float] = field(default_factory=dict)


def office(scale: int) -> Path:
    """The demo office of that scale, made when it isn't there yet."""
    path = FOLDER / f"scale{scale}.office"
    if not path.exists():
        print(f"making {path.name} ...", flush=True)
        start = perf_counter()
        demo.make(path, scale=scale).close()
        print(f"  {perf_counter() - start:.0f} s, {path.stat().st_size / 1e6:.0f} MB", flush=True)
    return path


BENCHES: Mapping[str, Bench] = {
    "split": Bench(bench_split.run, {"year_ratio": 100.0}),
    "figures": Bench(lambda: bench_figures.run(office(LARGE)), {"figures_ratio": 1.5}),
    "quota": Bench(lambda: bench_quota.run(FOLDER), {"export_ratio": 1.5, "compare_ratio": 2.5}),
    "window": Bench(
        lambda: bench_window.run(office(1), office(LARGE)),
        {"small_painted_ratio": 1.8, "large_painted_ratio": 2.2, "small_memory_ratio": 2.5},
    ),
}


def table(results: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The lines of the table: each figure, and beside a ratio its aim and whether it is met."""
    lines = []
    for name, figures in results.items():
        lines.append(name)
        for figure, value in figures.items():
            aim = BENCHES[name].aims.get(figure)
            shown = f"{value:14,.0f}" if value >= 10_000 else f"{value:14.3f}"
            told = "" if aim is None else f"   aim {aim:.1f}  {'met' if value <= aim else 'OVER'}"
            lines.append(f"  {figure:28}{shown}{told}")
    return lines


def main(names: list[str]) -> int:
    """Run, print and write; 2 when a name is unknown."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(BENCHES)}")
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    results: dict[str, Mapping[str, float]] = {}
    for name in names or BENCHES:
        results[name] = BENCHES[name].run()
        print("\n".join(table({name: results[name]})), flush=True)
    written = {
        "at": datetime.now().isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.platform(),
        "results": results,
        "aims": {name: BENCHES[name].aims for name in results},
    }
    (BUILD / "bench.json").write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    print(f"written to {BUILD.name}/bench.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
