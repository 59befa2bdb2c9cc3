"""papers.json: what every paper of a result says, for every form it may propose: papers follow in seconds.

No scenario is in it and no paper: blocks of words and numbers, in the language of the result. The figure is kept as the
numbers that it draws.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bekostiging.case.errors import UserError
from bekostiging.report.kit.json_text import json_text
from bekostiging.report.kit.manifest import MANIFEST
from bekostiging.report.kit.paragraphs import Block, Drawing, Grid, Heading, Paragraph, Points
from bekostiging.report.kit.word import About
from bekostiging.report.papers.fan import BudgetFan

PAPERS_KEPT = "papers.json"
"""Where the words of the papers stand in a result folder."""
VERSION = 1
"""Of what a block may be; another one is refused."""
KINDS = {kind.__name__: kind for kind in (Heading, Paragraph, Points, Grid)}


@dataclass(frozen=True)
class PaperText:
    """One paper: ``name`` of its file, what it says ``about`` itself, and its ``blocks``."""

    name: str
    about: About
    blocks: Sequence[Block]


@dataclass(frozen=True)
class KeptPapers:
    """Papers of one result in ``lang``: by form that they propose, ``shown`` being that of the first page."""

    lang: str
    shown: str
    forms: Mapping[str, Sequence[PaperText]]

    def proposing(self, form: str) -> Sequence[PaperText]:
        """Those that propose a form; empty: that of the first page.

        Raises
        ------
        UserError
            The result has no papers that propose it.
        """
        if (form or self.shown) not in self.forms:
            known = ", ".join(self.forms)
            raise UserError(
                f"{{form}} {form}: dit resultaat heeft daar geen stukken van; kies uit {known}.",
                f"{{form}} {form}: this result has no papers of it; choose from {known}.",
                exit_code=2,
                arguments=["form"],
            )
        return self.forms[form or self.shown]

    def text(self) -> str:
        """As it is kept; the same result gives the same text."""
        return json_text(
            {
                "version": VERSION,
                "lang": self.lang,
                "shown": self.shown,
                "forms": {form: [_paper(one) for one in papers] for form, papers in self.forms.items()},
            }
        )


def read_kept(folder: Path) -> KeptPapers:
    """The papers that a result folder keeps.

    Raises
    ------
    UserError
        No result folder, or one that keeps none; kept by another version; changed since it was written.
    """
    file = folder / PAPERS_KEPT
    try:
        content = file.read_bytes()
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UserError(
            f"Resultaat {folder} bewaart geen stukken ({PAPERS_KEPT} of {MANIFEST} ontbreekt of is niet te lezen); noem "
            "een map die compare of lumpsum met deze versie schreef, of reken opnieuw met --papers.",
            f"Result {folder} keeps no papers ({PAPERS_KEPT} or {MANIFEST} is not there or cannot be read); name a "
            "folder that compare or lumpsum wrote with this version, or compute again with --papers.",
            exit_code=2,
        ) from None
    if hashlib.sha256(content).hexdigest() != _fingerprint(manifest):
        raise UserError(
            f"Resultaat {folder}: {PAPERS_KEPT} is veranderd nadat het resultaat werd geschreven; neem de oorspronkelijke "
            "map, of maak het resultaat opnieuw.",
            f"Result {folder}: {PAPERS_KEPT} was changed after the result was written; take the original folder, or "
            "make the result again.",
        )
    kept = json.loads(content)
    if kept["version"] != VERSION:
        raise UserError(
            f"Resultaat {folder}: de stukken zijn bewaard door een andere versie van het programma; maak het resultaat "
            "opnieuw.",
            f"Result {folder}: the papers were kept by another version of the program; make the result again.",
        )
    return KeptPapers(
        kept["lang"],
        kept["shown"],
        {form: [_read_paper(one) for one in papers] for form, papers in kept["forms"].items()},
    )


def _fingerprint(manifest: object) -> object:
    """What the manifest says of the kept papers; None where it says nothing."""
    known = manifest.get("sha256") if isinstance(manifest, dict) else None
    return known.get(PAPERS_KEPT) if isinstance(known, dict) else None


def _paper(one: PaperText) -> dict[str, Any]:
    return {"name": one.name, "about": asdict(one.about), "blocks": [_block(block) for block in one.blocks]}


def _block(block: Block) -> dict[str, Any]:
    """A block as it is kept; of a figure the numbers it draws."""
    if not isinstance(block, Drawing):
        return {"kind": type(block).__name__, **asdict(block)}
    assert isinstance(block.drawn, BudgetFan)
    return {"kind": Drawing.__name__, "drawn": asdict(block.drawn), "alt": block.alt, "caption": block.caption}


def _read_paper(kept: Mapping[str, Any]) -> PaperText:
    about = kept["about"] | {"page": tuple(kept["about"]["page"])}
    return PaperText(kept["name"], About(**about), list(_read_blocks(kept["blocks"])))


def _read_blocks(kept: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    for one in kept:
        fields = {name: value for name, value in one.items() if name != "kind"}
        if one["kind"] != Drawing.__name__:
            yield KINDS[one["kind"]](**fields)
            continue
        fan: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in fields["drawn"].items()
        }
        yield Drawing(BudgetFan(**fan), fields["alt"], fields["caption"])
