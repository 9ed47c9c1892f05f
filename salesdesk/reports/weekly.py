"""The weekly report (周报): the same circle for a week, on a page or two."""

from __future__ import annotations

from salesdesk.reports.kinds import ReportKind
from salesdesk.reports.sections.customers import CARE, CUSTOMERS
from salesdesk.reports.sections.funnel import FUNNEL
from salesdesk.reports.sections.measures import MEASURES
from salesdesk.reports.sections.money import MONEY
from salesdesk.reports.sections.quotas import QUOTAS
from salesdesk.reports.sections.ranking import PEOPLE, TEAMS
from salesdesk.reports.sections.regraded import REGRADED
from salesdesk.reports.sections.remarks import ACTIONS, REMARKS
from salesdesk.reports.sections.upcoming import UPCOMING
from salesdesk.text import mark

WEEKLY = ReportKind(
    code="weekly",
    name=mark("Weekly report"),
    title=mark("Weekly sales report {period}"),
    sections=(
        MEASURES, TEAMS, PEOPLE, QUOTAS, FUNNEL, CUSTOMERS, REGRADED, CARE, MONEY, REMARKS, ACTIONS,
        UPCOMING,
    ),
    periods=("week",),
)  # fmt: skip
