"""The store as a file: nobody's number in its bytes, one writer, nothing half, and forgetting that leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from citizen_numbers import made
from region_messages import (
    KEY,
    MUNICIPALITY,
    authorisation,
    claim,
    claim_line,
    empty_store,
    start,
    stop,
    written,
    zipped,
)

from bekostiging.case import UserError
from bekostiging.messages import Key, read_key
from bekostiging.store import (
    database,
    forget_everything,
    forget_person,
    forget_until,
    import_messages,
    make_store,
    open_store,
    place,
    store_contents,
)

pytest.importorskip("duckdb")
pytest.importorskip("lxml")
PERSONS = [made(seed) for seed in range(12)]
RARE = "99Z99"
"""A product code of one person alone, which is found in the bytes as long as that person is."""


def _messages(person: str, number: int, product: str = "45A03") -> list[str]:
    """All about one person."""
    known = {"person": person, "authorised": 1000 + number, "product": product}
    return [
        authorisation(str(number), **known, comment=f"bsn {person}"),  # type: ignore[arg-type]
        start(str(number), **known),  # type: ignore[arg-type]
        stop(str(number), **known),  # type: ignore[arg-type]
        claim(
            [claim_line(reference=person, authorisation=1000 + number, product=product)],
            5000,
            str(number),
            person=person,
        ),
    ]


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A store with twelve persons, the last of whom alone has the rare product."""
    folder = tmp_path / "kept"
    folder.mkdir()
    path = folder / "regio.duckdb"
    empty_store(path, [MUNICIPALITY])
    texts = [
        text
        for number, person in enumerate(PERSONS)
        for text in _messages(person, number, RARE if person == PERSONS[-1] else "45A03")
    ]
    with open_store(path, read_only=False) as store:
        assert import_messages(store, zipped(tmp_path / "all.zip", texts), KEY)[0].refused is None
    return path


def _bytes_of(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in sorted(folder.rglob("*")) if one.is_file())


def _spellings(person: str) -> list[bytes]:
    """A number as text, in UTF-16, and as an integer of four and of eight bytes."""
    number = int(person)
    return [person.encode(), person.encode("utf-16-le"), number.to_bytes(4, "little"), number.to_bytes(8, "big")]


