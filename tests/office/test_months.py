"""Closed months: what is dated in them stays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from salesdesk.calc.periods import following, month, parse
from salesdesk.errors import InputError, RightsError
from salesdesk.office import months
from tests.offices import STAFF, staffed_office

MAY = month(2026, 5)


def test_a_month_is_closed_and_opened_again(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace:
        assert workspace.read(months.closed_through) is None
        with workspace.change("Close") as change:
            months.need_open(change, date(2026, 5, 31))
            months.close(change, MAY)
        assert workspace.read(months.closed_through) == MAY
        assert workspace.read(months.is_closed, date(2026, 5, 31))
        assert not workspace.read(months.is_closed, date(2026, 6, 1))
        with workspace.change("Write") as change:
            months.need_open(change, date(2026, 6, 1), None)
            with pytest.raises(InputError, match=r"2026-05-31 lies in a closed month"):
                months.need_open(change, None, date(2026, 5, 31))
        with workspace.change("Open") as change:
            months.reopen(change, month(2026, 4))
        assert workspace.read(months.closed_through) == month(2026, 3)
        assert workspace.undo() == "Open 2026-04 again"
        assert workspace.undo() == "Close 2026-05"
        assert workspace.read(months.closed_through) is None


def test_what_cant_be_closed_or_opened_is_refused(tmp_path: Path) -> None:
    with staffed_office(tmp_path) as workspace:
        with workspace.change("Close") as change:
            months.close(change, MAY)
            this_month = month(change.now.year, change.now.month)
        for writer, period, sentence in (
            (months.close, this_month, "isn't over yet"),
            (months.close, MAY, "closed already"),
            (months.close, parse("2026-Q2"), "isn't a month"),
            (months.reopen, following(MAY), "isn't closed"),
        ):
            with pytest.raises(InputError, match=sentence), workspace.change("No") as change:
                writer(change, period)
        workspace.work_as(STAFF.ann, "Ann")
        for writer in (months.close, months.reopen):
            with pytest.raises(RightsError), workspace.change("No") as change:
                writer(change, MAY)
        assert workspace.read(months.closed_through) == MAY
