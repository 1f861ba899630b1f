"""Measure what a walk over source code costs: a tree of Python files, of which few have a call.

Run `python benchmarks/source_code.py [FILES]`. The yardstick is the CPU time of `ruff check --select F401` over the
same tree.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

_FILES: Final = 10_000
_A_FOLDER: Final = 40
_SHARE: Final = 50
"""One of this many files has a call."""
_SPEAKING: Final = 10
"""One of this many of the others has the word `messages`."""
_LENGTHS: Final = 39
_CALL: Final = """
def ask{number}(client, question):
    reply = client.messages.create(
        model="claude-haiku-4-5",
        max_tokens={number},
        messages=[{{"role": "user", "content": question}}],
    )
    return reply.content[0].text
"""
_PLAIN: Final = '''
def step{number}(items, {word}=None):
    """Return the items of one kind."""
    found = {{}}
    for index, item in enumerate(items):
        if item.kind == "{word}" and item.number > {number}:
            found.setdefault(item.kind, []).append((index, item))
    return sorted(found.items(), key=lambda pair: len(pair[1]))
'''


def grow(top: Path, files: int) -> None:
    """Write the tree."""
    for number in range(files):
        folder = top / f"package{number // _A_FOLDER}"
        folder.mkdir(exist_ok=True)
        word = "messages" if number % _SPEAKING == 1 else "values"
        parts = [_PLAIN.format(number=index, word=word) for index in range(2 + number * 7 % _LENGTHS)]
        if number % _SHARE == 0:
            parts.insert(1, _CALL.format(number=number + 1))
        (folder / f"module{number}.py").write_text("import os\nimport sys\n" + "".join(parts), encoding="utf-8")


def cost(*command: str) -> tuple[float, float]:
    """Return the CPU seconds and the seconds that a command takes, the best of three runs."""
    best = (float("inf"), float("inf"))
    for _ in range(3):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)  # noqa: S603 - ours
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, (cpu, time.monotonic() - start))
    return best


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main(files: int) -> None:
    """Print the costs and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        grow(Path(folder), files)
        ours = cost(sys.executable, "-m", "validator", "check", folder, "--isolated")
        _say(f"msglint check, {files:,} Python files: {ours[0]:.2f} s CPU, {ours[1]:.2f} s")
        ruff = shutil.which("ruff") or os.path.join(os.path.dirname(sys.executable), "ruff")  # noqa: PTH118, PTH120
        if not Path(ruff).exists():
            _say("ruff is not installed, so there is nothing to compare with")
            return
        theirs = cost(ruff, "check", "--select", "F401", "--no-cache", "--isolated", folder)
        _say(f"ruff check --select F401, without its cache: {theirs[0]:.2f} s CPU, {theirs[1]:.2f} s")
        _say(f"ratio of CPU: {ours[0] / theirs[0]:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else _FILES)
