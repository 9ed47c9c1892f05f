"""Builds the Windows program and its installer on Debian: ``python -m scripts.windows.build``.

The same ``build.spec`` that a developer runs on Windows is run inside Wine, on a copy of the
sources; the folder it gives is packed by NSIS. With SALESDESK_CERTIFICATE (a PKCS#12 file) and
SALESDESK_CERTIFICATE_PASSWORD both programs and the installer are signed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.windows import environment
from scripts.windows.environment import BUILD, PROJECT, BuildError, run, windows_path

SOURCE = BUILD / "source"
DIST = BUILD / "dist"
PROGRAMS = ("SalesDesk.exe", "salesdesk-cli.exe")
#: What goes into the program.
PARTS = ("salesdesk", "ui", "resources", "build.spec", "pyproject.toml", "LICENSE")
LARGEST_FOLDER, LARGEST_INSTALLER = 200 << 20, 70 << 20
#: Nothing of these may be in the program: too large, or known to fail.
FORBIDDEN = re.compile(r"numpy|[\\/]PIL[\\/]|tkinter|WebEngine|Qt6?Qml|Qt6?Quick", re.IGNORECASE)


def version() -> str:
    """The version in pyproject.toml."""
    text = (PROJECT / "pyproject.toml").read_text("utf-8")
    match = re.search(r'^version = "([^"]+)"', text, re.M)
    if match is None:
        raise BuildError("pyproject.toml names no version")
    return match[1]


def installer() -> Path:
    """Where the installer is put."""
    return BUILD / f"SalesDesk-Setup-{version()}.exe"


def build(*, sign_with: Path | None = None, password: str = "") -> Path:
    """Make programs and installer; the installer's path. What hasn't changed isn't made again."""
    environment.prepare()
    _icon()
    stamp = BUILD / "built"
    fingerprint = _fingerprint(sign_with)
    if stamp.is_file() and stamp.read_text() == fingerprint and installer().is_file():
        print("The Windows program is up to date.")
        return installer()
    stamp.unlink(missing_ok=True)
    _freeze()
    for name in PROGRAMS:
        sign(DIST / "SalesDesk" / name, sign_with, password)
    _pack()
    sign(installer(), sign_with, password)
    _measure()
    stamp.write_text(fingerprint)
    return installer()


def bare() -> Path:
    """Make the bare window that the program's start is measured against; its path."""
    program = DIST / "bare" / "bare.exe"
    if not program.is_file():
        window = SOURCE / "tests" / "windows"
        window.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / "tests" / "windows" / "bare_window.py", window)
        _run_pyinstaller({"SALESDESK_BARE": "1"}, [program])
    return program


def folder_size() -> int:
    """Bytes of the unpacked program."""
    return sum(path.stat().st_size for path in (DIST / "SalesDesk").rglob("*") if path.is_file())


def _fingerprint(sign_with: Path | None) -> str:
    """What the program is made of, so that an unchanged one isn't built again."""
    digest = hashlib.sha256(str(sign_with).encode())
    for part in (*PARTS, "scripts/windows"):
        origin = PROJECT / part
        files = sorted(origin.rglob("*")) if origin.is_dir() else [origin]
        for path in files:
            if path.is_file() and path.suffix != ".pyc":
                digest.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _icon() -> None:
    """The drawn icon as Windows wants it: seven sizes in one file."""
    icon = BUILD / "salesdesk.ico"
    drawing = PROJECT / "resources" / "icons" / "salesdesk.svg"
    if icon.is_file() and icon.stat().st_mtime > drawing.stat().st_mtime:
        return
    pictures = []
    for size in (16, 24, 32, 48, 64, 128, 256):
        picture = BUILD / f"icon-{size}.png"
        subprocess.run(
            ["rsvg-convert", "-w", str(size), "-h", str(size), str(drawing), "-o", str(picture)],
            check=True,
        )
        pictures.append(str(picture))
    subprocess.run(["icotool", "-c", "-o", str(icon), *pictures], check=True)


def _freeze() -> None:
    print("Building SalesDesk.exe and salesdesk-cli.exe …", flush=True)
    shutil.rmtree(SOURCE, ignore_errors=True)
    shutil.rmtree(DIST, ignore_errors=True)
    (SOURCE / "build" / "windows").mkdir(parents=True)
    for part in PARTS:
        origin = PROJECT / part
        if origin.is_dir():
            shutil.copytree(origin, SOURCE / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(origin, SOURCE / part)
    shutil.copy(BUILD / "salesdesk.ico", SOURCE / "build" / "windows")
    _run_pyinstaller({}, [DIST / "SalesDesk" / name for name in PROGRAMS])


def _run_pyinstaller(settings: dict[str, str], programs: Sequence[Path]) -> None:
    """Run build.spec under Wine. Raises BuildError unless it makes what is wanted."""
    python = windows_path(environment.PYTHON / "python.exe")
    done = run(
        [
            "wine", python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
            "--distpath", windows_path(DIST), "--workpath", windows_path(BUILD / "work"),
            windows_path(SOURCE / "build.spec"),
        ],
        seconds=1200,
        settings=settings,
    )  # fmt: skip
    (BUILD / "pyinstaller.log").write_text(done.output, "utf-8")
    missing = [program.name for program in programs if not program.is_file()]
    if done.status != 0 or missing:
        raise BuildError(f"PyInstaller failed (see {BUILD}/pyinstaller.log): {done.output[-1500:]}")


def _pack() -> None:
    print(f"Packing {installer().name} …", flush=True)
    subprocess.run(
        [
            "makensis", "-V2", "-INPUTCHARSET", "UTF8", f"-DVERSION={version()}",
            f"-DFOLDER={DIST / 'SalesDesk'}", f"-DICON={BUILD / 'salesdesk.ico'}",
            f"-DOUTPUT={installer()}", f"-DSIZE={folder_size() // 1024}",
            str(PROJECT / "scripts" / "windows" / "installer.nsi"),
        ],
        check=True,
    )  # fmt: skip


def sign(program: Path, certificate: Path | None, password: str) -> None:
    """Sign a program with a PKCS#12 certificate; without one leave it as it is."""
    if certificate is None:
        return
    signed = program.with_suffix(".signed")
    subprocess.run(
        [
            "osslsigncode", "sign", "-pkcs12", str(certificate), "-pass", password, "-h", "sha256",
            "-n", "SalesDesk", "-in", str(program), "-out", str(signed),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    signed.replace(program)


def _measure() -> None:
    """Say the sizes, and refuse what is too large or holds what it mustn't."""
    size, packed = folder_size(), installer().stat().st_size
    print(f"folder {size / (1 << 20):.0f} MB, installer {packed / (1 << 20):.0f} MB")
    if size > LARGEST_FOLDER or packed > LARGEST_INSTALLER:
        raise BuildError("the program or its installer is larger than it may be")
    unwanted = [
        str(path.relative_to(DIST))
        for path in (DIST / "SalesDesk").rglob("*")
        if FORBIDDEN.search(f"/{path.relative_to(DIST)}")
    ]
    if unwanted:
        raise BuildError(f"the program holds what it mustn't: {unwanted[:5]}")


if __name__ == "__main__":
    try:
        certificate = os.environ.get("SALESDESK_CERTIFICATE")
        print(
            build(
                sign_with=Path(certificate) if certificate else None,
                password=os.environ.get("SALESDESK_CERTIFICATE_PASSWORD", ""),
            )
        )
    except BuildError as error:
        sys.exit(f"The Windows program isn't built: {error}.")
