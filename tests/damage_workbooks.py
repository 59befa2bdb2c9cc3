"""Workbooks as disks, programs and attackers leave them: damages of the zip, of its parts, and of the XML in them.

A damage of ``FILES`` never changes what a whole workbook says: the case is the same, or refused. One of ``CELLS`` changes
a cell: the case has as many rows, or is refused.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
from collections.abc import Callable
from random import Random

Parts = dict[str, bytes]
Damage = Callable[[bytes, Random], bytes]
LIST, RELATIONS, TEXTS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"


def parts_of(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Parts, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", kind, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def a_sheet(parts: Parts, rng: Random) -> str:
    return rng.choice([name for name in sorted(parts) if name.startswith("xl/worksheets/sheet")])


def a_row(sheet: bytes, rng: Random) -> re.Match[bytes]:
    return rng.choice(list(re.finditer(rb'<row r="(\d+)".*?</row>', sheet, re.DOTALL)))


def a_cell(sheet: bytes, rng: Random, kind: bytes = b"") -> re.Match[bytes]:
    """A cell with a value; ``kind``: what its attributes hold."""
    return rng.choice(
        list(re.finditer(rb'<c r="[A-Z]+\d+"[^>]*' + kind + rb"[^>/]*>(?:(?!</c>).)*</c>", sheet, re.DOTALL))
    )


# the zip


def truncate(content: bytes, rng: Random) -> bytes:
    return content[: rng.randrange(len(content))]


def flip(content: bytes, rng: Random) -> bytes:
    broken = bytearray(content)
    for _ in range(rng.choice([1, 5, 50])):
        broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
    return bytes(broken)


def flip_directory(content: bytes, rng: Random) -> bytes:
    """Names, sizes and places in the list of the zip."""
    broken = bytearray(content)
    start = content.index(b"PK\x01\x02")
    for _ in range(rng.choice([1, 3])):
        broken[rng.randrange(start, len(broken))] = rng.randrange(256)
    return bytes(broken)


def around(content: bytes, rng: Random) -> bytes:
    return rng.choice([b"MZ" + content, content + rng.randbytes(50), b"PK" + content, content * 2])


def twice_in_the_zip(content: bytes, rng: Random) -> bytes:
    parts = parts_of(content)
    name = rng.choice(sorted(parts))
    target = io.BytesIO(content)
    with warnings.catch_warnings(), zipfile.ZipFile(target, "a") as archive:
        warnings.simplefilter("ignore", UserWarning)  # of zipfile: a name that is there already
        info = zipfile.ZipInfo(rng.choice([name, name.upper()]))
        archive.writestr(info, rng.choice([parts[name], b"", parts[name][:100], parts[a_sheet(parts, rng)]]))
    return target.getvalue()


def locked(content: bytes, rng: Random) -> bytes:
    """The bit of every part that says that it has a password."""
    broken = bytearray(content)
    for head, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        start = broken.find(head)
        while start >= 0:
            broken[start + place] |= 1
            start = broken.find(head, start + 4)
    return bytes(broken)


def password(content: bytes, rng: Random) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + rng.randbytes(2000) + "EncryptedPackage".encode("utf-16-le")


def other_program(content: bytes, rng: Random) -> bytes:
    """An .ods, .xlsb, .docx or .numbers, an .xls or a text with the name of an .xlsx."""
    return rng.choice(
        [
            zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<office/>"}),
            zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": rng.randbytes(99)}),
            zipped({"word/document.xml": b"<w/>"}),
            zipped({"Index/Document.iwa": b"x"}),
            zipped({}),
            b"PK\x05\x06" + b"\0" * 18,
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + rng.randbytes(900),
            b"naam;bedrag\n",
            b"",
            b"PK",
            b"<?xml version='1.0'?><html/>",
        ]
    )


def bomb(content: bytes, rng: Random) -> bytes:
    name = rng.choice(["xl/worksheets/sheet9.xml", TEXTS, "xl/extra.xml", "docProps/big.bin"])
    return zipped(parts_of(content) | {name: b"<a>" + b" " * (40 * 2**20)})


def liar(content: bytes, rng: Random) -> bytes:
    """A part that is larger or smaller than the list of the zip says."""
    broken = bytearray(content)
    places = [found.start() for found in re.finditer(b"PK\x01\x02", content)]
    place = rng.choice(places)
    broken[place + 24 : place + 28] = struct.pack("<I", rng.choice([0, 10, 2**20, 2**31]))
    return bytes(broken)


def strange_names(content: bytes, rng: Random) -> bytes:
    return zipped(
        parts_of(content) | {"../../etc/passwd": b"x", "/xl/workbook.xml ": b"", "xl\\workbook.xml": b"<a/>"}
    )


def macros(content: bytes, rng: Random) -> bytes:
    return zipped(parts_of(content) | {"xl/vbaProject.bin": rng.randbytes(1000)}, zipfile.ZIP_STORED)


# the parts


def lose_part(content: bytes, rng: Random) -> bytes:
    parts = parts_of(content)
    del parts[rng.choice([*sorted(parts), a_sheet(parts, rng)])]
    return zipped(parts)


def rename_part(content: bytes, rng: Random) -> bytes:
    parts = parts_of(content)
    name = rng.choice([a_sheet(parts, rng), TEXTS, LIST, RELATIONS])
    new = rng.choice(
        [
            name.upper(),
            name.replace("xl/", "XL/"),
            name.replace("/", "\\"),
            f"{name}x",
            f"/{name}",
            f"{name} ",
            name.replace("sheet", "blad"),
            name.replace(".xml", ".bin"),
        ]
    )
    return zipped({new if own == name else own: part for own, part in parts.items()})


def spoil_part(content: bytes, rng: Random) -> bytes:
    parts = parts_of(content)
    name = rng.choice([rng.choice(sorted(parts)), a_sheet(parts, rng)])
    own = parts[name]
    parts[name] = rng.choice(
        [
            b"",
            b"\x00" * 100,
            rng.randbytes(500),
            own[: len(own) // 2],
            own + own,
            own.replace(b"<", b"&lt;", 3),
            b"<a/>",
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
            own.replace(b"sheetData", b"cells"),
            b"<worksheet><sheetData/></worksheet>",
            own.replace(b"worksheet", b"chartsheet"),
            own.replace(b"<row ", b"<rij "),
            own[:-20],
            own.replace(b">", b">\x00", 1),
            b" " + own,
        ]
    )
    return zipped(parts)


def other_sheet(content: bytes, rng: Random) -> bytes:
    """The content of one sheet under the name of another."""
    parts = parts_of(content)
    one, other = a_sheet(parts, rng), a_sheet(parts, rng)
    mine, theirs = parts[one], parts[other]
    parts[one] = theirs
    if rng.random() < 0.5:
        parts[other] = mine
    return zipped(parts)


def relations(content: bytes, rng: Random) -> bytes:
    parts = parts_of(content)
    number, other = rng.sample(range(1, 14), 2)
    target = b"worksheets/sheet%d.xml" % number
    old, new = rng.choice(
        [
            (target, b"worksheets/sheet%d.xml" % other),
            (target, b"worksheets/sheet99.xml"),
            (target, b""),
            (target, b"theme/theme1.xml"),
            (b'Id="rId%d"' % number, b'Id="rId%d"' % other),
            (b'Id="rId%d"' % number, b""),
            (target, b"https://example.org/a.xml"),
            (b'Target="' + target, b'TargetMode="External" Target="' + target),
            (target, b"/xl/worksheets/sheet%d.xml" % number),
            (target, b"../xl/worksheets/sheet%d.xml" % number),
            (target, target.upper()),
            (b"relationships/worksheet", b"relationships/chartsheet"),
            (b"sharedStrings.xml", b"shared.xml"),
            (target, b"worksheets/../worksheets/sheet%d.xml" % number),
        ]
    )
    parts[RELATIONS] = parts[RELATIONS].replace(old, new, rng.choice([1, -1]))
    return zipped(parts)


def listed(content: bytes, rng: Random) -> bytes:
    """The list of sheets: one left out, twice, without a name, with the name of another."""
    parts = parts_of(content)
    sheets = re.findall(rb"<sheet [^>]*/>", parts[LIST])
    one, other = rng.sample(sheets, 2)
    name, theirs = (re.search(rb'name="([^"]*)"', sheet)[1] for sheet in (one, other))  # type: ignore[index]
    new = rng.choice(
        [
            b"",
            one + one,
            one.replace(name, theirs),
            one.replace(name, b""),
            re.sub(rb'r:id="[^"]*"', b"", one),
            other,
            one.replace(b" name=", b' state="veryHidden" name='),
            one.replace(name, name + b" 2"),
        ]
    )
    parts[LIST] = parts[LIST].replace(one, new)
    return zipped(parts)


def encoding(content: bytes, rng: Random) -> bytes:
    parts = parts_of(content)
    name = rng.choice([TEXTS, LIST, RELATIONS, a_sheet(parts, rng)])
    own = rng.choice(["utf-16", "cp1252", "latin-1", "utf-8", "utf-16-le", "utf-32", "cp037"])
    told = rng.choice([own, "UTF-8", "bogus", "utf-7", "rot13", "base64", "idna", "undefined", ""])
    text = parts[name].decode().replace('encoding="UTF-8"', f'encoding="{told}"')
    parts[name] = text.encode(own, "replace")
    return zipped(parts)


def entities(content: bytes, rng: Random) -> bytes:
    parts = parts_of(content)
    name = rng.choice([TEXTS, LIST, RELATIONS, a_sheet(parts, rng)])
    inside = rng.choice(
        [b'<!ENTITY a "aa">', b'<!ENTITY x SYSTEM "file:///etc/passwd">', b"", b'<!ENTITY % p "x"> %p;']
    )
    parts[name] = parts[name].replace(b"?>", b"?><!DOCTYPE x [" + inside + b"]>", 1)
    return zipped(parts)


def deep(content: bytes, rng: Random) -> bytes:
    parts = parts_of(content)
    name = rng.choice([TEXTS, a_sheet(parts, rng), LIST])
    many = rng.choice([1000, 100_000])
    close = parts[name].rindex(b"</")
    parts[name] = parts[name][:close] + b"<a>" * many + b"</a>" * many + parts[name][close:]
    return zipped(parts)


# the XML of a sheet


def one_number(content: bytes, rng: Random) -> bytes:
    """Two rows or two cells with one number, or out of order."""
    parts = parts_of(content)
    name = a_sheet(parts, rng)
    sheet = parts[name]
    one, other = a_row(sheet, rng), a_row(sheet, rng)
    cells = (
        rng.sample(re.findall(rb' r="([A-Z]+)%s"' % one[1], one[0]) * 2, 2) if b"<c " in one[0] else [b"A", b"A"]
    )
    new = rng.choice(
        [
            sheet.replace(b'<row r="%s"' % one[1], b'<row r="%s"' % other[1], 1),
            sheet.replace(one[0], one[0] + one[0], 1),
            re.sub(rb'(<row |<c )r="[A-Z]*%s"' % one[1], lambda found: found[0].replace(one[1], other[1]), sheet),
            sheet.replace(b' r="%s%s"' % (cells[0], one[1]), b' r="%s%s"' % (cells[1], one[1]), 1),
            sheet.replace(b' r="%s%s"' % (cells[0], one[1]), b' r="%s%s"' % (cells[0], other[1]), 1),
            sheet.replace(one[0], b"", 1).replace(b"<sheetData>", b"<sheetData>" + one[0], 1),
            sheet.replace(one[0], b"", 1).replace(b"</sheetData>", one[0] + b"</sheetData>", 1),
            sheet.replace(one[0], one[0].replace(b"</row>", b"") + b"</row>", 1),
            re.sub(rb'(<c) r="[A-Z]+\d+"', rb"\1", sheet),
            re.sub(rb'(<row) r="\d+"', rb"\1", sheet),
        ]
    )
    parts[name] = new
    return zipped(parts)


def structure(content: bytes, rng: Random) -> bytes:
    """Rows in other places than where a reader looks for them."""
    parts = parts_of(content)
    name = a_sheet(parts, rng)
    sheet = parts[name]
    row = a_row(sheet, rng)[0]
    parts[name] = rng.choice(
        [
            sheet.replace(row, b"</sheetData><sheetData>" + row, 1),
            sheet.replace(row, b"<x>" + row + b"</x>", 1),
            sheet.replace(row, b"</sheetData>" + row + b"<sheetData>", 1),
            sheet.replace(b"<sheetData>", b"<sheetData><row/>"),
            sheet.replace(b'<dimension ref="A1', b'<dimension ref="XFD1048576'),
            sheet.replace(b"<sheetData>", b'<mergeCells count="1"><mergeCell ref="ZZ"/></mergeCells><sheetData>'),
            sheet.replace(row, row[:-6] + row + b"</row>", 1),
            sheet.replace(b"<row ", b"<x:row ", 1),
            sheet.replace(b"</v>", b"</v> "),
        ]
    )
    return zipped(parts)


def far_cells(content: bytes, rng: Random) -> bytes:
    parts = parts_of(content)
    name = a_sheet(parts, rng)
    many = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (row, row) for row in range(9000, 12000))
    one = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    beyond = b'<row r="99999999"><c><v>1</v></c></row>'
    parts[name] = parts[name].replace(b"</sheetData>", rng.choice([one, beyond, many]) + b"</sheetData>")
    return zipped(parts)


def styles(content: bytes, rng: Random) -> bytes:
    parts = parts_of(content)
    own = parts["xl/styles.xml"]
    parts["xl/styles.xml"] = rng.choice(
        [b"", b"<a/>", own[:300], own.replace(b"cellXfs", b"x"), rng.randbytes(99)]
    )
    return zipped(parts)


FILES: tuple[Damage, ...] = (
    truncate,
    flip,
    flip,
    flip_directory,
    flip_directory,
    around,
    twice_in_the_zip,
    twice_in_the_zip,
    locked,
    password,
    other_program,
    bomb,
    liar,
    strange_names,
    macros,
    lose_part,
    lose_part,
    rename_part,
    rename_part,
    spoil_part,
    spoil_part,
    spoil_part,
    other_sheet,
    relations,
    relations,
    relations,
    listed,
    listed,
    encoding,
    encoding,
    entities,
    deep,
    one_number,
    one_number,
    one_number,
    structure,
    structure,
    far_cells,
    styles,
)


def xml_of_cells(content: bytes, rng: Random) -> bytes:
    """Attributes and values that a parser trusts."""
    parts = parts_of(content)
    name = a_sheet(parts, rng)
    old, new = rng.choice(
        [
            (b' t="s"', b' t="zz"'),
            (b' t="s"', b' t="str"'),
            (b' t="s"', b""),
            (b"<v>", b"<v>9999999"),
            (b' r="A7"', b' r="A0"'),
            (b' r="A7"', b' r="ZZZZ7"'),
            (b' r="A7"', b""),
            (b' s="', b' s="9999'),
            (b"</v>", b"e999</v>"),
            (b"<v>1", b"<v>NaN"),
            (b'<row r="7"', b'<row r="-7"'),
            (b"<v>", b"<v>-"),
            (b"<v>", b"<v> "),
            (b"</v>", b"</v><v>1</v>"),
            (b"<v>", b"<v><x/>"),
            (b' t="s"', b' t="b"'),
            (b' t="s"', b' t="d"'),
            (b"<v>", b"<w>"),
            (b"<c ", b"<x:c "),
        ]
    )
    parts[name] = parts[name].replace(old, new, rng.choice([1, -1]))
    return zipped(parts)


def cell(content: bytes, rng: Random) -> bytes:
    """One cell: a formula without its outcome, an error, a date, text in the cell, nothing."""
    parts = parts_of(content)
    name = a_sheet(parts, rng)
    own = a_cell(parts[name], rng)[0]
    place = re.search(rb'r="([A-Z]+\d+)"', own)[1]  # type: ignore[index]
    c = b'<c r="' + place + b'"'
    new = rng.choice(
        [
            c + b"><f>1+1</f></c>",
            c + b"><f>1+1</f><v></v></c>",
            c + b' t="e"><v>#REF!</v></c>',
            c + b' t="e"><f>A1</f><v>#N/A</v></c>',
            c + b' t="inlineStr"><is><t>x</t></is></c>',
            c + b' t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>',
            c + b"/>",
            c + b' t="d"><v>2026-01-01</v></c>',
            c + b' t="s"><v>99999</v></c>',
            c + b' t="s"><v>-1</v></c>',
            c + b' t="str"><v> </v></c>',
            c + b' t="inlineStr"><is><t>' + b"x" * 40_000 + b"</t></is></c>",
            c + b"><v>1E+400</v></c>",
            c + b"><v>1,5</v></c>",
            c + b' t="b"><v>1</v></c>',
            c + b' t="str"><v>&#10;</v></c>',
            c + b"><v>46023</v></c>",
            c + b' t="str"><f>""</f><v></v></c>',
        ]
    )
    parts[name] = parts[name].replace(own, new, 1)
    return zipped(parts)


def merged(content: bytes, rng: Random) -> bytes:
    parts = parts_of(content)
    name = a_sheet(parts, rng)
    place = rng.choice([b"A7:A9", b"B7:C7", b"A1:ZZ99", b"A7", b"A9:A7"])
    parts[name] = parts[name].replace(
        b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="' + place + b'"/></mergeCells>'
    )
    return zipped(parts)


CELLS: tuple[Damage, ...] = (xml_of_cells, xml_of_cells, cell, cell, cell, merged)
