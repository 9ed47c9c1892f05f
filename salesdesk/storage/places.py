"""Places where an office file isn't safe: network shares and folders that a service synchronises.

On a share the write-ahead log doesn't work: its index is memory that programs share, which two
machines can't (sqlite.org, "Write-Ahead Logging"). A synchronising service copies the file and
its log at different moments, and puts back an older copy where two machines wrote.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path, PurePath, PureWindowsPath

from salesdesk.text import _

#: File systems of other machines, as Linux names them; FUSE's behind "fuse.".
_REMOTE = frozenset(
    {"9p", "afs", "ceph", "cifs", "coda", "davfs", "davfs2", "glusterfs", "lustre", "ncpfs", "nfs",
     "nfs4", "prl_fs", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs"}
)  # fmt: skip
_REMOTE_FUSE = frozenset(
    {"cephfs", "curlftpfs", "davfs", "davfs2", "glusterfs", "gvfsd-fuse", "google-drive-ocamlfuse",
     "onedriver", "rclone", "s3fs", "smbnetfs", "sshfs", "vmhgfs-fuse"}
)  # fmt: skip
#: Folder names (lower case) that synchronising services make; some put more behind the name:
#: "OneDrive - Riverside Ltd", "Dropbox (Personal)".
_SYNCHRONISED = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "我的云端硬盘": "Google Drive",
    "icloud drive": "iCloud Drive",
    "iclouddrive": "iCloud Drive",
    "com~apple~clouddocs": "iCloud Drive",
    "nutstore": "Nutstore",
    "nutstore files": "Nutstore",
    "我的坚果云": "Nutstore",
    "坚果云": "Nutstore",
    "baidusyncdisk": "Baidu Netdisk",
    "baiduyun": "Baidu Netdisk",
    "百度云同步盘": "Baidu Netdisk",
    "百度网盘同步空间": "Baidu Netdisk",
    "weiyun": "Tencent Weiyun",
    "微云": "Tencent Weiyun",
    "腾讯微云": "Tencent Weiyun",
    "微云同步助手": "Tencent Weiyun",
    "wps云盘": "WPS Cloud",
    "wps cloud files": "WPS Cloud",
    "wpsdrive": "WPS Cloud",
    "aliyundrive": "Aliyun Drive",
    "阿里云盘": "Aliyun Drive",
    "360云盘": "360 Yunpan",
    "天翼云盘": "Tianyi Cloud",
    "天翼云盘同步盘": "Tianyi Cloud",
    "synologydrive": "Synology Drive",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "seafile": "Seafile",
    "pcloud drive": "pCloud",
}
_BEHIND_THE_NAME = re.compile(r"(?: - .+| \(.+\))$")
_DRIVE_REMOTE = 4


def warning_about(path: Path) -> str | None:
    """Why an office at ``path`` isn't safe, as a sentence for the person; None where it is."""
    where = path.absolute()
    share = (
        _windows_share(where) if sys.platform == "win32" else share_of(where.resolve(), _mounts())
    )
    if share is not None:
        return _(
            "{folder} lies on another machine ({share}). Keep the office on this machine's own "
            "disk: over the network a write can be lost."
        ).format(folder=where.parent, share=share)
    service = service_of(where)
    if service is not None:
        return _(
            "{folder} is synchronised by {service}. Keep the office in a folder that isn't: a "
            "copy made while someone writes can be damaged."
        ).format(folder=where.parent, service=service)
    return None


def service_of(path: PurePath) -> str | None:
    """The service that synchronises one of the folders above ``path``, by the folders' names."""
    for folder in path.parent.parts:
        name = folder.strip().lower()
        service = _SYNCHRONISED.get(name) or _SYNCHRONISED.get(_BEHIND_THE_NAME.sub("", name))
        if service is not None:
            return service
    return None


def share_of(path: Path, mounts: str) -> str | None:
    """What is mounted where ``path`` lies, if that is another machine's.

    ``path`` is absolute; ``mounts`` is written as Linux does in /proc/mounts.
    """
    longest, share = 0, None
    for device, folder, kind in _mounted(mounts):
        # The last of two mounts on the same folder hides the one before.
        if path.is_relative_to(folder) and len(folder.parts) >= longest:
            remote = kind.removeprefix("fuse.") in _REMOTE_FUSE or kind in _REMOTE
            longest, share = len(folder.parts), device if remote else None
    return share


def is_unc(path: PureWindowsPath) -> bool:
    r"""Whether a Windows path names a share: \\\\server\\share."""
    return path.drive.startswith("\\\\") and not path.drive.startswith(("\\\\?\\", "\\\\.\\"))


def _mounted(mounts: str) -> Iterator[tuple[str, Path, str]]:
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) >= 3:
            yield _unescaped(fields[0]), Path(_unescaped(fields[1])), fields[2]


def _unescaped(text: str) -> str:
    r"""Spaces and the like are written \040 there, byte by byte."""
    raw = text.encode("utf-8", "surrogateescape")
    plain = re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match[1], 8)]), raw)
    return plain.decode("utf-8", "surrogateescape")


def _mounts() -> str:
    try:
        return Path("/proc/mounts").read_text("utf-8", "surrogateescape")
    except OSError:
        return ""  # no Linux: only the names of folders tell


def _windows_share(path: Path) -> str | None:
    if sys.platform != "win32":
        return None
    if is_unc(PureWindowsPath(path)):
        return path.drive
    import ctypes

    if ctypes.windll.kernel32.GetDriveTypeW(f"{path.drive}\\") == _DRIVE_REMOTE:
        return path.drive
    return None
