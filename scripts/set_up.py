"""Makes a fresh machine ready: system libraries, the virtual environment, the catalogues.

    python3 scripts/set_up.py run      what the window needs
    python3 scripts/set_up.py test     that, and what the tests need besides

Runs on the machine's own Python with nothing but the standard library. What is there already is
left alone, so that a second run is quick and needs no network.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / "set-up"
OLDEST = (3, 11)


class Need(NamedTuple):
    """Something the system must bring: how to see that it is there, and the package that has it.

    ``sign`` is a library's file name, "program NAME", "file PATH" or "font NAME-BEGINS".
    """

    package: str
    sign: str


#: What PySide6's window, drawing, printing and PDF view link to, and a Chinese font.
FOR_RUN = [
    Need("libglib2.0-0", "libglib-2.0.so.0"),
    Need("libegl1", "libEGL.so.1"),
    Need("libgl1", "libGL.so.1"),
    Need("libfontconfig1", "libfontconfig.so.1"),
    Need("libfreetype6", "libfreetype.so.6"),
    Need("libdbus-1-3", "libdbus-1.so.3"),
    Need("libatomic1", "libatomic.so.1"),
    Need("libgssapi-krb5-2", "libgssapi_krb5.so.2"),
    Need("libcups2", "libcups.so.2"),
    Need("libx11-6", "libX11.so.6"),
    Need("libx11-xcb1", "libX11-xcb.so.1"),
    Need("libxkbcommon0", "libxkbcommon.so.0"),
    Need("libxkbcommon-x11-0", "libxkbcommon-x11.so.0"),
    Need("libxcb1", "libxcb.so.1"),
    Need("libxcb-cursor0", "libxcb-cursor.so.0"),
    Need("libxcb-icccm4", "libxcb-icccm.so.4"),
    Need("libxcb-image0", "libxcb-image.so.0"),
    Need("libxcb-keysyms1", "libxcb-keysyms.so.1"),
    Need("libxcb-randr0", "libxcb-randr.so.0"),
    Need("libxcb-render0", "libxcb-render.so.0"),
    Need("libxcb-render-util0", "libxcb-render-util.so.0"),
    Need("libxcb-shape0", "libxcb-shape.so.0"),
    Need("libxcb-shm0", "libxcb-shm.so.0"),
    Need("libxcb-sync1", "libxcb-sync.so.1"),
    Need("libxcb-util1", "libxcb-util.so.1"),
    Need("libxcb-xfixes0", "libxcb-xfixes.so.0"),
    Need("libxcb-xkb1", "libxcb-xkb.so.1"),
    Need("fonts-noto-cjk", "font NotoSansCJK"),
]
#: The screen, the office program, the printer and the eyes of the tests and the tour.
FOR_TEST = [
    Need("xvfb", "program Xvfb"),
    Need("openbox", "program openbox"),
    Need("libreoffice-calc", "program soffice"),
    Need("cups-daemon", "program cupsd"),
    Need("cups-client", "program lp"),
    Need("cups-client", "program lpadmin"),
    Need("cups-filters", "file /usr/lib/cups/filter/pdftopdf"),
    Need("printer-driver-cups-pdf", "file /usr/share/ppd/cups-pdf/CUPS-PDF_opt.ppd"),
    Need("poppler-utils", "program pdftotext"),
    Need("xdotool", "program xdotool"),
]
FONT_FOLDERS = [
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
]
#: Programs an ordinary user's search path leaves out.
ADMIN_FOLDERS = "/usr/sbin:/sbin:/usr/local/sbin"


def main() -> int:
    """Set up for what the first argument names, "run" or "test"; the exit status."""
    purpose = sys.argv[1] if len(sys.argv) > 1 else "test"
    if purpose not in ("run", "test"):
        say("usage: set_up.py run|test")
        return 2
    lacking = install_system_packages(FOR_RUN + (FOR_TEST if purpose == "test" else []))
    make_environment()
    if lacking:
        say(f"set up, but these system packages are missing: {' '.join(lacking)}")
        say("What needs them fails until they are installed.")
    return 0


# -- system packages ------------------------------------------------------------------------------


def install_system_packages(needs: list[Need]) -> list[str]:
    """Install what is missing where that may be done; the packages that still are."""
    packages = missing(needs)
    # Debian and Ubuntu leave out of python3 what makes a virtual environment.
    if not VENV_PYTHON.exists() and not can_make_environment():
        packages.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    if not packages:
        return []
    administrator = as_administrator()
    if not shutil.which("apt-get"):
        say(f"missing system packages (Debian's names): {' '.join(packages)}")
        say("They can't be installed from here: this system has no apt-get. Going on without them.")
        return packages
    if administrator is None:
        say("System packages are missing, and you are not root and have no working sudo.")
        say(f"Ask the administrator for: apt-get install {' '.join(packages)}")
        say("Going on without them.")
        return packages
    say(f"installing system packages: {' '.join(packages)}")
    apt = [*administrator, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    refreshed = subprocess.run([*apt, "update"], check=False, stdout=subprocess.DEVNULL)
    install = [*apt, "install", "--no-install-recommends", *packages]
    installed = subprocess.run(install, check=False, stdout=subprocess.DEVNULL)
    if refreshed.returncode or installed.returncode:
        say("apt-get failed; its words stand above. Going on with what is there.")
    still = missing(needs)
    if not VENV_PYTHON.exists() and not can_make_environment():
        still.append("python3-venv")
    return still


def missing(needs: list[Need]) -> list[str]:
    """The packages of what isn't there, each once."""
    return list(dict.fromkeys(need.package for need in needs if not is_there(need.sign)))


