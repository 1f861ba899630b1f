"""Check the standalone program beside a C library only: it must say what the installed command says.

Usage: check_standalone.py FOLDER

FOLDER is what `scripts/build_standalone.py` wrote, with the environment that the program was built from. On Linux, for
root, the program runs in a root of its own, which has only the C library and the program, and without any environment
variable; elsewhere it runs in an empty folder. It must also start nearly as fast as the installed command. Exits with 0
when all is as it should be, else with 1.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.build_standalone import PROGRAM, SUMS, Built, environment_of, folder_in, target  # noqa: E402 - the path comes first
from scripts.shared import ScriptError, expect  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MOST_PACKED: Final = 35_000_000
_SLOWEST: Final = 1.3
"""How often the CPU time of the installed command the folder may take to check a small file."""
_ROUNDS: Final = 21
_TIMEOUT: Final = 120
_LONGEST: Final = 600
"""Seconds after which the whole check is given up: what it waits for may never come."""
_GLIBC: Final = (
    "ld-linux-aarch64.so.1",
    "ld-linux-x86-64.so.2",
    "libc.so.6",
    "libdl.so.2",
    "libm.so.6",
    "libnss_dns.so.2",
    "libnss_files.so.2",
    "libpthread.so.0",
    "libresolv.so.2",
    "librt.so.1",
    "libutil.so.1",
)
"""The files of the C library."""
_FORMATS: Final = ("full", "concise", "json", "sarif", "html", "junit", "github")
_TYPESCRIPT: Final = """\
import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic();
await client.messages.create({
  model: "claude-haiku-4-5",
  max_tokens: 1024,
  temperatur: 1,
  messages: [{ role: "user", content: "Hello" }],
});
"""
_NOTEBOOK: Final = {
    "cells": [
        {
            "cell_type": "code",
            "source": ["import anthropic\n", "anthropic.Anthropic().messages.create(model='x', max_tokens=-1)\n"],
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}
_HELLO: Final = {"model": "claude-haiku-4-5", "max_tokens": 1024, "messages": [{"role": "user", "content": "Hello"}]}
_WRONG: Final = {**_HELLO, "temperatur": 1}
_ENCRYPTED: Final = """\
import base64, io, json, sys
from pypdf import PdfWriter

writer, data = PdfWriter(), io.BytesIO()
writer.add_blank_page(100, 100)
writer.encrypt("secret", algorithm="AES-256")
writer.write(data)
source = {"type": "base64", "media_type": "application/pdf", "data": base64.b64encode(data.getvalue()).decode()}
messages = [{"role": "user", "content": [{"type": "document", "source": source}, {"type": "text", "text": "Hello"}]}]
json.dump({"model": "claude-haiku-4-5", "max_tokens": 5, "messages": messages}, open(sys.argv[1], "w"))
"""
"""A program that writes a request with a PDF that takes everything of the reader of PDFs to read."""
_SAME: Final = [
    *(["check", "material", "--format", name] for name in _FORMATS),
    ["check", "material", "--color", "always"],
    ["check", "many", "--jobs", "2", "--format", "json"],
    ["check", "material/code.ts"],
    ["check", "material/code.ts", "--fix", "--diff"],
    ["check", "material/encrypted.json"],
    ["check", "material", "--statistics"],
    ["upgrade", "material", "--to", "claude-opus-5-5"],
    ["models", "material"],
    ["explain", "thinking/budget-not-below-max-tokens"],
    ["rules"],
    ["rules", "--test"],
    ["schema"],
    ["config"],
    ["config", "--schema"],
    ["completion", "zsh"],
    ["completion", "fish"],
    ["--help"],
    ["check", "--help"],
    ["version"],
    ["chek"],
]
"""Commands whose output must be that of the installed command."""


@dataclass(frozen=True)
class Place:
    """Where the program runs: a folder, which is the root where that is possible."""

    folder: Path
    is_root: bool

    def popen(
        self, program: str, *arguments: str, variables: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.Popen[bytes]:
        """Start the program, which is named by its path from the folder."""
        here = "" if self.is_root else str(self.folder)
        return subprocess.Popen(  # noqa: S603 - ours
            [f"{here}/{program}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=None if self.is_root else self.folder / "work",
            env=dict(variables),
            preexec_fn=None if sys.platform == "win32" else self._enter,  # noqa: PLW1509 - there are no threads
        )

    def run(
        self, program: str, *arguments: str, given: bytes = b"", variables: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[int, bytes, bytes]:
        """Run the program to its end, and return its exit code and what it printed."""
        process = self.popen(program, *arguments, variables=variables)
        output, errors = process.communicate(given, timeout=_TIMEOUT)
        return process.returncode, output, errors

    def _enter(self) -> None:
        # A process that is started in the background may have been told to ignore interrupts, and hands that on.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if self.is_root:
            os.chroot(self.folder)
            os.chdir("/work")


@contextmanager
def _place(built: Path) -> Iterator[Place]:
    """Lay out a root with the C library, the program and material to check."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        is_root = sys.platform == "linux" and os.geteuid() == 0
        if is_root:
            _copy_libc(folder)
        else:
            sys.stdout.write("not in a root of its own: that takes Linux, and root\n")
        (folder / "tmp").mkdir()
        shutil.copytree(folder_in(built), folder / "msglint")
        shutil.copy(Built.of(built, target()).file, folder / "one")
        _write_material(folder / "work", environment_of(built))
        yield Place(folder, is_root)


