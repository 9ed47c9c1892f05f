"""The Chinese catalogue is complete, and what could make it incomplete unseen is noticed."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from salesdesk import text
from scripts import translations


def catalogue_of(entries: str) -> Catalog:
    """A catalogue with these entries."""
    head = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    return read_po(BytesIO(f"{head}{entries}".encode()), locale="zh_CN")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program of one file that says a few things."""
    (tmp_path / "ui").mkdir()
    (tmp_path / "salesdesk").mkdir()
    lines = [
        '_("Save")',
        'mark("Month {number}")',
        'ngettext("{count} row", "{count} rows", 3)',
    ]
    (tmp_path / "ui" / "page.py").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


GOOD = """
msgid "Save"
msgstr "保存"

msgid "Month {number}"
msgstr "{number}月"

msgid "{count} row"
msgid_plural "{count} rows"
msgstr[0] "{count}行"
"""


def test_every_text_of_the_program_is_translated() -> None:
    texts = translations.extract(translations.ROOT)
    assert len(texts) > 500, "the texts weren't found"
    assert translations.faults(texts, translations.read(translations.CATALOGUE)) == []


def test_no_text_of_the_program_is_put_together_before_it_is_translated() -> None:
    assert translations.unreadable_texts(translations.ROOT) == []


def test_a_complete_catalogue_has_no_faults(program: Path) -> None:
    assert translations.faults(translations.extract(program), catalogue_of(GOOD)) == []


@pytest.mark.parametrize(
    ("good", "bad", "fault"),
    [
        ('msgid "Save"\nmsgstr "保存"', "", "ui/page.py: not in the catalogue: 'Save'"),
        ('"保存"', '""', "ui/page.py: not translated: 'Save'"),
        ('"{count}行"', '""', "ui/page.py: not translated: '{count} row'"),
        ('msgid "Save"', '#, fuzzy\nmsgid "Save"', "ui/page.py: marked as doubtful: 'Save'"),
        (
            '"{number}月"',
            '"{nummer}月"',
            "ui/page.py: placeholders differ (number expected): 'Month {number}'",
        ),
        (
            '"{count}行"',
            '"行"',
            "ui/page.py: placeholders differ (count expected): '{count} row'",
        ),
        (
            'msgid "Save"',
            'msgid "Open"\nmsgstr "打开"\n\nmsgid "Save"',
            "no longer in the sources: 'Open'",
        ),
        (
            'msgid "Save"',
            '#~ msgid "Open"\n#~ msgstr "打开"\n\nmsgid "Save"',
            "left over as a comment: 'Open'",
        ),
    ],
)
def test_a_fault_of_the_catalogue_is_named(program: Path, good: str, bad: str, fault: str) -> None:
    assert good in GOOD
    catalogue = catalogue_of(GOOD.replace(good, bad, 1))
    assert translations.faults(translations.extract(program), catalogue) == [fault]


@pytest.mark.parametrize(
    "line",
    [
        '_(f"{count} rows")',
        '_("{count} rows".format(count=3))',
        '_("Save " + name)',
        '_("Save %s" % name)',
        'mark(f"{count} rows")',
        'ngettext("{count} row", f"{count} rows", 3)',
    ],
)
def test_a_text_put_together_before_it_is_translated_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "page.py").write_text(f"\n{line}\n", encoding="utf-8")
    (fault,) = translations.unreadable_texts(tmp_path)
    assert fault.startswith("ui/page.py:2: ")


def test_the_compiled_catalogue_speaks_chinese() -> None:
    text.set_language("zh")
    assert text._("Save") == "保存"
