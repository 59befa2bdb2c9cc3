"""What scripts may ask for: a mistake of theirs told in one sentence instead of a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]


@dataclass(frozen=True)
class _Sentence:
    """Shows the sentence of a user's mistake, and anything else as ``usual``."""

    lang: str
    usual: Hook

    def __call__(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        """As ``sys.excepthook`` is called."""
        from bekostiging.case.errors import UserError

        if isinstance(error, UserError):
            print(error.text(self.lang), file=sys.stderr)
        else:
            self.usual(kind, error, traceback)


def short_errors(lang: str = "en") -> None:
    """From now on, end a script on a ``UserError`` with its sentence alone, without a traceback.

    Every other exception is shown as before, and so are the exceptions that the script catches itself. Nothing is changed
    by importing the package: only this call sets ``sys.excepthook``. A second call changes the language.

    Parameters
    ----------
    lang : "nl" or "en", default "en"
        Language of the sentence.

    Raises
    ------
    UserError
        Another language.

    Examples
    --------
    >>> import sys, bekostiging
    >>> before = sys.excepthook
    >>> bekostiging.short_errors()
    >>> sys.excepthook is before
    False
    >>> sys.excepthook = before
    """
    from bekostiging.case.arguments import checked_language

    usual = sys.excepthook.usual if isinstance(sys.excepthook, _Sentence) else sys.excepthook
    sys.excepthook = _Sentence(checked_language("lang", lang), usual)
