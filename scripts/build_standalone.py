"""Build msglint as a program that needs no Python: a folder, and one file.

Usage: build_standalone.py [--wheel WHEEL] [--out FOLDER] [--check]

Makes a fresh environment with the wheel, everything of `msglint[all]` and a pinned PyInstaller, which needs the network
or a cache of pip, and on Linux a C compiler. Writes into `build/standalone`, or the folder that is named:

  msglint-SYSTEM-CPU/                   the folder, which starts faster: for packages and editors
  msglint-VERSION-SYSTEM-CPU.tar.gz     the same, packed
  msglint-VERSION-SYSTEM-CPU            one file, which unpacks itself at each start: for downloads
  msglint-VERSION-SYSTEM-CPU.cdx.json   the bill of materials of both
  LICENSES.txt                          the licence of everything in them; the folder has a copy
  SHA256SUMS                            their checksums

A program runs on the system and the processor that it was built on; on Linux, on one with the same C library or newer.
`--check` runs `scripts/check_standalone.py` on the result.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import sbom  # noqa: E402 - the path comes first
from scripts.shared import ScriptError, run  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PARTS: Final = ROOT / "scripts" / "standalone"
OUT: Final = ROOT / "build" / "standalone"
PROGRAM: Final = "msglint.exe" if sys.platform == "win32" else "msglint"
"""The name of the program in the folder."""
PYINSTALLER: Final = "pyinstaller==6.22.3"
LICENCES: Final = "LICENSES.txt"
SUMS: Final = "SHA256SUMS"

_SYSTEMS: Final = {"linux", "darwin", "win32"}
_PROCESSORS: Final = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
_TOOLS: Final = {"altgraph", "macholib", "packaging", "pefile", "pip", "pyinstaller-hooks-contrib", "setuptools"}
"""Distributions of the environment that build the program and are not in it."""
_TEXTS: Final = re.compile(r"(licen[cs]e|copying|notice|authors)[^/]*$", re.IGNORECASE)
_RULE: Final = "=" * 100


class Built(NamedTuple):
    """What is built for a system: the folder, the same packed, the one file, and the bill of materials."""

    folder: Path
    archive: Path
    file: Path
    bill: Path

    @classmethod
    def of(cls, out: Path, system: str) -> Built:
        """Return where it is, whether it is built or not."""
        label = f"msglint-{version()}-{system}"
        suffix = ".exe" if system.startswith("win32") else ""
        files = (out / f"{label}{ending}" for ending in (".tar.gz", suffix, sbom.SUFFIX))
        return cls(out / f"msglint-{system}", *files)


class Licence(NamedTuple):
    """The licence of a part of the program."""

    name: str
    texts: tuple[str, ...]
    part: sbom.Part


def version() -> str:
    """Return the version of msglint in this checkout."""
    found = re.search(r'__version__ = "([^"]+)"', (ROOT / "validator" / "_version.py").read_text("utf-8"))
    if found is None:
        message = "validator/_version.py has no version"
        raise ScriptError(message)
    return found[1]


def target() -> str:
    """Return the name of this system and processor, as npm names them.

    Raises:
        ScriptError: for one that is not known.
    """
    processor = _PROCESSORS.get(platform.machine().lower())
    if sys.platform not in _SYSTEMS or processor is None:
        message = f"there is no name for {sys.platform} on {platform.machine()}"
        raise ScriptError(message)
    return f"{sys.platform}-{processor}"


def folder_in(out: Path) -> Path:
    """Return the folder with the program for this system that was built.

    Raises:
        ScriptError: if it was not built.
    """
    folder = Built.of(out, target()).folder
    if not folder.is_dir():
        message = f"{folder} does not exist; make it with scripts/build_standalone.py"
        raise ScriptError(message)
    return folder


def build(out: Path, wheel: Path | None = None) -> Built:
    """Build the folder, the one file, their licences and their checksums.

    Raises:
        ScriptError: when that fails.
    """
    work = out / "work"
    shutil.rmtree(out, ignore_errors=True)
    work.mkdir(parents=True)
    python = _environment(work, wheel)
    command = [str(python), "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(work / "dist"), "--workpath", str(work / "build"), str(PARTS / "msglint.spec")]
    # Not in the checkout, whose `validator` would be taken for the one that is installed. And sets that are pickled or
    # compiled in another order would make another file of the same sources.
    _run(command, cwd=work, variables={"PYTHONHASHSEED": "1"})
    built = Built.of(out, target())
    (work / "dist" / "folder").rename(built.folder)
    (work / "dist" / PROGRAM.replace("msglint", "msglint-onefile")).rename(built.file)
    licences = list(_licences(python, work / "build" / "msglint" / "COLLECT-00.toc"))
    itself, *parts = (licence.part for licence in licences)
    sbom.write(built.bill, itself, parts)
    text = _worded(licences)
    for place in (out, built.folder):
        (place / LICENCES).write_text(text, "utf-8")
    _pack(built.folder, built.archive)
    (out / SUMS).write_text(checksums([built.archive, built.file, built.bill, out / LICENCES]), "utf-8")
    shutil.rmtree(work / "build")
    return built


def checksums(files: Sequence[Path]) -> str:
    """Return a list of checksums, as `sha256sum --check` reads it."""
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


def environment_of(out: Path) -> Path:
    """Return the interpreter of the environment that the program in a folder was built from."""
    return out / "work" / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _environment(work: Path, wheel: Path | None) -> Path:
    """Make the environment that the program is built from, and return its interpreter."""
    if wheel is None:
        _run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(work / "wheel"), str(ROOT)])
        (wheel,) = (work / "wheel").glob("*.whl")
    venv.create(work / "venv", with_pip=True)
    python = environment_of(work.parent)
    installer = [str(python), "-m", "pip", "install", "-q"]
    _run([*installer, f"msglint[all] @ {wheel.resolve().as_uri()}"])
    if sys.platform == "linux":
        # The start of PyInstaller's wheel needs a zlib of the system; one that is compiled here has its own.
        compiled = {"PYINSTALLER_COMPILE_BOOTLOADER": "1", "PYI_STATIC_ZLIB": "1"}
        _run([*installer, "--no-binary", "pyinstaller", PYINSTALLER], variables=compiled)
    else:
        _run([*installer, PYINSTALLER])
    return python


def _run(command: Sequence[str], cwd: Path | None = None, variables: Mapping[str, str] = MappingProxyType({})) -> None:
    run(command, cwd=cwd, env={**os.environ, **variables, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})


def _licences(python: Path, contents: Path) -> Iterator[Licence]:
    """Yield the licences of msglint, of the distributions, of Python, and of the system's libraries in the program."""
    itself = sbom.Part(f"pkg:pypi/msglint@{version()}", "MIT")
    yield Licence(f"msglint {version()}", ((ROOT / "LICENSE").read_text("utf-8"),), itself)
    (packages,) = (python.parents[1]).glob("lib/python*/site-packages" if os.name != "nt" else "Lib/site-packages")
    for folder in sorted(packages.glob("*.dist-info"), key=lambda each: each.name.lower()):
        yield from _of_distribution(folder)
    number = platform.python_version()
    yield Licence(f"Python {number}", (_of_python(),), sbom.Part(f"pkg:generic/python@{number}", "Python-2.0"))
    yield from _of_system(packages, contents)


