"""The result folder: complete or not there."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from filelock import FileLock, Timeout

from bekostiging.case import UserError
from bekostiging.case.arguments import kinds_checked
from bekostiging.case.not_bsn import check_name
from bekostiging.report.kit.manifest import MANIFEST

DRAFT, EARLIER = ".draft", ".earlier"
"""How folders end that are not finished, and what was there before, until the new one has its name."""
_HELD: ContextVar[frozenset[Path]] = ContextVar("result folders held", default=frozenset())
"""By this run, so that what it writes there is not taken for another run's."""


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
def claimed(folder: Path, *, overwrite: bool = False, apart: Iterable[Path] = ()) -> Iterator[None]:
    """Hold a result folder for one run, from its start to its end; the system frees it when the run is killed.

    What a killed run left beside the folder is cleared away; an earlier result that it was replacing gets its name back.

    Parameters
    ----------
    folder
        Where the result is to come.
    overwrite
        Whether an earlier result may be replaced; not by default.
    apart
        What the run reads or keeps (a case, a folder of blocks), which may not be the folder or stand in it.

    Raises
    ------
    UserError
        Another run holds the folder, it may not be replaced, is a link, a file or a folder in use, or nothing can be written
        beside it.

    Examples
    --------
    >>> with claimed(Path("results-of-this-run")):
    ...     pass  # compute, then write the folder
    """
    check_name(folder)
    if folder.absolute() in _HELD.get():
        refuse_existing(folder, overwrite)
        yield
        return
    try:
        _refuse_place(folder, apart)
        base = next(place for place in folder.absolute().parents if place.is_dir())
        # what would go wrong at the end of a run goes wrong before it
        _draft(folder, folder.parent if folder.parent.is_dir() else base).rmdir()
    except OSError as error:  # no right to write, a name that is too long, a folder that may not be looked into
        raise _cannot_write(folder.absolute().parent, error) from error
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
    held = _HELD.set(_HELD.get() | {folder.absolute()})
    try:
        _clear_leftovers(folder)
        refuse_existing(folder, overwrite)
        yield
    finally:
        _HELD.reset(held)
        # gone before it is free, so that nobody can hold a file that another run no longer sees
        with suppress(OSError):
            file.unlink()
        lock.release()


def _refuse_place(folder: Path, apart: Iterable[Path]) -> None:
    """Refuse a place that no result can have, or where it would replace something else, with the reason."""
    if folder.is_symlink():
        raise _wrong_place(folder, "is een verwijzing (link)", "is a link")
    file = next(
        (place for place in (folder, *folder.absolute().parents) if place.exists() and not place.is_dir()), None
    )
    if file is not None:
        below = ("", "") if file == folder else (f" kan niet: {file}", f" cannot be: {file}")
        raise _wrong_place(folder, f"{below[0]} is een bestand".strip(), f"{below[1]} is a file".strip())
    place, here = folder.resolve(), Path.cwd()
    if place in (here, *here.parents):
        raise _wrong_place(
            folder, "is de map waarin u werkt of een map daarboven", "is the folder you work in or one above it"
        )
    for other in (path.resolve() for path in apart):
        if place in (other, *other.parents):
            raise _wrong_place(
                folder, f"is of bevat {other}, dat de run gebruikt", f"is or holds {other}, which the run uses"
            )
    if os.path.ismount(folder):
        raise _wrong_place(folder, "is een aangekoppelde schijf", "is a mounted disk")


def _wrong_place(folder: Path, nl: str, en: str) -> UserError:
    """A place that is not for a result."""
    return UserError(
        f"{folder} {nl} en kan geen map met resultaten worden; kies een nieuwe map met {{folder}}.",
        f"{folder} {en} and cannot become a folder of results; choose a new folder with {{folder}}.",
        exit_code=2,
        arguments=["folder"],
    )


def _draft(folder: Path, parent: Path) -> Path:
    """A folder to fill, beside where it will stand."""
    return Path(tempfile.mkdtemp(prefix=f".{folder.name}-", suffix=DRAFT, dir=parent))


def _clear_leftovers(folder: Path) -> None:
    """Remove drafts of runs that were killed; the earlier result that one was replacing gets its name back."""
    drafts = re.compile(rf"\.{re.escape(folder.name)}-[a-z0-9_]{{8}}{re.escape(DRAFT)}({re.escape(EARLIER)})?")
    places = folder.parent.iterdir() if folder.parent.is_dir() else ()
    for place in sorted(one for one in places if drafts.fullmatch(one.name)):
        with suppress(OSError):
            if place.suffix == EARLIER and not folder.exists():
                place.rename(folder)
        shutil.rmtree(place, ignore_errors=True)


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
    with claimed(folder, overwrite=overwrite):
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            draft = _draft(folder, folder.parent)
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
    reason = error.strerror or error
    return UserError(
        f"In {place} kan niet worden geschreven ({reason}); er is niets achtergelaten. Maak ruimte of kies een "
        "andere plaats met {folder}.",
        f"Cannot write in {place} ({reason}); nothing has been left there. Make room or choose another place with "
        "{folder}.",
        exit_code=2,
        arguments=["folder"],
    )


def _put_in_place(draft: Path, folder: Path) -> None:
    """Move the finished folder to its name; an earlier result is gone only when the new one stands."""
    if not folder.exists():
        draft.rename(folder)
        return
    old = draft.with_name(draft.name + EARLIER)
    folder.rename(old)
    try:
        draft.rename(folder)
    except BaseException:  # an interrupt too
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
