"""Folders, files of clients and their bytes as disks, editors and hands leave them; what is there by another reader.

Every damage changes a folder (or one file of bytes) with a random generator of its own seed. What was there is counted
here by the csv module in its strict mode and by the lines themselves, never by the reader that is tested.
"""

from __future__ import annotations

import csv
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import FrameType

HANG = 60
"""Seconds after which an input counts as a hang: hundreds of times what reading one takes."""
NASTY = (
    "",
    " ",
    "x",
    "veel",
    "-1",
    "0",
    "1e300",
    "1e400",
    "nan",
    "inf",
    "1.234",
    "12,345",
    "1,5",
    "=1+1",
    "'=1",
    "@a",
    "ja",
    "Súdwest-Fryslân",
    "\u202eRTL",
    "\u200b",
    "a|b||c",
    "é" * 300,
    "x" * 40_000,
    "😀",
    "²",
    "٣",
    "9" * 5000,
    "\x1b[31m",
    "--",
)
Damage = Callable[[bytes, Random], bytes]
FolderDamage = Callable[[Path, Random], None]


@contextmanager
def no_hang() -> Iterator[None]:
    """An input that never ends is a failure, not a test that never ends."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise TimeoutError("this input hangs")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANG)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# what is there


def lines_of(content: bytes) -> list[str]:
    """The lines of a file as an editor numbers them."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def separator_of(content: bytes) -> str:
    """The separator of a table: that of its first line with columns."""
    head = next(line for line in lines_of(content) if line.strip() and not line.startswith("sep="))
    return ";" if ";" in head and head.count(";") >= head.count(",") else ","


def rows_there(content: bytes) -> int:
    """Rows with something in them under the header, by the csv module in strict mode.

    Raises
    ------
    csv.Error
        It is no CSV.
    """
    lines = [line for line in lines_of(content) if not line.startswith("sep=")]
    records = csv.reader((f"{line}\n" for line in lines), delimiter=separator_of(content), strict=True)
    return sum(any(cell.strip() for cell in record) for record in records) - 1


def whole_lines(content: bytes) -> Counter[str]:
    """How often every line with something in it is there."""
    return Counter(line for line in lines_of(content) if line.strip(" ;,"))


# bytes of one file


def flip(content: bytes, rng: Random) -> bytes:
    broken = bytearray(content)
    for _ in range(rng.choice([1, 5, 50])):
        broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
    return bytes(broken)


def truncate(content: bytes, rng: Random) -> bytes:
    return content[: rng.randrange(len(content))]


def put_bytes(content: bytes, rng: Random) -> bytes:
    place = rng.randrange(len(content))
    put = rng.choice(
        [rng.randbytes(5), b"\0", b"\x1a", b"\xff\xfe", b"\xe2\x80\xa8", b"\xc2\x85", b"\x0b", b"\x0c", b"\x1c"]
    )
    return content[:place] + put + content[place:]


def stray_quotes(content: bytes, rng: Random) -> bytes:
    """One to four quotation marks, half of them at the edge of a cell, where they swallow what follows."""
    own = bytearray(content)
    for _ in range(rng.choice([1, 2, 2, 2, 3, 4])):
        edges = [place for place, byte in enumerate(own) if byte in b";,\n"]
        place = rng.choice(edges) + rng.randrange(2) if rng.random() < 0.7 and edges else rng.randrange(len(own))
        own[place:place] = b'"'
    return bytes(own)


def swallow(content: bytes, rng: Random) -> bytes:
    """Two marks that make one well-formed cell of whole rows: from the start of a cell to the end of it, rows later."""
    lines, separator = lines_of(content), separator_of(content)
    if len(lines) < 5:
        return content
    first = rng.randrange(1, len(lines) - 3)
    last = rng.randrange(first + 1, min(first + 4, len(lines) - 1))
    cells, ends = lines[first].split(separator), lines[last].split(separator)
    place = rng.randrange(min(len(cells), len(ends)))
    cells[place], ends[place] = f'"{cells[place]}', f'{ends[place]}"'
    lines[first], lines[last] = separator.join(cells), separator.join(ends)
    return "\n".join(lines).encode()


