"""Make what a release consists of, and publish it: all that `.github/workflows/release.yml` does.

Usage: release.py tag TAG                  fail unless the tag is that of `validator/_version.py`
       release.py python                   the wheel and the source distribution
       release.py program --wheel WHEEL    the standalone program, and its packages for npm and VS Code
       release.py universal                the packages for npm and VS Code that are the same for all systems
       release.py collect [--here]         fail if a file is missing or one too many, and write checksums
       release.py publish PLACE [--dry-run]

All take `--out FOLDER`, which is `build/release` by default. In it are `python`, `npm` and `vscode`, with what goes to
the registries, `files`, with what is only downloaded, and SHA256SUMS. Each kind of file has a bill of materials: the
packages for one system have the parts of the program and those of the package for all systems.
"""

from __future__ import annotations

import argparse
import email
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import build_npm, build_standalone, build_vscode, sbom  # noqa: E402 - the path comes first
from scripts.build_standalone import Built, checksums, target, version  # noqa: E402
from scripts.shared import ScriptError, run, say, size_of  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from packaging.requirements import Requirement

OUT: Final = ROOT / "build" / "release"
PLACES: Final = ("npm", "vscode", "open-vsx", "github")
"""Where `publish` publishes; the workflow has an action for the index of Python."""
_EVERYTHING: Final = "all"
"""The extra with everything that is for users."""


def expected(targets: Collection[str]) -> dict[str, set[str]]:
    """Return the names of the files of a release for some systems, by folder."""
    number = version()
    label = f"msglint-{number}"
    files = {f"{name}-{number}{sbom.SUFFIX}" for name in ("msglint", "msglint-npm", "msglint-vscode")}
    for name in targets:
        files |= {f"{label}-{name}.LICENSES.txt", *(file.name for file in Built.of(OUT, name)[1:])}
    return {
        "python": {f"{label}-py3-none-any.whl", f"{label}.tar.gz"},
        "npm": {f"{label}.tgz", *(f"msglint-{name}-{number}.tgz" for name in targets)},
        "vscode": {f"{label}.vsix", *(f"msglint-{name}-{number}.vsix" for name in targets)},
        "files": files,
    }


def check_tag(tag: str) -> None:
    """Check a tag.

    Raises:
        ScriptError: if it is not that of the version, or the version is none that all registries take.
    """
    if tag != f"v{version()}":
        message = f"the tag is {tag}, but validator/_version.py has {version()}"
        raise ScriptError(message)
    if not re.fullmatch(r"\d+\.\d+\.\d+", version()):
        message = f"the version is {version()}, but extensions and npm packages need three numbers"
        raise ScriptError(message)


def make_python(out: Path) -> None:
    """Build the wheel and the source distribution, with a bill of what they need."""
    # Comes with `build`, which only this needs.
    from packaging.requirements import Requirement

    folder = _fresh(out / "python")
    run([sys.executable, "-m", "build", "--outdir", folder, ROOT])
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(archive.read(name))
    needed = list(_needed(Requirement(words) for words in metadata.get_all("Requires-Dist", [])))
    _write_bill(out, "msglint", sbom.Part(f"pkg:pypi/msglint@{version()}", metadata["License-Expression"]), needed)


def _needed(requirements: Iterable[Requirement]) -> Iterator[sbom.Part]:
    """Yield what a wheel needs: always, and with the extra that has everything for users."""
    for needed in requirements:
        is_optional = "extra" in str(needed.marker)
        if not is_optional or (needed.marker is not None and needed.marker.evaluate({"extra": _EVERYTHING})):
            yield sbom.Part(f"pkg:pypi/{needed.name}", requirement=str(needed), is_optional=is_optional)


def make_program(out: Path, wheel: Path) -> None:
    """Build the standalone program, check it, and package it for npm and VS Code."""
    # In a process of its own, as that is how it is used.
    _show(sys.executable, ROOT / "scripts" / "build_standalone.py", "--wheel", wheel, "--check")
    built = build_standalone.OUT
    files = _folder(out / "files")
    for file in Built.of(built, target())[1:]:
        shutil.copy(file, files)
    shutil.copy(built / build_standalone.LICENCES, files / f"msglint-{version()}-{target()}.LICENSES.txt")
    with tempfile.TemporaryDirectory() as work:
        shutil.copy(build_npm.pack_own(Path(work), built), _folder(out / "npm"))
    build_vscode.package(out / "vscode", built)


def make_universal(out: Path) -> None:
    """Package for npm and VS Code what is the same for all systems."""
    with tempfile.TemporaryDirectory() as work:
        shutil.copy(build_npm.pack_main(Path(work)), _folder(out / "npm"))
    build_vscode.package(out / "vscode", None)
    number = version()
    programs = [_of_npm(f"{build_npm.SCOPE}/{name}", number, is_optional=True) for name in build_npm.targets()]
    _write_bill(out, "msglint-npm", _of_npm("msglint", number, "MIT"), programs)
    bundled = json.loads((build_vscode.EXTENSION / "build" / "packages.json").read_text("utf-8"))
    inside = [_of_npm(each["name"], each["version"], each["license"]) for each in bundled]
    _write_bill(out, "msglint-vscode", sbom.Part(f"pkg:generic/msglint-vscode@{number}", "MIT"), inside)


