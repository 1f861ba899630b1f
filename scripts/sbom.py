"""Bills of materials (CycloneDX 1.6) of what is released: what is in each file, with version and licence.

Usage: sbom.py FILE…    fail unless files are as the format has it, by the schema in `cyclonedx-python-lib`

They have no time and no serial number, so that the same parts make the same file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SUFFIX: Final = ".cdx.json"


class Part(NamedTuple):
    """A part of what is released."""

    purl: str
    licence: str = ""
    """An expression of SPDX; empty if it is unknown."""
    requirement: str = ""
    """For what is not inside but is needed: which versions of it."""
    is_optional: bool = False


def write(file: Path, subject: Part, parts: Iterable[Part]) -> None:
    """Write the bill of a subject."""
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**_component(subject), "type": "application"}},
        "components": [_component(part) for part in sorted(set(parts))],
    }
    file.write_text(json.dumps(document, indent=2) + "\n", "utf-8")


def _component(part: Part) -> dict[str, Any]:
    name, number = _unpacked(part.purl)
    known = {"version": number, "licenses": [{"expression": part.licence}] if part.licence else None}
    needed = {
        "scope": "optional" if part.is_optional else None,
        "properties": [{"name": "msglint:requirement", "value": part.requirement}] if part.requirement else None,
    }
    every = {"type": "library", "bom-ref": part.purl, "name": name, **known, "purl": part.purl, **needed}
    return {key: value for key, value in every.items() if value}


def _unpacked(purl: str) -> tuple[str, str]:
    """Return the name and the version in the address of a package, `pkg:npm/%40scope/name@1.0`."""
    kind, _, path = purl.removeprefix("pkg:").partition("/")
    name, _, number = path.partition("?")[0].partition("@")
    return (name.rpartition("/")[2] if kind == "deb" else name.replace("%40", "@")), number


def main(files: Sequence[str]) -> int:
    """Check bills, and return the exit code."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    validator = JsonStrictValidator(SchemaVersion.V1_6)
    wrong = {file: error for file in files if (error := validator.validate_str(Path(file).read_text("utf-8")))}
    for file, error in wrong.items():
        sys.stderr.write(f"sbom: {file}: {error}\n")
    return 1 if wrong or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
