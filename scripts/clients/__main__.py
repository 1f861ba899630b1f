"""Let real clients send a good request and a wrong one, with msglint in between, to a server on loopback.

Usage, in the folder of the project: PYTHON -m scripts.clients NAME… guides:LIBRARY…

PYTHON is the interpreter of an environment that has the clients and what msglint needs. For each client: the good
request arrives as it does without msglint, byte for byte; the wrong one does not arrive, and the error of the client
names rule, place and help.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import TYPE_CHECKING

from scripts.clients.calls import CALLS, Call, Setting
from scripts.loopback import serving

if TYPE_CHECKING:
    from scripts.loopback import Loopback

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDES = (ROOT / "README.md", ROOT / "docs" / "before-sending.md")


def complaints(call: Call, server: Loopback, guard_url: str) -> Iterator[str]:
    """Make the calls of a client, and yield what is wrong."""
    sent = []
    for guarded in (False, True):
        server.bodies.clear()
        call.make(Setting(server, guard_url, guarded=guarded, wrong=False))
        sent.append(list(server.bodies))
    if not sent[0]:
        yield "the good request did not arrive without msglint"
    if sent[0] != sent[1]:
        yield "the good request is another one with msglint"
    server.bodies.clear()
    server.answers.clear()
    try:
        call.make(Setting(server, guard_url, guarded=True, wrong=True))
    except Exception as error:  # noqa: BLE001 - each client raises its own
        said = text_of(error)
        for part in (call.rule, call.pointer, "help"):
            if part not in said:
                yield f"its error does not name {part}: {said[:500]}"
    else:
        yield "the wrong request raised nothing"
    if server.bodies:
        yield f"the wrong request arrived {len(server.bodies)} times"
    server.answers.clear()


def complaint_about_guide(library: str) -> str:
    """Run the code of README and the guides for some clients; return what is wrong."""
    blocks = [
        code
        for guide in GUIDES
        for code in re.findall(r"^```py\n(.*?)^```$", guide.read_text("utf-8"), re.DOTALL | re.MULTILINE)
        if re.search(rf"^(?:from|import) {library}\b|integrations\.{library}\b", code, re.MULTILINE)
    ]
    for code in blocks:
        try:
            exec(compile(code, "guide.py", "exec"), {})  # noqa: S102 - it is our own
        except Exception as error:  # noqa: BLE001, PERF203 - any error is one of the guide
            return f"{type(error).__name__}: {error} in\n{code}"
    return "" if blocks else "there is no code for it"


def text_of(error: BaseException | None) -> str:
    """Return the texts of an error and its causes."""
    texts = []
    while error is not None:
        texts += [str(error), *getattr(error, "__notes__", ())]
        error = error.__cause__ or error.__context__
    return "\n".join(texts)


@contextmanager
def guard(upstream: str) -> Iterator[str]:
    """Run `msglint guard` in front of a server, and yield its address."""
    command = [sys.executable, "-m", "validator", "guard", "--isolated", "--listen", "127.0.0.1:0"]
    with Popen([*command, "--upstream", upstream], stderr=PIPE, text=True, cwd=ROOT) as process:  # noqa: S603 - ours
        try:
            line = process.stderr.readline() if process.stderr else ""
            yield line.partition("ANTHROPIC_BASE_URL=")[2].partition(";")[0]
        finally:
            process.terminate()
            process.communicate()


def main() -> None:
    """Run the clients that are named; exits with 1 if one of them does not do as it should."""
    for name in [name for name in os.environ if name.startswith(("ANTHROPIC_", "LITELLM_"))]:
        del os.environ[name]
    os.environ["ANTHROPIC_API_KEY"] = "none"
    logging.disable()
    warnings.simplefilter("ignore")
    failed = False
    with serving() as server, guard(server.url) as guard_url:
        for name in sys.argv[1:]:
            started = time.perf_counter()
            if name in CALLS:
                found = list(complaints(CALLS[name], server, guard_url))
                said = "; ".join(found) or "refuses the wrong request, lets the good one through"
            else:
                found = [each for each in [complaint_about_guide(name.partition(":")[2])] if each]
                said = "; ".join(found) or "the code of the guides runs"
            failed |= bool(found)
            sys.stdout.write(f"{name}: {said} ({time.perf_counter() - started:.1f} s)\n")
            sys.stdout.flush()
    sys.exit(failed)


if __name__ == "__main__":
    main()