def line_break_in_cell(content: bytes, rng: Random) -> bytes:
    """A text over two lines, well quoted, as Alt+Enter in a spreadsheet gives."""
    lines, separator = lines_of(content), separator_of(content)
    place = rng.randrange(1, max(2, len(lines) - 1))
    cells = lines[min(place, len(lines) - 1)].split(separator)
    column = rng.randrange(len(cells))
    more = rng.choice(["", "\n", "\n\n", f"{separator} meer", "\r", " " + separator * 30])
    cells[column] = f'"{cells[column]}\n{more}bron"'
    lines[min(place, len(lines) - 1)] = separator.join(cells)
    return "\n".join(lines).encode()


def other_separator(content: bytes, rng: Random) -> bytes:
    own = separator_of(content).encode()
    new = rng.choice([b",", b";", b"\t", b"|", b"; ", b" ;"])
    lines = content.split(b"\n")
    for place in rng.choice([range(len(lines)), [0], [rng.randrange(len(lines))]]):
        lines[place] = lines[place].replace(own, new)
    return b"\n".join(lines)


def other_encoding(content: bytes, rng: Random) -> bytes:
    encoding = rng.choice(
        ["cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "utf-8-sig", "cp037"]
    )
    return (content.decode() + rng.choice(["", "é"])).encode(encoding, "replace")


def marks(content: bytes, rng: Random) -> bytes:
    return b"\xef\xbb\xbf" * rng.choice([1, 2]) + content


def line_ends(content: bytes, rng: Random) -> bytes:
    ends = rng.choice(
        [
            [b"\r\n"],
            [b"\r"],
            [b"\n", b"\r\n", b"\r"],
            [b"\n\r"],
            [b"\r\r\n"],
            [b"\n\n"],
            [b"\n", b"\xe2\x80\xa9\n"],
        ]
    )
    return b"".join(line + rng.choice(ends) for line in content.rstrip(b"\n").split(b"\n"))


def header(content: bytes, rng: Random) -> bytes:
    lines, separator = lines_of(content), separator_of(content)
    names = lines[0].split(separator)
    place = rng.randrange(len(names))
    change = rng.randrange(6)
    if change == 0:
        lines = [separator.join([line, line.split(separator)[place]]) if line else line for line in lines]
    elif change == 1:
        lines[0] = separator.join(names[:place] + names[place + 1 :])
    elif change == 2:
        names[place] = rng.choice(
            ["", " ", names[place].upper(), f'"{names[place]}"', "x" * 1000, names[place - 1], "\ufeff"]
        )
        lines[0] = separator.join(names)
    elif change == 3:
        lines[0] += separator * 3
    elif change == 4:
        lines = [line + separator * 3 for line in lines]
    else:
        lines.insert(
            0, rng.choice(["sep=;", "sep=,", "sep=\t", "Tabel 1", "", " ", f"Titel{separator * 4}", "sep="])
        )
    return "\n".join(lines).encode()


def rows(content: bytes, rng: Random) -> bytes:
    """Rows that are empty, twice there, too long, too short, or totals."""
    lines, separator = lines_of(content), separator_of(content)
    place = rng.randrange(1, len(lines))
    own = lines[place]
    put = rng.choice(
        [
            [""],
            ["", "", ""],
            [own, own],
            [own + separator],
            [own + separator + "x"],
            [own.rpartition(separator)[0]],
            [separator * own.count(separator)],
            [f"Totaal{separator * own.count(separator)}"],
            [f" {own} "],
            ["# opmerking", own],
        ]
    )
    if put[0] == "":
        put = [*put, own]
    lines[place : place + 1] = put
    return "\n".join(lines).encode()


def cell(content: bytes, rng: Random) -> bytes:
    lines, separator = lines_of(content), separator_of(content)
    place = rng.randrange(1, len(lines))
    cells = lines[place].split(separator)
    cells[rng.randrange(len(cells))] = rng.choice(NASTY)
    lines[place] = separator.join(cells)
    return "\n".join(lines).encode()


def long_cell(content: bytes, rng: Random) -> bytes:
    place = content.rindex(b"\n", 0, len(content) - 1)
    return (
        content[:place]
        + rng.choice([b"x", b'"', b";", b"\n", b"9"]) * rng.choice([30_000, 140_000])
        + content[place:]
    )


def empty(content: bytes, rng: Random) -> bytes:
    return rng.choice([b"", b"\n", b"\n\n \n", b"\xef\xbb\xbf", content.split(b"\n")[0], b";", b'"', b'""', b"\r"])


BYTES: tuple[Damage, ...] = (
    flip,
    truncate,
    put_bytes,
    put_bytes,
    stray_quotes,
    stray_quotes,
    stray_quotes,
    swallow,
    swallow,
    line_break_in_cell,
    line_break_in_cell,
    other_separator,
    other_encoding,
    marks,
    line_ends,
    line_ends,
    header,
    header,
    rows,
    rows,
    cell,
    cell,
    long_cell,
    empty,
)


# folders


def some_table(folder: Path, rng: Random) -> Path:
    return rng.choice(sorted(folder.glob("*.csv")))


def of_bytes(damage: Damage) -> FolderDamage:
    """A damage of bytes done to one table of a folder."""

    def change(folder: Path, rng: Random) -> None:
        file = some_table(folder, rng)
        file.write_bytes(damage(file.read_bytes(), rng))

    change.__name__ = damage.__name__
    return change


def rename(folder: Path, rng: Random) -> None:
    file = some_table(folder, rng)
    stem = file.stem
    names = [
        stem.upper() + ".CSV",
        stem.title() + ".csv",
        f"{stem}.CSV",
        f"{stem} .csv",
        f"{stem[:-1]}.csv",
        f"{stem}.csv.txt",
        f"{stem}.txt",
        f"{stem} (1).csv",
        f"{stem}.csv.bak",
        f".{stem}.csv",
        "blad1.csv",
        f"{stem}\n.csv",
    ]
    file.rename(folder / rng.choice(names))


def copy(folder: Path, rng: Random) -> None:
    """A second file of the same table: its rows are read nowhere."""
    file = some_table(folder, rng)
    name = rng.choice(
        [f"{file.stem} - kopie.csv", f"{file.stem} (1).csv", f"{file.stem.upper()}.CSV", "oud.csv", "Súdwest.csv"]
    )
    (folder / name).write_bytes(file.read_bytes())


def strange_name(folder: Path, rng: Random) -> None:
    """A name that is no text in UTF-8: whoever prints it gets an error, unless it is shown otherwise."""
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.csv")).write_bytes(b"a;b\n1;2\n")


def no_file(folder: Path, rng: Random) -> None:
    """Something else in the place of a file."""
    file = rng.choice([some_table(folder, rng), folder / "case.toml"])
    content = file.read_bytes()
    file.unlink()
    match rng.randrange(7):
        case 0:
            file.symlink_to("nergens.csv")
        case 1:
            file.symlink_to(file.name)
        case 2:
            file.mkdir()
        case 3:
            os.mkfifo(file)
        case 4:
            file.symlink_to("/dev/zero")
        case 5:
            (folder / "elders.dat").write_bytes(content)
            file.symlink_to("elders.dat")
        case _:
            pass


def swap(folder: Path, rng: Random) -> None:
    one, other = some_table(folder, rng), some_table(folder, rng)
    mine, theirs = one.read_bytes(), other.read_bytes()
    one.write_bytes(theirs)
    other.write_bytes(mine)


def toml(folder: Path, rng: Random) -> None:
    file = folder / "case.toml"
    text = file.read_text("utf-8")
    deep = rng.choice([50, 500, 5000, 50_000])
    put = rng.choice(
        [
            "x = " + "[" * deep + "]" * deep,
            "x = " + "{a=" * deep + "1" + "}" * deep,
            "base_year = " + "9" * 5000,
            "[[[",
            "\0",
            "[" + "a." * deep + "b]",
            'name = "twee"',
            "x = 1979-05-27",
            'x = "\\ud800"',
            "x = 1e999",
            "\ufeff",
            "=",
            '"',
        ]
    )
    values = (
        "nan",
        "inf",
        "-1",
        "0",
        "[]",
        "{}",
        '"x"',
        "true",
        "1e400",
        "1979-05-27",
        "9" * 400,
        "[[1]]",
        "{nl=1, en=2}",
        '""',
    )
    change = rng.randrange(3)
    if change == 0:
        text = f"{put}\n{text}"
    elif change == 1:
        text = f"{text}\n{put}\n"
    else:
        lines = text.splitlines()
        keyed = [place for place, line in enumerate(lines) if " = " in line]
        place = rng.choice(keyed)
        lines[place] = f"{lines[place].partition(' = ')[0]} = {rng.choice(values)}"
        text = "\n".join(lines)
    file.write_text(text, "utf-8")


FOLDERS: tuple[FolderDamage, ...] = (
    *(of_bytes(damage) for damage in BYTES),
    rename,
    rename,
    copy,
    copy,
    strange_name,
    no_file,
    no_file,
    no_file,
    swap,
    toml,
    toml,
)
