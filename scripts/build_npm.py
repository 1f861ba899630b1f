"""Pack the npm packages: `msglint`, and the one for this system with the standalone program in it.

Usage: build_npm.py [--standalone FOLDER] [--out FOLDER]

FOLDER is what `scripts/build_standalone.py` wrote; the default is its own, `build/standalone`. The packages have the
version of `validator/_version.py`. Writes `msglint-VERSION.tgz` and `msglint-SYSTEM-CPU-VERSION.tgz` into `build/npm`.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.build_standalone import OUT as STANDALONE  # noqa: E402 - the path comes first
from scripts.build_standalone import folder_in, target, version  # noqa: E402
from scripts.shared import ScriptError, run, say, size_of  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

OUT: Final = ROOT / "build" / "npm"
PACKAGE: Final = ROOT / "npm" / "msglint"
SCOPE: Final = "@msglint"
_NAMES: Final = {"darwin": "macOS", "linux": "Linux", "win32": "Windows"}


def targets() -> list[str]:
    """Return the systems and processors that there are packages for; the module of the package lists them."""
    found = re.search(r"const TARGETS = (\[.*?\]);", (PACKAGE / "lib" / "program.cjs").read_text("utf-8"))
    if found is None:
        message = "npm/msglint/lib/program.cjs has no TARGETS"
        raise ScriptError(message)
    names: list[str] = json.loads(found[1])
    return names


def pack(out: Path, standalone: Path) -> tuple[Path, Path]:
    """Pack both packages, and return their files: of `msglint`, and of this system.

    Raises:
        ScriptError: when that fails.
    """
    shutil.rmtree(out, ignore_errors=True)
    return pack_main(out), pack_own(out, standalone)


def pack_main(out: Path) -> Path:
    """Pack `msglint`, which is the same for all systems, and return its file."""
    main = out / "work" / "msglint"
    shutil.copytree(PACKAGE, main, ignore=shutil.ignore_patterns("node_modules", "test", "fake"))
    shutil.copy(ROOT / "LICENSE", main)
    _write(main, stamped(json.loads((PACKAGE / "package.json").read_text("utf-8"))))
    return _packed(main, out)


def pack_own(out: Path, standalone: Path) -> Path:
    """Pack the package for this system, and return its file.

    Raises:
        ScriptError: when that fails.
    """
    own, program = out / "work" / target(), folder_in(standalone)
    links = [path for path in program.rglob("*") if path.is_symlink()]
    if links:
        message = f"npm packs no links, and {links[0]} is one"
        raise ScriptError(message)
    shutil.copytree(program, own)
    _write(own, of_target(target()))
    (own / "README.md").write_text(_readme(target()), "utf-8")
    return _packed(own, out)


def stamped(package: dict[str, Any]) -> dict[str, Any]:
    """Return the description of `msglint` with its version and the packages of all systems."""
    optional = {f"{SCOPE}/{name}": version() for name in targets()}
    return {**package, "version": version(), "optionalDependencies": optional}


def of_target(name: str) -> dict[str, Any]:
    """Return the description of the package for a system."""
    system, processor = name.split("-")
    return {
        "name": f"{SCOPE}/{name}",
        "version": version(),
        "description": f"The program msglint for {_NAMES[system]} on {processor}; install `msglint` instead.",
        "license": "SEE LICENSE IN LICENSES.txt",
        "preferUnplugged": True,
        "os": [system],
        "cpu": [processor],
        # A program for one C library does not start with another.
        **({"libc": ["glibc"]} if system == "linux" else {}),
    }


def _readme(name: str) -> str:
    return (
        f"# {SCOPE}/{name}\n\nThe program of the package `msglint` for this system, with all that "
        "it needs. That package installs it; do not depend on it yourself.\n"
    )


def _write(folder: Path, package: dict[str, Any]) -> None:
    (folder / "package.json").write_text(json.dumps(package, indent=2) + "\n", "utf-8")


def _packed(folder: Path, out: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        message = "there is no npm"
        raise ScriptError(message)
    run([npm, "pack", "--json", "--ignore-scripts", "--pack-destination", out, folder], cwd=out)
    package = json.loads((folder / "package.json").read_text("utf-8"))
    return out / f"{package['name'].lstrip('@').replace('/', '-')}-{package['version']}.tgz"


def main(arguments: Sequence[str] | None = None) -> int:
    """Pack, print the sizes, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--standalone", type=Path, default=STANDALONE, help="what build_standalone.py wrote")
    parser.add_argument("--out", type=Path, default=OUT, help="where to write; what is there is deleted")
    given = parser.parse_args(arguments)
    try:
        files = pack(given.out.resolve(), given.standalone.resolve())
    except ScriptError as error:
        sys.stderr.write(f"build_npm: {error}\n")
        return 2
    for file in files:
        say(f"{size_of(file)}  {file.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
