"""Today: who is due stands there in order, and a contact logged takes the customer off."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from salesdesk.calc import periods
from salesdesk.customers import activities
from salesdesk.customers.customers import Customer
from salesdesk.customers.leave import add_leave
from salesdesk.errors import ReplacedOfficeError
from salesdesk.office import measures, people
from salesdesk.planning import plans, targets, tasks
from salesdesk.planning.places import Place, person
from salesdesk.sales import deals, payments, products, selling
from tests.ui.customers.conftest import Named
from ui.customers import today
from ui.customers.contact_form import ContactForm
from ui.customers.desk import Desk
from ui.customers.tab import CustomersTab
from ui.customers.today import TodayPage
from ui.shared import background
from ui.shared.painted import all_painted
from ui.shared.session import Session


@pytest.fixture
def page(office: Session, qtbot: QtBot) -> TodayPage:
    """The page, shown and read."""
    return shown(office, qtbot)


def shown(office: Session, qtbot: QtBot) -> TodayPage:
    tab = CustomersTab(office)
    qtbot.addWidget(tab)
    tab.resize(1200, 720)
    tab.show()
    page = tab.show_page("today")
    assert isinstance(page, TodayPage)
    qtbot.waitUntil(lambda: all_painted(tab) and not background.running)
    return page


def names(page: TodayPage) -> list[str]:
    return [due.customer.name for due in page.table.records.rows]


def log(office: Session, customer: Customer, qtbot: QtBot) -> None:
    form = ContactForm(office, customer, None)
    qtbot.addWidget(form)
    form.words.setPlainText("Called back")
    form.accept()


def test_the_longest_overdue_come_first_and_others_customers_stay_away(page: TodayPage) -> None:
    assert names(page) == ["Chen Ai", "Bai Bo"]
    overdue = [page.table.records.data(page.table.records.index(row, 2)) for row in (0, 1)]
    assert overdue == ["14 days", "today"]
    assert page.summary.text() == "2 due, 1 of them overdue"


def test_the_lists_keep_qts_rules(page: TodayPage, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(page.table.records, force_py=True)


def test_a_logged_contact_takes_the_customer_off_and_the_cursor_goes_on(
    page: TodayPage, office: Session, named: Named, qtbot: QtBot
) -> None:
    page.table.selectRow(0)
    log(office, named("Chen Ai"), qtbot)
    qtbot.waitUntil(lambda: names(page) == ["Bai Bo"])
    current = page.table.current()
    assert current is not None
    assert current.customer.name == "Bai Bo"
    chen = named("Chen Ai")
    assert chen.next_contact_on == date(2026, 12, 1)  # seven days on, as grade A asks
    assert chen.last_words == "Called back"
    assert office.workspace.undo() == "Log: Call with Chen Ai"
    qtbot.waitUntil(lambda: names(page) == ["Chen Ai", "Bai Bo"])


def test_who_covers_sees_the_absent_colleagues_customers(office: Session, qtbot: QtBot) -> None:
    li = office.read(people.person_named, "Li Si")
    with office.changing("Leave") as change:
        add_leave(change, li.id, date(2026, 11, 23), date(2026, 11, 26), cover_id=office.person_id)
    page = shown(office, qtbot)
    assert "Du Di" in names(page)
    covering = {due.customer.name: due.covering_for for due in page.table.records.rows}
    assert covering["Du Di"] == "Li Si"
    assert not page.table.isColumnHidden(7)


def test_a_manager_sees_the_whole_office_and_whose_customers_are_overdue(
    office: Session, qtbot: QtBot
) -> None:
    office.work_as(1, "Wang Min")
    page = shown(office, qtbot)
    assert names(page) == []
    page.scope.setCurrentIndex(1)
    qtbot.waitUntil(lambda: len(names(page)) == 3)
    assert {neglect.person_name for neglect in page.below.supervision.records.rows} == {
        "Zhang San",
        "Li Si",
    }
    with qtbot.waitSignal(page.neglect_wanted) as wanted:
        page.below.supervision.opened.emit(page.below.supervision.records.rows[0])
    assert wanted.args == [page.below.supervision.records.rows[0].person_id]


def test_a_salesperson_has_no_switch_to_the_office_and_no_supervision(page: TodayPage) -> None:
    assert page.scope.isHidden()
    assert page.below.supervision_part.isHidden()


def test_quotas_show_what_was_reached_of_what_is_asked(office: Session, qtbot: QtBot) -> None:
    assert office.person_id is not None
    with office.changing("Plan") as change:
        calls = measures.measure_with_code(change.connection, "calls")
        plan = plans.new_plan(change, title="November", period=periods.month(2026, 11))
        day = periods.containing(date(2026, 11, 24), "day")
        targets.set_values(
            change, plan, calls.id, "assigned", {Place(person(office.person_id), day): 40}
        )
    page = shown(office, qtbot)
    assert [card.figure.text() for card in page.quotas.cards] == ["0 / 40"]
    with office.changing("Log") as change:
        activities.log(
            change, person_id=office.person_id, kind="call", at=datetime(2026, 11, 24, 9)
        )
    qtbot.waitUntil(lambda: [card.figure.text() for card in page.quotas.cards] == ["1 / 40"])


def test_a_payment_due_stands_there_until_it_is_received(
    office: Session, named: Named, qtbot: QtBot
) -> None:
    assert office.person_id is not None
    with office.changing("Sell") as change:
        deal = selling.add_deal(
            change, customer_id=named("Chen Ai").id, amount=100_000_00,
            product_id=products.product_named(change.connection, "Flat 90").id,
            shares=[deals.Share(office.person_id, 10_000)],
            stages={"contracted": date(2026, 11, 1)},
        )  # fmt: skip
        payment = payments.add_payment(change, deal, 40_000_00, due_on=date(2026, 11, 20))
        payments.add_payment(change, deal, 60_000_00, due_on=date(2026, 12, 20))
    page = shown(office, qtbot)
    assert [payment_due.payment.amount for payment_due in page.below.payments.records.rows] == [
        40_000_00
    ]
    with office.changing("Received") as change:
        payments.pay(change, payment, date(2026, 11, 24))
    qtbot.waitUntil(page.below.payments_part.isHidden)


def test_enter_on_a_customer_opens_the_panel_and_the_cursor_leads_it(
    office: Session, qtbot: QtBot
) -> None:
    tab = CustomersTab(office)
    qtbot.addWidget(tab)
    tab.show()
    page = tab.show_page("today")
    assert isinstance(page, TodayPage)
    tab.close_panel()
    assert tab.panel.isHidden()
    page.table.selectRow(0)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert tab.panel.isVisible()
    assert tab.panel.name.text() == "Chen Ai"
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: tab.panel.name.text() == "Bai Bo")


def test_an_office_without_customers_is_helped_along(session: Session, qtbot: QtBot) -> None:
    desk_parent = CustomersTab(session)
    qtbot.addWidget(desk_parent)
    page = TodayPage(session, Desk(session, desk_parent))
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: not background.running)
    assert not page.table.isVisible()
    assert page.due.isVisible()


def test_what_was_read_of_an_office_that_was_lost_meanwhile_is_left(
    office: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_arguments: object, **_options: object) -> None:
        raise ReplacedOfficeError("The office was written over.")

    page = TodayPage(office, Desk(office, QWidget()))
    qtbot.addWidget(page)
    rest = office.read(
        today._rest, office.person_id, office.person_id, office.today, with_neglected=True
    )
    monkeypatch.setattr(office, "read", lost)
    page._show_rest(rest)  # says nothing: the window does
    monkeypatch.undo()
    page._show_rest(rest)
    assert [card.figure.text() for card in page.quotas.cards] == []
    assert not page.below.payments.records.rows


def test_a_summary_that_is_due_is_told_of_and_opens_with_one_click(
    office: Session, qtbot: QtBot
) -> None:
    page = shown(office, qtbot)
    assert page.notice.due_button.isHidden()
    me = office.person_id
    assert me is not None
    with office.workspace.change("Plan") as change:
        plans.new_plan(
            change, title="Autumn", period=periods.parse("2026-Q4"), who=person(me),
            reviewed="month",
        )  # fmt: skip
    qtbot.waitUntil(lambda: not page.notice.due_button.isHidden())
    assert page.notice.due_button.text() == "1 summary is due"
    with qtbot.waitSignal(page.summary_wanted) as told:
        qtbot.mouseClick(page.notice.due_button, Qt.MouseButton.LeftButton)
    [owed] = told.args
    assert (owed.kind, owed.start) == ("month", date(2026, 10, 1))


def test_todays_tasks_stand_below_and_are_ticked(office: Session, qtbot: QtBot) -> None:
    mine, other = office.person_id, office.read(people.person_named, "Li Si").id
    with office.workspace.change("Tasks") as change:
        tasks.add(change, words="Print the contract", person_id=mine, day=date(2026, 11, 20))
        tasks.add(change, words="Visit the school", person_id=mine, day=office.today)
        tasks.add(change, words="Tomorrow", person_id=mine, day=date(2026, 11, 25))
        tasks.add(change, words="Somebody else's", person_id=other, day=office.today)
    page = shown(office, qtbot)
    below = page.below

    def listed() -> list[str]:
        return [task.words for task in below.tasks.records.rows]

    assert listed() == ["Print the contract", "Visit the school"]
    below.tasks.pick(lambda task: task.words == "Print the contract")
    below.done.click()
    qtbot.waitUntil(lambda: listed() == ["Visit the school"])
    below.tasks.selectRow(0)
    below.tasks.opened.emit(below.tasks.records.rows[0])
    qtbot.waitUntil(below.tasks_part.isHidden)
    done = office.read(tasks.tasks_between, date(2026, 11, 20), office.today + timedelta(days=1))
    assert sorted(one.words for one in done if one.status == "done") == [
        "Print the contract", "Visit the school",
    ]  # fmt: skip
