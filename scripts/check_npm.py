"""Check the npm packages as somebody uses them who has Node and nothing else.

Usage: check_npm.py [--standalone FOLDER] [--speed]

Packs the packages with the standalone program that `scripts/build_standalone.py` wrote into FOLDER, and installs them
offline into a fresh folder beside the official SDK and the AI SDK, which come from npm. There, with only Node on the
path, the command has to find a mistake, and programs with both SDKs have to get the API's own 400 for a wrong call
without a server on loopback being reached. Exits with 0 when all is as it should be, with 1 when not, and with 2 when
it could not be checked.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.build_npm import SCOPE, pack  # noqa: E402 - the path comes first
from scripts.build_standalone import OUT as STANDALONE  # noqa: E402
from scripts.build_standalone import target  # noqa: E402
from scripts.loopback import serving  # noqa: E402
from scripts.shared import FOUND, WRONG, ScriptError, expect, run, say  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROGRAMS: Final = ROOT / "scripts" / "npm"
PACKAGES: Final = (
    "@ai-sdk/anthropic@3.0.140",
    "@anthropic-ai/sdk@1.14.0",
    "@types/node@20.19.0",
    "ai@6.0.326",
    "typescript@5.9.3",
)
_TIMEOUT: Final = 300
_OURS: Final = ("node", "npm", "npx")
_SHELLS: Final = ("sh",)
_REFUSED: Final = "msglint refused this request before it was sent:"
_COMPILED: Final = {
    # Beside the SDKs, whose own types are not all right.
    "with both SDKs": ("--lib", "es2022,esnext.disposable", "--skipLibCheck", "types.mts"),
    "with Node's": ("--lib", "es2022", "--types", "node", "types.cts"),
    "with those of a browser": ("--lib", "es2022,dom,esnext.disposable", "--typeRoots", "none", "types.cts"),
    "alone": ("--lib", "es2022", "--typeRoots", "none", "types.cts"),
}
"""The types beside which ours have to be right, and the options of the compiler for each."""


class Folder:
    """A folder with the packages, in which only Node can be found."""

    def __init__(self, folder: Path) -> None:
        self.path: Final = folder / "project"
        self._tools = folder / "bin"
        (folder / "home").mkdir()
        self.path.mkdir()
        self._tools.mkdir()
        for name in (*_OURS, *_SHELLS):
            found = shutil.which(name)
            if found is None:
                message = f"there is no {name}"
                raise ScriptError(message)
            (self._tools / name).symlink_to(Path(found).resolve())
        self._variables = {"PATH": str(self._tools), "HOME": str(folder / "home"), "NO_UPDATE_NOTIFIER": "1"}
        (self.path / "package.json").write_text('{"private": true, "type": "module"}\n', "utf-8")

    def run(self, *command: str, code: int = 0, variables: Mapping[str, str] = MappingProxyType({})) -> str:
        """Run a command, and return what it printed.

        Raises:
            ScriptError: if it exits with another code than `code`.
        """
        words = [str(self._tools / command[0]), *command[1:]]
        return run(words, cwd=self.path, env={**self._variables, **variables}, code=code, timeout=_TIMEOUT)

    def install(self, *packages: str, variables: Mapping[str, str] = MappingProxyType({})) -> None:
        """Install packages, or files of them."""
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        self.run("npm", "install", *options, *packages, variables=variables)


def _api(url: str) -> dict[str, str]:
    """Return the variables by which both SDKs call a server in place of the API."""
    return {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "none"}


def _check_command(folder: Folder) -> None:
    source = folder.path / "src"
    source.mkdir()
    (source / "ask.ts").write_text(WRONG, "utf-8")
    said = folder.run("npx", "msglint", "check", "src", "--format", "concise", code=1)
    expect("npx msglint check finds the mistake at its place", said.startswith(FOUND), said)
    expect("npx msglint passes its exit code on", folder.run("npx", "msglint", "explain", "no/such", code=2) == "")


def _check_official(folder: Folder) -> None:
    with serving() as server:
        found = json.loads(folder.run("node", "official.mjs", variables=_api(server.url)))
        for name in ("fetch", "middleware"):
            wrong = found[name]["wrong"]
            expect(f"the official SDK gets a BadRequestError by {name}", wrong["name"] == "BadRequestError", wrong)
            is_as_of_api = (wrong["status"], wrong["type"]) == (400, "invalid_request_error")
            expect("it is the API's own 400", is_as_of_api and _REFUSED in wrong["message"], wrong)
        raised = found["raising"]["wrong"]
        expect("middleware raises", (raised["name"], raised["rules"]) == ("RequestError", ["schema/enum"]), raised)
        for name in ("fetch", "middleware", "raising"):
            answers = [found[name][each] for each in ("right", "stream", "count")]
            expect(f"right calls are answered by {name}", answers == ["Hello.", "Hello.", 10], answers)
        expect(
            "a killed process is replaced", found["restarted"] and found["killed"]["name"] == "BadRequestError", found
        )
        is_once = found["faults"] == ["MSGLINT_FAILED"]
        expect("without a program calls go on, and it is said once", found["unchecked"] == "Hello." and is_once, found)
        roles = [request["body"]["messages"][0]["role"] for request in server.requests]
        expect("no wrong call has reached the server", roles == ["user"] * 11, roles)


def _check_ai(folder: Folder) -> None:
    with serving() as server:
        found = json.loads(folder.run("node", "ai.mjs", variables=_api(server.url)))
        wrong = found["wrong"]
        is_refused = (wrong["name"], wrong["status"]) == ("APICallError", 400) and _REFUSED in wrong["message"]
        expect("the AI SDK gets an APICallError", is_refused, wrong)
        expect("right calls are answered", (found["right"], found["stream"]) == ("Hello.", "Hello."), found)
        expect("no wrong call has reached the server", len(server.requests) == 2, server.requests)  # noqa: PLR2004 - both right ones


def _check_module(folder: Folder) -> None:
    fields = json.loads(folder.run("node", "common.cjs"))
    command = folder.run("npx", "msglint", "check", "src", "--format", "json", code=1)
    expected: dict[str, Any] = json.loads(command)["violations"][0]
    expect("a report has the fields of --format json", fields.keys() == expected.keys(), fields)
    compiler = ("node_modules/typescript/bin/tsc", "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext")
    for beside, options in _COMPILED.items():
        folder.run("node", *compiler, *options)
        say(f"the types are right {beside}")


def _check_guides(folder: Folder) -> None:
    texts = [(ROOT / name).read_text("utf-8") for name in ("docs/javascript.md", "npm/msglint/README.md")]
    programs = re.findall(r"```js\n(.*?)```", "\n".join(texts), re.DOTALL)
    for program in programs:
        # Both SDKs are given a key here, which they take from the environment.
        folder.run("node", "--input-type=module", "-e", program, variables=_api("http://127.0.0.1:9"))
    expect(f"{len(programs)} programs of the guides run", programs)


def _check_removal(folder: Folder) -> None:
    folder.run("npm", "uninstall", "--silent", "--no-audit", "--no-fund", "msglint", f"{SCOPE}/{target()}")
    # npm leaves the empty folder of the scope.
    left = [path for path in folder.path.glob("node_modules/**/*") if "msglint" in str(path) and not path.is_dir()]
    expect("npm uninstall leaves nothing", not left, left)
    expect("nothing is written elsewhere", not list((folder.path.parent / "home").glob("**/*msglint*")))


def _check_absence(folder: Folder, main: Path) -> None:
    """Check what is said where npm has left out the package with the program."""
    folder.install("--offline", "--omit=optional", str(main))
    done = subprocess.run(  # noqa: S603 - ours
        [str(shutil.which("node")), "node_modules/msglint/bin/msglint.cjs", "--version"],
        capture_output=True,
        check=False,
        cwd=folder.path,
        encoding="utf-8",
    )
    is_told = done.returncode == 2 and "--omit=optional" in done.stderr and "pip install" in done.stderr  # noqa: PLR2004 - as the command
    expect("a program that was left out is named, with what to do", is_told, done.stderr)


def prepare(folder: Path, standalone: Path) -> tuple[Folder, Path, Path]:
    """Return a folder with the SDKs, and the files of both packages.

    Raises:
        ScriptError: when that fails.
    """
    main, own = pack(folder / "packed", standalone)
    project = Folder(folder)
    # As the user, with the settings of npm that reach a registry.
    project.install(*PACKAGES, variables={"HOME": os.environ.get("HOME", "")})
    return project, main, own


def check(folder: Folder, main: Path, own: Path, *, speed: bool) -> None:
    """Check the packages.

    Raises:
        ScriptError: when something is not as it should be.
    """
    folder.install("--offline", str(main), str(own))
    for file in PROGRAMS.iterdir():
        shutil.copy(file, folder.path)
    for each in (_check_command, _check_official, _check_ai, _check_module, _check_guides):
        each(folder)
    if speed:
        example = ROOT / "fixtures" / "good" / "tool-loop-parallel.json"
        say(f"requests a second: {folder.run('node', 'speed.mjs', str(example)).strip()}")
    _check_removal(folder)
    _check_absence(folder, main)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--standalone", type=Path, default=STANDALONE, help="what build_standalone.py wrote")
    parser.add_argument("--speed", action="store_true", help="measure how many requests a second are checked")
    given = parser.parse_args(arguments)
    code = 2
    with tempfile.TemporaryDirectory() as name:
        try:
            prepared = prepare(Path(name), given.standalone.resolve())
            code = 1
            check(*prepared, speed=given.speed)
        except ScriptError as error:
            sys.stderr.write(f"check_npm: {error}\n")
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
