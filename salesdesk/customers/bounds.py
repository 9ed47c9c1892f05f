"""What a customer's columns may hold, and the keys that are made of them.

Every writer of customers asks these, whether one is entered or ten thousand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from salesdesk.calc import texts
from salesdesk.errors import InputError
from salesdesk.office import people
from salesdesk.office.names import name_key, search_key, sort_key
from salesdesk.office.phones import numbers_in
from salesdesk.text import _, joined, mark

GRADES = ("A", "B", "C", "")
#: The texts of a customer, and how many characters each may have.
FIELDS: Mapping[str, str] = {
    "name": mark("The name"),
    "company": mark("The company"),
    "phones": mark("The phone numbers"),
    "region": mark("The region"),
    "source": mark("The source"),
    "needs": mark("The needs"),
    "note": mark("The note"),
}
LONGEST: Mapping[str, int] = {
    "name": 80, "company": 120, "phones": 200, "region": 60, "source": 40, "needs": 4_000,
    "note": 4_000,
}  # fmt: skip
_OF_SEVERAL_LINES = frozenset({"needs", "note"})
STATES: Mapping[str, str] = {
    "potential": mark("Potential"),
    "lasting": mark("Lasting"),
    "closed": mark("Closed a deal"),
    "lost": mark("Lost"),
}
#: How a customer came; offices add their own words freely.
SOURCES = (
    mark("Call received"), mark("Walk-in"), mark("Referral"), mark("Web"), mark("Cold visit"),
    mark("Telephone list"), mark("Media"), mark("Market or exhibition"), mark("Old customer"),
)  # fmt: skip


def key_of(name: str, company: str, phones: str) -> str:
    """The search key a customer is stored with: name and company with their readings, numbers."""
    return search_key(name, company, " ".join(numbers_in(phones)))[:500]


def name_key_of(name: str) -> str:
    """The key of a name as a customer is stored with it (``names.name_key``)."""
    return name_key(name)[: LONGEST["name"]]


def sort_keys(name: str, company: str) -> dict[str, str]:
    """What a customer is stored with to be sorted by name and company."""
    return {"name_sort": sort_key(name), "company_sort": sort_key(company, surname=False)}


def keys_of(name: str, company: str, phones: str) -> dict[str, str]:
    """The columns that follow from what a customer is called: by what one is found and sorted."""
    return {
        "search_key": key_of(name, company, phones),
        "name_key": name_key_of(name),
        **sort_keys(name, company),
    }


def checked_texts(given: Mapping[str, str]) -> dict[str, str]:
    """The texts as they are kept. Raises InputError for one that can't be, or an empty name."""
    checked = {}
    for column, text in given.items():
        if column == "phones":  # one a line, as they are pasted, are several numbers
            text = "; ".join(number.strip() for number in text.splitlines() if number.strip())
        kept = texts.words if column in _OF_SEVERAL_LINES else texts.line
        checked[column] = kept(_(FIELDS[column]), text, LONGEST[column])
    if checked.get("name") == "":
        raise InputError(_("The customer needs a name."))
    return checked


def kept_as_given(columns: Mapping[str, Sequence[str]]) -> bool:
    """Whether :func:`checked_texts` keeps all texts of many rows, by column, as they are.

    One look at each column; where it says False, each row has to be asked for.
    """
    return all(columns.get("name", ("?",))) and all(
        texts.are_lines(given, LONGEST[column]) for column, given in columns.items()
    )


def check_grade(grade: str) -> None:
    if grade not in GRADES:
        raise InputError(_("{grade} isn't a grade: use A, B, C or none.").format(grade=grade))


def check_state(state: str) -> None:
    if state not in STATES:
        raise InputError(
            _("{state} isn't a state of a customer; the states are: {known}.").format(
                state=state, known=joined(STATES)
            )
        )


def check_owner(db: Connection, owner_id: int) -> str:
    """The name of who is to look after customers. Raises NotFoundError, InputError."""
    owner = people.person_by_id(db, owner_id)
    if not owner.active:
        raise InputError(
            _("{name} no longer works here and can't look after customers.").format(name=owner.name)
        )
    return owner.name
