"""Damages workbooks in many ways, and has each file of a folder read; what reading cost.

``python -m tests.workbooks.mutated FOLDER`` prints one JSON object. It is a process of its own so
that the memory measured is that of reading and of nothing else.
"""

from __future__ import annotations

import io
import json
import os
import random
import re
import resource
import sys
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path

from salesdesk.errors import WorkbookError
from salesdesk.workbooks.reader import read_workbook

_HOSTILE = (
    (rb'(number-rows-repeated|number-columns-repeated)="\d+"', rb'\1="1000000"'),
    (rb'<table:table-row ', rb'<table:table-row table:number-rows-repeated="900000" '),
    (rb'<table:table-cell ', rb'<table:table-cell table:number-columns-repeated="16384" '),
    (rb' r="[A-Z]+\d+"', b' r="XFD1048576"'),
    (rb' r="[A-Z]+\d+"', b' r="ZZZZZZZ99999999999"'),
    (rb' t="[a-z]+"', b' t="s"'),
    (rb"<v>[^<]*</v>", b"<v>99999999999999999999</v>"),
    (rb"<t[^>]*>[^<]*</t>", b"<t>" + b"x" * 3_000_000 + b"</t>"),
    (rb'<sheet ', b'<sheet name="again" '),
    (rb'sheetId="\d+"', b'sheetId="-1"'),
    (rb'count="\d+"', b'count="4000000000"'),
)  # fmt: skip


def mutate(content: bytes, chance: random.Random) -> bytes:
    """``content`` damaged in one way; the same for the same state of ``chance``."""
    ways: list[Callable[[bytes, random.Random], bytes]] = [_scratched, _cut]
    if content[:2] == b"PK":
        ways += [_part_changed, _part_changed, _part_hostile, _part_hostile, _header_lying]
    return chance.choice(ways)(content, chance)


def _scratched(content: bytes, chance: random.Random) -> bytes:
    """Bytes flipped, cut out, doubled, or overwritten."""
    damaged = bytearray(content)
    for _time in range(chance.randint(1, 8)):
        at, length = chance.randrange(len(damaged) + 1), chance.randint(1, 60)
        way = chance.randrange(4)
        if way == 0 and at < len(damaged):
            damaged[at] = chance.randrange(256)
        elif way == 1:
            del damaged[at : at + length]
        elif way == 2:
            damaged[at:at] = damaged[at : at + length]
        else:
            damaged[at : at + length] = bytes([chance.choice((0, 0x7F, 0xFF))]) * length
    return bytes(damaged)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts: dict[str, bytes]) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return result.getvalue()


def _part_changed(content: bytes, chance: random.Random) -> bytes:
    parts = _parts(content)
    victim = chance.choice(sorted(parts))
    parts[victim] = chance.choice((_scratched, _cut))(parts[victim] or b"x", chance)
    return _packed(parts)


def _part_hostile(content: bytes, chance: random.Random) -> bytes:
    """A part in which a number, a reference or a text became what no office writes."""
    parts = _parts(content)
    pattern, replacement = chance.choice(_HOSTILE)
    times = chance.choice((1, 0))  # 0 is everywhere
    for name, part in parts.items():
        if re.search(pattern, part):
            parts[name] = re.sub(pattern, replacement, part, count=times)
    if sum(map(len, parts.values())) > 40 << 20:  # that text, everywhere, would only be too large
        return _cut(content, chance)
    return _packed(parts)


def _header_lying(content: bytes, chance: random.Random) -> bytes:
    """The directory's lengths, or the parts', aren't those of what is packed."""
    damaged = bytearray(content)
    heads = [match.start() for match in re.finditer(rb"PK\x01\x02|PK\x03\x04", content)]
    for at in chance.sample(heads, min(len(heads), 3)):
        field = at + (20 if content[at + 2] == 1 else 18) + chance.choice((0, 4))
        damaged[field : field + 4] = chance.randrange(1 << 32).to_bytes(4, "little")
    return bytes(damaged)


def write(count: int, seed: int, sources: list[Path], folder: Path) -> None:
    """Write ``count`` damaged files, the same for the same seed."""
    chance = random.Random(seed)
    contents = [(path.suffix, path.read_bytes()) for path in sources]
    for number in range(count):
        suffix, content = contents[number % len(contents)]
        (folder / f"{number:04}{suffix}").write_bytes(mutate(content, chance))


def read(folder: Path) -> dict[str, object]:
    """Read every file of the folder; how it went and what it cost, in seconds and megabytes."""
    whole, refused, slowest = 0, 0, 0.0
    faults: list[str] = []
    for path in sorted(folder.iterdir()):
        before = os.times()
        try:
            read_workbook(path)
            whole += 1
        except WorkbookError:
            refused += 1
        except Exception:  # noqa: BLE001 - told, with the file's name
            faults.append(f"{path.name}: {traceback.format_exc()}")
        after = os.times()
        # Processor time: how long it took by the clock depends on what else runs.
        slowest = max(slowest, sum(after[:4]) - sum(before[:4]))
    return {
        "read": whole, "refused": refused, "faults": faults, "slowest": round(slowest, 2),
        "children_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10,
        "own_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(read(Path(sys.argv[1]))))
