"""What a user gets of a study, alike for every study: results, tables, sentences and a page.

A study is presented by one class beside its page; ``bekostiging.report.write`` knows which, and writes its folder.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

from bekostiging.case import Case, dated_notes
from bekostiging.case.errors import Note
from bekostiging.evaluation import Study, sense_check
from bekostiging.evaluation.notes import alarms
from bekostiging.report.kit.export import confidential_mark
from bekostiging.report.kit.html import template
from bekostiging.report.kit.leading import LeadingSheet, Panel, answer_panels
from bekostiging.report.kit.long import LongTable
from bekostiging.report.kit.paper import Paper
from bekostiging.report.kit.sections import Answer, Part, Section
from bekostiging.report.kit.self_check import check_sentence, written_check
from bekostiging.report.kit.sense import influence_section, remark_block, sense_results
from bekostiging.report.kit.texts import Texts

S = TypeVar("S")
T = TypeVar("T", bound=Study)


@dataclass(frozen=True)
class Exported:
    """Tables about one case, the settings printed with them, their place in the result folder, and what is read first."""

    case: Case
    tables: Sequence[LongTable]
    settings: Mapping[str, object]
    named: bool
    place: str = ""
    leading: Sequence[LeadingSheet] = ()


class Presented(ABC, Generic[S]):
    """Anything that is written to a result folder: ``study`` in one language."""

    page_file = "report.html"
    results_file = "results.json"

    def __init__(self, study: S, lang: str) -> None:
        self.study = study
        self.texts = Texts(lang)

    @property
    @abstractmethod
    def notes(self) -> Sequence[Note]:
        """What must be said."""

    @property
    @abstractmethod
    def designed(self) -> bool:
        """Whether every lump sum it rests on came out within its limits."""

    @abstractmethod
    def results(self) -> dict[str, Any]:
        """The content of its JSON file."""

    @abstractmethod
    def exported(self) -> Sequence[Exported]:
        """What is exported as CSV and workbook: per case its tables."""

    @abstractmethod
    def page(self) -> str:
        """The page as HTML."""

    @abstractmethod
    def about(self) -> Mapping[str, object]:
        """What manifest.json says of it."""

    def sentences(self) -> list[str]:
        """What was found, in a few sentences."""
        return []

    def answers(self) -> list[Answer]:
        """Tables for the terminal."""
        return []

    def write_more(self, folder: Path) -> None:
        """Write what only this study has."""


def frame_of_page(study: Study, texts: Texts) -> dict[str, Any]:
    """What every page of a case shows: language, title, disclaimer, notes, remarks, and the margins of a printed page."""
    case = study.case
    title, mark = case.title.get(texts.lang, case.name), confidential_mark(case, texts, named=study.named)
    return {
        "lang": texts.lang,
        "title": title,
        "disclaimer": case.disclaimer.get(texts.lang, ""),
        "confidential": mark,
        "paper": Paper.of(title, texts, mark, datetime.now(UTC).date()),
        "contents": texts["paper", "contents"],
        **notes_of_page(study, texts),
        **sense_of_page(study, texts),
    }


def page_of_parts(parts: Sequence[Part], kind: str, frame: Mapping[str, Any], texts: Texts) -> str:
    """A page whose parts print apart; ``kind``: what stands above its title."""
    return template("parts.html.j2").render(**frame, kind=kind, parts=[part for part in parts if part.sections])


def notes_of_page(study: Study, texts: Texts) -> dict[str, Any]:
    """Notes of a study where a page has them: ``alarms`` of the self-check above everything else, ``notes``, and in the
    appendix, under ``dated_title``, those on the age of figures and rules (``dated``)."""
    known = dated_notes(study.case)
    alarmed = alarms(study.self_check) if study.self_check else ()
    return {
        "alarms": [note[texts.lang] for note in alarmed],
        "notes": [note[texts.lang] for note in study.notes if note not in known and note not in alarmed],
        "dated": [note[texts.lang] for note in study.notes if note in known],
        "dated_title": texts["page", "dated"],
    }


def sense_of_page(study: Study, texts: Texts) -> dict[str, object]:
    """What every page says of its case: ``remarks`` on top, and the section on the inputs that move the budget most."""
    return {
        "remarks": remark_block(sense_check(study.case), texts),
        "influence": influence_section(study.case, texts),
    }


class StudyReport(Presented[T]):
    """A study of one case; its page has sections, unless it has a template of its own."""

    @property
    def notes(self) -> Sequence[Note]:
        """What the study must say."""
        return self.study.notes

    @property
    def designed(self) -> bool:
        """Whether the lump sum came out within its limits; True where there is none."""
        return self.study.designed in (None, "designed")

    def undesigned(self) -> list[str]:
        """What must be told first where a lump sum on the way is not within its limits."""
        return [] if self.designed else [self.texts["capacity", f"told_outcome_{self.study.designed}"]]

    @abstractmethod
    def tables(self) -> list[LongTable]:
        """Every table in long format."""

    def title(self) -> str:
        """Heads the page."""
        return ""

    def sections(self) -> Sequence[Section]:
        """What the page shows under the sentences."""
        return ()

    def settings(self) -> dict[str, object]:
        """What the numbers depend on beside case and versions."""
        return {"scenarios": self.study.n_scenarios, "seed": self.study.seed}

    def exported(self) -> Sequence[Exported]:
        """One case, in the folder itself."""
        leading = self.leading()
        return (Exported(self.study.case, self.tables(), self.settings(), self.study.named, leading=leading),)

    def leading(self) -> list[LeadingSheet]:
        """What is read first in the workbook: the answer."""
        said, told = self.texts.sections["leading"], self.sentences()
        panels = [Panel(said["answer"], told)] if told else []
        panels += answer_panels(self.answers())
        return [LeadingSheet(said["summary"], said["summary_title"], panels)] if panels else []

    def about(self) -> Mapping[str, object]:
        """Case and settings."""
        case = self.study.case
        return {"case": case.name, "disclaimer": case.disclaimer, "settings": self.settings()}

    def head(self) -> dict[str, Any]:
        """What every JSON file begins with."""
        study = self.study
        return {
            "case": study.case.name,
            "disclaimer": study.case.disclaimer,
            "n_scenarios": study.n_scenarios,
            "seed": study.seed,
            "notes": list(study.notes),
            **sense_results(study.case),
            "self_check": written_check(study.self_check),
        }

    @cached_property
    def frame(self) -> dict[str, Any]:
        """What every page shows: language, title of the case, disclaimer, notes, sentences and self-check."""
        return {
            **frame_of_page(self.study, self.texts),
            "told": self.sentences(),
            "self_check": check_sentence(written_check(self.study.self_check), self.texts),
        }

    def page(self) -> str:
        """The page of sections."""
        titled = {"title": f"{self.title()}: {self.frame['title']}"}
        return template("sections.html.j2").render(**self.frame | titled, sections=self.sections())