def _of_distribution(folder: Path) -> Iterator[Licence]:
    """Yield the licence of an installed distribution; of PyInstaller, whose start is in the program, as well."""
    name, _, number = folder.name.removesuffix(".dist-info").rpartition("-")
    normal = name.lower().replace("_", "-")
    if normal in {*_TOOLS, "msglint"}:
        return
    texts = [file for file in sorted(folder.rglob("*")) if file.is_file() and _TEXTS.search(file.name)]
    said = [file.read_text("utf-8", "replace") for file in texts]
    metadata = (folder / "METADATA").read_text("utf-8").partition("\n\n")[0].splitlines()
    if not said:
        said = ["\n".join(line for line in metadata if line.startswith(("License", "Classifier: License", "Author")))]
    if not said[0].strip():
        message = f"the distribution {name} names no licence"
        raise ScriptError(message)
    expressions = [line.partition(": ")[2] for line in metadata if line.startswith("License-Expression: ")]
    part = sbom.Part(f"pkg:pypi/{normal}@{number}", next(iter(expressions), ""))
    yield Licence(f"{name} {number}", tuple(said), part)


def _of_python() -> str:
    """Return the licence of Python, which covers the libraries that its own installers bring."""
    short = f"python{sys.version_info.major}.{sys.version_info.minor}"
    places = (
        Path(sysconfig.get_path("stdlib"), "LICENSE.txt"),
        Path(sys.base_prefix, "LICENSE.txt"),
        Path("/usr/share/doc", short, "copyright"),
    )
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        message = f"the licence of Python is in none of {', '.join(map(str, places))}"
        raise ScriptError(message)
    return found.read_text("utf-8", "replace")


