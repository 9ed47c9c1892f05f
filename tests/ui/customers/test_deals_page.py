"""Deals: entered with shares and a floor that must be confirmed, dated, paid, cancelled."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from salesdesk.office import approvals, people, rights, stored
from salesdesk.sales import deals, products, selling
from salesdesk.sales.deals import Deal
from tests.ui.customers.conftest import Named
from ui.customers import payments
from ui.customers.deal_dialogs import CancelForm, StagesForm
from ui.customers.deal_form import DealForm
from ui.customers.deals_page import DealsPage
from ui.customers.payments import PaymentForm, PaymentsDialog, ReceiveForm
from ui.customers.tab import CustomersTab
from ui.shared import background
from ui.shared.session import Session

ACCEPTED = QDialog.DialogCode.Accepted


@pytest.fixture(autouse=True)
def rights_as_declared(office: Session) -> None:
    """Everybody may what their role may, as in an office that adjusted nothing."""
    with office.workspace.unrecorded() as change:
        stored.put(change, rights.SETTING, None)


@pytest.fixture
def deal(office: Session, named: Named) -> Deal:
    """A flat for 1,800,000 yuan, contracted with Chen Ai on 5 November."""
    assert office.person_id is not None
    with office.changing("Sell") as change:
        made = selling.add_deal(
            change, customer_id=named("Chen Ai").id, amount=180_000_000, cost=150_000_000,
            product_id=products.product_named(change.connection, "Flat 90").id,
            shares=[deals.Share(office.person_id, 10_000)], unit_label="3-1-502",
            stages={"intention": date(2026, 10, 28), "contracted": date(2026, 11, 5)},
        )  # fmt: skip
    return office.read(deals.deal_by_id, made)


@pytest.fixture
def page(office: Session, deal: Deal, qtbot: QtBot) -> DealsPage:
    """The page with the deal on it."""
    tab = CustomersTab(office)
    qtbot.addWidget(tab)
    tab.resize(1200, 720)
    tab.show()
    page = tab.show_page("deals")
    assert isinstance(page, DealsPage)
    qtbot.waitUntil(lambda: not background.running)
    return page


def form_for(office: Session, named: Named, qtbot: QtBot, product: str = "Flat 90") -> DealForm:
    form = DealForm(office, None, named("Chen Ai"), None)
    qtbot.addWidget(form)
    form.show()
    form.product.set_value(office.read(products.product_named, product).id)
    return form


def test_amount_and_cost_follow_product_and_quantity_until_typed(
    office: Session, named: Named, qtbot: QtBot
) -> None:
    flat = office.read(products.product_named, "Flat 90")
    sit_down(office, "Wang Min")
    with office.changing("Cost") as change:
        products.edit_product(change, flat.id, seen_version=flat.version, cost=150_000_000)
    sit_down(office, "Zhang San")
    form = form_for(office, named, qtbot)
    assert (form.amount.value(), form.cost.value()) == (180_000_000, 150_000_000)
    form.quantity.setValue(2)
    assert (form.amount.value(), form.cost.value()) == (360_000_000, 300_000_000)
    form.amount.clear()
    qtbot.keyClicks(form.amount, "3,500,000")
    form.quantity.setValue(3)
    assert form.amount.value() == 350_000_000


def test_a_shared_deal_is_entered_by_one_undo(office: Session, named: Named, qtbot: QtBot) -> None:
    form = form_for(office, named, qtbot)
    form.shares.add_person()
    form.shares.split_equally()
    form.stages.set_value("subscribed")
    form.day.set_value(date(2026, 11, 23))
    form.accept()
    assert form.result() == ACCEPTED
    made = office.read(deals.deals)[0]
    assert (made.state, made.subscribed_on) == ("subscribed", date(2026, 11, 23))
    assert [share.basis_points for share in office.read(deals.shares, made.id)] == [5_000, 5_000]
    assert office.workspace.undo() == "Subscription of Chen Ai: Flat 90, 1,800,000.00"
    assert office.read(deals.deals) == []


def test_shares_that_dont_sum_to_all_are_refused_by_their_sum(
    office: Session, named: Named, qtbot: QtBot
) -> None:
    form = form_for(office, named, qtbot)
    form.shares.lines[0].part.setText("60")
    assert form.shares.sum.text() == "Sum 60 %"
    form.accept()
    assert form.result() != ACCEPTED
    assert "60 %" in form.error.text()
    form.shares.add_person()
    assert form.shares.lines[1].part.value() == 4_000
    form.accept()
    assert form.result() == ACCEPTED


def sit_down(office: Session, name: str) -> int:
    """Let somebody else work at it; the id."""
    person = office.read(people.person_named, name)
    office.work_as(person.id, person.name)
    return person.id


def test_a_manager_confirms_a_profit_below_the_floor(
    office: Session, named: Named, qtbot: QtBot
) -> None:
    sit_down(office, "Wang Min")
    form = form_for(office, named, qtbot, "Shop 40")
    assert not form.approval.isVisible()
    form.cost.setText("880,000")  # 20,000 yuan of profit; the floor is 50,000
    form.cost.textEdited.emit("880,000")
    assert form.approval.isVisible()
    assert "30,000" in form.approval.warning.text()
    form.accept()
    assert form.result() != ACCEPTED
    assert office.read(deals.deals) == []
    form.approval.box.setChecked(True)
    form.stages.set_value("contracted")
    form.approval.box.setChecked(True)
    form.accept()
    assert form.result() == ACCEPTED
    assert office.read(deals.deals)[0].cost == 88_000_000


def test_a_salesperson_asks_for_a_deal_below_the_floor_and_dates_it_once_granted(
    office: Session, named: Named, qtbot: QtBot
) -> None:
    manager = sit_down(office, "Wang Min")
    shop = office.read(products.product_named, "Shop 40")
    with office.changing("Cost") as change:
        products.edit_product(change, shop.id, seen_version=shop.version, cost=80_000_000)
    sit_down(office, "Zhang San")
    form = form_for(office, named, qtbot, "Shop 40")
    form.stages.set_value("contracted")
    form.amount.clear()
    qtbot.keyClicks(form.amount, "840,000")
    assert "10,000.00 yuan below the floor" in form.approval.warning.text()
    form.accept()
    assert "approval" in form.error.text()
    form.approval.box.setChecked(True)
    form.accept()
    assert "why" in form.error.text()
    form.approval.reason.setPlainText("The last shop of the row")
    assert "kept as an intention" in form.approval.consequence.text()
    form.accept()
    assert form.result() == ACCEPTED
    kept = office.read(deals.deals)[0]
    assert kept.state == "intention"
    dates = StagesForm(office, kept, None)
    qtbot.addWidget(dates)
    dates.days["contracted"].set_value(date(2026, 11, 24))
    dates.accept()
    assert "ask for approval" in dates.error.text()
    [request] = office.read(approvals.waiting, manager)
    sit_down(office, "Wang Min")
    with office.changing("Grant") as change:
        approvals.decide(change, request.id, True)
    sit_down(office, "Zhang San")
    dates.accept()
    assert office.read(deals.deal_by_id, kept.id).state == "contracted"


def test_who_may_not_see_costs_sees_none_in_form_and_list(
    office: Session, deal: Deal, named: Named, page: DealsPage, qtbot: QtBot
) -> None:
    titles = [page.table.records.headerData(at, Qt.Orientation.Horizontal) for at in range(8)]
    profit = titles.index("Profit")
    assert not page.table.isColumnHidden(profit)
    sit_down(office, "Wang Min")
    with office.changing("Rights") as change:
        rights.adjust(change, "costs.see", "salesperson", "none")
    sit_down(office, "Zhang San")
    page.refresh()
    qtbot.waitUntil(lambda: page.table.isColumnHidden(profit))
    assert "profit" not in page.sums.text()
    seen = office.read(deals.deal_by_id, deal.id, viewer_id=office.person_id)
    form = DealForm(office, seen, named("Chen Ai"), None)
    qtbot.addWidget(form)
    form.show()
    assert not form.cost.isVisible()
    form.note.setPlainText("Wants the keys in May")
    form.accept()
    assert form.result() == ACCEPTED
    assert office.read(deals.deal_by_id, deal.id).cost == 150_000_000


def test_a_colleague_s_deals_are_greyed_with_the_reason(
    office: Session, deal: Deal, page: DealsPage, qtbot: QtBot
) -> None:
    page.table.selectRow(0)
    for button in (page.edit_button, page.stages_button, page.cancel_button):
        assert button.isEnabled()
    sit_down(office, "Li Si")
    page.refresh()
    qtbot.waitUntil(lambda: not page.edit_button.isEnabled())
    assert not page.cancel_button.isEnabled()
    assert "your own" in page.edit_button.toolTip()
    assert page.payments_button.isEnabled()
    dialog = PaymentsDialog(office, deal, None)
    qtbot.addWidget(dialog)
    assert not dialog.new_button.isEnabled()


def test_a_new_deal_s_people_follow_the_customer_until_they_are_chosen(
    office: Session, named: Named, qtbot: QtBot
) -> None:
    sit_down(office, "Wang Min")
    form = DealForm(office, None, None, None)
    qtbot.addWidget(form)
    form.customer.take(named("Du Di"))
    li = office.read(people.person_named, "Li Si").id
    assert [share.person_id for share in form.shares.value()] == [li]
    form.shares.add_person()
    form.customer.take(named("Chen Ai"))
    assert form.shares.lines[0].person.value() == li


def test_an_unknown_cost_is_a_dash_and_named_beside_the_sum(
    office: Session, deal: Deal, named: Named, page: DealsPage, qtbot: QtBot
) -> None:
    with office.changing("Sell") as change:
        selling.add_deal(
            change, customer_id=deal.customer_id, product_id=deal.product_id, amount=1_000_000_00,
            cost=None, stages={"contracted": date(2026, 11, 6)},
        )  # fmt: skip
    qtbot.waitUntil(lambda: len(page.table.records.rows) == 2)
    assert "profit 30.00 (cost known for 1 of 2)" in page.sums.text()
    assert page.table.records.index(0, 6).data() == "–"


def test_a_payment_is_corrected(office: Session, deal: Deal, qtbot: QtBot) -> None:
    dialog = PaymentsDialog(office, deal, None)
    qtbot.addWidget(dialog)
    form = PaymentForm(office, deal, dialog)
    form.amount.setText("500,000")
    form.accept()
    dialog.table.selectRow(0)
    stored = dialog.table.current()
    assert stored is not None
    edited = PaymentForm(office, deal, dialog, stored)
    qtbot.addWidget(edited)
    assert (edited.kind.value(), edited.amount.value()) == ("due", 50_000_000)
    edited.amount.setText("400,000")
    edited.note.setText("By cheque")
    edited.accept()
    assert edited.result() == ACCEPTED
    [after] = office.read(deals.payments, deal.id)
    assert (after.amount, after.note) == (40_000_000, "By cheque")


def test_the_product_of_a_deal_on_sale_no_longer_stays(
    office: Session, deal: Deal, named: Named, qtbot: QtBot
) -> None:
    flat = office.read(products.product_named, "Flat 90")
    sit_down(office, "Wang Min")
    with office.changing("Discontinue") as change:
        products.edit_product(change, flat.id, seen_version=flat.version, active=False)
    form = DealForm(office, deal, named("Chen Ai"), None)
    qtbot.addWidget(form)
    assert form.product.value() == flat.id
    assert form.amount.value() == 180_000_000
    form.note.setPlainText("Wants the keys in May")
    form.accept()
    assert office.read(deals.deal_by_id, deal.id).note == "Wants the keys in May"


def test_all_stages_move_at_once_and_out_of_order_is_refused(
    office: Session, deal: Deal, qtbot: QtBot
) -> None:
    form = StagesForm(office, deal, None)
    qtbot.addWidget(form)
    assert form.days["subscribed"].value() is None
    form.days["intention"].set_value(date(2026, 11, 10))
    form.accept()
    assert "order" in form.error.text()
    form.days["contracted"].set_value(date(2026, 11, 12))
    form.accept()
    assert form.result() == ACCEPTED
    moved = office.read(deals.deal_by_id, deal.id)
    assert (moved.intention_on, moved.subscribed_on, moved.contracted_on) == (
        date(2026, 11, 10), None, date(2026, 11, 12),
    )  # fmt: skip


def test_a_cancellation_needs_a_reason_and_can_be_taken_back(
    office: Session, deal: Deal, page: DealsPage, qtbot: QtBot
) -> None:
    form = CancelForm(office, deal, None)
    qtbot.addWidget(form)
    form.accept()
    assert form.result() != ACCEPTED
    form.reason.setPlainText("The loan was refused")
    form.accept()
    qtbot.waitUntil(lambda: page.table.records.rows[0].state == "cancelled")
    page.table.selectRow(0)
    assert page.cancel_button.isHidden()
    page.revive_button.click()
    qtbot.waitUntil(lambda: page.table.records.rows[0].state == "contracted")


def test_payments_due_received_and_refunded_make_what_is_outstanding(
    office: Session, deal: Deal, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = PaymentsDialog(office, deal, None)
    qtbot.addWidget(dialog)
    for kind, amount in (("due", "500,000"), ("received", "20万"), ("refund", "1万")):
        form = PaymentForm(office, deal, dialog)
        form.kind.set_value(kind)
        form.amount.setText(amount)
        form.accept()
        assert form.result() == ACCEPTED
    assert office.read(deals.deal_by_id, deal.id).paid == 19_000_000
    assert "outstanding 1,610,000" in dialog.sums.text()
    dialog.table.pick(lambda payment: payment.paid_on is None)
    assert dialog.receive_button.isEnabled()
    due = dialog.table.current()
    assert due is not None
    ReceiveForm(office, due, deal.customer_name, dialog).accept()
    assert office.read(deals.deal_by_id, deal.id).paid == 69_000_000
    assert office.workspace.undo() == "Received: 500,000.00 of Chen Ai: Flat 90 3-1-502"
    monkeypatch.setattr(payments, "ask", lambda *_arguments, **_options: True)
    dialog.table.pick(lambda payment: payment.amount < 0)
    dialog.delete_button.click()
    assert office.read(deals.deal_by_id, deal.id).paid == 20_000_000


def test_a_payment_of_nothing_is_refused(office: Session, deal: Deal, qtbot: QtBot) -> None:
    form = PaymentForm(office, deal, None)
    qtbot.addWidget(form)
    assert form.amount.value() == 180_000_000  # what is outstanding is proposed
    form.amount.setText("0")
    form.accept()
    assert form.result() != ACCEPTED


def test_the_list_and_its_sums_follow_month_state_and_person(
    office: Session, page: DealsPage, qtbot: QtBot
) -> None:
    assert len(page.table.records.rows) == 1
    assert "profit 30.00" in page.sums.text()
    page.month.set_value(202609)
    qtbot.waitUntil(lambda: not page.table.records.rows)
    assert page.sums.text().startswith("0 deals")
    page.month.set_value(202610)  # the intention was in October
    qtbot.waitUntil(lambda: len(page.table.records.rows) == 1)
    page.person.set_value(office.read(people.person_named, "Li Si").id)
    qtbot.waitUntil(lambda: not page.table.records.rows)
    page.show_all()
    qtbot.waitUntil(lambda: len(page.table.records.rows) == 1)


def test_the_list_keeps_qts_rules(page: DealsPage, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(page.table.records, force_py=True)


def test_a_deal_undone_while_its_payments_are_open_closes_them(
    office: Session, deal: Deal, qtbot: QtBot
) -> None:
    dialog = PaymentsDialog(office, deal, None)
    qtbot.addWidget(dialog)
    dialog.show()
    assert office.workspace.undo() == "Contract of Chen Ai: Flat 90 3-1-502, 1,800,000.00"
    assert not dialog.isVisible()
