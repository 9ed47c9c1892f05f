"""Founds an office: a new file with measures, calendar and settings as its kind asks."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from salesdesk.errors import InputError
from salesdesk.office import calendar, measures, people, settings
from salesdesk.text import _, language, mark
from salesdesk.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Kind:
    """What an office of a kind starts with; everything can be changed afterwards."""

    basis: str
    cadence: Mapping[str, int]
    weekday_weights: tuple[int, ...]
    holidays_open: bool
    in_wan: bool
    measures: frozenset[str]
    goods: str  # what one piece sold is counted in


_ALWAYS = frozenset(
    {"amount", "units", "contracts", "collections", "calls", "effective_calls", "visits",
     "new_customers", "potential_customers"}
)  # fmt: skip
#: Customers come to where the goods stand.
_COMING = frozenset(
    {"calls_received", "walk_ins", "first_walk_ins", "repeat_walk_ins", "invited_walk_ins"}
)
#: A showroom is fullest on weekends and open on holidays; a component maker works office days.
KINDS: Mapping[str, Kind] = {
    "property": Kind(
        "contract", {"A": 7, "B": 15, "C": 30}, (1, 1, 1, 1, 1, 2, 2), True, True,
        _ALWAYS | _COMING | {"subscriptions", "commission"}, mark("units"),
    ),
    "shop": Kind(
        "contract", {"A": 7, "B": 15, "C": 30}, (1, 1, 1, 1, 1, 2, 2), True, False,
        _ALWAYS | {"profit"}, mark("machines"),
    ),
    "b2b": Kind(
        "contract", {"A": 7, "B": 15, "C": 30}, (1, 1, 1, 1, 1, 0, 0), False, True,
        _ALWAYS | {"profit"}, mark("pieces"),
    ),
    "territory": Kind(
        "collection", {"A": 7, "B": 15, "C": 30}, (1, 1, 1, 1, 1, 1, 0), False, True,
        _ALWAYS | {"profit"}, mark("pieces"),
    ),
}  # fmt: skip


def new_office(
    path: Path,
    *,
    name: str,
    kind: str,
    founder: str,
    password: str | None = None,
    fill: Callable[[Workspace], None] = lambda _workspace: None,
) -> Workspace:
    """A new office file, open, with ``founder`` as its sales manager at work in it.

    ``fill`` may enter more before anybody sees the office. All or nothing: when it fails, or the
    program is killed, no office is left behind. Raises InputError for an empty name or
    an unknown kind and OfficeFileError when the file exists or can't be written.
    """
    if kind not in KINDS:
        raise InputError(_("{kind} isn't a kind of office.").format(kind=kind))
    if not name.strip():
        raise InputError(_("The office needs a name."))
    if not founder.strip():
        raise InputError(_("A name is missing."))

    def furnish(workspace: Workspace) -> None:
        _furnish(workspace, name, kind, founder)
        fill(workspace)

    return Workspace.create(path, password, furnish)


def _furnish(workspace: Workspace, name: str, kind: str, founder: str) -> None:
    start = KINDS[kind]
    # Written in bulk and not as a change people could undo: an office without its settings,
    # measures and manager is none.
    with workspace.unrecorded() as change:
        settings.store(
            change,
            office_id=str(uuid.uuid4()),
            office_name=name.strip(),
            kind=kind,
            language=language(),
            basis=start.basis,
            cancellations="when_cancelled",
            cadence=dict(start.cadence),
            weekday_weights=list(start.weekday_weights),
            holidays_open=start.holidays_open,
            in_wan=start.in_wan,
        )
        measures.seed(change, start.measures, goods=start.goods)
        calendar.seed(change)
        person_id = people.add_person(change, founder, role="manager")
    workspace.work_as(person_id, " ".join(founder.split()))