def _copy_libc(folder: Path) -> None:
    """Copy the C library and its loader, and nothing else of this machine."""
    loaders = [Path("/lib64"), Path("/lib")]
    libraries = [*loaders, Path("/lib", f"{platform.machine()}-linux-gnu"), Path("/usr/lib64")]
    for name in _GLIBC:
        for place in libraries:
            if (place / name).is_file():
                copy = folder / str(place / name).lstrip("/")
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(place / name, copy)


def _write_material(work: Path, python: Path) -> None:
    material = work / "material"
    shutil.copytree(ROOT / "fixtures" / "bad", material / "bad")
    (material / "code.ts").write_text(_TYPESCRIPT, "utf-8")
    (material / "notebook.ipynb").write_text(json.dumps(_NOTEBOOK), "utf-8")
    subprocess.run([str(python), "-c", _ENCRYPTED, str(material / "encrypted.json")], check=True, timeout=_TIMEOUT)  # noqa: S603 - ours
    (work / "many").mkdir()
    for number in range(400):
        (work / "many" / f"{number}.json").write_text(json.dumps(_WRONG if number % 7 == 0 else _HELLO), "utf-8")


def _same(place: Place, reference: Path) -> None:
    """Compare the output of commands with that of the installed command.

    Raises:
        ScriptError: where it differs.
    """
    for command in _SAME:
        done = subprocess.run(  # noqa: S603 - ours
            [str(reference), *command], capture_output=True, check=False, cwd=place.folder / "work", env={}
        )
        expected = (done.returncode, done.stdout, done.stderr)
        found = place.run("msglint/msglint", *command)
        if expected != found:
            pairs = zip(("code", "output", "errors"), expected, found, strict=True)
            what = "; ".join(
                f"{name}: {left!r:.600} and {right!r:.600}" for name, left, right in pairs if left != right
            )
            message = f"msglint {' '.join(command)}: the installed command and the program differ in {what}"
            raise ScriptError(message)
    sys.stdout.write(f"{len(_SAME)} commands print what the installed command prints\n")


def _check_one_file(place: Place) -> None:
    code, output, errors = place.run("one", "check", "material/code.ts", "--format", "concise")
    expect("the one file checks", code == 1 and b"code.ts:7:3" in output, (output, errors))
    expect("it leaves nothing behind", not list((place.folder / "tmp").iterdir()))
    if place.is_root:
        return
    libraries = place.run("one", "guard", "--listen", "127.0.0.1:0", "--", "/usr/bin/env")[1]
    expect("a program that it starts has the libraries of the system", b"LD_LIBRARY_PATH" not in libraries, libraries)


def _check_serve(place: Place) -> None:
    lines = [json.dumps({"id": 1, "request": _WRONG}), json.dumps({"id": 2, "request": _HELLO, "betas": []})]
    code, output, errors = place.run("msglint/msglint", "serve", given="\n".join(lines).encode())
    answers = [json.loads(line) for line in output.splitlines()]
    expect("serve answers", code == 0 and [each["ok"] for each in answers] == [False, True], (output, errors))


def _check_lsp(place: Place) -> None:
    uri = "file:///work/material/code.ts"
    document = {"uri": uri, "languageId": "typescript", "version": 1, "text": _TYPESCRIPT}
    messages: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": {"capabilities": {}, "processId": None, "rootUri": "file:///work"}},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": document}},
    ]
    with place.popen("msglint/msglint", "lsp") as process:
        given, said = _pipes(process)
        for message in messages:
            _tell(given, message)
        diagnostics: list[Any] = []
        while process.poll() is None and not diagnostics:
            length = 0
            while (line := said.readline()) not in {b"\r\n", b""}:
                name, _, value = line.decode().partition(":")
                length = int(value) if name.lower() == "content-length" else length
            if not length:
                break
            message = json.loads(said.read(length))
            if message.get("method") == "textDocument/publishDiagnostics":
                diagnostics = message["params"]["diagnostics"]
        _tell(given, {"id": 2, "method": "shutdown", "params": None})
        _tell(given, {"method": "exit", "params": None})
        given.close()
        process.wait(_TIMEOUT)
    place_of = diagnostics[0]["range"]["start"] if diagnostics else None
    expect("the language server reports", place_of == {"line": 6, "character": 2}, diagnostics)


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """Return the standard input and output of a process."""
    if process.stdin is None or process.stdout is None:
        message = "the process has no pipes"
        raise ScriptError(message)
    return process.stdin, process.stdout


