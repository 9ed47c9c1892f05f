"""What an entry of the history did, in words: which rows, which columns, before and after.

Tables and columns are called as people call them (kinds of records by their own declaration), rows
by their names, and values are written as they are elsewhere. Columns that only repeat others are
left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Boolean, Connection, Table, select

from salesdesk.calc.money import format_number
from salesdesk.calc.periods import containing
from salesdesk.customers import customers
from salesdesk.customers import kinds as activity_kinds
from salesdesk.office import among, approvals, measures, rights
from salesdesk.planning import outlines, places, plans, record_kinds
from salesdesk.planning.live import rule
from salesdesk.records.kinds import YES_NO, Kind
from salesdesk.storage import trail
from salesdesk.storage.schema import Cents, all_tables
from salesdesk.storage.undo_rules import RowChange
from salesdesk.text import _, joined, mark, quoted

#: Rows of one entry that are told; an import may have touched 100,000.
MOST = 200
_TABLES: Mapping[str, str] = {
    "customer": mark("Customer"), "customer_phone": mark("Phone"), "activity": mark("Activity"),
    "setting": mark("Setting"), "team": mark("Team"), "person": mark("Person"),
    "membership": mark("Membership"), "approval": mark("Approval"),
    "calendar_day": mark("Calendar day"), "measure": mark("Measure"), "plan": mark("Plan"),
    "target": mark("Target"), "remark": mark("Remark"), "deal": mark("Deal"),
    "deal_share": mark("Share"), "payment": mark("Payment"),
    "payment_share": mark("Share of a payment"), "quota_export": mark("Quota sheet"),
    "miss_cause": mark("Cause of a miss"), "plan_template": mark("Plan template"),
    "plan_item": mark("Item of a plan"), "item_rule": mark("Rule"), "review": mark("Review"),
    "task": mark("Task"), "plan_comment": mark("Comment on a plan"),
    "plan_revision": mark("Earlier revision"),
}  # fmt: skip
#: A column is called the same in every table.
_COLUMNS: Mapping[str, str] = {
    "name": mark("Name"), "company": mark("Company"), "phones": mark("Phones"),
    "number": mark("Number"), "region": mark("Region"), "source": mark("Source"),
    "grade": mark("Grade"), "state": mark("State"), "owner_id": mark("Owner"),
    "needs": mark("Needs"), "note": mark("Note"), "registered_on": mark("Registered on"),
    "last_contact_on": mark("Last contact"), "last_words": mark("Last words"),
    "next_contact_on": mark("Next contact"), "customer_id": mark("Customer"),
    "person_id": mark("Person"), "kind": mark("Kind"), "at": mark("When"), "day": mark("Day"),
    "words": mark("Words"), "cost": mark("Cost"), "answered": mark("Answered"), "key": mark("Key"),
    "value": mark("Value"), "position": mark("Position"), "active": mark("Active"),
    "role": mark("Role"), "team_id": mark("Team"), "phone": mark("Phone"),
    "joined_on": mark("Joined on"), "left_on": mark("Left on"), "pin_hash": mark("PIN"),
    "since": mark("Since"), "subject": mark("Subject"), "subject_id": mark("Number"),
    "rule": mark("Rule"), "asked_at": mark("Asked at"), "decided_by": mark("Decided by"),
    "decided_at": mark("Decided at"), "answer": mark("Answer"), "working": mark("Working day"),
    "provisional": mark("Provisional"), "closed": mark("Closed"), "code": mark("Code"),
    "unit": mark("Unit"), "digits": mark("Decimals"), "step": mark("Step"),
    "counts": mark("Counts"), "title": mark("Title"), "period_kind": mark("Period"),
    "start_day": mark("First day"), "end_day": mark("Last day"), "template": mark("Template"),
    "status": mark("Status"), "text": mark("Text"), "revision": mark("Revision"),
    "plan_id": mark("Plan"), "measure_id": mark("Measure"), "tier": mark("Target tier"),
    "product_id": mark("Product"), "locked": mark("Locked"), "reason": mark("Reason"),
    "countermeasure": mark("Countermeasure"), "deal_id": mark("Deal"),
    "unit_label": mark("Unit number"), "quantity": mark("Quantity"), "amount": mark("Amount"),
    "commission": mark("Commission"), "intention_on": mark("Intention on"),
    "subscribed_on": mark("Subscribed on"), "contracted_on": mark("Contracted on"),
    "cancelled_on": mark("Cancelled on"), "cancel_reason": mark("Reason for cancelling"),
    "basis_points": mark("Share"), "deals": mark("Deals"), "due_on": mark("Due on"),
    "paid_on": mark("Paid on"), "payment_id": mark("Payment"),
    "category": mark("Category"), "cause_id": mark("Cause"), "root_cause": mark("Root cause"),
    "prevention": mark("Prevention"), "nature": mark("Its figures"), "among": mark("Only of"),
    "numerator_id": mark("Numerator"), "denominator_id": mark("Denominator"),
    "reviewed": mark("Summaries due"), "parent_id": mark("Wider plan"), "side": mark("Side"),
    "about": mark("About"), "contents": mark("Contents"), "level": mark("Level"),
    "plan_item_id": mark("Item of a plan"), "written": mark("Figure as written"),
    "highest": mark("Upper end"), "every": mark("How often"), "days": mark("Days"),
    "period": mark("Period"), "whom": mark("For whom"), "growth": mark("Growth"),
    "over": mark("Growth over"), "steps": mark("Steps"), "done": mark("What was done"),
    "problems": mark("Problems"), "lessons": mark("Lessons"), "next": mark("What comes next"),
    "figures": mark("Figures"), "written_at": mark("Written at"), "comment": mark("Comment"),
    "seen_by": mark("Seen by"), "seen_at": mark("Seen at"), "item_rule_id": mark("Rule"),
    "occurrence": mark("Occurrence"), "review_id": mark("Review"), "remark_id": mark("Remark"),
    "begins": mark("Begins"), "ends": mark("Ends"), "done_on": mark("Done on"),
    "settled": mark("Settled"),
}  # fmt: skip
_WORDS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("customer", "state"): customers.STATES,
    ("activity", "kind"): activity_kinds.KINDS,
    ("person", "role"): rights.ROLES,
    ("approval", "state"): approvals.STATES,
    ("measure", "counts"): measures.COUNTS,
    ("measure", "nature"): measures.NATURE_NAMES,
    ("plan", "status"): plans.STATUSES,
    ("target", "tier"): places.TIERS,
    ("plan_item", "kind"): outlines.KINDS,
    ("item_rule", "kind"): rule.KINDS,
    ("item_rule", "every"): rule.EVERY,
    ("item_rule", "tier"): places.TIERS,
}
#: Numbers that are kept with two decimals more than they are shown with.
_HUNDREDTHS = {("deal_share", "quantity"), ("deal_share", "deals"), ("deal_share", "basis_points")}
#: Repeated from other columns, or the program's own.
_LEFT_OUT = frozenset(
    {"id", "version", "search_key", "name_key", "name_sort", "company_sort", "state_before",
     "agreed_after", "month", "uuid", "base", "made_at", "plan_revision", "repeated", "wording"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Altered:
    """A column before and after; "" for nothing."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one row: its table, what it is called, and what was altered in it."""

    table: str
    name: str
    what: str  # added, changed, deleted: in words
    altered: tuple[Altered, ...]


