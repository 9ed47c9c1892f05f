"""What reading a foreign file may cost, and how a process binds itself to that.

The figures hold for every format and count what is really unpacked. They leave room for lists of
100,000 rows and 12 columns; an office's largest quota sheet (200 people, 20 products) needs a
tenth of it.
"""

from __future__ import annotations

import sys

#: A file, what lies packed in it, and how many parts.
MAX_FILE_BYTES = 50 << 20
MAX_UNPACKED_BYTES = 400 << 20
MAX_RATIO = 400
MAX_PARTS = 3_000
#: One sheet from A1 to its last value; the values of all sheets; the characters of a cell.
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 250_000, 1_000, 5_000_000
MAX_VALUES = 2_000_000
MAX_CHARACTERS = 32_767
#: The characters of a written plan: some 1,500 pages.
MAX_DOCUMENT_CHARACTERS = 1_500_000
#: What the reading process may hand over, and what the system lets it have.
MAX_ANSWER_BYTES = 64 << 20
MEMORY_BYTES = 300 << 20
#: How long one waits for it at all; longer than it may reckon, for slow disks and virus scanners.
WAIT_SECONDS = 30


def processor_seconds(file_bytes: int) -> int:
    """How long reading a file of that size may reckon: a small one that takes long is a trap."""
    return min(2 + 2 * (file_bytes >> 20), 20)


def confine(seconds: int) -> None:
    """Bind this process: memory, ``seconds`` of processor time, no file written, no core dump.

    What the system doesn't offer is left out; whoever waits still ends the process in time.
    """
    if sys.platform == "win32":
        from salesdesk.workbooks.foreign import windows_job

        windows_job.confine(MEMORY_BYTES, seconds)
        return
    import resource

    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):
            continue  # a harder limit is in force already, or none is known
