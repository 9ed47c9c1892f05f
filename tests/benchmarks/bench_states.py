"""Benchmark: how all rules of a plan of 100 items stand, in a large office, as the margin asks.

The plan holds every kind of rule, for a person, and once for the whole office: the same text, in
which each line that has a rule stands so often that there are 100 items.
"""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from salesdesk.calc.periods import containing
from salesdesk.office import people
from salesdesk.planning import beginning, items, taking
from salesdesk.planning.live import states
from salesdesk.planning.places import OFFICE, Who, person
from salesdesk.workspace import Workspace
from tests.benchmarks.bench_figures import last_day

_LINES = (
    "每天打40个有效电话", "每周拜访客户2次", "本月销售额30万元", "本月新增客户12个",
    "A类客户每7天联系一次", "B类客户每15天联系一次", "C类客户每30天联系一次",
    "商用笔记本单台利润不低于300元", "每月末制定下月培训计划", "如果完成率低于60%，马上加班约访",
)  # fmt: skip
_ITEMS, _TURNS = 100, 15


def run(office: Path, folder: Path) -> dict[str, float]:
    """Milliseconds of all states of a person's and of the office's plan."""
    path = folder / "states.office"
    shutil.copy(office, path)
    found: dict[str, float] = {}
    with Workspace.open(path) as workspace:
        today = workspace.read(last_day)
        seller = workspace.read(people.people)[-1]
        for name, who in (("person", person(seller.id)), ("office", OFFICE)):
            plan_id = _plan(workspace, who, today)
            rules = workspace.read(items.of_plan, plan_id)
            found[f"{name}_rules"] = sum(len(item.rules) for item in rules)
            found[f"{name}_items_ms"] = _ms(partial(workspace.read, items.of_plan, plan_id))
            found[f"{name}_states_ms"] = _ms(
                partial(workspace.read, states.of_plan, plan_id, today)
            )
    path.unlink()
    return found


def _plan(workspace: Workspace, who: Who, day: date) -> int:
    text = "\n".join(_LINES[number % len(_LINES)] for number in range(_ITEMS))
    month = containing(day, "month")
    with workspace.unrecorded() as change:
        plan_id = beginning.with_text(change, text, title="Bench", period=month, who=who)
        offered = taking.offers(change.connection, plan_id)
        taking.take(change, plan_id, [one.pick for one in offered], skip=True)
    return plan_id


def _ms(once: Callable[[], object]) -> float:
    once()
    times = []
    gc.collect()
    for _turn in range(_TURNS):
        start = perf_counter()
        once()
        times.append(perf_counter() - start)
    return median(times) * 1000
