"""The result folder: complete or not there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from bekostiging.case import UserError
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.not_bsn import check_name
from bekostiging.report.kit.manifest import MANIFEST


@kinds_checked
def refuse_existing(folder: Path, overwrite: bool) -> None:
    """Refuse a result folder that exists.

    Parameters
    ----------
    folder
        Where a result is to come; a folder that is absent or empty is never refused.
    overwrite
        Whether an earlier result, which has a manifest, may be replaced.

    Raises
    ------
    UserError
        The folder may not be replaced; the message says what to do.

    Examples
    --------
    >>> refuse_existing(Path("results-that-are-not-there-yet"), overwrite=False)
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not overwrite:
        raise UserError(
            f"Map {folder} bestaat al; kies een andere met {{folder}}, of vervang haar met {{overwrite}}.",
            f"Folder {folder} exists; choose another with {{folder}}, or replace it with {{overwrite}}.",
            exit_code=2,
            arguments=["folder", "overwrite"],
        )
    if not (folder / MANIFEST).is_file():
        raise UserError(
            f"{folder} is geen eerder resultaat (er staat geen {MANIFEST} in) en wordt niet vervangen; "
            "kies een andere map met {folder}.",
            f"{folder} is no earlier result (it has no {MANIFEST}) and is not replaced; "
            "choose another folder with {folder}.",
            exit_code=2,
            arguments=["folder"],
        )


@kinds_checked
@contextmanager
def claimed(folder: Path, *, overwrite: bool = False) -> Iterator[None]:
    """Hold a result folder for one run, from its start to its end; the system frees it when the run is killed.

    Parameters
    ----------
    folder
        Where the result is to come.
    overwrite
        Whether an earlier result may be replaced; not by default.

    Raises
    ------
    UserError
        Another run holds the folder, it may not be replaced, or nothing can be written beside it.

    Examples
    --------
    >>> with claimed(Path("results-of-this-run")):
    ...     pass  # compute, then write the folder
    """
    check_name(folder)
    base = next(place for place in folder.absolute().parents if place.is_dir())
    file = base / f".{'-'.join(folder.absolute().relative_to(base).parts)}.lock"
    lock = FileLock(file)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise UserError(
            f"Een andere run is bezig met map {folder}; wacht tot die klaar is, of kies een andere map met {{folder}}.",
            f"Another run is busy with folder {folder}; wait until it is done, or choose another folder with {{folder}}.",
            exit_code=2,
            arguments=["folder"],
        ) from None
    except OSError as error:
        raise _cannot_write(base, error) from error
    try:
        refuse_existing(folder, overwrite)
        yield
    finally:
        # gone before it is free, so that nobody can hold a file that another run no longer sees
        with suppress(OSError):
            file.unlink()
        lock.release()


@kinds_checked
def write_folder(folder: Path, fill: Callable[[Path], None], *, overwrite: bool = False) -> Path:
    """Write a folder that is complete or not there: it gets its name when everything is in it.

    Parameters
    ----------
    folder
        Where the result is to come.
    fill
        Writes every file, into the draft folder that it is given.
    overwrite
        Whether an earlier result may be replaced; not by default. It is kept until the new one is complete.

    Returns
    -------
    Path
        ``folder``.

    Raises
    ------
    UserError
        The folder may not be replaced, or cannot be written; then nothing is left behind.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     folder = write_folder(Path(place) / "results", lambda draft: None)
    ...     folder.name, list(folder.iterdir())
    ('results', [])
    """
    check_name(folder)
    refuse_existing(folder, overwrite)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise _cannot_write(folder.parent, error) from error
    try:
        fill(draft)
        draft.chmod(0o755)
        _put_in_place(draft, folder)
    except OSError as error:
        raise _cannot_write(folder.parent, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _cannot_write(place: Path, error: OSError) -> UserError:
    """A full disk, a folder one may not write in: what to do, and that nothing is left."""
    return UserError(
        f"In {place} kan niet worden geschreven ({error.strerror}); er is niets achtergelaten. Maak ruimte of kies een "
        "andere plaats met {folder}.",
        f"Cannot write in {place} ({error.strerror}); nothing has been left there. Make room or choose another place with "
        "{folder}.",
        exit_code=2,
        arguments=["folder"],
    )


def _put_in_place(draft: Path, folder: Path) -> None:
    """Move the finished folder to its name; an earlier result is gone only when the new one stands."""
    if not folder.exists():
        draft.rename(folder)
        return
    old = draft.with_name(draft.name + "-old")
    folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old)