def _of_system(packages: Path, contents: Path) -> Iterator[Licence]:
    """Yield the licences of the libraries that came neither with Python nor with a distribution."""
    (entries,) = ast.literal_eval(contents.read_text("utf-8"))
    # The Python of a system is a package like its libraries; any other brings its own.
    own = (str(packages.parents[2]), str(ROOT), *([] if sys.base_prefix == "/usr" else [sys.base_prefix]))
    sources = {source for _, source, kind in entries if kind in {"BINARY", "EXTENSION"}}
    texts: dict[str, str] = {}
    for library in sorted(source for source in sources if not source.startswith(own)):
        owner, text = _owner(Path(library).resolve())
        texts[owner] = text
    for owner, text in sorted(texts.items()):
        distributor = platform.freedesktop_os_release()["ID"]
        yield Licence(owner, (text,), sbom.Part(f"pkg:deb/{distributor}/{owner}@{_version_of(owner)}"))


def _version_of(package: str) -> str:
    """Return the version of an installed Debian package."""
    return run(["dpkg-query", "--show", "--showformat=${Version}", package])


@lru_cache(maxsize=256)
def _owner(library: Path) -> tuple[str, str]:
    """Return the Debian package of a library and its licence.

    Raises:
        ScriptError: if they cannot be found.
    """
    dpkg = shutil.which("dpkg")
    # Packages name files below /usr/lib, and some systems have /lib as a link to that.
    for path in (library, Path("/", *library.parts[2:])) if dpkg else ():
        done = subprocess.run([str(dpkg), "-S", str(path)], capture_output=True, check=False, encoding="utf-8")  # noqa: S603 - as named
        owner = done.stdout.partition(":")[0]
        text = Path("/usr/share/doc", owner, "copyright")
        if done.returncode == 0 and text.is_file():
            return owner, text.read_text("utf-8", "replace")
    message = f"the licence of {library} is not known: no package of this system owns it"
    raise ScriptError(message)


def _worded(licences: Sequence[Licence]) -> str:
    each = [
        f"{_RULE}\n{licence.name}\n{_RULE}\n\n" + "\n\n".join(text.strip() for text in licence.texts)
        for licence in licences
    ]
    return "\n\n".join(["The standalone program of msglint has these parts, each under its own licence.", *each, ""])


def _pack(folder: Path, archive: Path) -> None:
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(folder, folder.name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, print the sizes, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, help="the wheel to put into it; without it, one of this checkout")
    parser.add_argument("--out", type=Path, default=OUT, help="where to write; what is there is deleted")
    parser.add_argument("--check", action="store_true", help="try what was built")
    given = parser.parse_args(arguments)
    try:
        built = build(given.out.resolve(), given.wheel)
    except ScriptError as error:
        sys.stderr.write(f"build_standalone: {error}\n")
        return 2
    unpacked = sum(file.stat().st_size for file in built.folder.rglob("*") if file.is_file())
    for name, size in ((f"{built.folder.name}/", unpacked), *((f.name, f.stat().st_size) for f in built[1:])):
        sys.stdout.write(f"{size / 1e6:6.1f} MB  {name}\n")
    sys.stdout.flush()
    if not given.check:
        return 0
    checker = [sys.executable, str(ROOT / "scripts" / "check_standalone.py"), str(given.out)]
    return subprocess.run(checker, check=False).returncode  # noqa: S603 - ours


if __name__ == "__main__":
    sys.exit(main())
