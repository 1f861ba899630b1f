"""What the scripts that build and check share: how they run programs, and how they say what is wrong."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

WRONG: Final = """\
import Anthropic from "@anthropic-ai/sdk";

await new Anthropic().messages.create({
  model: "claude-haiku-4-5",
  max_tokens: 1024,
  temperatur: 1,
  messages: [{ role: "user", content: "Hello" }],
});
"""
"""A file with a mistake, which the command has to find in every installation: `src/ask.ts`."""
FOUND: Final = "src/ask.ts:6:3: error[schema/unknown-property]"
"""How its report begins in the format `concise`."""
_MOST_SHOWN: Final = 4000
"""How much of what a program printed last is shown if it fails."""


class ScriptError(Exception):
    """Raised when a script cannot do its work, or something is not as it should be; the text says why."""


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    code: int = 0,
    timeout: float | None = None,
) -> str:
    """Run a program to its end, and return what it printed.

    Raises:
        ScriptError: if it ends with another code than the expected one.
    """
    words = [str(word) for word in command]
    done = subprocess.run(  # noqa: S603 - as the caller says
        words,
        capture_output=True,
        check=False,
        cwd=cwd,
        encoding="utf-8",
        env=env,
        errors="replace",
        timeout=timeout,
    )
    if done.returncode != code:
        said = (done.stdout + done.stderr).strip()[-_MOST_SHOWN:]
        message = f"{' '.join(words)} ended with {done.returncode}:\n{said}"
        raise ScriptError(message)
    return done.stdout


def expect(what: str, condition: object, shown: object = "") -> None:
    """Print what is so.

    Raises:
        ScriptError: if it is not so; with what is shown instead.
    """
    if not condition:
        message = f"not so: {what}\n{shown!s:.{_MOST_SHOWN}}"
        raise ScriptError(message)
    say(what)


def say(*lines: str) -> None:
    """Print lines at once, so that they come before those of the next program."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def size_of(file: Path) -> str:
    """Return the size of a file as it is listed."""
    return f"{file.stat().st_size / 1e6:6.2f} MB"
