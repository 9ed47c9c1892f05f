"""Where an office file isn't safe: shares of other machines and synchronised folders."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from salesdesk.storage.places import is_unc, service_of, share_of, warning_about

MOUNTS = """\
/dev/vda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
tmpfs /tmp tmpfs rw 0 0
//files.example/sales /mnt/sales cifs rw,vers=3.1.1 0 0
files.example:/export /mnt/old\\040plans nfs4 rw 0 0
/dev/sdb1 /mnt/sales/local ext4 rw 0 0
ann@host:/home /home/ann/host fuse.sshfs rw 0 0
/dev/sdc1 /media/stick fuseblk rw 0 0
remote: /home/ann/\\344\\272\\221 fuse.rclone rw 0 0
share /srv/vm 9p rw 0 0
dav /srv/dav fuse.davfs rw 0 0
//files.example/top /data smb3 rw 0 0
/dev/sdd1 /data ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "share"),
    [
        ("/home/ann/sales.office", None),
        ("/mnt/sales/sales.office", "//files.example/sales"),
        ("/mnt/sales/2026/sales.office", "//files.example/sales"),
        ("/mnt/sales/local/sales.office", None),
        ("/mnt/salesroom/sales.office", None),
        ("/mnt/old plans/sales.office", "files.example:/export"),
        ("/home/ann/host/sales.office", "ann@host:/home"),
        ("/media/stick/sales.office", None),
        ("/home/ann/云/sales.office", "remote:"),
        ("/srv/vm/sales.office", "share"),
        ("/srv/dav/sales.office", "dav"),
        ("/data/sales.office", None),  # a disk is mounted over the share
    ],
)
def test_a_file_on_another_machine_is_recognised_by_its_mount(path: str, share: str | None) -> None:
    assert share_of(Path(path), MOUNTS) == share


@pytest.mark.parametrize(
    ("path", "service"),
    [
        (PureWindowsPath("C:/Users/Ann/OneDrive/sales.office"), "OneDrive"),
        (PureWindowsPath("C:/Users/Ann/OneDrive - Riverside Ltd/a/sales.office"), "OneDrive"),
        (PureWindowsPath("D:/BaiduSyncdisk/sales.office"), "Baidu Netdisk"),
        (PureWindowsPath("C:/Users/Ann/Nutstore/1/plans/sales.office"), "Nutstore"),
        (PurePosixPath("/home/ann/我的坚果云/sales.office"), "Nutstore"),
        (PurePosixPath("/home/ann/Dropbox (Personal)/sales.office"), "Dropbox"),
        (
            PurePosixPath("/Users/ann/Library/Mobile Documents/com~apple~CloudDocs/sales.office"),
            "iCloud Drive",
        ),
        (PureWindowsPath("G:/My Drive/sales.office"), "Google Drive"),
        (PureWindowsPath("C:/Users/Ann/WPS云盘/sales.office"), "WPS Cloud"),
        (PureWindowsPath("C:/Users/Ann/微云同步助手/1234/sales.office"), "Tencent Weiyun"),
        (PurePosixPath("/home/ann/plans/sales.office"), None),
        (PurePosixPath("/home/ann/about dropboxes/sales.office"), None),
        (PurePosixPath("/home/ann/onedrive"), None),  # a file so named lies in no such folder
    ],
)
def test_a_synchronised_folder_is_recognised_by_its_name(
    path: PurePosixPath | PureWindowsPath, service: str | None
) -> None:
    assert service_of(path) == service


def test_a_path_of_a_windows_share_is_one() -> None:
    assert is_unc(PureWindowsPath(r"\\files\sales\sales.office"))
    assert not is_unc(PureWindowsPath(r"C:\sales.office"))
    assert not is_unc(PureWindowsPath(r"\\?\C:\sales.office"))


def test_an_office_in_a_synchronised_folder_is_warned_about(tmp_path: Path) -> None:
    warning = warning_about(tmp_path / "OneDrive" / "sales.office")
    assert warning is not None
    assert "OneDrive" in warning


def test_an_office_in_a_plain_folder_is_not_called_synchronised(tmp_path: Path) -> None:
    # Whether this machine's temporary folder is a disk of its own, the test can't know.
    assert "synchronised" not in (warning_about(tmp_path / "sales.office") or "")
