"""Run the commands that the documentation shows, and put what they print below them.

A block of `console` begins with `$ msglint …` and is run from the root of the checkout. The blocks of a walk-through,
`{ .console .walkthrough }`, are run one after the other in a copy of an old repository of our own making.

    python scripts/console_blocks.py            says which pages show something else than what is printed
    python scripts/console_blocks.py --write    rewrites them
"""

from __future__ import annotations

import argparse
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PAGES: Final = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
OLD_REPOSITORY: Final = ROOT / "fixtures" / "old-repository"

_PROMPT: Final = "$ msglint "
_BLOCK: Final = re.compile(r"^```(console|\{ \.console \.walkthrough \})\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def installed_command() -> str:
    """Return the command of the environment that this runs in."""
    return str(Path(sysconfig.get_path("scripts"), "msglint"))


def rerun(page: str, command: str) -> str:
    """Return a page with what `command` prints today in its blocks."""
    with tempfile.TemporaryDirectory() as folder:
        repository = Path(folder, "repository")
        shutil.copytree(OLD_REPOSITORY, repository)

        def block(found: re.Match[str]) -> str:
            first, _, _ = found[2].partition("\n")
            if not first.startswith(_PROMPT):
                return found[0]
            place = ROOT if found[1] == "console" else repository
            return f"```{found[1]}\n{first}\n{_printed(command, first.removeprefix(_PROMPT), place)}```"

        return _BLOCK.sub(block, page)


def _printed(command: str, arguments: str, folder: Path) -> str:
    done = subprocess.run(  # noqa: S603 - the commands are those of our own pages
        [command, *shlex.split(arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        cwd=folder,
        encoding="utf-8",
    )
    return done.stdout


def main() -> int:
    """Compare or rewrite the pages; return 1 where one shows something else than what is printed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help="rewrite the pages")
    write = parser.parse_args().write
    stale = 0
    for path in PAGES:
        page = path.read_text("utf-8")
        fresh = rerun(page, installed_command())
        if fresh != page:
            stale += 1
            sys.stdout.write(f"{path.relative_to(ROOT)} {'was rewritten' if write else 'is stale'}\n")
            if write:
                path.write_text(fresh, "utf-8")
    return int(stale > 0 and not write)


if __name__ == "__main__":
    sys.exit(main())