def is_there(sign: str) -> bool:
    """Whether the library, program, font or file that ``sign`` names is on this machine."""
    kind, _space, name = sign.rpartition(" ")
    if kind == "program":
        return shutil.which(name, path=f"{os.environ.get('PATH', '')}:{ADMIN_FOLDERS}") is not None
    if kind == "file":
        return Path(name).exists()
    if kind == "font":
        return any(any(folder.rglob(f"{name}*")) for folder in FONT_FOLDERS if folder.is_dir())
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def as_administrator() -> list[str] | None:
    """What to put before a command so that root runs it; None when nobody here may."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    if subprocess.run([sudo, "-n", "true"], check=False, capture_output=True).returncode == 0:
        return [sudo]
    # sudo wants a password: only a person at a terminal can give it.
    if sys.stdin.isatty() and subprocess.run([sudo, "-v"], check=False).returncode == 0:
        return [sudo]
    return None


def can_make_environment() -> bool:
    """Whether this Python brings pip for a new virtual environment."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        return False
    return True


# -- the virtual environment ----------------------------------------------------------------------


def make_environment() -> None:
    """Bring .venv to what pyproject.toml and requirements.lock say, and compile the catalogues."""
    fingerprints = fingerprint()
    known = STAMP.read_text(encoding="utf-8").split() if STAMP.exists() else []
    if not known or known[0] != fingerprints["packages"] or not environment_works():
        fill_environment()
    if len(known) < 2 or known[1] != fingerprints["catalogues"] or not compiled():
        run([VENV_PYTHON, ROOT / "scripts/translations.py", "compile"], "compiling the catalogues")
    STAMP.write_text(f"{fingerprints['packages']} {fingerprints['catalogues']}\n", encoding="utf-8")


def fill_environment() -> None:
    """Make .venv if there is none that works, and install the pinned packages and the program."""
    STAMP.unlink(missing_ok=True)
    if not environment_works():
        if not can_make_environment():
            stop("python3-venv is missing, and without it no virtual environment can be made.")
        if VENV.exists():
            shutil.rmtree(VENV)
        run([sys.executable, "-m", "venv", VENV], "making the virtual environment")
    pip: list[str | Path] = [
        VENV_PYTHON,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--quiet",
        "install",
    ]
    lock = ROOT / "requirements.lock"
    run([*pip, "--require-hashes", "-r", lock], "installing the pinned packages")
    # The build tool is among them, so that this needs no network.
    link = [*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT]
    # It warns of what an editable installation is, at length.
    run(link, "linking the program", PYTHONWARNINGS="ignore")


def environment_works() -> bool:
    """Whether .venv has a Python that starts and knows pip; a moved or half-made one doesn't."""
    if not VENV_PYTHON.exists():
        return False
    probe = [str(VENV_PYTHON), "-c", "import pip"]
    return subprocess.run(probe, check=False, capture_output=True).returncode == 0


def fingerprint() -> dict[str, str]:
    """What the environment and the catalogues were made from, in short."""
    return {
        "packages": digest([ROOT / "requirements.lock", ROOT / "pyproject.toml"], str(ROOT)),
        "catalogues": digest(sorted((ROOT / "resources/i18n").glob("*.po")), ""),
    }


def digest(paths: list[Path], seed: str) -> str:
    """A hash of the files' content and ``seed``."""
    total = hashlib.sha256(seed.encode())
    for path in paths:
        total.update(path.read_bytes())
    return total.hexdigest()


def compiled() -> bool:
    """Whether every catalogue has been compiled."""
    sources = (ROOT / "resources/i18n").glob("*.po")
    return all(path.with_suffix(".mo").exists() for path in sources)


# -- telling --------------------------------------------------------------------------------------


def run(command: list[str | Path], what: str, **environment: str) -> None:
    """Run a command after saying what it does; end if it fails."""
    say(what)
    result = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=os.environ | environment, check=False
    )
    if result.returncode:
        stop(f"{what}: failed; the cause stands above.")


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    print(f"set-up: {sentence}", flush=True)


def stop(sentence: str) -> NoReturn:
    """Tell why it goes no further, and end."""
    say(sentence)
    sys.exit(1)


if __name__ == "__main__":
    if sys.version_info < OLDEST:
        newer = ("python3.14", "python3.13", "python3.12", "python3.11")
        newer_python = next((path for path in map(shutil.which, newer) if path), None)
        if newer_python is None:
            stop(f"Python 3.11 or newer is needed; python3 here is {sys.version.split()[0]}.")
        os.execv(newer_python, [newer_python, *sys.argv])
    sys.exit(main())
