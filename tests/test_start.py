"""What the start of the command leaves out, and that nobody misses it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from validator.common.lazy_regex import regex

LEAVES_MAIL_OUT = """
import sys
from validator.common.imports import import_engine

import_engine()
assert "jsonschema_rs" in sys.modules
assert "email.utils" not in sys.modules
import email.utils
assert email.utils.parsedate_to_datetime("Tue, 24 Nov 2026 18:00:00 +0000").hour == 18
"""
LEAVES_URLS_OUT = """
import sys
from validator.common.imports import import_paths

for name in [name for name in sys.modules if name.startswith(("pathlib", "urllib"))]:
    del sys.modules[name]
import_paths()
assert "pathlib" in sys.modules
assert "urllib.parse" not in sys.modules
import pathlib
assert pathlib.PurePosixPath("/a b/ü").as_uri() == "file:///a%20b/%C3%BC"
import urllib.parse
assert urllib.parse.quote("a b") == "a%20b"
"""
KEEPS_WHAT_WAS_IMPORTED = """
import sys
import email.utils
from validator.common.imports import import_engine

import_engine()
assert sys.modules["email.utils"] is email.utils
"""
ASKS_THE_REAL_ONE = """
import sys
from validator.common.imports import _StandIn

sys.modules["email.utils"] = stand_in = _StandIn("email.utils", {})
assert stand_in.formataddr(("A", "a@example.com")) == "A <a@example.com>"
assert sys.modules["email.utils"] is not stand_in
"""


CALLS_WHAT_WAITS_FOR_THE_EXIT = """
import atexit
import sys
from validator.__main__ import start

atexit.register(print, "at the exit")
sys.argv = ["msglint", "--version"]
start()
"""
WAITS_FOR_THREADS = """
import sys
from threading import Thread
from time import sleep
from validator.__main__ import start

def late():
    sleep(0.2)
    print("from a thread")

Thread(target=late).start()
sys.argv = ["msglint", "--version"]
start()
"""
SHOWS_HELP = """
import sys
from validator.__main__ import run

sys.argv = ["msglint", "--help"]
try:
    run()
except SystemExit:
    print(*(name for name in sys.modules if name.startswith("validator.cli.")), "jsonschema_rs" in sys.modules)
"""


def said_by(program: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, timeout=60)
    return done.stdout.decode().splitlines()


def test_the_command_ends_with_all_its_output_and_its_exit_code(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"model": "claude-haiku-4-5", "messages": []}')
    program = "import sys; from validator.__main__ import start; sys.argv = ['msglint', *sys.argv[1:]]; start()"
    done = subprocess.run(
        [sys.executable, "-c", program, "check", "--isolated", bad.name, "--format", "concise"],
        check=False,
        capture_output=True,
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert done.stdout.decode().startswith("bad.json:1:")
    assert done.stderr.startswith(b"checked 1 request in 1 file: ")


@pytest.mark.parametrize(
    ("program", "last"), [(CALLS_WHAT_WAITS_FOR_THE_EXIT, "at the exit"), (WAITS_FOR_THREADS, "from a thread")]
)
def test_the_command_does_not_end_before_what_waits_for_the_end(program: str, last: str) -> None:
    assert last in said_by(program)


def test_the_help_of_msglint_imports_no_command() -> None:
    *_, last = said_by(SHOWS_HELP)
    assert last == "validator.cli.streams validator.cli.options False"


@pytest.mark.parametrize("program", [LEAVES_MAIL_OUT, LEAVES_URLS_OUT, KEEPS_WHAT_WAS_IMPORTED, ASKS_THE_REAL_ONE])
def test_a_module_is_imported_without_another_one(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_an_expression_behaves_as_a_compiled_one() -> None:
    word, compiled = regex(r"[a-z]+", re.IGNORECASE), re.compile(r"[a-z]+", re.IGNORECASE)
    for text in ("", "One two", "3 four"):
        assert word.findall(text) == compiled.findall(text)
        assert bool(word.match(text, 2)) == bool(compiled.match(text, 2))
    assert (word.pattern, word.flags) == (compiled.pattern, compiled.flags)


def test_an_expression_is_compiled_when_it_is_first_used() -> None:
    broken = regex("(")
    with pytest.raises(re.error):
        broken.match("")
