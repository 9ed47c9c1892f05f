"""The monthly report (月报)."""

from __future__ import annotations

from salesdesk.reports.kinds import ReportKind
from salesdesk.reports.sections.customers import CARE, CUSTOMERS
from salesdesk.reports.sections.funnel import FUNNEL
from salesdesk.reports.sections.measures import MEASURES
from salesdesk.reports.sections.money import MONEY
from salesdesk.reports.sections.products import PRODUCTS
from salesdesk.reports.sections.quotas import QUOTAS
from salesdesk.reports.sections.ranking import PEOPLE, TEAMS
from salesdesk.reports.sections.regraded import REGRADED
from salesdesk.reports.sections.remarks import ACTIONS, REMARKS
from salesdesk.reports.sections.upcoming import UPCOMING
from salesdesk.reports.sections.year import YEAR
from salesdesk.text import mark

MONTHLY = ReportKind(
    code="monthly",
    name=mark("Monthly report"),
    title=mark("Monthly sales report {period}"),
    sections=(
        MEASURES, YEAR, TEAMS, PEOPLE, PRODUCTS, FUNNEL, CUSTOMERS, REGRADED, QUOTAS, CARE, MONEY,
        REMARKS, ACTIONS, UPCOMING,
    ),
    periods=("month",),
)  # fmt: skip
