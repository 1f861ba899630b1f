"""Prepare what a start need not work out again; the build of a package calls this.

Usage: python scripts/prepare.py
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from validator.common import kept, prepared  # noqa: E402 - after the path is set

shutil.rmtree(prepared.FOLDER, ignore_errors=True)  # so that the rules are those of their modules

from validator import rules  # noqa: E402 - as above
from validator.engine.promised import described  # noqa: E402
from validator.facts import model_named, models  # noqa: E402
from validator.facts.api import PLATFORMS  # noqa: E402
from validator.schema import gate, store  # noqa: E402

_TYPICAL = {
    "model": "claude-haiku-4-5",
    "max_tokens": 1024,
    "system": [{"type": "text", "text": "Be short.", "cache_control": {"type": "ephemeral"}}],
    "tools": [{"name": "now", "description": "Tells the time.", "input_schema": {"type": "object", "properties": {}}}],
    "messages": [{"role": "user", "content": "Hello"}],
}
_LISTS_MODULES = """
import sys
import validator.__main__
before = set(sys.modules)
try:
    validator.__main__.run()
except SystemExit:
    print(*(name for name in sys.modules if name.startswith("validator.") and name not in before))
"""
_READ_BY_RULES = "facts/*.json"
_OF_SCHEMAS = ("__init__", "formats", "gate", "projection", "store")


def prepare() -> None:
    """Write the files."""
    known = [model_named(model.id, platform) for model in models() for platform in PLATFORMS]
    value = described(rules.RULES.values(), [model for model in known if model is not None])
    prepared.write(rules.PREPARED, value, rules.FOLDERS, [*_modules(), *_below("package", _READ_BY_RULES)])
    modules = ["common/prepared.py", "facts/api.py", *(f"schema/{name}.py" for name in _OF_SCHEMAS)]
    sources = [("schemas", name) for name in store.files()] + [("package", name) for name in modules]
    prepared.write(gate.PREPARED, gate.to_prepare(), gate.folders(), sources)
    Path(kept.MODULES).write_text("".join(f"# {name}\n" for name in _modules_of_a_check()), "utf-8")


def _modules() -> list[tuple[str, str]]:
    """Return the modules that are imported with the rules: whatever a description tells comes from one of them."""
    files = (str(module.__file__) for name, module in sys.modules.items() if name.partition(".")[0] == "validator")
    return [("package", Path(file).relative_to(prepared.PACKAGE).as_posix()) for file in files]


def _modules_of_a_check() -> list[str]:
    """Return the modules that a check of a typical request imports after those that are needed to find them."""
    with TemporaryDirectory() as folder:
        Path(folder, "request.json").write_text(json.dumps(_TYPICAL), "utf-8")
        done = subprocess.run(  # noqa: S603 - ours
            [sys.executable, "-B", "-c", _LISTS_MODULES, "check", "--isolated", "request.json"],
            capture_output=True,
            check=True,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))},
        )
    return done.stdout.decode().splitlines()[-1].split()


def _below(folder: str, glob: str) -> list[tuple[str, str]]:
    root = Path(rules.FOLDERS[folder])
    return [(folder, path.relative_to(root).as_posix()) for path in root.glob(glob)]


if __name__ == "__main__":
    prepare()
