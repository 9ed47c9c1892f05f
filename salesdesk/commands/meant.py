"""Who and what a word on the command line means: a customer by number or name."""

from __future__ import annotations

from salesdesk.customers import customers
from salesdesk.customers.customers import Customer
from salesdesk.errors import InputError, NotFoundError
from salesdesk.text import _, joined
from salesdesk.workspace import Workspace


def customer_meant(workspace: Workspace, words: str) -> Customer:
    """The customer with a number, else so called, whom the person at work may see.

    Raises NotFoundError, RightsError; InputError when several could be meant.
    """
    cleaned = " ".join(words.split())
    if cleaned.isascii() and cleaned.isdigit() and len(cleaned) < 11:
        return workspace.read(customers.customer_seen_by, int(cleaned), workspace.person_id)
    exact = workspace.read(customers.called, cleaned, seen_by=workspace.person_id)
    if not exact:
        exact = workspace.read(customers.find, cleaned, seen_by=workspace.person_id, limit=500)
    if not exact:
        raise NotFoundError(_("There is no customer called {name}.").format(name=cleaned))
    if len(exact) > 1:
        named = joined(
            f"{match.id} {' '.join(part for part in (match.name, match.company) if part)}"
            for match in exact[:5]
        )
        raise InputError(
            _("{count} customers could be meant by {name}; give the number: {known}…").format(
                count=len(exact), name=cleaned, known=named
            )
        )
    return exact[0]