def test_no_number_that_went_in_is_in_any_byte(
    filled: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of store, WAL and temporary files, also while a transaction is open; of what was printed; the numbers also stood in
    comments and references."""
    extra = zipped(tmp_path / "more.zip", _messages(made(20), 20))
    with open_store(filled, read_only=False) as store:
        import_messages(store, extra, KEY)
        with store.transaction():
            store.run("INSERT INTO claims SELECT * FROM claims")
            inside = _bytes_of(filled.parent)
    after = _bytes_of(filled.parent)
    assert len(after) > 10_000
    for person in (*PERSONS, made(20)):
        for spelling in _spellings(person):
            assert spelling not in inside
            assert spelling not in after
    assert b"Geheimnaam" not in after
    shown = "".join(capfd.readouterr())
    assert not any(person in shown for person in PERSONS)


def test_the_same_number_would_be_found_if_it_were_there(filled: Path) -> None:
    """The search above can fail."""
    with open_store(filled, read_only=False) as store:
        store.run("UPDATE imports SET maker = ?", [PERSONS[0]])
    assert PERSONS[0].encode() in _bytes_of(filled.parent)


def test_a_forgotten_person_leaves_no_byte(filled: Path) -> None:
    assert RARE.encode() in _bytes_of(filled.parent)
    assert forget_person(filled, PERSONS[-1], KEY) == 4
    assert RARE.encode() not in _bytes_of(filled.parent)
    assert [one.name for one in filled.parent.iterdir()] == ["regio.duckdb"]
    with open_store(filled) as store:
        gone = KEY.pseudonym("person", PERSONS[-1])
        for table in ("authorisations", "starts", "stops", "claims"):
            assert store.rows(f"SELECT count(*), bool_or(person = ?) FROM {table}", [gone]) == [(11, False)]
        assert store.rows("SELECT what, rows FROM forgotten") == [("person", 4)]


def test_a_number_may_be_typed_with_dots(filled: Path) -> None:
    typed = f"{PERSONS[0][:4]}.{PERSONS[0][4:6]}.{PERSONS[0][6:]}\n"
    assert forget_person(filled, typed, KEY) == 4


def test_forgetting_nobody_changes_nothing_and_does_not_repeat_the_number(filled: Path) -> None:
    before = filled.read_bytes()
    with pytest.raises(UserError, match="nobody of this number") as caught:
        forget_person(filled, made(50), KEY)
    assert made(50) not in caught.value.text("nl")
    assert filled.read_bytes() == before
    assert [one.name for one in filled.parent.iterdir()] == ["regio.duckdb"]


def test_another_key_forgets_nobody(filled: Path) -> None:
    with pytest.raises(UserError, match="this key is another"):
        forget_person(filled, PERSONS[0], Key(bytes(32)))


def test_a_period_is_forgotten_as_a_whole(filled: Path) -> None:
    """Everything ended in 2025: authorisations on 31 December, stops on 30 June, claims on 31 January."""
    assert forget_until(filled, date(2025, 1, 31)) == 12
    assert forget_until(filled, date(2025, 12, 31)) == 36
    with open_store(filled) as store:
        assert store.rows("SELECT count(*) FROM starts") == [(0,)]


def test_everything_is_forgotten_and_the_store_stays(filled: Path) -> None:
    forget_everything(filled)
    assert RARE.encode() not in _bytes_of(filled.parent)
    with open_store(filled) as store:
        store.check_key(KEY)
        assert store_contents(store).persons == 0
        assert store.rows("SELECT count(*) FROM imports") == [(0,)]


def test_cells_under_ten_persons_are_not_shown(filled: Path) -> None:
    with open_store(filled) as store:
        contents = store_contents(store)
    assert contents.persons == 12
    forget_person(filled, PERSONS[0], KEY)
    forget_person(filled, PERSONS[1], KEY)
    forget_person(filled, PERSONS[2], KEY)
    with open_store(filled) as store:
        table = [row for row in store_contents(store).table("en")[1:] if row[1] == "2025-01"]
    assert table == [(MUNICIPALITY, "2025-01", "< 10", "< 10", "< 10", "< 10", "0")]


def test_a_month_without_messages_and_a_provider_that_stopped_are_said(tmp_path: Path) -> None:
    empty_store(tmp_path / "r.duckdb", [MUNICIPALITY])
    texts = []
    for month in (1, 2, 4, 5, 6):
        first, last = f"2025-{month:02d}-01", f"2025-{month:02d}-28"
        line = claim_line(first=first, last=last, reference=f"R{month}")
        texts.append(claim([line], 5000, str(month)))
        if month < 3:
            texts.append(texts[-1].replace("65656055", "65656063"))
    texts += [start("1", provider="65656063")]
    with open_store(tmp_path / "r.duckdb", read_only=False) as store:
        import_messages(store, zipped(tmp_path / "a.zip", texts), KEY)
        told = [note["en"] for note in store_contents(store).notes]
    assert any("No claim at all about: 0034 2025-03." in one for one in told)
    assert any(
        "Sends no claims any more, while clients are in care (last month): 65656063 (2025-02)" in one
        for one in told
    )


HOLD = """
import sys, time
from bekostiging.store import open_store
with open_store(sys.argv[1], read_only=False) as store:
    if sys.argv[2] == "inside":
        store.run("BEGIN TRANSACTION")
        store.run("INSERT INTO claims SELECT * FROM claims")
        store.run("INSERT INTO imports (import, kind, file, digest) VALUES (99, 'messages', 'x', 'x')")
    print("ready", flush=True)
    time.sleep(60)
"""


def _holder(path: Path, how: str) -> subprocess.Popen[str]:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path), how], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "ready\n"
    return holder


@pytest.mark.skipif(os.name == "nt", reason="the lock of Windows names no process")
def test_a_second_writer_gets_one_sentence_with_the_process(filled: Path) -> None:
    holder = _holder(filled, "outside")
    try:
        with (
            pytest.raises(UserError, match=rf"in use by another program \(process {holder.pid}\)"),
            open_store(filled),
        ):
            pass
    finally:
        holder.kill()
        holder.wait()


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_kill_in_the_middle_leaves_nothing_half(filled: Path) -> None:
    holder = _holder(filled, "inside")
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with open_store(filled, read_only=False) as store:
        assert store.rows("SELECT count(*) FROM claims") == [(12,)]
        assert store.rows("SELECT count(*) FROM imports") == [(1,)]


FULL = """
import resource, sys
from pathlib import Path
from bekostiging.case import UserError
from bekostiging.messages import Key, read_key
from bekostiging.store import import_messages, open_store
path = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (65536,) * 2)
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    with open_store(path, read_only=False) as store:
        outcome = import_messages(store, sys.argv[2], Key(bytes(range(32))))
    print(outcome[0].refused.text("en") if outcome[0].refused else "kept")
