"""Package the extension for VS Code: with the standalone program for this system, or without one for all others.

Usage: build_vscode.py [--standalone FOLDER | --universal] [--out FOLDER]

FOLDER is what `scripts/build_standalone.py` wrote; the default is its own, `build/standalone`. The packages of the
extension have to be installed (`npm ci` in `editors/vscode`). Writes `msglint-SYSTEM-CPU-VERSION.vsix`, or with
`--universal` `msglint-VERSION.vsix`, into `build/vscode`. The program is then run out of the package that was made.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.build_standalone import OUT as STANDALONE  # noqa: E402 - the path comes first
from scripts.build_standalone import PROGRAM, folder_in, target, version  # noqa: E402
from scripts.shared import ScriptError, run, say, size_of  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

OUT: Final = ROOT / "build" / "vscode"
EXTENSION: Final = ROOT / "editors" / "vscode"
_PROGRAM: Final = "program"
"""The folder of the program; `src/extension.ts` has the same name."""


def package(out: Path, standalone: Path | None) -> Path:
    """Package the extension, with the program of a folder if there is one, and return the file.

    Raises:
        ScriptError: when that fails, or the program does not run out of the package.
    """
    vsce = shutil.which("vsce", path=EXTENSION / "node_modules" / ".bin")
    if vsce is None:
        message = "there is no vsce; run `npm ci --ignore-scripts` in editors/vscode"
        raise ScriptError(message)
    out.mkdir(parents=True, exist_ok=True)
    inside = EXTENSION / _PROGRAM
    shutil.rmtree(inside, ignore_errors=True)
    command = [vsce, "package", "--no-dependencies", "--allow-missing-repository"]
    if standalone is None:
        file = out / f"msglint-{version()}.vsix"
        run([*command, "--out", file], cwd=EXTENSION)
        return file
    file = out / f"msglint-{target()}-{version()}.vsix"
    program = folder_in(standalone)
    try:
        shutil.copytree(program, inside)
        run([*command, "--target", target(), "--out", file], cwd=EXTENSION)
    finally:
        shutil.rmtree(inside, ignore_errors=True)
    _try(file)
    return file


def _try(file: Path) -> None:
    """Run the program out of a package, as VS Code unpacks it, without any environment variable."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            Path(archive.extract(member, folder)).chmod(member.external_attr >> 16 & 0o777 or 0o644)
        said = run([Path(folder, "extension", _PROGRAM, PROGRAM), "--version"], cwd=EXTENSION, env={})
    if version() not in said:
        message = f"the program in {file.name} says that it is {said.strip()}, not {version()}"
        raise ScriptError(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Package, print the size, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--standalone", type=Path, default=STANDALONE, help="what build_standalone.py wrote")
    which.add_argument("--universal", action="store_true", help="without a program")
    parser.add_argument("--out", type=Path, default=OUT, help="where to write")
    given = parser.parse_args(arguments)
    try:
        file = package(given.out.resolve(), None if given.universal else given.standalone.resolve())
    except ScriptError as error:
        sys.stderr.write(f"build_vscode: {error}\n")
        return 2
    say(f"{size_of(file)}  {file.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
