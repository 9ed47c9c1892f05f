"""Keeps the Chinese catalogue: gathers texts from the sources, finds its faults, compiles it.

python scripts/translations.py update      take new texts in, drop those no longer used
python scripts/translations.py compile     .po to .mo, which the program reads
python scripts/translations.py check       list what is missing or wrong; status 1 if anything
"""

from __future__ import annotations

import ast
import re
import string
import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import takewhile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "resources" / "i18n" / "zh_CN.po"
#: Folders whose Python files speak to people.
SOURCES = ("salesdesk", "ui")
#: What marks a text, and which arguments hold it.
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "mark": None, "ngettext": (1, 2)}
_WIDTH = 100


def main(arguments: list[str]) -> int:
    """Do what the one argument names; the exit status."""
    if arguments == ["update"]:
        update()
        compile_catalogue()
    elif arguments == ["compile"]:
        compile_catalogue()
    elif arguments == ["check"]:
        problems = [*unreadable_texts(ROOT), *faults(extract(ROOT), read(CATALOGUE))]
        for fault in problems:
            print(fault)
        return 1 if problems else 0
    else:
        print("usage: translations.py update|compile|check", file=sys.stderr)
        return 2
    return 0


def extract(root: Path) -> Catalog:
    """The texts marked in the sources below ``root``, each with the files it stands in."""
    catalogue = Catalog()
    for path in source_files(root):
        place = path.relative_to(root).as_posix()
        for _line, text, _comments, context in extract_from_file("python", path, keywords=KEYWORDS):
            # Without lines: moving a text within its file leaves the catalogue as it is.
            catalogue.add(text, locations=[(place, 0)], context=context)
    return catalogue


def source_files(root: Path) -> Iterator[Path]:
    """The Python files that speak to people, in order of their names."""
    for folder in SOURCES:
        yield from sorted((root / folder).rglob("*.py"))


def read(path: Path) -> Catalog:
    """The catalogue at ``path``."""
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN")


def update() -> None:
    """Bring the catalogue to the sources: new texts empty, texts gone away dropped."""
    catalogue = read(CATALOGUE)
    # A text that resembles another isn't a translation of it: nothing is guessed.
    catalogue.update(extract(ROOT), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    file = BytesIO()
    write_po(file, catalogue, width=_WIDTH, sort_by_file=True, include_lineno=False)
    written = file.getvalue().decode()
    # The glossary above the first entry is kept as it is laid out; Babel would run it together.
    glossary = _leading_comments(CATALOGUE.read_text(encoding="utf-8"))
    entries = written.removeprefix(_leading_comments(written))
    CATALOGUE.write_text(glossary + entries, encoding="utf-8", newline="\n")
    empty = sum(not all(_parts(message.string)) for message in catalogue if message.id)
    print(f"{len(catalogue)} texts, {empty} without a translation")


def _leading_comments(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(takewhile(lambda line: line.startswith("#"), lines))


def compile_catalogue() -> None:
    """Write the .mo file beside every .po file."""
    for path in sorted(CATALOGUE.parent.glob("*.po")):
        compiled = BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=path.stem))
        path.with_suffix(".mo").write_bytes(compiled.getvalue())


def faults(texts: Catalog, catalogue: Catalog) -> list[str]:
    """What is missing, doubtful, wrong or left over in ``catalogue``, a sentence each."""
    sentences = []
    for message in texts:
        if not message.id:
            continue
        known = catalogue.get(message.id, message.context)
        where = message.locations[0][0]
        if known is None:
            sentences.append(f"{where}: not in the catalogue: {_shown(message)}")
        elif not all(_parts(known.string)):
            sentences.append(f"{where}: not translated: {_shown(message)}")
        elif known.fuzzy:
            sentences.append(f"{where}: marked as doubtful: {_shown(message)}")
        else:
            sentences.extend(_placeholder_faults(known, where))
    for message in catalogue:
        if message.id and texts.get(message.id, message.context) is None:
            sentences.append(f"no longer in the sources: {_shown(message)}")
    sentences.extend(
        f"left over as a comment: {_shown(message)}" for message in catalogue.obsolete.values()
    )
    return sentences


def _placeholder_faults(message: Message, where: str) -> Iterator[str]:
    # Chinese has one form, which stands for the English plural.
    source = placeholders(_parts(message.id)[-1])
    for text in _parts(message.string):
        if placeholders(text) != source:
            names = ", ".join(sorted(source)) or "none"
            yield f"{where}: placeholders differ ({names} expected): {_shown(message)}"


def placeholders(text: str) -> set[str]:
    """The names in braces that ``str.format`` would fill in."""
    try:
        fields = list(string.Formatter().parse(text))
    except ValueError:  # a brace that opens nothing; reported as a difference
        return {text}
    return {re.split(r"[.\[]", name)[0] for _words, name, _spec, _how in fields if name is not None}


def unreadable_texts(root: Path) -> list[str]:
    """Calls of ``_`` and the like whose text no catalogue could hold, each with its place.

    The text is put together before the call sees it: an f-string, a sum, a formatted text.
    """
    sentences = []
    for path in source_files(root):
        tree = ast.parse(path.read_text(encoding="utf-8"), path.name)
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id not in KEYWORDS:
                continue
            for number in KEYWORDS[node.func.id] or (1,):
                if number <= len(node.args) and _put_together(node.args[number - 1]):
                    place = path.relative_to(root).as_posix()
                    sentences.append(f"{place}:{node.lineno}: put together before it is translated")
    return sentences


def _put_together(text: ast.expr) -> bool:
    if isinstance(text, ast.Call) and isinstance(text.func, ast.Attribute):
        return text.func.attr in ("format", "join", "replace")
    return isinstance(text, ast.JoinedStr | ast.BinOp)


def _parts(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """Singular and plural, or the one form there is."""
    return [text or ""] if isinstance(text, str | None) else list(text)


def _shown(message: Message) -> str:
    return repr(_parts(message.id)[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
