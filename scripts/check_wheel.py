"""Check a built wheel and the environment it was installed into: one importable name, all schemas, typed, described.

Usage: check_wheel.py WHEEL ENVIRONMENT
"""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

USES_WHAT_IS_PREPARED = """
from pathlib import Path
from validator import rules
from validator.common import kept
from validator.common.prepared import prepared
from validator.schema import gate
assert prepared(rules.PREPARED, rules.FOLDERS) and prepared(gate.PREPARED, gate.folders())
assert Path(kept.MODULES).is_file()
"""


def main(wheel: str, environment: str) -> None:
    """Fail with the reason if the wheel holds more or less than it should."""
    archive = zipfile.ZipFile(wheel)
    names = archive.namelist()
    top = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    if top != {"validator"}:
        sys.exit(f"the wheel adds {sorted(top)}, but must add only validator")
    schemas = {path.relative_to("schemas").as_posix() for path in Path("schemas").rglob("*.json")}
    shipped = {name.removeprefix("validator/_schemas/") for name in names if name.startswith("validator/_schemas/")}
    if schemas != shipped:
        sys.exit(f"the wheel's schemas differ from the checkout's: {sorted(schemas ^ shipped)}")
    if "validator/py.typed" not in names:
        sys.exit("the wheel has no validator/py.typed")
    using = [str(Path(environment, "bin", "python")), "-c", USES_WHAT_IS_PREPARED]
    if subprocess.run(using, check=False).returncode:  # noqa: S603 - the environment that was given
        sys.exit("what the build has prepared is not there, or not used")
    (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
    broken = re.findall(r"\]\((?!https?://|#)[^)]*\)", archive.read(metadata).decode())
    if broken:
        sys.exit(f"the description links to files that an index does not have: {broken[:3]}")
    (packages,) = Path(environment).glob("lib/python*/site-packages")
    if (packages / "cli.py").exists() or (packages / "schemas").exists():
        sys.exit("the installed package shadows the user's own cli or schemas")
    sys.stdout.write(f"{Path(wheel).name}: {len(names)} files, {len(shipped)} schemas\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