except UserError as error:
    print(error.text("en"))
"""


@pytest.mark.skipif(os.name == "nt", reason="no limit on the size of a file")
def test_a_full_disk_is_one_sentence_and_nothing_half(filled: Path, tmp_path: Path) -> None:
    lines = [claim_line(reference=f"X{number}", authorisation=number) for number in range(20_000)]
    more = written(tmp_path / "more.xml", claim(lines, 100_000_000, "77"))
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(filled), str(more)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "the store cannot write or read on (disk full" in done.stdout, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    with open_store(filled, read_only=False) as store:
        assert store.rows("SELECT count(*) FROM claims") == [(12,)]
        assert store.rows("SELECT count(*) FROM imports") == [(1,)]


@pytest.mark.parametrize(
    "name", ["OneDrive", "OneDrive - Gemeente", "Dropbox", "Google Drive", "Nextcloud", "iCloud Drive"]
)
def test_a_synchronised_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name / "zorg"
    folder.mkdir(parents=True)
    with pytest.raises(UserError, match="folder that is synchronised"):
        make_store(folder / "regio.duckdb", KEY, [MUNICIPALITY], 7)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("kind", ["cifs", "nfs4", "fuse.sshfs"])
def test_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(place, "_mounts", lambda: [("/", "ext4"), (str(tmp_path.resolve()), kind)])
    with pytest.raises(UserError, match=rf"network drive \({kind}\)"):
        make_store(tmp_path / "regio.duckdb", KEY, [MUNICIPALITY], 7)


@pytest.mark.parametrize(
    ("codes", "years"), [([], 7), (["34"], 7), (["0034", "Almere"], 7), (["0034"], 0), (["0034"], 99)]
)
def test_a_store_is_made_for_municipalities_and_years(tmp_path: Path, codes: list[str], years: int) -> None:
    with pytest.raises(UserError, match="give CBS codes of four digits"):
        make_store(tmp_path / "regio.duckdb", KEY, codes, years)
    assert not (tmp_path / "regio.duckdb").exists()


@pytest.mark.parametrize("content", [b"", b"text", b"DUCK" * 2000])
def test_another_file_is_no_store(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "regio.duckdb"
    path.write_bytes(content)
    with pytest.raises(UserError, match="is no store of bekostiging"), open_store(path):
        pass


def test_an_older_store_is_upgraded_and_a_later_one_refused(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a layout of tomorrow that has one more table."""
    with monkeypatch.context() as tomorrow:
        tomorrow.setattr(database, "VERSION", database.VERSION + 1)
        tomorrow.setitem(database.UPGRADES, database.VERSION - 1, ("CREATE TABLE tomorrow (number INTEGER)",))
        with open_store(filled) as store:
            assert store.rows("SELECT count(*) FROM tomorrow") == [(0,)]
            assert store.rows("SELECT count(*) FROM claims") == [(12,)]
    with pytest.raises(UserError, match="later version of bekostiging"), open_store(filled):
        pass


