"""Plans come as Word or text files of any origin: read, or refused in a sentence."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from salesdesk.errors import Cancelled, InputError
from salesdesk.planning.reading.outline import Line
from salesdesk.workbooks.document_reader import read_document
from salesdesk.workbooks.foreign import limits

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_STYLES = (
    f"<w:styles {_W}>"
    '<w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="own"><w:name w:val="章"/><w:basedOn w:val="1"/></w:style>'
    '<w:style w:styleId="deep"><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>'
    '<w:style w:styleId="dots"><w:name w:val="List Bullet 2"/></w:style>'
    "</w:styles>"
)


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def docx(path: Path, body: str, **parts: bytes) -> Path:
    """A Word document of which ``body`` is what stands in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/styles.xml", _STYLES)
        archive.writestr(
            "word/document.xml", f"<w:document {_W}><w:body>{body}</w:body></w:document>"
        )
        for name, content in parts.items():
            archive.writestr(f"word/media/{name}", content)
    return path


def test_headings_lists_tables_and_breaks_of_a_word_document(tmp_path: Path) -> None:
    cell = "<w:tc>{}</w:tc>"
    row = "".join(cell.format(paragraph(text)) for text in ("电话", "每天40个", "张三"))
    path = docx(
        tmp_path / "计划.docx",
        paragraph("总则", '<w:pStyle w:val="1"/>')
        + paragraph("目标", '<w:pStyle w:val="own"/>')
        + paragraph("细则", '<w:pStyle w:val="deep"/>')
        + paragraph("每周8台", '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr>')
        + paragraph("先约好", '<w:pStyle w:val="dots"/>')
        + f"<w:tbl><w:tr>{row}</w:tr></w:tbl>"
        + "<w:p><w:r><w:t>上</w:t><w:br/><w:t>下</w:t></w:r></w:p>"
        + "<w:p><w:del><w:r><w:delText>旧的</w:delText><w:t>旧的</w:t></w:r></w:del>"
        + "<w:r><w:t>新的</w:t><w:tab/><w:instrText>PAGE</w:instrText></w:r></w:p>"
        + paragraph(""),
        picture=random.Random(1).randbytes(200_000),
    )
    assert read_document(path) == [
        Line("总则", 0), Line("目标", 0), Line("细则", 2), Line("每周8台", None, 1),
        Line("先约好", None, 1), Line("电话:每天40个, 张三", None, 0),
        Line("上"), Line("下"), Line("新的"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("ending", [".txt", ".md"])
def test_texts_are_read_in_the_encodings_in_use(tmp_path: Path, encoding: str, ending: str) -> None:
    path = tmp_path / f"计划{ending}"
    path.write_bytes("一、目标\r\n每天打40个电话\r\n".encode(encoding))
    assert read_document(path) == [Line("一、目标"), Line("每天打40个电话")]


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(limits.MAX_FILE_BYTES + 1)


def _bomb(path: Path) -> None:
    docx(path, paragraph("a" * (60 << 20)))


def _lying(path: Path) -> None:
    docx(path, paragraph("a" * 300_000))
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("word/document.xml").file_size.to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (100).to_bytes(4, "little")))


def _swelling(path: Path) -> None:
    inner = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 20}">' for n in range(1, 9))
    text = f'<!DOCTYPE a [<!ENTITY a0 "ha">{inner}]><w:document {_W}>&a8;</w:document>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", text)


def _blank(path: Path) -> None:
    docx(path, paragraph(" "))


def _cut(path: Path) -> None:
    docx(path, paragraph("a"))
    path.write_bytes(path.read_bytes()[:-40])


def _other_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<a/>")


LOCKED = b"\xd0\xcf\x11\xe0" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")
REFUSED: list[tuple[str, bytes | Callable[[Path], None] | None, str]] = [
    ("a.docx", None, "a.docx can't be read: No such file or directory."),
    ("a.docx", b"", "a.docx isn't a Word document, whatever its name says."),
    ("a.docx", b"hello", "a.docx isn't a Word document, whatever its name says."),
    ("a.docx", _other_zip, "a.docx isn't a Word document, whatever its name says."),
    ("a.docx", LOCKED, "a.docx is protected by a password: save it without one."),
    ("a.docx", b"\xd0\xcf\x11\xe0" + b"\x00" * 600,
     "a.docx is a document of Word's old kind: save it as .docx first."),
    ("a.docx", _cut, "a.docx is damaged: it can't be read as a document."),
    ("a.docx", _lying, "a.docx is damaged: it can't be read as a document."),
    ("a.docx", _swelling, "a.docx is damaged: it can't be read as a document."),
    ("a.docx", _large, "a.docx is too large for a plan and was not opened."),
    ("a.docx", _bomb, "a.docx is too large for a plan and was not opened."),
    ("a.docx", _blank, "There is no text in a.docx."),
    ("a.doc", b"x", "a.doc isn't a text that can be read: it must be .docx, .txt or .md."),
    ("a.txt", b"", "There is no text in a.txt."),
    ("a.txt", b"\r\n \r\n", "There is no text in a.txt."),
    ("a.txt", bytes(range(256)) * 20, "a.txt isn't a text, whatever its name says."),
    ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
     "a.txt isn't a text, whatever its name says."),
    ("a.txt", b"\xff\xff\xff", "a.txt isn't a text, whatever its name says."),
    ("a.txt", b"x" * (limits.MAX_DOCUMENT_CHARACTERS + 1),
     "a.txt holds more than 1500000 characters: too much for a plan."),
    ("a.md", _large, "a.md is too large for a plan and was not opened."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "words"), REFUSED)
def test_what_is_no_plan_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: bytes | Callable[[Path], None] | None, words: str
) -> None:
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        content(path)
    with pytest.raises(InputError) as refusal:
        read_document(path)
    assert refusal.value.message == words


def test_a_folder_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(InputError, match=r"a\.txt isn't a document"):
        read_document(tmp_path / "a.txt")


def test_bytes_that_flip_end_in_text_or_in_a_sentence(tmp_path: Path) -> None:
    whole = docx(tmp_path / "whole.docx", paragraph("每周8台") * 50).read_bytes()
    rolled = random.Random(7)
    for number in range(12):
        content = bytearray(whole)
        for _time in range(3):
            content[rolled.randrange(len(content))] = rolled.randrange(256)
        path = tmp_path / f"{number}.docx"
        path.write_bytes(content)
        with suppress(InputError):
            assert read_document(path)


def test_reading_can_be_given_up(tmp_path: Path) -> None:
    path = docx(tmp_path / "a.docx", paragraph("a") * 1_000)

    def enough() -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        read_document(path, enough)
