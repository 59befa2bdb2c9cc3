"""Where a store may stand: on a disk of the machine itself, where a lock is a lock and nobody copies half of a file."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from bekostiging.case.bsn import mask
from bekostiging.case.errors import UserError

NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "afpfs", "9p", "ncpfs", "fuse.sshfs", "fuse.rclone",
     "fuse.davfs", "davfs", "webdav", "glusterfs", "ceph", "lustre", "fuse.glusterfs", "fuse.s3fs"}
)  # fmt: skip
"""File systems of which another machine holds the bytes, as Linux and macOS name them."""
SYNCHRONISED = re.compile(
    r"^(?:onedrive(?: -.*)?|dropbox(?: .*)?|google ?drive|my drive|icloud ?drive|mobile documents|cloudstorage|"
    r"nextcloud|owncloud|sharepoint|box sync|stack|syncthing|sync)$",
    re.IGNORECASE,
)
"""Folders that a programme copies to elsewhere, by the names that those programmes give them."""
MARKS = (".dropbox", ".stfolder", ".sync_", "desktop.ini.onedrive", ".owncloudsync.log", ".nextcloudsync.log")
"""Files that such programmes leave in them."""
REMOTE_DRIVE = 4
"""What Windows calls a drive of another machine (``DRIVE_REMOTE``)."""


def check_place(path: Path) -> None:
    """Refuse a store on a network drive or in a synchronised folder.

    Raises
    ------
    UserError
        With the reason and the remedy.
    """
    folder = path.parent.resolve()
    shared = _network(folder)
    if shared:
        raise UserError(
            f"{mask(str(path))} staat op een netwerkschijf ({shared}); daar kunnen twee mensen tegelijk schrijven en "
            "de opslag "
            "beschadigen: zet haar op een schijf van deze computer.",
            f"{mask(str(path))} is on a network drive ({shared}); there two people can write at once and damage the "
            "store: put "
            "it on a disk of this computer.",
            exit_code=2,
        )
    copied = next((part for part in folder.parts if SYNCHRONISED.match(part)), "") or _marked(folder)
    if copied:
        raise UserError(
            f"{mask(str(path))} staat in een map die wordt gesynchroniseerd ({copied}); dan staan persoonsgegevens "
            "ook elders en "
            "kan de opslag half worden gekopieerd: zet haar in een gewone map.",
            f"{mask(str(path))} is in a folder that is synchronised ({copied}); then personal data stand elsewhere "
            "too and the "
            "store can be copied half: put it in an ordinary folder.",
            exit_code=2,
        )


def _marked(folder: Path) -> str:
    """The mark of a programme that copies, in the folder or above it."""
    for one in (folder, *folder.parents):
        for mark in MARKS:
            if (one / mark).exists():
                return mark
    return ""


def _network(folder: Path) -> str:
    """The file system of a folder where it is that of another machine."""
    if str(folder).startswith("\\\\"):
        return "UNC"
    if sys.platform == "win32":
        import ctypes

        kind = ctypes.windll.kernel32.GetDriveTypeW(folder.anchor)
        return "netwerkschijf" if kind == REMOTE_DRIVE else ""
    kind = file_system(folder, _mounts())
    return kind if kind in NETWORK else ""


def _mounts() -> list[tuple[str, str]]:
    """Where which file system is mounted; empty where the system does not tell."""
    place = Path("/proc/self/mounts")
    if not place.is_file():
        return []
    rows = (line.split(" ") for line in place.read_text(encoding="utf-8", errors="replace").splitlines())
    return [(row[1].replace("\\040", " "), row[2]) for row in rows if len(row) > 2]


def file_system(folder: Path, mounts: list[tuple[str, str]]) -> str:
    """The file system of a folder: that of the longest mount above it; empty where none is known.

    >>> mounts = [("/", "ext4"), ("/mnt/g", "cifs")]
    >>> file_system(Path("/mnt/g/team"), mounts), file_system(Path("/mnt/game"), mounts)
    ('cifs', 'ext4')
    """
    inside = [
        (len(point), kind)
        for point, kind in mounts
        if point == "/" or str(folder) == point or str(folder).startswith(f"{point.rstrip('/')}{os.sep}")
    ]
    return max(inside)[1] if inside else ""
