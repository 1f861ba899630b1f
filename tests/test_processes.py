"""Processes: workers that end with the command, and a language server that bears what a client writes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.material import hello
from tests.test_command import COMMAND, heed_interrupts

LONG = {"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}
BAD_LENGTHS = ("99999999999", "-5", "0", "many", "9" * 5000, "")


def children(process: int) -> list[int]:
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = each.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == process and state not in "ZX":
            found.append(int(each.parent.name))
    return found


def is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, -15), (signal.SIGHUP, -1), (signal.SIGINT, 130), (signal.SIGKILL, -9)]
)
def test_workers_end_with_the_command(tmp_path: Path, number: signal.Signals, code: int) -> None:
    body = json.dumps(hello(messages=[*LONG * 60_000, LONG[0]]))
    for name in ("a", "b", "c", "d"):
        (tmp_path / f"{name}.json").write_text(body)
    command = [COMMAND, "check", "-q", "--jobs", "2", str(tmp_path)]
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=heed_interrupts,  # noqa: PLW1509 - a signal
    ) as process:
        deadline = time.monotonic() + 60
        while len(workers := children(process.pid)) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait(60) == code
    assert len(workers) == 2
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(map(is_running, workers))


def message(**content: Any) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **content}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def served(*messages: bytes, **environment: str) -> Any:
    pytest.importorskip("pygls")
    start = message(id=1, method="initialize", params={"capabilities": {}, "processId": None, "rootUri": None})
    return subprocess.run(
        [COMMAND, "lsp"],
        input=b"".join([start, *messages, message(id=9, method="shutdown"), message(method="exit")]),
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("length", BAD_LENGTHS)
@pytest.mark.parametrize("body", [b"{}", b""])
def test_the_server_leaves_out_a_message_with_an_impossible_length(length: str, body: bytes) -> None:
    done = served(b"Content-Length: %s\r\n\r\n%s" % (length.encode(), body))
    assert b'"id": 9' in done.stdout
    assert done.stderr == f"msglint: skipped a message of {length[:40]!r} bytes; the limit is 1 to 536870912\n".encode()
    assert done.returncode == 0


def test_the_server_bears_lines_that_are_no_header() -> None:
    done = served(b"x" * 300_000 + b"\r\n", b"Content-Type: a\r\n", b"\r\n" * 3)
    assert b'"id": 9' in done.stdout
    assert done.returncode == 0


def test_the_server_checks_files_with_any_name_in_an_ascii_locale(tmp_path: Path) -> None:
    folder = tmp_path / "é"
    folder.mkdir()
    (folder / "msglint.toml").write_text('[[overrides]]\nfiles = ["ü.json"]\nignore = ["schema/type"]\n')
    text = json.dumps(hello(max_tokens=0.5, zzz=1))
    start = message(id=1, method="initialize", params={"capabilities": {}, "processId": None, "rootUri": None})
    item = {"uri": (folder / "ü.json").as_uri(), "languageId": "json", "version": 1, "text": text}
    opened = message(method="textDocument/didOpen", params={"textDocument": item})
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    with subprocess.Popen(
        [COMMAND, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(start + message(method="initialized", params={}) + opened)
        server.stdin.flush()
        said = b""
        while b"publishDiagnostics" not in said and (data := os.read(server.stdout.fileno(), 2**16)):
            said += data
        server.stdin.write(message(id=9, method="shutdown") + message(method="exit"))
        server.stdin.close()
        said += server.stdout.read()
    assert b"schema/unknown-property" in said
    assert b"schema/type" not in said
    assert b"UnicodeEncodeError" not in said
