"""A summary as a document to hand in: a page or two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from salesdesk.calc.money import to_decimal
from salesdesk.customers.kinds import kind_name
from salesdesk.office import settings
from salesdesk.planning import causes, summaries
from salesdesk.planning.places import TIERS
from salesdesk.planning.summaries import Action, Review, Summary
from salesdesk.planning.summary_figures import Line
from salesdesk.reports.layout import Cell, Column, Table, money_cell, page_texts, share_cell
from salesdesk.text import _, joined, ngettext

#: So many deals that fell through are named on paper; of the others their number.
_MOST_LOST = 12
#: Words of one's own of up to so many characters and lines stand side by side.
_SHORT, _FEW = 300, 12


@dataclass(frozen=True, slots=True)
class SummaryDocument:
    """A summary ready to be laid out: blocks of tables, facts and words, one after the other."""

    title: str
    subtitle: str
    office: str
    made: str
    blocks: Sequence[Mapping[str, Any]]
    warnings: Sequence[str]

    def data(self) -> dict[str, Any]:
        """What the typst template summary.typ reads."""
        sign = [_("Written by"), _("Seen by"), _("Date")]
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "office": self.office,
            "made": self.made,
            "texts": {**page_texts(), "sign": sign},
            "blocks": list(self.blocks),
            "warnings": list(self.warnings),
        }


def document(
    db: Connection, review_id: int, *, today: date, actor_id: int | None = None
) -> SummaryDocument:
    """A summary as a document, as ``actor_id`` may see it. Raises RightsError, NotFoundError."""
    whole = summaries.read(db, review_id, today, actor_id=actor_id)
    office = settings.read(db).office_name
    return SummaryDocument(
        whole.review.title,
        " · ".join([office, *_state(whole)]),
        office,
        _("Made on {day}").format(day=today.isoformat()),
        [block for block in _blocks(whole) if block is not None],
        sorted({one.warning for one in whole.lines if one.warning and one.line.missed}),
    )


def facts(whole: Summary) -> list[tuple[str, str]]:
    """What else the period brought, in words: activities by kind, customers new and regraded."""
    figures = whole.figures
    done = [
        _("{what} {count}").format(what=kind_name(kind), count=count)
        for kind, count in figures.activities
    ]
    moved = [
        _("{before} to {after}: {count}").format(
            before=one.before or _("None"), after=one.after or _("None"), count=one.count
        )
        for one in figures.regraded
    ]
    return [
        (_("Activities"), joined(done) or _("None")),
        (_("New customers"), str(figures.new_customers)),
        (_("Regraded customers"), joined(moved) or _("None")),
    ]


def outcome(action: Action, end: date) -> str:
    """What became of an action by the end of a period: done, moved on, dropped, still open."""
    if action.status == "open" and action.day >= end:
        return _("Moved to {day}").format(day=action.day.isoformat())
    words = _(summaries.OUTCOMES.get(action.status, action.status))
    return f"{words}: {action.reason}" if action.reason else words


# -- within ----------------------------------------------------------------------------------------


def _state(whole: Summary) -> list[str]:
    found = whole.review
    state = [_(summaries.STATUSES[found.status])]
    if found.written_at is not None:
        state.append(found.written_at.date().isoformat())
    state.append(_("figures as of {day}").format(day=whole.figures.as_of.isoformat()))
    return state


def _blocks(whole: Summary) -> list[Mapping[str, Any] | None]:
    found = whole.review
    return [
        _table(_("What was to be put right"), _earlier(whole)),
        _table(_("Targets and actuals"), _figures(whole)),
        _table(_("Why targets were missed"), _reasons(whole)),
        {"kind": "facts", "title": _("What else the period brought"), "facts": facts(whole)},
        _lost(whole),
        *_own_words(found),
        _table(_("What will be put right"), _actions(whole)),
        _words(
            _("Comment of {name}").format(name=found.seen_by) if found.seen_by else _("Comment"),
            found.comment,
        ),
    ]


def _table(title: str, table: Table, note: str = "") -> Mapping[str, Any] | None:
    if not table.rows:
        return None
    return {"kind": "table", "title": title, "note": note, **table.trimmed().data()}


def _words(title: str, words: str) -> Mapping[str, Any] | None:
    if not words:
        return None
    return {"kind": "words", "title": title, "words": words.splitlines()}


def _own_words(found: Review) -> list[Mapping[str, Any] | None]:
    """The words of one's own: short ones side by side, so that a summary stays on its page."""
    parts = [_words(_(title), getattr(found, name)) for name, title in summaries.WORDS.items()]
    written = [part for part in parts if part is not None]
    if len(written) < 2 or any(
        len("".join(part["words"])) > _SHORT or len(part["words"]) > _FEW for part in written
    ):
        return list(written)
    return [{"kind": "beside", "parts": written}]


