"""Lists and forms that are made from the declaration of a kind: products, leave, hand counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from salesdesk.office import measures, people
from salesdesk.planning import hand_counts
from salesdesk.planning.record_kinds import KINDS
from salesdesk.records import records
from salesdesk.records.kinds import Kind
from salesdesk.sales import products
from salesdesk.workbooks import record_import, record_list
from tests.ui.conftest import TODAY
from tests.ui.counted import Counted
from ui.office.record_dialog import RecordDialog
from ui.shared import printing, record_page
from ui.shared.record_excel import RecordImportDialog
from ui.shared.record_form import RecordForm
from ui.shared.session import Session
from ui.shared.tables import PAGE

ACCEPTED = QDialog.DialogCode.Accepted


def form_of(qtbot: QtBot, session: Session, kind: Kind, name: str = "") -> RecordForm:
    """The form of a new record, or of the one that ``name`` finds."""
    record = None
    if name:
        [record] = session.read(records.page, kind, records.Wanted(name), actor_id=None)
    form = RecordForm(session, kind, record, None)
    qtbot.addWidget(form)
    return form


def names(dialog: RecordDialog) -> list[str]:
    return [records.named(dialog.page.kind, record) for record in dialog.page.table.records.rows]


def test_a_product_is_entered_in_yuan_and_kept_in_cents(qtbot: QtBot, session: Session) -> None:
    form = form_of(qtbot, session, products.KIND)
    form.fields["name"].setText("Garage")
    form.fields["price"].setText("12万")
    form.fields["profit_floor"].setText("3,000.50")
    form.fields["commission_rate"].setText("1.5")
    form.accept()
    assert form.result() == ACCEPTED
    garage = session.read(products.product_named, "Garage")
    assert (garage.price, garage.profit_floor, garage.commission_rate) == (12_000_000, 300_050, 150)
    assert garage.cost is None  # an empty field says nothing, not 0
    edit = form_of(qtbot, session, products.KIND, "garage")
    edit.fields["cost"].setText("0")
    edit.fields["active"].set_value(False)
    edit.accept()
    assert session.read(products.product_named, "Garage").cost == 0
    assert session.workspace.undo() == "Edit product: Garage"


def test_a_form_names_the_field_that_is_wrong_and_keeps_what_was_typed(
    qtbot: QtBot, session: Session
) -> None:
    form = form_of(qtbot, session, products.KIND)
    form.fields["name"].setText(" flat  90 ")
    form.fields["cost"].setText("cheap")
    form.accept()
    assert form.error.text() == "Cost: “cheap” is not a number."
    form.fields["cost"].setText("")
    form.accept()
    assert form.error.text() == "Flat 90 exists already."
    assert form.result() != ACCEPTED


def test_a_record_that_stays_where_it_is_is_read_and_painted_alone(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted(session, monkeypatch)
    dialog = RecordDialog(session, "product", None)
    qtbot.addWidget(dialog)
    dialog.show()
    table = dialog.page.table
    table.selectRow(1)
    counted.watch(table.records)
    shop = session.read(products.product_named, "Shop 40")
    version = table.records.rows[1].version
    counted.forget()
    with session.changing("Edit") as change:
        products.edit_product(change, shop.id, seen_version=version, price=95_000_000)
    assert (counted.readers, counted.rows, counted.anew) == (["records.page"], [1], 0)
    with session.changing("Edit") as change:  # one that belongs elsewhere now
        products.edit_product(change, shop.id, seen_version=version + 1, category="Arcades")
    assert names(dialog) == ["Shop 40", "Flat 90"]
    current = table.current()
    assert current is not None
    assert current.id == shop.id


def test_only_what_was_changed_is_written(qtbot: QtBot, session: Session) -> None:
    form = form_of(qtbot, session, products.KIND, "shop")
    shop = session.read(products.product_named, "Shop 40")
    with session.changing("") as change:
        products.edit_product(change, shop.id, seen_version=shop.version, category="Retail")
    form.accept()  # nothing was changed: nothing to refuse
    assert session.read(products.product_named, "Shop 40").category == "Retail"
    again = form_of(qtbot, session, products.KIND, "shop")
    with session.changing("") as change:
        products.edit_product(change, shop.id, seen_version=shop.version + 1, category="Shops")
    again.fields["price"].setText("1")
    again.accept()
    assert again.result() != ACCEPTED
    assert again.error.text()


def test_the_list_searches_filters_sorts_and_follows_changes(
    qtbot: QtBot, session: Session
) -> None:
    dialog = RecordDialog(session, "product", None)
    qtbot.addWidget(dialog)
    dialog.show()
    page = dialog.page
    assert names(dialog) == ["Flat 90", "Shop 40"]
    page.table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert names(dialog) == ["Shop 40", "Flat 90"]
    page.table.pick(lambda record: record.values["name"] == "Shop 40")
    with session.changing("") as change:
        products.add_product(change, "Garage", price=1, active=False)
    assert names(dialog) == ["Garage", "Shop 40", "Flat 90"]
    current = page.table.current()
    assert current is not None
    assert current.values["name"] == "Shop 40"
    page.filters["active"].set_value(True)
    assert names(dialog) == ["Shop 40", "Flat 90"]
    page.search.setText("sho")
    assert names(dialog) == ["Shop 40"]
    assert page.number.text() == "1 entry"
    assert page.delete_button.isHidden()


def test_a_count_is_typed_in_its_measures_decimals_listed_by_month_and_deleted(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with session.changing("") as change:
        measures.add(change, "Leaflets", "pieces")
        area = measures.add(change, "Area", "m²", 2)
    form = form_of(qtbot, session, hand_counts.KIND)
    form.fields["value"].setText("12.5")
    form.accept()
    assert "12.5" in form.error.text()  # leaflets are whole
    form.fields["measure_id"].set_value(area)
    form.fields["person_id"].set_value(session.read(people.person_named, "Li Si").id)
    form.accept()
    assert form.result() == ACCEPTED
    dialog = RecordDialog(session, "count", None)
    qtbot.addWidget(dialog)
    assert names(dialog) == [f"Area · Li Si · {TODAY} · 12.5"]
    dialog.page.month.setCurrentIndex(2)  # October
    assert names(dialog) == []
    dialog.page.month.setCurrentIndex(1)
    dialog.page.table.selectRow(0)
    monkeypatch.setattr(record_page, "ask", lambda *_arguments, **_options: True)
    dialog.page.delete_button.click()
    assert session.read(records.count, hand_counts.KIND, actor_id=None) == 0
    assert session.workspace.undo() == f"Delete count: Area · Li Si · {TODAY} · 12.5"


def test_models_of_the_lists_keep_qts_rules(
    qtbot: QtBot, qtmodeltester: ModelTester, session: Session
) -> None:
    for kind in KINDS:
        dialog = RecordDialog(session, kind.code, None)
        qtbot.addWidget(dialog)
        qtmodeltester.check(dialog.page.table.records, force_py=True)


def test_a_list_goes_out_to_excel_and_comes_back_by_a_preview(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "products.xlsx"
    record_list.write(session.workspace, products.KIND, path)
    book = load_workbook(path)
    book.worksheets[0]["E2"] = "dear"
    book.save(path)
    dialog = RecordImportDialog(
        session, record_import.read(session.workspace, products.KIND, path), None
    )
    qtbot.addWidget(dialog)
    assert [cell_error.cell for cell_error in dialog.wrong.records.rows] == ["E2"]
    assert not dialog.take_button.isEnabled()
    book.worksheets[0]["E2"] = 1_750_000
    book.worksheets[0]["B4"] = "Garage"
    book.save(path)
    book.close()
    dialog = RecordImportDialog(
        session, record_import.read(session.workspace, products.KIND, path), None
    )
    qtbot.addWidget(dialog)
    assert dialog.rows.as_text(dialog.rows.records.rows).splitlines()[1:] == [
        "2\tFlat 90\tPrice: 1,800,000 → 1,750,000",
        "4\tNew product\tProduct name: Garage; Price: 0; Commission: 0%; State: On sale",
    ]  # fmt: skip
    dialog.take_button.click()
    assert dialog.result() == ACCEPTED
    assert session.read(products.product_named, "Garage").price == 0
    assert session.read(products.product_named, "Flat 90").price == 175_000_000


def test_who_may_not_is_shown_grey_buttons(qtbot: QtBot, session: Session) -> None:
    dialog = RecordDialog(session, "product", None)
    qtbot.addWidget(dialog)
    dialog.page.table.selectRow(0)
    buttons = (dialog.page.new_button, dialog.page.edit_button, dialog.page.import_button)
    assert [push_button.isEnabled() for push_button in buttons] == [True, True, True]
    zhang = session.read(people.person_named, "Zhang San")
    session.work_as(zhang.id, zhang.name)
    dialog.page.table.selectRow(0)
    assert [push_button.isEnabled() for push_button in buttons] == [False, False, False]
    assert "Change products" in dialog.page.new_button.toolTip()


def test_the_list_is_printed_whole_as_it_was_narrowed_down(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with session.changing("") as change:
        for number in range(PAGE + 5):
            products.add_product(change, f"Lot {number:03}", price=number)
    printed: list[tuple[object, ...]] = []
    monkeypatch.setattr(printing, "print_listing", lambda *given: printed.append(given))
    dialog = RecordDialog(session, "product", None)
    qtbot.addWidget(dialog)
    dialog.page.search.setText("lot")
    dialog.page.filters["active"].set_value(True)
    dialog.page.print_current()
    [(_page, _session, title, subtitle, columns, rows)] = printed
    assert (title, subtitle) == ("Products", "On sale · lot")
    assert isinstance(rows, list)
    assert isinstance(columns, list)
    assert len(rows) == PAGE + 5
    assert len(columns) == len(products.KIND.fields)
