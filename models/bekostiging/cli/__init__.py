"""The command line: one sentence per user error, never a traceback.

Exit codes: 0 done; 1 case or data wrong; 2 command line wrong; 3 model without solution; 130 interrupted.
Imports of the package itself are made inside the commands, so that ``--help`` answers at once.
"""

import sys

from bekostiging.cli import benchmark, compare, data, decide, papers, prepare, year
from bekostiging.cli.application import app, system_refused
from bekostiging.cli.console import show_every_text

__all__ = ["app", "benchmark", "compare", "data", "decide", "main", "papers", "prepare", "year"]


def main() -> None:
    """Entry point of the ``bekostiging`` command; what we did not foresee is shown with its traceback, masked."""
    show_every_text()
    try:
        app()
    except OSError as error:  # outside a command, such as the text of --help to a full disk
        sys.exit(system_refused(error, "en" if "en" in sys.argv else "nl"))
    except Exception:
        import traceback

        from bekostiging.case.bsn import mask
        from bekostiging.characters import visible

        sys.stderr.write(mask(visible(traceback.format_exc())))
        raise SystemExit(1) from None
