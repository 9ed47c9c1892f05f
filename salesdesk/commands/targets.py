"""Commands about a plan's targets: show them, set and lock them, split them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Connection

from salesdesk.calc import periods
from salesdesk.calc.money import read_percent, to_decimal
from salesdesk.calc.periods import KINDS, Kind, Period, children, descendants
from salesdesk.commands import arguments as shared
from salesdesk.commands.console import Console
from salesdesk.commands.opening import opened
from salesdesk.commands.usage import Parsers, actions
from salesdesk.errors import InputError, NotFoundError
from salesdesk.office import measures, people
from salesdesk.office.measures import Measure
from salesdesk.office.names import name_key
from salesdesk.planning import grid, plans, splitting, targets
from salesdesk.planning.grid import Grid, GridRow
from salesdesk.planning.places import TIERS, Place, Who, person, team
from salesdesk.sales import products
from salesdesk.storage.history import Change
from salesdesk.text import _, joined, mark, ngettext

#: Which ways go along which axis; "history" is the past years' months or last period's actual.
WAYS = {
    "time": ("present", "equal", "workdays", "history", "last", "percent"),
    "people": ("present", "equal", "history", "last", "percent"),
    "products": ("present", "equal", "history", "last", "percent"),
}
_CELLS = mark(
    "A CELL is a period, with a name and a colon before it where it isn't the plan owner's:\n"
    "  2026-03            March of the plan's owner\n"
    "  张三:2026-03       March of a person or team\n"
    "  张三/住宅:2026-Q1  a person's product or category; /住宅:2026 the owner's\n"
    "A cell that is locked must have a value. Everything is one change and one undo."
)
#: Columns of figures that a terminal shows side by side.
_ABREAST = 13


# -- showing ---------------------------------------------------------------------------------------


def _add_targets(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    _add_plan(parser)
    parser.add_argument(
        "--by", choices=KINDS, help=_("the length of the columns' periods (otherwise the next)")
    )
    parser.add_argument("--per", choices=("person", "team", "product"), help=_("only such rows"))
    parser.set_defaults(run=_targets)


def _add_plan(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plan", metavar="ID", type=shared.count, help=_("the plan's number"))
    parser.add_argument(
        "--measure", metavar="CODE", required=True,
        help=_("amount, units, profit, calls… as “figures” lists them"),
    )  # fmt: skip
    parser.add_argument("--tier", choices=list(TIERS), default="assigned", help=_("of three"))


def _targets(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        measure = workspace.read(measures.measure_with_code, arguments.measure)
        found = workspace.read(
            grid.read,
            arguments.plan,
            measure.id,
            arguments.tier,
            with_products=arguments.per == "product",
        )
    columns = _columns(found.plan.period, arguments.by)
    rows = [row for row in found.rows if _shown(row.who, arguments.per)]
    console.say(f"{found.plan.title} · {measure.name} ({measure.unit}) · {_(TIERS[found.tier])}")
    _say_cells(console, found, rows, columns)
    _say_gaps(console, found)
    console.result(
        {
            "plan": found.plan.id,
            "title": found.plan.title,
            "period": found.plan.period.key,
            "measure": measure.code,
            "unit": measure.unit,
            "tier": found.tier,
            "rows": [_row(found, row, columns) for row in rows],
            "gaps": _gaps(found),
        }
    )
    return 0


def _say_cells(
    console: Console, found: Grid, rows: Sequence[GridRow], columns: Sequence[Period]
) -> None:
    """A line a row; a line a period where there are more of them than a terminal is wide."""
    names = ["  " * row.depth + _name(row) for row in rows]
    cells = [
        [found.measure.format(found.value(row.who, column)) or "-" for column in columns]
        for row in rows
    ]
    keys = [column.key for column in columns]
    if len(columns) <= _ABREAST or len(rows) > _ABREAST:
        lines = [[name, *values] for name, values in zip(names, cells, strict=True)]
        console.table([_("Name"), *keys], lines, right=range(1, 1 + len(keys)))
        return
    lines = [[key, *(values[place] for values in cells)] for place, key in enumerate(keys)]
    headings = [name.strip() for name in names]
    console.table([_("Period"), *headings], lines, right=range(1, 1 + len(headings)))


def _columns(period: Period, kind: Kind | None) -> list[Period]:
    """The plan's period and the shorter ones asked for. Raises InputError for longer ones."""
    if kind is None:
        return [period, *children(period)]
    if KINDS.index(kind) < KINDS.index(period.kind):
        raise InputError(_("{period} isn't made of longer periods.").format(period=period.label))
    parts = descendants(period, kind)
    return [period] if parts == (period,) else [period, *parts]