def _earlier(whole: Summary) -> Table:
    return Table(
        [
            Column(_("Corrective action"), 3.4, "left"),
            Column(_("Person"), 1, "left"),
            Column(_("Due on"), 1.1, "left"),
            Column(_("What became of it"), 2, "left"),
        ],
        [
            [one.words, one.person, one.day.isoformat(), outcome(one, whole.review.end)]
            for one in whole.earlier
        ],
    )


def _figures(whole: Summary) -> Table:
    wan = whole.figures.in_wan
    return Table(
        [
            Column(_("Measure"), 2.2, "left"),
            Column(_("Tier"), 1.2, "left", optional=True),
            Column(_("Target"), 1.2),
            Column(_("Actual"), 1.2),
            Column(_("Attainment"), 1.1),
            Column(_("Difference"), 1.2),
            Column(_("Stretch"), 1.2, optional=True),
        ],
        [_figure_row(line, wan) for line in whole.figures.lines],
    )


def _figure_row(line: Line, wan: bool) -> list[Cell | str]:
    def cell(value: int | None) -> Cell:
        exact = None if value is None else to_decimal(value, line.digits)
        return Cell(line.shown(value, in_wan=wan) or "—", exact)

    status = "" if line.target is None else "behind" if line.missed else "ahead"
    return [
        line.with_unit(in_wan=wan),
        _(TIERS[line.tier]) if line.tier else "",
        cell(line.target),
        cell(line.actual),
        share_cell(line.attainment, _("not set"), status=status),
        cell(line.difference),
        cell(line.stretch),
    ]


def _reasons(whole: Summary) -> Table:
    return Table(
        [
            Column(_("Measure"), 1.2, "left"),
            Column(_("Cause of the miss"), 1.6, "left"),
            Column(_("Reason"), 2.2, "left"),
            Column(_("Root cause"), 1.8, "left", optional=True),
            Column(_("Prevention"), 1.8, "left", optional=True),
        ],
        [
            [
                one.line.title,
                _("{cause} ({side})").format(cause=one.cause, side=_(causes.SIDES[one.side]))
                if one.cause
                else "",
                "\n".join(filter(None, (one.remark.reason, one.remark.countermeasure))),
                one.remark.root_cause,
                one.remark.prevention,
            ]
            for one in whole.lines
            if one.line.missed
        ],
    )


def _lost(whole: Summary) -> Mapping[str, Any] | None:
    lost = whole.figures.lost
    more = len(lost) - _MOST_LOST
    note = ngettext("and {count} more deal", "and {count} more deals", more).format(count=more)
    table = Table(
        [
            Column(_("Customer"), 1.5, "left"),
            Column(_("Product"), 1.5, "left"),
            Column(_("Amount"), 1.2),
            Column(_("Day"), 1.1, "left"),
            Column(_("Reason"), 2.6, "left"),
        ],
        [
            [
                one.customer, one.product,
                money_cell(one.amount, in_wan=whole.figures.in_wan), one.day.isoformat(),
                one.reason,
            ]
            for one in lost[:_MOST_LOST]
        ],
    )  # fmt: skip
    return _table(_("Deals that fell through"), table, note if more > 0 else "")


def _actions(whole: Summary) -> Table:
    return Table(
        [
            Column(_("Corrective action"), 3.4, "left"),
            Column(_("Person"), 1, "left"),
            Column(_("Due on"), 1.1, "left"),
        ],
        [[one.words, one.person, one.day.isoformat()] for one in whole.actions],
    )
