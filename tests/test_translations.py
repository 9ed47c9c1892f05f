"""The Chinese catalogue is complete, and what could make it incomplete unseen is noticed."""

from __future__ import annotations

import ast
import re
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


#: Counts that are never one: the program's own limits, and what is said of several only.
_NEVER_ONE = {
    "That is too much for a plan: {count} characters, at most {most}.",
    "That is too much for a plan: {count} lines, at most {most}.",
    "A plan has at most {most} lines.",
    "Customers are looked for over 1 to {most} days.",
    "Customers are contacted every 1 to {most} days.",
    "A table of figures has 1 to {most} measures.",
    "happened on {day}, {done} of {of} steps done",
    "Line {number} prepares for nothing.",
    "{field}: at most {longest} characters, not {count}.",
    "{count} customers could be meant by {name}; give the number: {known}…",
    "Grade {count} customers: {grade}",
    "Hand over {count} customers to {person}",
    "A PIN has from {shortest} to {longest} characters, without spaces around it.",
    "At least {count} characters; empty: no PIN.",
    "A password has at most {longest} characters; this one has {count}.",
    "{name} holds more than {count} characters: too much for a plan.",
    "{name} was not read: a cell in it holds more than {count} characters.",
    "{name}, line {line}: a text has more than {count} characters. Is a quotation mark missing?",
    "{count} changed figures are those of the row above: did they slip by one row?",
    "{count} changed figures are those of the row below: did they slip by one row?",
    "{count} changed figures are those of the column before: did they slip by one?",
    "{count} changed figures are those of the column after: did they slip by one?",
    "The first {count} rows are shown. {more}",
    "{count} parts are too many for own percentages.",
    "{count} targets",
    "The copied block is {tall} × {wide} cells (rows × columns); from here on there is only room "
    "for {rows} × {columns}. Nothing was pasted.",
}
#: What isn't counted, and words with an s at their end that are no plurals.
_NO_COUNT = (
    "name|path|person|text|product|place|cell|day|month|period|folder|lock|old|first|printer|kind"
)
_NO_PLURAL = "is|was|has|this|its|perhaps|as|less"
_COUNTED = re.compile(
    rf"\{{(?!(?:{_NO_COUNT})\b)(\w+)[^}}]*\}} (?:[a-z]+ )?"
    rf"(?!(?:{_NO_PLURAL})\b)(?:[a-z]+s|people)\b(?!')"
)


def uncounted(source: str) -> list[str]:
    """Texts of a module that would say "1 customers": counts that don't go through ngettext."""
    return [
        text
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id in ("_", "mark") and node.args and isinstance(node.args[0], ast.Constant)
        if isinstance(text := node.args[0].value, str) and _COUNTED.search(text)
    ]


def test_what_is_counted_is_said_of_one_and_of_many() -> None:
    assert uncounted('_("{count} new customers"), _("{name} has left"), mark("{rows} rows")') == [
        "{count} new customers", "{rows} rows",
    ]  # fmt: skip
    root = Path(__file__).parents[1]
    modules = [*root.glob("salesdesk/**/*.py"), *root.glob("ui/**/*.py")]
    texts = {text for module in modules for text in uncounted(module.read_text(encoding="utf-8"))}
    assert texts - _NEVER_ONE == set()
    assert _NEVER_ONE - texts == set()  # none that is no longer said


def test_lists_are_joined_as_the_language_does_it() -> None:
    """Lists in messages go through text.joined; SQL and the program's faults are no messages."""
    root = Path(__file__).parents[1]
    allowed = ("salesdesk/storage/", "salesdesk/text.py", "salesdesk/records/", "ui/main_window.py")
    found = [
        f"{path.relative_to(root)}:{number}"
        for folder in ("salesdesk", "ui")
        for path in (root / folder).rglob("*.py")
        if not str(path.relative_to(root)).startswith(allowed)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"""["'], ["']\)?\.join""", line)
    ]
    assert found == []
