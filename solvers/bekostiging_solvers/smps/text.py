"""Lines, fields and numbers of the three SMPS files, and what is said of a line that cannot be read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

BEYOND = 1e20
"""From here on a bound is none, as in HiGHS and CPLEX."""
CHUNK = 1 << 20
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?", re.ASCII).fullmatch
"""No ``nan``, ``inf``, ``1_000`` or digits of other scripts, which ``float`` reads; Fortran's exponent D too."""
INFINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)


class SmpsError(ValueError):
    """A file that cannot be read as two-stage SMPS; the message names file, line and remedy.

    Examples
    --------
    >>> from bekostiging_solvers import SmpsError, read_smps
    >>> read_smps("nowhere/news")
    Traceback (most recent call last):
    bekostiging_solvers.smps.text.SmpsError: news.cor (or .core) is missing; the three files share one stem
    """


class SmpsWarning(UserWarning):
    """What ``read_smps`` decided where a file leaves it open, or changed because it was asked to.

    Examples
    --------
    To be stopped by it in place of being told:

    >>> import warnings
    >>> from bekostiging_solvers import SmpsWarning
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("error", SmpsWarning)
    ...     warnings.warn("probabilities were divided by 0.976", SmpsWarning)
    Traceback (most recent call last):
    bekostiging_solvers.smps.text.SmpsWarning: probabilities were divided by 0.976
    """


@dataclass(frozen=True)
class Source:
    """One of the files: its path, and what opens a section in it.

    ``headers``: words that open a section; ``words``: what may stand behind one of them.
    """

    path: Path
    headers: frozenset[str]
    words: frozenset[str] = frozenset()

    def refuse(self, line: int, message: str) -> NoReturn:
        """Raise, naming file and line."""
        raise SmpsError(f"{self.path.name}, line {line}: {message}")

    def lines(self) -> Iterator[tuple[int, bool, list[str]]]:
        """Number of every line, whether it opens a section, and its fields; without comments and empty lines.

        A section opens in the first column; older files indent that line too. The last line is ENDATA.
        """
        section, number, headers, in_data = "", 0, self.headers, False
        with self.path.open(encoding=_encoding(self.path)) as file:
            for number, line in enumerate(file, 1):
                fields = line.split()
                if not fields or line[0] == "*":
                    continue
                if in_data and line[0] in " \t" and fields[0].upper() not in headers:
                    yield number, False, fields
                    continue
                if section == "ENDATA":
                    if fields != ["\x1a"]:
                        self.refuse(number, "text after ENDATA; remove it, or the ENDATA before it")
                    continue
                opens = line[0] not in " \t" or self._opens(fields, section)
                if opens:
                    section = fields[0].upper()
                    if section not in headers:
                        self.refuse(number, self._unknown(fields[0]))
                    in_data = section != "ENDATA"
                yield number, opens, fields
        if section != "ENDATA":
            self.refuse(number, "the file ends without ENDATA; it may have been cut off")

    def _opens(self, fields: list[str], section: str) -> bool:
        """Whether an indented line opens a section."""
        if fields[0].upper() not in self.headers:
            return False
        return not section or all(field.upper() in self.words for field in fields[1:])

    def _unknown(self, word: str) -> str:
        known = ", ".join(sorted(self.headers))
        meant = UNREAD.get(word.upper(), "no section of this file")
        return f"{word} is {meant}; read are {known}, and lines of data begin with a blank"


UNREAD = {
    **dict.fromkeys(("QUADOBJ", "QSECTION", "QMATRIX", "QCMATRIX"), "quadratic, and programs are linear"),
    **dict.fromkeys(("SOS", "SOS1", "SOS2", "SETS", "INDICATORS", "CSECTION", "GENCONS", "PWLOBJ"), "not linear"),
    **dict.fromkeys(("LAZYCONS", "USERCUTS"), "a list of rows that no field here can hold; write them in ROWS"),
    **dict.fromkeys(("CHANCE", "ICC"), "a probabilistic constraint, which recourse does not have"),
    **dict.fromkeys(("SIMPLE", "ROBUST", "PLINQUAD"), "a penalty; write its columns and rows in the core"),
    **dict.fromkeys(("NODES", "DISTRIB"), "another way to write scenarios; write SCENARIOS, BLOCKS or INDEP"),
}
"""Sections that SMPS and MPS have and this reader has not, and why."""


def number(text: str) -> float:
    """A finite number.

    >>> number("1.5D+2"), number("-.5")
    (150.0, -0.5)
    """
    value = _value(text)
    if not -BEYOND < value < BEYOND:
        raise ValueError(
            f"{text} is beyond every number that can be reckoned with; leave the line out for no limit"
        )
    return value


def limit(text: str) -> float:
    """A bound: a number, or infinity, which from 1e20 on is meant.

    >>> limit("1e30"), limit("-Inf"), limit("7")
    (inf, -inf, 7.0)
    """
    if INFINITE.fullmatch(text):
        return float(text)
    value = _value(text)
    return value if abs(value) < BEYOND else float("inf") if value > 0 else -float("inf")


def _value(text: str) -> float:
    if not NUMBER(text):
        raise ValueError(f"cannot be read ({text} is no number)")
    try:
        return float(text)
    except ValueError:
        return float(text.lower().replace("d", "e"))


def pairs(fields: list[str]) -> list[tuple[str, float]]:
    """Row and value, row and value ...; ValueError where one is missing."""
    if not fields or len(fields) % 2:
        raise ValueError(
            "a row and its value are asked, once or more, with blanks between (a name holds no blank)"
        )
    return [(fields[k], number(fields[k + 1])) for k in range(0, len(fields), 2)]


def find(base: Path, endings: tuple[str, ...]) -> Path:
    """The one file ``base`` with an ending, in small letters or capitals."""
    folder = base.parent
    names = {path.name: path for path in folder.iterdir() if path.is_file()} if folder.is_dir() else {}
    found = [path for name, path in sorted(names.items()) if any(_ends(name, base.name, own) for own in endings)]
    if len(found) > 1:
        raise SmpsError(f"{found[0].name} and {found[1].name} both stand there; remove one")
    if not found:
        given = f"; give {base.stem}, without {base.suffix}" if base.name in names else ""
        raise SmpsError(
            f"{base.name}{endings[0]} (or {endings[1]}) is missing; the three files share one stem{given}"
        )
    return found[0]


def _ends(name: str, stem: str, ending: str) -> bool:
    return name.startswith(stem) and name[len(stem) :].lower() == ending


def _encoding(path: Path) -> str:
    """UTF-8 where that fits, else Latin-1, in which comments and names of old files are written."""
    decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder("utf-8")()
    found = "utf-8-sig"
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if b"\0" in chunk:
                raise SmpsError(
                    f"{path.name} is no text in UTF-8 or Latin-1 (it holds zero bytes); save it as UTF-8"
                )
            try:
                decoder.decode(chunk, final=len(chunk) < CHUNK)
            except UnicodeDecodeError:
                found = "latin-1"
                decoder = codecs.getincrementaldecoder("latin-1")()
    return found
