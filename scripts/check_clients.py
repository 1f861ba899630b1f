"""Check that real clients get what they should with msglint before them: environments, and `scripts/clients` in each.

Makes environments of pinned clients below `build/clients`, which needs the network; the calls stay on the machine.
Exits with 0 when all is as it should be, with 1 when not, and with 2 when it could not be checked.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # as the scripts are run by their path

from scripts.shared import ScriptError, run  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER: Final = ROOT / "build" / "clients"
NPM: Final = FOLDER / "npm"


class Environment(NamedTuple):
    """Packages, and the clients of `scripts/clients` that need them."""

    packages: tuple[str, ...]
    clients: tuple[str, ...]


_TRANSPORTS: Final = ("anthropic-transport", "anthropic-transport-stream", "anthropic-transport-async")
ENVIRONMENTS: Final = {
    "sdk-0.72": Environment(("anthropic==0.72.0",), _TRANSPORTS),
    "newest": Environment(
        (
            "anthropic==2.14.0",
            "instructor==1.17.0",
            "langchain-anthropic==1.7.10",
            "pydantic-ai-slim[anthropic]==2.68.0",
        ),
        (
            *_TRANSPORTS,
            "anthropic-check",
            "anthropic-middleware",
            "anthropic-middleware-async",
            "pydantic-ai",
            "langchain-anthropic",
            "instructor",
            "anthropic-ts",
            "ai-sdk",
            "guides:anthropic",
            "guides:pydantic_ai",
        ),
    ),
    "litellm": Environment(
        ("litellm[proxy]==1.108.7",), ("litellm-transport", "litellm-callback", "litellm-proxy", "guides:litellm")
    ),
}
NODE_PACKAGES: Final = {"@anthropic-ai/sdk": "1.14.0", "@ai-sdk/anthropic": "3.0.140", "ai": "6.0.326"}
_OF_NODE: Final = ("anthropic-ts", "ai-sdk")


def environment(name: str, packages: Sequence[str]) -> Path:
    """Return the interpreter of an environment; make the environment if it is not there.

    Raises:
        ScriptError: when that fails.
    """
    folder = FOLDER / name
    python = folder / "bin" / "python"
    marker = folder / "packages.txt"
    wanted = "\n".join(packages)
    if not marker.exists() or marker.read_text("utf-8") != wanted:
        run([sys.executable, "-m", "venv", "--clear", folder], cwd=ROOT)
        installer = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        run([*installer, *packages, "-e", f"{ROOT}[guard]"], cwd=ROOT)
        marker.write_text(wanted, "utf-8")
    return python


def node_packages() -> bool:
    """Install the packages of Node, and return whether there is a Node to run them.

    Raises:
        ScriptError: when they cannot be installed.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return False
    wanted = json.dumps({"private": True, "dependencies": NODE_PACKAGES})
    package = NPM / "package.json"
    if not (NPM / "node_modules").is_dir() or package.read_text("utf-8") != wanted:
        NPM.mkdir(parents=True, exist_ok=True)
        package.write_text(wanted, "utf-8")
        run([npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=NPM)
        package.write_text(wanted, "utf-8")
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Check every environment, or those that are named; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(ENVIRONMENTS)}; all without one")
    names = parser.parse_args(arguments).names or list(ENVIRONMENTS)
    sound = True
    try:
        has_node = node_packages() if any(set(_OF_NODE) & set(ENVIRONMENTS[name].clients) for name in names) else False
        for name in names:
            packages, clients = ENVIRONMENTS[name]
            python = environment(name, packages)
            sys.stdout.write(f"== {', '.join(packages)}\n")
            sys.stdout.flush()
            chosen = [each for each in clients if has_node or each not in _OF_NODE]
            command = [str(python), "-m", "scripts.clients", *chosen]
            sound &= subprocess.run(command, check=False, cwd=ROOT).returncode == 0  # noqa: S603 - ours
    except ScriptError as error:
        sys.stderr.write(f"check_clients: {error}\n")
        return 2
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
