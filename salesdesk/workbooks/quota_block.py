"""Writes one sheet of a quota workbook: titles, what is to be reached, rows, totals, the page.

Row sums and differences are formulas of their own row, and the totals below add by team name, so
that all of them survive a sort. What is to be reached stands above the headings, where it stays in
sight, with what the rows hold together and what is missing as formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from openpyxl.utils import get_column_letter

from salesdesk.calc.money import to_decimal
from salesdesk.office.measures import Measure
from salesdesk.planning import target_rules, targets
from salesdesk.planning.places import TIERS, Who, team
from salesdesk.text import _, joined
from salesdesk.workbooks.paper import heading_width, lines_of, number_width, wide
from salesdesk.workbooks.quota_cells import DELETION_MARKS
from salesdesk.workbooks.quota_contents import Contents, Row, current_value, main_slot
from salesdesk.workbooks.quota_layout import Block, Column, Slot
from salesdesk.workbooks.writer import AMOUNT, NUMBER, PERCENT, TEXT, WHOLE, Look, SheetWriter

_NOTHING_HELD = targets.Held({}, set())
#: Rows of the title and of what stands below it.
_TITLE_ROW, _NOTE_ROW = 1, 2
#: A column of names fits them up to this many characters; longer ones wrap.
_WIDEST_NAME = 26.0
_LINE_HEIGHT = 15.0
#: A sign of the title takes this much of a column's unit.
_TITLE_SIGN = 1.6
#: A sheet of more lines than this has no room on a page that lies on its side.
_LINES_ACROSS = 24
_NAMING = ("number", "team", "person", "product")


class _Input:
    """An input column: its slot, the targets that stand in it, and how its cells look."""

    def __init__(self, contents: Contents, slot: Slot) -> None:
        self.slot = slot
        self.measure = contents.measures[slot.measure_id]
        self.held = contents.held.get((slot.measure_id, slot.tier), {})
        self.look = _look(self.measure, "input", cents=contents.in_cents)
        self.locked = _look(self.measure, "locked", cents=contents.in_cents)


class BlockWriter:
    """Writes one sheet.

    What is the same in every row (letters, looks, which columns a formula adds) is found once; what
    the totals show is added up while the rows are written.
    """

    def __init__(
        self, contents: Contents, block: Block, measure: Measure, sheet: SheetWriter
    ) -> None:
        self.contents, self.block, self.measure, self.sheet = contents, block, measure, sheet
        self.columns = list(enumerate(block.columns, 1))
        self.main = main_slot(block, measure, contents.tier)
        self.naming = sum(1 for one in block.columns if one.role in _NAMING)
        #: What the plan's owner has to reach, by column.
        self.reach = {
            column: contents.reach[contents.plan.who, one.slot]
            for column, one in self.columns
            if one.slot and (contents.plan.who, one.slot) in contents.reach
        }
        self.teams = dict.fromkeys(
            (row.person.team_name, row.person.team_id) for row in contents.rows
        )
        self.reach_row = _NOTE_ROW + 2  # below the line that says where it comes from
        self.head = self.reach_row + 3 if self.reach else _NOTE_ROW + 1
        self.first = self.head + 1
        self.last = self.head + len(contents.rows)
        self.inputs = {
            column: _Input(contents, one.slot) for column, one in self.columns if one.slot
        }
        parted = [
            c for c, one in self.inputs.items()
            if one.slot.tier == contents.tier and one.slot.measure_id == measure.id
            and one.slot.period != self.main.period
        ]  # fmt: skip
        #: The columns that split the whole period: a plan's months, a month's weeks.
        self.parts = parted
        self.months = [c for c in parted if self.inputs[c].slot.period.kind == "month"]
        self.letters = {column: get_column_letter(column) for column, _one in self.columns}
        self.computed = {one.formula: column for column, one in self.columns if one.formula}
        self.quarters = {
            column: [c for c in self.months if c < column and not self._parted(c, column)]
            for column, one in self.columns
            if one.formula == "quarter"
        }
        self.look = self._look(measure, "computed")
        self.reached_look = _look(measure, "computed", cents=False)
        #: (team, column) -> what stands in the rows together
        self.sums: dict[tuple[str, int], Decimal] = {}

    def _parted(self, month: int, quarter: int) -> bool:
        """Whether something else than months stands between a month's column and a quarter's."""
        return any(column not in self.months for column in range(month, quarter))

    def _look(self, measure: Measure, fill: str) -> Look:
        return _look(measure, fill, cents=self.contents.in_cents)

    def write(self, progress: Callable[[int], None]) -> None:
        """Title, header, one line a row, totals, page set-up."""
        head = Look(fill="head", bold=True, align="center", wrap=True)
        for column, one in self.columns:
            self.sheet.put(self.head, column, one.heading, head)
        for number, row in enumerate(self.contents.rows, 1):
            self._write_row(self.head + number, number, row)
            if number % 200 == 0:
                progress(number)
        self._write_totals()
        if self.reach:
            self._write_reach()
        self._finish()

    def _write_titles(self, page_starts: Sequence[int]) -> None:
        """The title at the first column that scrolls, and again where a printed page begins.

        In the columns that stay, it would be cut at their edge.
        """
        several_lines = not page_starts and self._fit_title()
        title = Look(bold=True, size=14, grid=False, wrap=several_lines)
        note = Look(grid=False, colour="6B7480")
        office, plan = self.contents.office.office_name, self.contents.plan.title
        self.sheet.put(_TITLE_ROW, 1, office, Look(bold=True, grid=False))
        self.sheet.put(_NOTE_ROW, 1, plan, Look(grid=False, wrap=True))
        for row in (_TITLE_ROW, _NOTE_ROW):
            self.sheet.worksheet.merge_cells(
                start_row=row, start_column=1, end_row=row, end_column=self.naming
            )
        room = sum(self.widths[: self.naming])
        if not several_lines:
            self.sheet.worksheet.row_dimensions[_TITLE_ROW].height = 28
        height = _LINE_HEIGHT * lines_of(plan, room) + 2
        for column in (self.naming + 1, *page_starts):
            self.sheet.put(_TITLE_ROW, column, self.block.title, title)
        ends = [*page_starts, len(self.columns)]
        if self.reach:
            self._write_across(self.reach_row - 1, self.naming + 1, self._reach_sources(),
                               Look(grid=False), ends)  # fmt: skip
        captions = [column for column, one in self.columns if one.caption]
        for column in captions:
            words = self.block.columns[column - 1].caption
            lines = self._write_across(_NOTE_ROW, column, words, note, [*captions, *ends])
            height = max(height, _LINE_HEIGHT * lines + 2)
        self.sheet.worksheet.row_dimensions[_NOTE_ROW].height = height

    def _write_across(
        self, row: int, column: int, words: str, look: Look, ends: Iterable[int]
    ) -> int:
        """Write words that reach over the columns up to the first of ``ends``; how many lines.

        Excel lets words reach over empty cells, but cuts them where something stands or the printed
        page ends: those without room enough stand in several lines.
        """
        end = min(at for at in ends if at > column)
        lines = lines_of(words, sum(self.widths[column - 1 : end - 1]) - 1)
        self.sheet.put(row, column, words, replace(look, wrap=lines > 1))
        if lines > 1:
            self.sheet.worksheet.row_dimensions[row].height = _LINE_HEIGHT * lines + 2
            if end - 1 > column:
                self.sheet.worksheet.merge_cells(
                    start_row=row, start_column=column, end_row=row, end_column=end - 1
                )
        return lines

    def _fit_title(self) -> bool:
        """Let a title that is longer than the columns below it stand in several lines: True then.

        A sheet of few columns ends before its title does, and so does what is printed of it.
        """
        shown = len(self.columns) - 1
        room = sum(self.widths[self.naming : shown]) / _TITLE_SIGN
        lines = lines_of(self.block.title, room)
        if lines == 1:
            return False
        self.sheet.worksheet.merge_cells(
            start_row=_TITLE_ROW, start_column=self.naming + 1, end_row=_TITLE_ROW, end_column=shown
        )
        self.sheet.worksheet.row_dimensions[_TITLE_ROW].height = 8 + 20 * lines
        return True

    def _write_reach(self) -> None:
        """What is to be reached, what the rows hold together, and what is missing."""
        labels = (_("To be reached"), _("Filled in"), _("Still open"))
        for number, words in enumerate(labels):
            line = self.reach_row + number
            self._write_label(line, 1, words)
            for column, one in self.columns[self.naming : -1]:
                if one.slot is None or one.slot.field:
                    self.sheet.put(line, column, None, _SUBTOTAL)
        for column, one in self.columns:
            if one.slot is not None and not one.slot.field:
                self._write_reach_column(column, one.slot)

    def _reach_sources(self) -> str:
        """Which plans say what is to be reached."""
        figures = list(self.reach.values())
        sources = dict.fromkeys((figure.tier, figure.plans) for figure in figures)
        return _("To be reached: {figures}").format(
            figures=joined(
                _("{tier} of the plan {plan}").format(
                    tier=_(TIERS[tier]),
                    plan=joined(self.contents.titles.get(number, "") for number in plans),
                )
                for tier, plans in sources
            )
        )

    def _write_reach_column(self, column: int, slot: Slot) -> None:
        letter, line = self.letters[column], self.reach_row
        look = replace(self._look(self.inputs[column].measure, "subtotal"), bold=True)
        figure = self.reach.get(column)
        total = self._summed(column)
        self.sheet.formula(line + 1, column, f"={letter}{self.end}", total, look)
        if figure is None:
            self.sheet.put(line, column, None, look)
            self.sheet.put(line + 2, column, None, look)
            return
        goal = to_decimal(figure.value, self.contents.measures[slot.measure_id].digits)
        self.sheet.put(line, column, goal, look)
        formula = f"={letter}{line}-{letter}{line + 1}"
        self.sheet.formula(line + 2, column, formula, goal - total, look)

    def _summed(self, column: int, teams: Sequence[str] | None = None) -> Decimal:
        """What a column holds in the rows of some teams, or of all."""
        names = [name for name, _id in self.teams] if teams is None else teams
        return sum((self.sums.get((name, column), Decimal(0)) for name in names), Decimal(0))

    def _write_label(self, line: int, column: int, words: str) -> None:
        """A line's name in the columns that stay, from ``column`` on."""
        for blank in range(1, self.naming + 1):
            self.sheet.put(line, blank, None, _SUBTOTAL)
        self.sheet.put(line, column, words, _SUBTOTAL)

    def _write_row(self, line: int, number: int, row: Row) -> None:
        values: dict[int, Decimal | None] = {}
        who = row.who
        for column, one in self.columns:
            if one.slot is not None:
                values[column] = self._write_input(line, column, who)
            elif one.role == "computed":
                values[column] = self._write_computed(line, column, one.formula, row, values)
            elif one.role == "number":
                self.sheet.put(line, column, number, _NUMBERED)
            elif one.role in _NAMING:
                self.sheet.put(line, column, _named(one.role, row), _NAMED)
            else:
                self.sheet.put(line, column, row.key(self.block.code).rid, _PLAIN)
        team = row.person.team_name
        for column, value in values.items():
            if value:
                self.sums[team, column] = self.sums.get((team, column), Decimal(0)) + value

    def _write_input(self, line: int, column: int, who: Who) -> Decimal | None:
        one = self.inputs[column]
        if one.slot.field:
            self.sheet.put(line, column, current_value(self.contents, one.slot, who), _REMARK)
            return None
        held = one.held.get(who, _NOTHING_HELD)
        value = held.values.get(one.slot.period)
        shown = None if value is None else to_decimal(value, one.measure.digits)
        locked = one.slot.period in held.locked
        self.sheet.put(line, column, shown, one.locked if locked else one.look)
        return shown

    def _write_computed(
        self, line: int, column: int, name: str, row: Row, values: Mapping[int, Decimal | None]
    ) -> Decimal | None:
        """Write what a formula of the row gives; the value where the column is summed up."""
        if name in ("quarter", "sum", "difference"):
            formula, value = self._row_formula(line, column, name, values)
            self.sheet.formula(line, column, formula, value, self.look)
            return value
        if name in ("reach", "open"):
            return self._write_own_reach(line, column, name, row)
        if name == "week_gap":
            return self._write_week_gap(line, column, values)
        if name not in ("attainment", "month_difference"):
            value = self._actual(row, name)
            counted = name == "contracts"
            self.sheet.put(line, column, value, _COUNTED if counted else self.reached_look)
            return value
        actual, target = self._letter("actual"), self.letters[self._target_column()]
        goal = values.get(self._target_column()) or Decimal(0)
        reached = self._actual(row, "actual")
        if name == "attainment":
            formula = f'=IF(N({target}{line})=0,"",{actual}{line}/{target}{line})'
            share = float(reached / goal) if goal else ""
            self.sheet.formula(line, column, formula, share, replace(self.look, format=PERCENT))
            return None
        difference = reached - goal
        formula = f"={actual}{line}-N({target}{line})"
        self.sheet.formula(line, column, formula, difference, self.reached_look)
        return difference

    def _write_own_reach(self, line: int, column: int, name: str, row: Row) -> Decimal | None:
        """What a wider plan says the row has to reach, and what of it the row doesn't hold yet."""
        figure = self.contents.reach.get((row.who, self.main))
        if figure is None:
            self.sheet.put(line, column, None, self.look)
            return None
        goal = to_decimal(figure.value, self.measure.digits)
        if name == "reach":
            self.sheet.put(line, column, goal, self.look)
            return goal
        held = self.inputs[self._split_column()].held.get(row.who, _NOTHING_HELD)
        value = to_decimal(held.values.get(self.main.period) or 0, self.measure.digits)
        target = self.letters[self._split_column()]
        formula = f"={self._letter('reach')}{line}-N({target}{line})"
        self.sheet.formula(line, column, formula, goal - value, self.look)
        return goal - value

    def _write_week_gap(
        self, line: int, column: int, values: Mapping[int, Decimal | None]
    ) -> Decimal | None:
        """What of the month's target isn't dealt out to its weeks; blank where nothing is."""
        whole, first, last = self._split_column(), self.parts[0], self.parts[-1]
        weeks = f"{self.letters[first]}{line}:{self.letters[last]}{line}"
        formula = f'=IF(COUNT({weeks})=0,"",N({self.letters[whole]}{line})-SUM({weeks}))'
        parts = [values[c] for c in self.parts if values[c] is not None]
        if not parts:
            self.sheet.formula(line, column, formula, "", self.look)
            return None
        gap = (values[whole] or Decimal(0)) - sum(filter(None, parts), Decimal(0))
        self.sheet.formula(line, column, formula, gap, self.look)
        return gap

    def _row_formula(
        self, line: int, column: int, name: str, values: Mapping[int, Decimal | None]
    ) -> tuple[str, Decimal]:
        if name == "quarter":
            mine = self.quarters[column]
            first, last = self.letters[mine[0]], self.letters[mine[-1]]
            total = sum((values[c] or Decimal(0) for c in mine), Decimal(0))
            return f"=SUM({first}{line}:{last}{line})", total
        total = sum((values[c] or Decimal(0) for c in self.months), Decimal(0))
        if name == "sum":
            if not self.quarters:
                first, last = self.letters[self.months[0]], self.letters[self.months[-1]]
                return f"=SUM({first}{line}:{last}{line})", total
            parts = "+".join(f"{self.letters[c]}{line}" for c in self.quarters)
            return f"={parts}", total
        whole = self._split_column()
        formula = f"=N({self.letters[whole]}{line})-{self._letter('sum')}{line}"
        return formula, (values[whole] or Decimal(0)) - total

    def _actual(self, row: Row, what: str) -> Decimal:
        product_id = row.product.id if row.product else None
        value = self.contents.actual.get((what, row.person.id, product_id), 0)
        return to_decimal(value, 2)

    def _letter(self, formula: str) -> str:
        return self.letters[self.computed[formula]]

    def _target_column(self) -> int:
        """The month's target of the measure that the sheet is about."""
        return self._split_column()

    def _split_column(self) -> int:
        """The whole-period input of the tier that is split over the parts."""
        return next(c for c, one in self.inputs.items() if one.slot == self.main)

    def _write_totals(self) -> None:
        """A line a team and one for all, below the rows: adding by name survives any sort.

        What a team has to reach stands below its total, with what is missing.
        """
        line = self.last + 1
        if len(self.teams) > 1:
            for name, team_id in self.teams:
                if name and team_id is not None:
                    self._write_total(line, name)
                    line = 1 + self._write_team_reach(line, team_id)
        self._write_total(line, None)
        self.end = line

    def _write_total(self, line: int, name: str | None) -> None:
        team_column = next(c for c, o in self.columns if o.role == "team")
        team_letter = self.letters[team_column]
        names = f"${team_letter}${self.first}:${team_letter}${self.last}"
        label = _("Total") if name is None else _("{team} total").format(team=name)
        self._write_label(line, team_column, label)
        for column, one in self.columns[self.naming : -1]:
            summed = (one.slot is not None and not one.slot.field) or one.formula in _SUMMED
            if not summed:
                self.sheet.put(line, column, None, _SUBTOTAL)
                continue
            letter = self.letters[column]
            area = f"{letter}${self.first}:{letter}${self.last}"
            formula = (
                f"=SUM({area})" if name is None else f'=SUMIF({names},"{_quoted(name)}",{area})'
            )
            total = self._summed(column, None if name is None else [name])
            self.sheet.formula(line, column, formula, total, self._total_look(column, one))

    def _total_look(self, column: int, one: Column) -> Look:
        if one.formula == "contracts":
            look = replace(_COUNTED, fill="subtotal")
        elif one.formula in _REACHED:
            look = _look(self.measure, "subtotal", cents=False)
        else:
            measure = self.inputs[column].measure if one.slot else self.measure
            look = self._look(measure, "subtotal")
        return replace(look, bold=True)

    def _write_team_reach(self, line: int, team_id: int) -> int:
        """Two lines below a team's total where a figure is set for it; the last line used."""
        who = team(team_id)
        figures = {
            column: self.contents.reach[who, one.slot]
            for column, one in self.columns
            if one.slot and (who, one.slot) in self.contents.reach
        }
        if not figures:
            return line
        team_column = next(c for c, o in self.columns if o.role == "team")
        for number, words in enumerate((_("To be reached"), _("Still open")), 1):
            self._write_label(line + number, team_column, words)
            for column, one in self.columns[self.naming : -1]:
                look = self._total_look(column, one)
                figure = figures.get(column)
                if figure is None or one.slot is None:
                    self.sheet.put(line + number, column, None, look)
                    continue
                goal = to_decimal(figure.value, self.contents.measures[one.slot.measure_id].digits)
                if number == 1:
                    self.sheet.put(line + number, column, goal, look)
                else:
                    letter = self.letters[column]
                    name = next(name for name, number_of in self.teams if number_of == team_id)
                    self.sheet.formula(
                        line + number, column, f"={letter}{line + 1}-{letter}{line}",
                        goal - self._summed(column, [name]), look,
                    )  # fmt: skip
        return line + 2

    def _width(self, column: int, one: Column) -> float:
        """Characters the column needs: at least what the layout gives, and room for its figures."""
        if one.role in ("team", "person", "product"):
            names = {_named(one.role, row) for row in self.contents.rows}
            if one.role == "team":
                names |= {_("{team} total").format(team=name) for name, _id in self.teams}
            longest = max((wide(name) for name in names), default=0)
            return max(heading_width(one.heading), min(longest + 2.0, _WIDEST_NAME))
        figures = [value for (_team, at), value in self.sums.items() if at == column]
        if figures:
            figures.append(sum(figures, Decimal(0)))
        if column in self.reach:
            figures.append(to_decimal(self.reach[column].value, self.inputs[column].measure.digits))
        if not figures:
            return one.width
        cents = self.contents.in_cents and one.formula not in _REACHED
        decimals = 2 if cents or not self.measure.is_money else 0
        return max(one.width, *(number_width(f"{value:,.{decimals}f}") for value in figures))

    def _finish(self) -> None:
        shown = len(self.columns) - 1  # the column of ids is hidden
        self.widths = [self._width(column, one) for column, one in self.columns]
        self.sheet.widths(self.widths)
        self.sheet.hide_column(len(self.columns))
        lines = max(
            lines_of(one.heading, self.widths[column - 1] - 1) for column, one in self.columns
        )
        self.sheet.worksheet.row_dimensions[self.head].height = max(32, lines * _LINE_HEIGHT + 2)
        self._fit_names()
        breaks = [column for column, one in self.columns if one.caption]
        starts = self.sheet.page(
            self.head, self.end, shown, frozen_columns=self.naming, breaks=breaks,
            portrait=self.end > _LINES_ACROSS,
        )  # fmt: skip
        self._write_titles(starts)
        last = get_column_letter(len(self.columns))
        self.sheet.worksheet.auto_filter.ref = f"A{self.head}:{last}{self.last}"
        for column, one in self.columns:
            if one.role == "input" and one.slot is not None:
                letter = get_column_letter(column)
                measure = self.inputs[column].measure
                self.sheet.numbers_only(
                    f"{letter}{self.first}:{letter}{self.last}",
                    negative=target_rules.may_be_negative(measure),
                    message=_("Enter a number in {unit}.").format(unit=measure.unit),
                    marks=DELETION_MARKS,
                )

    def _fit_names(self) -> None:
        """Make rows high enough for the names in them."""
        rooms = {
            one.role: self.widths[column - 1] - 1
            for column, one in self.columns
            if one.role in ("team", "person", "product")
        }
        for number, row in enumerate(self.contents.rows, 1):
            lines = max(lines_of(_named(role, row), room) for role, room in rooms.items())
            if lines > 1:
                height = lines * _LINE_HEIGHT + 2
                self.sheet.worksheet.row_dimensions[self.head + number].height = height