def test_an_upgrade_that_fails_changes_nothing(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as tomorrow:
        tomorrow.setattr(database, "VERSION", database.VERSION + 1)
        steps = ("CREATE TABLE tomorrow (number INTEGER)", "SELECT * FROM nowhere")
        tomorrow.setitem(database.UPGRADES, database.VERSION - 1, steps)
        with pytest.raises(Exception, match="nowhere"), open_store(filled):
            pass
    with open_store(filled) as store:
        assert store.about["version"] == str(database.VERSION)


def test_without_the_extra_one_sentence_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(UserError, match=r'duckdb is not installed .* pip install "bekostiging\[data\]"'):
        make_store(tmp_path / "regio.duckdb", KEY, [MUNICIPALITY], 7)


def test_importing_the_package_of_the_store_imports_neither_duckdb_nor_lxml() -> None:
    code = "import sys, bekostiging.store; print({'duckdb', 'lxml'} & {name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_how_late_claims_come_by_hand(tmp_path: Path) -> None:
    """Eight months of care: 60 of every 100 come after one month, the rest after two; of the last month only the 60 are
    there yet, which is no sign of less care."""
    empty_store(tmp_path / "r.duckdb", [MUNICIPALITY])
    texts = []
    for month in range(1, 9):
        first, last = f"2025-{month:02d}-01", f"2025-{month:02d}-28"
        early = claim_line(60, 100, first=first, last=last, reference=f"E{month}")
        texts.append(claim([early], 6000, f"1{month}", f"2025-{month + 1:02d}-10"))
        if month < 8:
            late = claim_line(40, 100, first=first, last=last, reference=f"L{month}")
            texts.append(claim([late], 4000, f"2{month}", f"2025-{month + 2:02d}-10"))
    with open_store(tmp_path / "r.duckdb", read_only=False) as store:
        import_messages(store, zipped(tmp_path / "a.zip", texts), KEY)
        told = [note["en"] for note in store_contents(store).notes]
    assert any(
        "after 1 months 60 %, after 2 months 100 %; the longest delay was 2 months" in one for one in told
    ), told


def test_a_key_of_an_editor_of_windows_is_read(tmp_path: Path) -> None:
    """With a byte order mark, ends of lines of Windows and white space around it."""
    text = f"\ufeff bekostiging sleutel 1 \r\n  {bytes(range(32)).hex()}  \r\n\r\n"
    (tmp_path / "regio.key").write_bytes(text.encode("utf-8"))
    assert read_key(tmp_path / "regio.key").fingerprint == KEY.fingerprint


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder; name the file of the store"), open_store(tmp_path):
        pass


def test_a_version_that_is_none_is_no_store(filled: Path) -> None:
    with open_store(filled, read_only=False) as store:
        store.run("UPDATE store SET value = 'soon' WHERE name = 'version'")
    with pytest.raises(UserError, match="is no store of bekostiging"), open_store(filled):
        pass


def test_a_store_without_rights_is_one_sentence(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    def denied(file: Path, *, read_only: bool) -> None:
        raise duckdb.IOException(f'IO Error: Cannot open file "{file}": Permission denied')

    monkeypatch.setattr("bekostiging.store.database._connect", denied)
    with pytest.raises(UserError, match="there are no rights to open or write this store"), open_store(filled):
        pass


CRASH = """
import sys
from bekostiging.cli import main
from bekostiging.messages.lines import Reader
line, count = Reader.line, 0
def breaks(self, leaves):
    global count
    count += 1
    if count == 30 and sys.argv[1] == "kill":
        import os, signal
        os.kill(os.getpid(), signal.SIGKILL)
    if count == 30:
        raise {"bug": ValueError, "memory": MemoryError, "interrupt": KeyboardInterrupt}[sys.argv[1]]("provoked")
    return line(self, leaves)
Reader.line = breaks
sys.argv = ["bekostiging", *sys.argv[2:]]
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
@pytest.mark.parametrize("how", ["bug", "memory", "interrupt", "kill"])
def test_a_crash_in_the_middle_of_an_import_leaves_no_number(
    filled: Path, tmp_path_factory: pytest.TempPathFactory, how: str
) -> None:
    """Nothing of the numbers in what is printed, a traceback included, in store, WAL and temporary files, in the folder of
    the user; and nothing half: the store is as it was."""
    home, outside = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("berichten")
    (home / "regio.key").write_text(f"bekostiging sleutel 1\n{bytes(range(32)).hex()}\n", encoding="ascii")
    numbers = [made(30 + seed) for seed in range(3)]
    texts = [text for seed, number in enumerate(numbers) for text in _messages(number, 30 + seed)]
    lines = [claim_line(reference=f"K{number}") for number in range(60)]
    zipped(outside / "a.zip", [*texts, claim(lines, 300_000, "k", person=numbers[0])])
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(home), "XDG_CACHE_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", CRASH, how, "import", "messages", str(outside), "--store", str(filled), "--key",
         str(home / "regio.key")],
        capture_output=True, text=True, check=False, timeout=120, cwd=home, env=environment,
    )  # fmt: skip
    assert done.returncode != 0
    searched = _bytes_of(filled.parent) + _bytes_of(home) + done.stdout.encode() + done.stderr.encode()
    for number in numbers:
        assert not any(spelling in searched for spelling in _spellings(number))
    with open_store(filled, read_only=False) as store:
        assert store.rows("SELECT count(*) FROM claims") == [(12,)]
        assert store.rows("SELECT count(*) FROM imports") == [(1,)]


def test_a_store_with_a_damaged_block_is_named(tmp_path: Path) -> None:
    """A byte that fell over on the disk: DuckDB finds its checksum wrong when the block is read, not when it is opened."""
    duckdb = database.duckdb_module()
    words = "Corrupt database file: computed checksum 1 does not match stored checksum 2 in block at location 3"
    with (
        pytest.raises(UserError, match="this store is damaged; put the last back-up in its place"),
        database._in_words(tmp_path / "regio.duckdb"),
    ):
        raise duckdb.Error(words)
