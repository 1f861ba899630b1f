"""Try the ways to install msglint that `docs/install.md` lists, each in a folder of its own, with what was built.

Usage: check_install.py RELEASE

RELEASE is what `scripts/release.py` made. `uv` and `pipx` have to be beside this Python, and npm on the PATH. The
commands of the table are run as they stand there, but for what is installed: the files of the release. What needs
Docker, GitHub, an editor or a commit is tried elsewhere.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.build_standalone import Built, target, version  # noqa: E402 - the path comes first
from scripts.shared import FOUND, WRONG, ScriptError, run, say  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

GUIDE: Final = ROOT / "docs" / "install.md"
ELSEWHERE: Final = {
    "Docker": "tests/test_docker.py",
    "GitHub Actions": "tests/test_action.py",
    "VS Code": "scripts/try_in_vscode.py",
    "pre-commit": "tests/test_hooks.py",
}
"""What is not tried here, and what tries it."""
_TIMEOUT: Final = 600


class Way(NamedTuple):
    """A line of the table: a name, and the commands that install and check; one may be empty."""

    name: str
    install: str
    check: str


def ways() -> list[Way]:
    """Return the lines of the table."""
    rows = re.findall(
        r"^\| (\w[^|]*?) *\| *(.*?) *\| (.*) \|$", GUIDE.read_text("utf-8").partition("\n## ")[0], re.MULTILINE
    )
    return [Way(name, install.strip("`"), check.strip("`")) for name, install, check in rows[1:]]


def tried() -> list[Way]:
    """Return the ways that are tried here."""
    return [way for way in ways() if way.name not in ELSEWHERE]


def _command(words: str, release: Path) -> str:
    """Put what was built in place of what a registry would send."""
    (wheel,) = (release / "python").glob("*.whl")
    number = version()
    packages = " ".join(f"'{release / 'npm' / name}-{number}.tgz'" for name in ("msglint", f"msglint-{target()}"))
    words = words.replace("'msglint[all]'", f"'msglint[all] @ {wheel.as_uri()}'")
    words = re.sub(r"(npm install .*)\bmsglint$", lambda match: match[1] + packages, words)
    return words.replace("VERSION", number).replace("SYSTEM", target())


def _try(way: Way, release: Path, tools: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, home, programs = Path(name, "project"), Path(name, "home"), Path(name, "bin")
        (folder / "src").mkdir(parents=True)
        (folder / "src" / "ask.ts").write_text(WRONG, "utf-8")
        home.mkdir()
        (folder / "package.json").write_text('{"private": true}\n', "utf-8")
        program = Built.of(release / "files", target()).file
        shutil.copyfile(program, folder / program.name)
        if way.name == "pip":
            venv.create(home / "venv", with_pip=True)
        # First what is installed, then what installs.
        folders = [home / "venv" / "bin", programs, tools]
        variables = {
            **os.environ,
            "PATH": os.pathsep.join([*map(str, folders), os.environ["PATH"]]),
            "PIPX_HOME": str(home / "pipx"),
            "PIPX_BIN_DIR": str(programs),
            "PIPX_MAN_DIR": str(home / "man"),
            "UV_TOOL_DIR": str(home / "uv"),
            "UV_TOOL_BIN_DIR": str(programs),
        }
        if way.install:
            _run(_command(way.install, release), folder, variables)
        said = _run(_command(f"{way.check} --format concise", release), folder, variables, code=1)
        if not said.startswith(FOUND):
            message = f"{way.name}: the mistake is not found: {said}"
            raise ScriptError(message)


def _run(command: str, folder: Path, variables: Mapping[str, str], code: int = 0) -> str:
    return run(["bash", "-euc", command], cwd=folder, env=variables, code=code, timeout=_TIMEOUT)


def main(name: str) -> int:
    """Try each way, and return the exit code."""
    release = Path(name).resolve()
    with tempfile.TemporaryDirectory() as tools:
        for program in ("uv", "uvx", "pipx"):
            # Nothing else that is beside them: not the msglint of this environment.
            Path(tools, program).symlink_to(Path(sys.executable).with_name(program))
        for way in tried():
            try:
                _try(way, release, Path(tools))
            except ScriptError as error:
                sys.stderr.write(f"check_install: {error}\n")
                return 1
            say(f"{way.name}: {' && '.join(filter(None, way[1:]))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