def _named(role: str, row: Row) -> str:
    if role == "team":
        return row.person.team_name
    if role == "person":
        return row.person.name
    return row.product.name if row.product else ""


_PLAIN = Look(grid=False)
_NAMED = Look(format=TEXT, wrap=True)
_NUMBERED = Look(fill="computed", align="center")
_REMARK = Look(fill="input", format=TEXT, wrap=True)
_SUBTOTAL = Look(fill="subtotal", bold=True)
_COUNTED = Look(fill="computed", format=NUMBER)
#: Computed from what was sold and paid: shown in whole yuan.
_REACHED = frozenset({"last_month", "last_year", "collections", "actual", "month_difference"})
_SUMMED = frozenset(
    {"quarter", "sum", "difference", "last_month", "last_year", "contracts", "collections",
     "actual", "month_difference", "reach", "open", "week_gap"}
)  # fmt: skip


def _look(measure: Measure, fill: str, *, cents: bool) -> Look:
    if measure.is_money:
        return Look(fill=fill, format=AMOUNT if cents else WHOLE)
    return Look(fill=fill, format=WHOLE if measure.digits == 0 else NUMBER)


def _quoted(text: str) -> str:
    """A text inside a formula, without the signs SUMIF takes for wildcards."""
    escaped = text.replace("~", "~~").replace("*", "~*").replace("?", "~?")
    return escaped.replace('"', '""')