def _shown(who: Who, per: str | None) -> bool:
    if per == "product":
        return who.of_goods
    if per is None:
        return True
    return who.level == per and not who.of_goods


def _name(row: GridRow) -> str:
    return row.name or _("Whole office")


def _level(who: Who) -> str:
    if who.category:
        return "category"
    return who.level if who.product_id is None else "product"


def _row(found: Grid, row: GridRow, columns: Sequence[Period]) -> dict[str, object]:
    digits = found.measure.digits
    cells = []
    for column in columns:
        value = found.value(row.who, column)
        cells.append(
            {
                "period": column.key,
                "value": None if value is None else to_decimal(value, digits),
                "entered": found.stored(row.who, column) is not None,
                "locked": found.locked(row.who, column),
            }
        )
    return {
        "level": _level(row.who),
        "name": row.name,
        "team": row.team_name,
        "person_id": row.who.person_id,
        "team_id": row.who.team_id,
        "product_id": row.who.product_id,
        "category": row.who.category,
        "cells": cells,
    }


def _gaps(found: Grid) -> list[dict[str, object]]:
    return [
        {
            "name": gap.row_name,
            "period": gap.place.period.key,
            "axis": gap.axis,
            "amount": to_decimal(gap.amount, found.measure.digits),
        }
        for gap in found.all_gaps()
    ]


def _say_gaps(console: Console, found: Grid) -> None:
    axes = {"time": _("over time"), "people": _("over people"), "products": _("over products")}
    for gap in found.all_gaps():
        console.say(
            _("Gap of {amount} in {name}, {period}, {axis}").format(
                amount=found.measure.format(gap.amount),
                name=gap.row_name or _("Whole office"),
                period=gap.place.period.key,
                axis=axes[gap.axis],
            )
        )


# -- setting ---------------------------------------------------------------------------------------


def _add_target(parser: argparse.ArgumentParser) -> None:
    actions(
        parser,
        {
            "set": (_("set targets, or clear them"), _add_set),
            "lock": (_("lock targets: splits leave them alone"), _add_lock),
            "unlock": (_("unlock targets"), _add_unlock),
        },
    )