def told(db: Connection, history_id: int, *, actor_id: int | None, limit: int = MOST) -> list[Told]:
    """What an entry did, row by row, the first ``limit`` rows.

    Costs and profits are blanked for who may not see them. Raises NotFoundError.
    """
    trail.entry(db, history_id)
    teller = Teller(db, rights.may(db, actor_id, "costs.see"))
    changes = trail.row_changes(db, history_id, limit=limit)
    return [row for row in map(teller.row, changes) if row.altered]


class Teller:
    """Puts rows into words, asking for each name once; costs only where ``costs`` is true."""

    def __init__(self, db: Connection, costs: bool) -> None:
        self._db = db
        self._costs = costs
        self._tables = all_tables()
        self._kinds: dict[str, Kind] = {kind.table.name: kind for kind in record_kinds.KINDS}
        self._names: dict[tuple[str, int], str] = {}
        self._measures = {
            measure.id: measure for measure in measures.measures(db, active_only=False)
        }

    def row(self, change: RowChange) -> Told:
        """One row in words."""
        before, after = change.before or {}, change.after or {}
        whole = {**before, **after}
        what = _("Changed")
        if change.before is None:
            what = _("Added")
        elif change.after is None:
            what = _("Deleted")
        table = self._tables.get(change.table)
        altered = []
        for column in whole:
            if before.get(column) == after.get(column) or not self._shown(change.table, column):
                continue
            pair = [
                self._value(table, change.table, column, side.get(column), whole)
                for side in (before, after)
            ]
            if pair[0] != pair[1]:
                altered.append(Altered(self._column(change.table, column), pair[0], pair[1]))
        return Told(self._table(change.table), self._row_name(change, whole), what, tuple(altered))

    def place(self, table: str, row_id: int, row: Mapping[str, Any]) -> str:
        """A row as people find it, by its columns as stored: "Customer Smith, number 7"."""
        number = _("number {id}").format(id=row_id)
        try:
            name = self._row_name(RowChange(table, row_id, None, row), row)
        except (ValueError, LookupError, TypeError):
            name = number  # what would name it is damaged itself
        if name == number:
            return _("{table} {number}").format(table=self._table(table), number=number)
        return _("{table} {name}, {number}").format(
            table=self._table(table), name=quoted(name), number=number
        )

    def columns(self, table: str, names: Sequence[str]) -> str:
        """Columns as people call them."""
        return joined(self._column(table, name) for name in names)

    def differences(
        self, table: str, said: Mapping[str, Any], now: Mapping[str, Any], names: Sequence[str]
    ) -> str:
        """Columns with what ``said`` holds in them and what stands there ``now``.

        Without the values where they aren't shown to everybody, or mean nothing to people.
        """
        parts = []
        for name in names:
            words = self._column(table, name)
            if self._shown(table, name) and name != "pin_hash":
                words = _("{column} is {now} instead of {said}").format(
                    column=words, now=quoted(str(now[name])), said=quoted(str(said[name]))
                )
            parts.append(words)
        return _("; ").join(parts)

    def _shown(self, table: str, column: str) -> bool:
        if column in _LEFT_OUT or column.endswith("_month"):
            return False
        return self._costs or column not in ("cost", "profit_floor") or table == "activity"

    def _table(self, name: str) -> str:
        if name in self._kinds:
            return _(self._kinds[name].words)
        return _(_TABLES[name]) if name in _TABLES else name

    def _column(self, table: str, column: str) -> str:
        for field in self._kinds[table].fields if table in self._kinds else ():
            if field.name == column:
                return _(field.words)
        return _(_COLUMNS[column]) if column in _COLUMNS else column

    def _row_name(self, change: RowChange, row: Mapping[str, Any]) -> str:
        parts = [str(row[column]) for column in ("name", "title", "key") if row.get(column)]
        table = self._tables.get(change.table)
        if not parts and table is not None:
            for key in sorted(
                table.foreign_keys, key=lambda foreign_key: str(foreign_key.parent.name)
            ):
                named = row.get(key.parent.name)
                if named is not None and key.parent.name != "owner_id":
                    parts.append(self._named(key.column.table, named))
        if row.get("period_kind"):
            parts.append(containing(date.fromisoformat(row["start_day"]), row["period_kind"]).label)
        return " · ".join(part for part in parts if part) or _("number {id}").format(id=change.id)

    def _named(self, table: Table, row_id: int) -> str:
        """What a row is called that another names."""
        key = (table.name, row_id)
        if key not in self._names:
            column = table.c.get("name", table.c.get("title"))
            name = None
            if column is not None:
                name = self._db.execute(select(column).where(table.c.id == row_id)).scalar()
            self._names[key] = name or _("number {id}").format(id=row_id)
        return self._names[key]

    def _value(
        self, table: Table | None, name: str, column: str, value: Any, row: Mapping[str, Any]
    ) -> str:
        """A stored value as people read it."""
        if value is None or value == "":
            return ""
        if column == "pin_hash":
            return _("set")
        stored = table.c.get(column) if table is not None else None
        if table is None or stored is None:
            return str(value)
        for field in self._kinds[name].fields if name in self._kinds else ():
            if field.name == column and field.offered:
                words = field.offered.get(bool(value) if field.type == "flag" else value)
                return str(value) if words is None else _(words)
        for key in stored.foreign_keys:
            return self._named(key.column.table, value)
        words = _WORDS.get((name, column), {}).get(value)
        if words is not None:
            return _(words)
        return self._plain(stored, name, column, value, row)

    def _plain(
        self, stored: Any, name: str, column: str, value: Any, row: Mapping[str, Any]
    ) -> str:
        if isinstance(stored.type, Boolean):
            return _(YES_NO[bool(value)])
        if column == "end_day":  # kept as the day after
            return (date.fromisoformat(value) - timedelta(days=1)).isoformat()
        if (name, column) == ("measure", "among"):
            return among.told(self._db, among.from_json(value))
        if name == "setting":
            decoded = json.loads(value) if column == "value" else value
            return decoded if isinstance(decoded, str) else json.dumps(decoded, ensure_ascii=False)
        measure = self._measures.get(row.get("measure_id") or 0)
        if column == "value" and measure is not None:
            return measure.format(value)
        if (name, column) in _HUNDREDTHS:
            number = format_number(value, 2, trim=True)
            return f"{number}%" if column == "basis_points" else number
        if column == "commission_rate":
            return f"{format_number(value, 2, trim=True)}%"
        if stored.type is Cents and name != "approval":
            return format_number(value, 2, trim=True)
        if column in ("at", "asked_at", "decided_at"):
            return str(value)[:16]
        return str(value)
