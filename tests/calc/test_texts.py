"""What an office keeps of a text, and what a message shows of one."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesdesk.calc import texts
from salesdesk.errors import InputError, SalesDeskError
from salesdesk.text import quoted, readable, unshowable


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  林  先生\n", "林 先生"),
        ("A\tB\vC", "A B C"),
        ("e\u0301t\u1ebfng Vi\u1ec7t", "e\u0301t\u1ebfng Vi\u1ec7t"),
        ("👩‍💻 Ünal אבג", "👩‍💻 Ünal אבג"),
    ],
)
def test_a_line_is_tidied(typed: str, kept: str) -> None:
    assert texts.line("The name", typed, 80) == kept


@given(
    st.lists(st.text("aA1张 \u3000\xa0\t\n\r\x85\u2028\v\0\ud800\u202e", max_size=4), max_size=5)
)
def test_what_one_look_finds_tidy_is_kept_as_it_is(typed: list[str]) -> None:
    if texts.are_lines(typed, 3):
        for text in typed:
            assert texts.line("The name", text, 3) == texts.words("The name", text, 3) == text


def test_one_look_finds_usual_lists_tidy() -> None:
    assert texts.are_lines(["张伟", "", "A b", "上海（中国）有限公司"], 10)
    assert texts.are_lines([], 10)
    for untidy in ("A  b", " a", "a ", "a\nb", "a\u3000b", "12345678901"):
        assert not texts.are_lines(["张伟", untidy, "A"], 10)


def test_line_breaks_of_other_programs_become_one_kind() -> None:
    assert texts.words("The note", " a\r\nb\rc\vd\u2028e \n", 80) == "a\nb\nc\nd\ne"


@pytest.mark.parametrize(
    ("typed", "code"),
    [("a\ud800", "U+D800"), ("a\udcff", "U+DCFF"), ("a\0b", "U+0000"), ("a\x1b[31m", "U+001B"),
     ("a\x9b", "U+009B"), ("a\u202eb", "U+202E"), ("a\u2067b", "U+2067"), ("a\ufffe", "U+FFFE")],
)  # fmt: skip
def test_what_no_text_holds_is_refused_by_its_code(typed: str, code: str) -> None:
    for kept in (texts.line, texts.words):
        with pytest.raises(InputError, match="number 2 ") as refusal:
            kept("The name", typed, 80)
        assert code in refusal.value.message
        assert refusal.value.message.isprintable()


def test_marks_heaped_upon_a_letter_are_refused() -> None:
    with pytest.raises(InputError, match="more marks over one letter"):
        texts.line("The name", "a" + "\u0301" * 5, 80)


def test_too_long_is_refused_with_the_most() -> None:
    assert texts.line("The name", "长" * 80, 80) == "长" * 80
    with pytest.raises(InputError, match=r"The note: at most 4,000 characters, not 4,001\."):
        texts.words("The note", "长" * 4_001, 4_000)


def test_a_message_shows_of_a_text_what_can_be_shown() -> None:
    assert quoted("a\0b\u202ec\nd\ud800") == "a�b�c d�"
    assert readable("a\tb\n") == "a\tb\n"
    long = quoted("/home/" + "x" * 4_000 + "/sales.office")
    assert len(long) == 60
    assert long.startswith("/home/xxx")
    assert long.endswith("/sales.office")


def test_a_refusal_is_never_longer_than_people_read() -> None:
    message = SalesDeskError(f"There is no customer {'长' * 100_000}\ud800.").message
    assert len(message) <= 400
    assert message.startswith("There is no customer 长")
    assert message.endswith("�.")


def test_a_usual_text_holds_nothing_that_is_refused() -> None:
    """The quick look lets through only what the look at each character lets through."""
    usual = [chr(code) for code in range(sys.maxunicode + 1) if texts.is_usual(chr(code))]
    assert not [sign for sign in usual if unshowable(sign)]
    assert not [sign for sign in usual if unicodedata.category(sign) in ("Mn", "Me")]
    assert texts.is_usual("上海“新民”科技（有限）公司、① 138-0000 Müller\n")
