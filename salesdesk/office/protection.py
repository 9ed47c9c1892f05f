"""Who may put the office under another password.

A password is of the file and of no person: whoever changes it changes it for everybody.
"""

from __future__ import annotations

from collections.abc import Callable

from salesdesk.office import rights
from salesdesk.workspace import Workspace

#: The right to set, change and remove the password.
RIGHT = "password.change"


def set_password(
    workspace: Workspace, new: str | None, told: Callable[[str], None] = lambda _words: None
) -> None:
    """Encrypt the office by the password ``new``, not at all for None.

    ``told`` hears what is done next; what it raises leaves everything as it was.

    Raises RightsError, InputError, BusyOfficeError when another program has the office open, and
    OfficeFileError.
    """
    workspace.read(rights.check, workspace.person_id, RIGHT)
    workspace.set_password(new, told)