def _add_set(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    _add_plan(parser)
    parser.add_argument(
        "cells", metavar="CELL=VALUE", nargs="+",
        help=_("what is set where; nothing after the sign clears the cell"),
    )  # fmt: skip
    parser.epilog = _(_CELLS)
    parser.set_defaults(run=_set)


def _set(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        measure = workspace.read(measures.measure_with_code, arguments.measure)
        plan = workspace.read(plans.plan_by_id, arguments.plan)
        names = workspace.read(_names, plan)
        wanted: dict[Place, int | None] = {}
        for words in arguments.cells:
            cell, equals, value = words.rpartition("=")
            if not equals:
                raise InputError(_("“{text}” is not of the form CELL=VALUE.").format(text=words))
            wanted[names.place(cell)] = measure.parse(value)
        with workspace.change(_("Set target")) as change:
            changed = targets.set_values(change, plan.id, measure.id, arguments.tier, wanted)
    _say_changed(console, plan, changed)
    return 0


def _add_lock(parser: argparse.ArgumentParser) -> None:
    _add_locking(parser, locked=True)


def _add_unlock(parser: argparse.ArgumentParser) -> None:
    _add_locking(parser, locked=False)


def _add_locking(parser: argparse.ArgumentParser, *, locked: bool) -> None:
    shared.add_office(parser)
    _add_plan(parser)
    parser.add_argument("cells", metavar="CELL", nargs="+", help=_("which cells"))
    parser.epilog = _(_CELLS)
    parser.set_defaults(run=_turn, locked=locked)


def _turn(arguments: argparse.Namespace, console: Console) -> int:
    with opened(arguments) as workspace:
        measure = workspace.read(measures.measure_with_code, arguments.measure)
        plan = workspace.read(plans.plan_by_id, arguments.plan)
        names = workspace.read(_names, plan)
        with workspace.change(_("Lock targets")) as change:
            places = {cell: names.place(cell) for cell in arguments.cells}
            changed = _lock(change, arguments, measure, places, arguments.locked)
    _say_changed(console, plan, changed)
    return 0


def _say_changed(console: Console, plan: plans.Plan, changed: int) -> None:
    words = ngettext("{count} cell changed.", "{count} cells changed.", changed)
    console.say(words.format(count=changed))
    console.result({"plan": plan.id, "changed": changed})


# -- splitting -------------------------------------------------------------------------------------


def _add_split(parser: argparse.ArgumentParser) -> None:
    shared.add_office(parser)
    _add_plan(parser)
    parser.add_argument(
        "--along", choices=list(WAYS), required=True, help=_("over what it is split")
    )
    parser.add_argument(
        "--by", choices=WAYS["time"], required=True,
        help=_("in the present proportions, in equal parts, by working days, by the months of "
               "past years (or last period's actual of people and products), by last period's "
               "actual, by percentages"),
    )  # fmt: skip
    parser.add_argument(
        "--percent", metavar="P", nargs="+", default=[],
        help=_("with “percent”: one for each part in order, or NAME=P for people and products"),
    )  # fmt: skip
    parser.add_argument(
        "--cell", metavar="CELL", help=_("what is split (otherwise the plan's whole target)")
    )
    parser.add_argument(
        "--to", choices=KINDS[1:], help=_("over time: down to which periods (otherwise the next)")
    )
    parser.add_argument(
        "--lock", metavar="CELL", nargs="+", default=[],
        help=_("cells that keep their value, in this split and later ones"),
    )  # fmt: skip
    parser.add_argument(
        "--unlock", metavar="CELL", nargs="+", default=[], help=_("cells to unlock first")
    )
    parser.epilog = _(_CELLS)
    parser.set_defaults(run=_split, parser=parser)


@dataclass(frozen=True, slots=True)
class _Names:
    """Who is called how in the plan, read once."""

    owner: Who
    whos: Mapping[str, Who]
    products: Mapping[str, int]
    categories: Mapping[str, str]

    def place(self, cell: str) -> Place:
        """The place a CELL names. Raises InputError, NotFoundError."""
        name, colon, when = cell.rpartition(":")
        period = periods.parse(when)
        if not colon:
            return Place(self.owner, period)
        who, slash, product = name.partition("/")
        place = self.who(who) if who.strip() else self.owner
        return Place(self.part(place, product) if slash else place, period)

    def who(self, name: str) -> Who:
        """The person or team. Raises NotFoundError."""
        who = self.whos.get(name_key(name))
        if who is None:
            raise NotFoundError(
                _("No person or team in this office is called {name}.").format(name=name)
            )
        return who

    def person(self, name: str) -> int:
        """The person's id. Raises NotFoundError."""
        who = self.whos.get(name_key(name))
        if who is None or who.person_id is None:
            raise NotFoundError(_("Nobody in this office is called {name}.").format(name=name))
        return who.person_id

    def part(self, who: Who, name: str) -> Who:
        """The product's line of somebody's, or else the category's. Raises NotFoundError."""
        category = self.categories.get(name_key(name))
        if category is None or name_key(name) in self.products:
            return who._replace(product_id=self.product(name))
        return who._replace(category=category)

    def product(self, name: str) -> int:
        """The product's id. Raises NotFoundError."""
        found = self.products.get(name_key(name))
        if found is None:
            raise NotFoundError(_("There is no product called {name}.").format(name=name))
        return found


def _names(db: Connection, plan: plans.Plan) -> _Names:
    whos = {name_key(one.name): team(one.id) for one in people.teams(db)}
    # A person before a team of the same name.
    whos |= {name_key(one.name): person(one.id) for one in people.people(db, active_only=False)}
    sold = products.products(db)
    known = {name_key(product.name): product.id for product in sold}
    categories = {name_key(product.category): product.category for product in sold}
    categories.pop("", None)
    return _Names(plan.who, whos, known, categories)


def _split(arguments: argparse.Namespace, console: Console) -> int:
    if arguments.by not in WAYS[arguments.along]:
        arguments.parser.error(
            _("Along {along} a target is split by: {ways}.").format(
                along=arguments.along, ways=joined(WAYS[arguments.along])
            )
        )
    if bool(arguments.percent) != (arguments.by == "percent"):
        arguments.parser.error(_("--percent goes with --by percent."))
    if arguments.to and arguments.along == "products":
        arguments.parser.error(_("--to goes with --along time or people."))
    with opened(arguments) as workspace:
        measure = workspace.read(measures.measure_with_code, arguments.measure)
        plan = workspace.read(plans.plan_by_id, arguments.plan)
        names = workspace.read(_names, plan)
        place = names.place(arguments.cell) if arguments.cell else Place(plan.who, plan.period)
        label = _("Split {measure} of {plan}").format(measure=measure.name, plan=plan.title)
        with workspace.change(label) as change:
            for cells, locked in ((arguments.unlock, False), (arguments.lock, True)):
                places = {cell: names.place(cell) for cell in cells}
                _lock(change, arguments, measure, places, locked)
            changed = _SPLITS[arguments.along](change, arguments, measure, place, names)
        found = workspace.read(grid.read, plan.id, measure.id, arguments.tier)
    words = ngettext("{count} cell changed.", "{count} cells changed.", changed)
    console.say(words.format(count=changed))
    _say_gaps(console, found)
    console.result({"plan": plan.id, "changed": changed, "gaps": _gaps(found)})
    return 0


def _lock(
    change: Change,
    arguments: argparse.Namespace,
    measure: Measure,
    cells: Mapping[str, Place],
    locked: bool,
) -> int:
    """Lock or unlock cells; how many changed. Raises InputError for one without a value."""
    stored = targets.values(change.connection, arguments.plan, measure.id, arguments.tier)
    for cell, place in cells.items():
        if place not in stored:
            raise InputError(
                _("{cell} has no target, so there is nothing to lock.").format(cell=cell)
            )
    return targets.set_locked(
        change, arguments.plan, measure.id, arguments.tier, cells.values(), locked
    )


def _over_time(
    change: Change, arguments: argparse.Namespace, measure: Measure, place: Place, names: _Names
) -> int:
    below = children(place.period)
    if not below:
        raise InputError(_("A day can't be split any further."))
    to: Kind = arguments.to or below[0].kind
    if KINDS.index(to) <= KINDS.index(place.period.kind):
        raise InputError(
            _("{period} isn't made of longer periods.").format(period=place.period.label)
        )
    return splitting.split_time(
        change,
        arguments.plan,
        measure,
        arguments.tier,
        place,
        to,
        way=arguments.by,
        percent=[_percentage(one) for one in arguments.percent] or None,
    )


def _over_people(
    change: Change, arguments: argparse.Namespace, measure: Measure, place: Place, names: _Names
) -> int:
    percent = {names.person(name): share for name, share in _named_shares(arguments.percent)}
    return splitting.split_people(
        change,
        arguments.plan,
        measure,
        arguments.tier,
        place,
        way=_way(arguments.by),
        percent=percent or None,
        then_time=arguments.to,
    )


def _over_products(
    change: Change, arguments: argparse.Namespace, measure: Measure, place: Place, names: _Names
) -> int:
    shares = {names.product(name): share for name, share in _named_shares(arguments.percent)}
    sold = splitting.products_of(change.connection, place.who)
    ids = list(shares) or sorted(one.id for one in sold)
    return splitting.split_products(
        change,
        arguments.plan,
        measure,
        arguments.tier,
        place,
        ids,
        way=_way(arguments.by),
        percent=[shares[one] for one in ids] if shares else None,
    )


_Split = Callable[[Change, argparse.Namespace, Measure, Place, _Names], int]
_SPLITS: Mapping[str, _Split] = {
    "time": _over_time,
    "people": _over_people,
    "products": _over_products,
}


def _way(by: str) -> str:
    return "last" if by == "history" else by


def _named_shares(words: Sequence[str]) -> list[tuple[str, Fraction]]:
    """The (name, share) pairs of NAME=P. Raises InputError."""
    found = []
    for word in words:
        name, equals, share = word.rpartition("=")
        if not equals or not name.strip():
            raise InputError(_("“{text}” is not of the form NAME=P.").format(text=word))
        found.append((name.strip(), _percentage(share)))
    return found


def _percentage(words: str) -> Fraction:
    """The share a text names, exactly. Raises InputError."""
    share = read_percent(words)
    if not 0 <= share <= 100:
        raise InputError(_("“{text}” is not a percentage from 0 to 100.").format(text=words))
    return share


PARSERS: Parsers = {"targets": _add_targets, "target": _add_target, "split": _add_split}