def _tell(given: IO[bytes], message: dict[str, Any]) -> None:
    data = json.dumps({"jsonrpc": "2.0", **message}).encode()
    given.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
    given.flush()


def _check_guard(place: Place) -> None:
    program = "/msglint/msglint" if place.is_root else str(place.folder / "msglint" / "msglint")
    code, output, errors = place.run("msglint/msglint", "guard", "--listen", "127.0.0.1:0", "--", program, "--version")
    expect("guard runs a command", code == 0 and b"msglint" in output and b"passes on" in errors, (output, errors))


def _check_watch(place: Place) -> None:
    file = place.folder / "work" / "watched" / "hello.json"
    file.parent.mkdir()
    file.write_text(json.dumps(_HELLO), "utf-8")
    with place.popen("msglint/msglint", "check", "--watch", "--format", "concise", "watched") as process:
        _, said = _pipes(process)
        # The watcher is started before this is said.
        while process.stderr is not None and (line := process.stderr.readline()) and b"watching" not in line:
            pass
        file.write_text(json.dumps(_WRONG), "utf-8")
        found = b""
        while b"temperatur" not in found:
            found = said.readline()
            if not found:
                message = "watch has ended"
                raise ScriptError(message)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=_TIMEOUT)
    sys.stdout.write("watch reports a change\n")


def _check_plugins(place: Place) -> None:
    (place.folder / "work" / "plugged.toml").write_text('plugins = ["ours"]\n', "utf-8")
    code, output, errors = place.run("msglint/msglint", "check", "--config", "plugged.toml", "material/code.ts")
    said = (output + errors).decode()
    expect("a plugin is refused with the reason", code and "standalone" in said and "pip" in said, said)


def _check_parquet(place: Place) -> None:
    (place.folder / "work" / "table.parquet").write_bytes(b"PAR1")
    code, output, errors = place.run("msglint/msglint", "check", "table.parquet")
    said = (output + errors).decode()
    expect("Parquet is refused with the reason", code and "the standalone program reads no Parquet" in said, said)


def _check_completion(place: Place) -> None:
    variables = {"_MSGLINT_COMPLETE": "bash_complete", "COMP_WORDS": "msglint che", "COMP_CWORD": "1"}
    output = place.run("msglint/msglint", variables=variables)[1]
    expect("completion completes", output.split() == [b"plain,check"], output)


def _check_start(built: Path, reference: Path) -> None:
    """Compare the CPU time of whole processes, in turns: what else the machine does slows both alike."""
    if sys.platform == "win32":
        return
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "hello.json").write_text(json.dumps(_HELLO), "utf-8")
        pairs = [
            tuple(_seconds(program, folder) for program in (folder_in(built) / PROGRAM, reference))
            for _ in range(_ROUNDS + 1)
        ]
    ratio = median(ours / theirs for ours, theirs in pairs[1:])  # the first ones may have to read from the disk
    expect(f"the folder starts in {ratio:.2f} times the installed command, at most {_SLOWEST}", ratio <= _SLOWEST)


def _seconds(program: Path, folder: str) -> float:
    """Return the CPU time of a check of a small file."""
    import resource  # not there on Windows

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(program), "check", "hello.json"], capture_output=True, check=True, cwd=folder, env={})  # noqa: S603 - ours
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _check_files(built: Path) -> None:
    sizes = {file.name: file.stat().st_size for file in built.iterdir() if file.is_file()}
    for line in (built / SUMS).read_text("utf-8").splitlines():
        expect(f"{line.split()[1]} has a checksum", line.split()[1] in sizes and re.match(r"[0-9a-f]{64}  ", line))
    expect("the one file is small enough", sizes[Built.of(built, target()).file.name] <= _MOST_PACKED, sizes)


def main(name: str) -> int:
    """Check what was built; return the exit code."""
    built = Path(name).resolve()
    reference = environment_of(built).with_name(PROGRAM)
    if hasattr(signal, "alarm"):
        signal.alarm(_LONGEST)
    try:
        _check_files(built)
        with _place(built) as place:
            _same(place, reference)
            _check_start(built, reference)
            for check in (
                _check_one_file,
                _check_serve,
                _check_lsp,
                _check_guard,
                _check_watch,
                _check_plugins,
                _check_parquet,
                _check_completion,
            ):
                check(place)
    except ScriptError as error:
        sys.stderr.write(f"check_standalone: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
