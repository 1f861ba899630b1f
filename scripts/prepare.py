"""Prepare what a start need not work out again: the descriptions of the rules. The build of a package calls this.

Usage: python scripts/prepare.py
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from validator.common import prepared  # noqa: E402 - after the path is set

shutil.rmtree(prepared.FOLDER, ignore_errors=True)  # so that the rules are those of their modules

from validator import rules  # noqa: E402 - as above
from validator.engine.promised import described  # noqa: E402
from validator.facts import model_named, models  # noqa: E402
from validator.facts.api import PLATFORMS  # noqa: E402

RULES = "rules"


def prepare() -> None:
    """Write the files."""
    sources = _sources()
    known = [model_named(model.id, platform) for model in models() for platform in PLATFORMS]
    value = described(rules.RULES.values(), [model for model in known if model is not None])
    prepared.write(rules.PREPARED, value, rules.FOLDERS, [("package", path) for path in sources])


def _sources() -> list[str]:
    """Return what the rules are made of: the modules that their import needs, and the data that these read."""
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == "validator"]
    files = [Path(str(module.__file__)) for module in modules]
    return [
        path.relative_to(prepared.PACKAGE).as_posix()
        for path in (*files, *Path(prepared.PACKAGE, "facts").glob("*.json"))
    ]


if __name__ == "__main__":
    prepare()
