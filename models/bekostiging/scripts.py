"""What scripts may ask for: a mistake of theirs told in one sentence instead of a traceback."""

from __future__ import annotations

import sys
from types import TracebackType


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
    from bekostiging.case.errors import UserError

    checked_language("lang", lang)
    usual = getattr(sys.excepthook, "usual", sys.excepthook)

    def show(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        """The sentence of a user's mistake; anything else as usual."""
        if isinstance(error, UserError):
            print(error.text(lang), file=sys.stderr)
        else:
            usual(kind, error, traceback)

    show.usual = usual  # type: ignore[attr-defined]
    sys.excepthook = show