def _of_npm(name: str, number: str, licence: str = "", *, is_optional: bool = False) -> sbom.Part:
    return sbom.Part(f"pkg:npm/{name.replace('@', '%40')}@{number}", licence, is_optional=is_optional)


def _write_bill(out: Path, name: str, subject: sbom.Part, parts: Sequence[sbom.Part]) -> None:
    sbom.write(_folder(out / "files") / f"{name}-{version()}{sbom.SUFFIX}", subject, parts)


def collect(out: Path, targets: Collection[str]) -> list[Path]:
    """Check that all files are there and no others, write their checksums, and return them.

    Raises:
        ScriptError: if they are not.
    """
    wanted = {out / folder / name for folder, names in expected(targets).items() for name in names}
    found = {path for folder in expected(targets) for path in (out / folder).rglob("*") if path.is_file()}
    if wanted != found:
        missing, other = (
            [str(path.relative_to(out)) for path in sorted(each)] for each in (wanted - found, found - wanted)
        )
        message = f"missing: {', '.join(missing) or 'nothing'}; unexpected: {', '.join(other) or 'nothing'}"
        raise ScriptError(message)
    files = sorted(found, key=lambda path: path.name)
    (out / build_standalone.SUMS).write_text(checksums(files), "utf-8")
    return files


def publish(place: str, out: Path, *, is_dry: bool) -> None:
    """Publish to a place; what is published there already is left alone, so that a failed run can be repeated."""
    for command in _commands(place, out, is_dry=is_dry):
        if is_dry and place != "npm":
            say(" ".join(command))
        else:
            _show(*command)


def _commands(place: str, out: Path, *, is_dry: bool) -> Iterable[list[str]]:
    match place:
        case "npm":
            return _to_npm(out, is_dry=is_dry)
        case "vscode":
            return [_with_extensions("vsce", out)]
        case "open-vsx":
            return [_with_extensions("ovsx", out)]
        case _:
            return [_to_github(out)]


def _to_npm(out: Path, *, is_dry: bool) -> Iterator[list[str]]:
    """Yield the commands for npm; the packages for systems come first, as the other one needs them."""
    main = out / "npm" / f"msglint-{version()}.tgz"
    for file in [*sorted({*(out / "npm").glob("*.tgz")} - {main}), main]:
        system = file.name.removesuffix(f"-{version()}.tgz").removeprefix("msglint").removeprefix("-")
        name = f"{build_npm.SCOPE}/{system}" if system else "msglint"
        if is_dry:
            yield [_program("npm"), "publish", str(file), "--access", "public", "--dry-run"]
        elif not _is_on_npm(name):
            yield [_program("npm"), "publish", str(file), "--access", "public", "--provenance"]


def _is_on_npm(name: str) -> bool:
    command = [_program("npm"), "view", f"{name}@{version()}", "version"]
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")  # noqa: S603 - as named
    return done.returncode == 0 and done.stdout.strip() == version()


def _with_extensions(tool: str, out: Path) -> list[str]:
    """Return the command of the tool of a marketplace that publishes all extensions."""
    program = _program(tool, build_vscode.EXTENSION / "node_modules" / ".bin")
    files = [str(file) for file in sorted((out / "vscode").glob("*.vsix"))]
    return [program, "publish", "--skip-duplicate", "--packagePath", *files]


def _to_github(out: Path) -> list[str]:
    files = [str(file) for file in sorted(out.glob("*/*"))]
    tag, sums = f"v{version()}", str(out / build_standalone.SUMS)
    return ["gh", "release", "create", tag, "--verify-tag", "--title", tag, "--generate-notes", *files, sums]


def _program(name: str, folder: Path | None = None) -> str:
    """Return the path of a program.

    Raises:
        ScriptError: if it is not installed.
    """
    found = shutil.which(name, path=folder)
    if found is None:
        message = f"there is no {name}" + (f" in {folder}" if folder else "")
        raise ScriptError(message)
    return found


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return _folder(folder)


def _folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _show(*command: str | Path) -> None:
    """Run a program that shows what it does."""
    words = [str(word) for word in command]
    sys.stdout.flush()
    if subprocess.run(words, check=False).returncode:  # noqa: S603 - as named
        message = f"{' '.join(words)} failed"
        raise ScriptError(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--out", type=Path, default=OUT, help="the folder of the release")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("tag", parents=[common]).add_argument("tag")
    commands.add_parser("python", parents=[common])
    commands.add_parser("program", parents=[common]).add_argument("--wheel", type=Path, required=True)
    commands.add_parser("universal", parents=[common])
    collecting = commands.add_parser("collect", parents=[common])
    collecting.add_argument("--here", action="store_true", help="a release for this system only")
    publishing = commands.add_parser("publish", parents=[common])
    publishing.add_argument("place", choices=PLACES)
    publishing.add_argument("--dry-run", action="store_true", help="show what would be done")
    given = parser.parse_args(arguments)
    out = given.out.resolve()
    try:
        match given.command:
            case "tag":
                check_tag(given.tag)
            case "python":
                make_python(out)
            case "program":
                make_program(out, given.wheel.resolve())
            case "universal":
                make_universal(out)
            case "collect":
                files = collect(out, [target()] if given.here else build_npm.targets())
                for file in files:
                    say(f"{size_of(file)}  {file.relative_to(out)}")
            case "publish":
                publish(given.place, out, is_dry=given.dry_run)
    except ScriptError as error:
        sys.stderr.write(f"release: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
