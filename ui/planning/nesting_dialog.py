"""A plan between the wider one that its targets come from and the parts that make it up."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from salesdesk.errors import SalesDeskError
from salesdesk.office import settings
from salesdesk.planning import nesting, plan_rules
from salesdesk.planning.nesting import Link
from salesdesk.planning.places import TIERS
from salesdesk.planning.plans import STATUSES, Plan
from salesdesk.text import _
from ui.shared.dialogs import Dialog
from ui.shared.forms import Choice
from ui.shared.labels import EmptyPage, button, label, row
from ui.shared.session import Session
from ui.shared.tables import Column, RecordTable, TableOrEmpty


class NestingDialog(Dialog):
    """Names the wider plan, and lists what each part says beside what is assigned to it."""

    def __init__(self, session: Session, plan: Plan, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Wider plan and parts"))
        self.resize(940, 520)
        self.session, self.plan = session, plan
        self.in_wan = session.read(settings.read).in_wan
        choices: list[tuple[int | None, str]] = [(None, _("found by itself"))]
        choices += [
            (one.id, _("{title} ({owner})").format(
                title=one.title, owner=one.owner or _("Whole office")
            ))
            for one in session.read(nesting.possible, plan.id)
        ]  # fmt: skip
        self.wider: Choice[int | None] = Choice(choices, plan.parent_id)
        self.wider.setAccessibleName(_("Targets come from"))
        self.wider.setMaximumWidth(460)
        why = session.read(plan_rules.why_not_write, session.person_id, plan)
        self.wider.setEnabled(not why)
        self.wider.setToolTip(why)
        self.words = label("", wrap=True)
        self.error = label("", "error", wrap=True)
        self.error.hide()
        self.table: RecordTable[Link] = RecordTable(self._columns(), name=_("Parts"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(label(plan.title, "subtitle", wrap=True))
        layout.addWidget(row(label(_("Targets come from")), self.wider, None))
        layout.addWidget(self.error)
        layout.addWidget(self.words)
        layout.addWidget(TableOrEmpty(self.table, _no_parts), 1)
        layout.addWidget(row(None, button(_("Close"), self.accept, primary=True)))
        self.wider.currentIndexChanged.connect(self.name_wider)
        self.read()

    def read(self) -> None:
        """Show the parts as they are now, this plan's own line first."""
        found = self.session.read(nesting.of_plan, self.plan.id)
        self.words.setText("\n".join(nesting.words(found, in_wan=self.in_wan)))
        self.table.set_rows([*found.own, *found.links])

    def name_wider(self) -> None:
        """Let the targets come from the plan that is chosen."""
        try:
            with self.session.changing(_("Name the wider plan")) as change:
                nesting.set_parent(change, self.plan.id, self.wider.value())
        except SalesDeskError as error:
            self.error.setText(error.message)
            self.error.show()
            return
        self.error.hide()
        self.read()

    def _columns(self) -> list[Column[Link]]:
        return [
            Column(_("Plan"), lambda one: one.plan.title, 170, tip=lambda one: one.plan.title,
                   bold=lambda one: one.plan.id == self.plan.id),
            Column(_("Owner"), lambda one: one.plan.owner or _("Whole office"), 85),
            Column(_("Period"), lambda one: one.plan.period.label, 100,
                   sort=lambda one: one.plan.period),
            Column(_("Status"), lambda one: _(STATUSES[one.plan.status]), 65),
            Column(_("Measure"), lambda one: one.measure.name, 85),
            Column(_("Tier"), lambda one: _(TIERS[one.tier]), 85),
            Column(_("Assigned above"), lambda one: one.measure.format(one.above), 100, "right",
                   sort=lambda one: one.above),
            Column(_("In the plan"), lambda one: one.measure.format(one.here), 95, "right",
                   sort=lambda one: one.here),
            Column(_("Difference"), _difference, 90, "right", sort=lambda one: one.difference,
                   colour=lambda one: "behind" if one.difference else ""),
        ]  # fmt: skip


def _difference(one: Link) -> str:
    if one.difference is None:
        return ""
    return f"{'+' if one.difference > 0 else ''}{one.measure.format(one.difference)}"


def _no_parts() -> QWidget:
    return EmptyPage(
        _("No parts yet"),
        _(
            "Plans of shorter periods, and of teams and people, lie in this one by themselves as "
            "soon as there are any."
        ),
    )
