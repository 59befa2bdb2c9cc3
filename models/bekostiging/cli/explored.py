"""What a command does with what-if pages beside its own: that of one provider, and choices computed again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bekostiging.case import Case
    from bekostiging.evaluation import Comparison
    from bekostiging.evaluation.agreed import AgreedLots
    from bekostiging.options import Options
    from bekostiging.studies import LumpSumStudy
    from bekostiging.studies.choices_file import Choices


@dataclass
class Explored:
    """A ``provider`` with a page of its own ("" for none), and a keuze.json that was ``chosen``."""

    lang: str
    provider: str = ""
    chosen: Path | None = None
    read: Choices | None = None

    def prepare(self, brought: Case, run: Options) -> None:
        """Refuse a provider or choices that do not fit, before anything is computed."""
        from bekostiging.case import pseudonymised
        from bekostiging.report.explore.page import provider_id
        from bekostiging.studies.choices_file import read_choices

        shown = brought if run.get("named") else pseudonymised(brought)
        if self.provider:
            self.provider = provider_id(brought, self.provider, shown)
        if self.chosen is not None:
            self.read = read_choices(self.chosen, shown)

    def agreed(self) -> AgreedLots:
        """Lots that are locked in the proposal on view; none without a keuze.json.

        Raises
        ------
        UserError
            A keuze.json in which nothing is locked.
        """
        from bekostiging.case import UserError
        from bekostiging.evaluation.agreed import NOTHING_AGREED
        from bekostiging.studies.choices_file import agreed_of

        if self.read is None:
            return NOTHING_AGREED
        found = agreed_of(self.read)
        if not found:
            name = self.read.proposal.name
            raise UserError(
                f"--choices {self.chosen}: in voorstel {name} staat niets vast; zet op de pagina per perceel vast wat is "
                "afgesproken en bewaar opnieuw, of reken het door met compare --choices.",
                f"--choices {self.chosen}: nothing is locked in proposal {name}; lock on the page what is agreed by lot "
                "and save again, or compute it with compare --choices.",
                exit_code=2,
            )
        return found

    def write(self, outcome: Comparison | LumpSumStudy, draft: Path) -> None:
        """The page of one provider, and choices computed again."""
        from bekostiging.report.explore.page import write_explore
        from bekostiging.report.explore.recomputed import write_recomputed

        if self.provider:
            place = draft / self.provider
            place.mkdir(parents=True)
            write_explore(outcome, place, self.lang, self.provider)
        if self.read is not None:
            write_recomputed(outcome, self.read, draft, self.lang)
