"""The three tabs: what they are called and where they are built from."""

from __future__ import annotations

from dataclasses import dataclass

from salesdesk.text import mark


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab: its code, its name, and the class that is imported when it is first shown."""

    code: str
    name: str
    module: str
    class_name: str


TABS = (
    Tab("customers", mark("Customers"), "ui.customers.tab", "CustomersTab"),
    Tab("planning", mark("Plan"), "ui.planning.tab", "PlanningTab"),
    Tab("reports", mark("Reports"), "ui.reports.tab", "ReportsTab"),
)
