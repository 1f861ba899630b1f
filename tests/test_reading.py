from __future__ import annotations

import gzip
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.material import hello
from tests.test_command import COMMAND, run
from validator import Linter
from validator.files import check_file, reading
from validator.files.discovery import Candidate
from validator.files.reading import UnreadableError, opened, read_lines, read_whole
from validator.project import Project

BODY = json.dumps(hello()).encode()
LINE = json.dumps({"custom_id": "a", "params": hello()}).encode() + b"\n"
PACKED = gzip.compress(LINE * 3, mtime=0)


def error_of(path: Path, *, is_named: bool = True) -> str | None:
    result = Project().check(Candidate(str(path), is_named=is_named))
    assert result is not None
    return result.error


def test_compressed_files_are_read_by_the_ending_before_the_last(tmp_path: Path) -> None:
    texts = {
        "a.json.gz": BODY.replace(b"1024", b"-1"),
        "b.jsonc.gz": b"// a\n" + BODY.replace(b"1024", b"-1"),
        "c.jsonl.gz": LINE + b"\n" + LINE.replace(b"1024", b"-1"),
        "d.yaml.gz": b"model: claude-haiku-4-5\nmessages: [{role: user, content: a}]\nmax_tokens: -1\n",
        "e.JSON.GZ": BODY.replace(b"1024", b"-1"),
    }
    for name, text in texts.items():
        (tmp_path / name).write_bytes(gzip.compress(text))
    (tmp_path / "f.json.gz").write_bytes(gzip.compress(BODY[:50]) + gzip.compress(BODY[50:]))
    (tmp_path / "notes.gz").write_bytes(gzip.compress(BODY))
    report = json.loads(run("check", "--format", "json", cwd=tmp_path).out)
    assert report["files"] == 6
    lines = {each["path"]: each["line"] for each in report["violations"] if each["rule"] == "schema/minimum"}
    assert lines == {"a.json.gz": 1, "b.jsonc.gz": 2, "c.jsonl.gz": 3, "d.yaml.gz": 3, "e.JSON.GZ": 1}
    assert len(report["violations"]) == 6  # c.jsonl.gz has one id on two lines


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (PACKED[:-12], "it ends too early"),
        (PACKED[:15], "it ends too early"),
        (PACKED[:2], "it ends too early"),
        (LINE, "it is not compressed with gzip"),
        (PACKED[:-8] + b"12345678", "it is damaged (CRC check failed"),
        (PACKED[:12] + b"\xff\xff\xff" + PACKED[15:], "it is damaged"),
    ],
    ids=["cut at the end", "cut", "cut in the header", "not packed", "wrong sum", "wrong inside"],
)
@pytest.mark.parametrize("name", ["a.json.gz", "a.jsonl.gz", "a.yaml.gz"])
def test_a_file_that_cannot_be_unpacked_is_reported_and_the_rest_is_checked(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(data)
    for is_named in (True, False):
        assert (error_of(tmp_path / name, is_named=is_named) or "").startswith(f"cannot be unpacked: {reason}")


def test_what_is_wrong_with_a_compressed_file_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(PACKED[:-12])
    (tmp_path / "b.json").write_bytes(BODY)
    done = run("check", "a.jsonl.gz", "b.json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.err.splitlines() == [
        "msglint: a.jsonl.gz: cannot be unpacked: it ends too early",
        "checked 1 request in 1 file: no violations; 1 file could not be checked",
    ]


@pytest.mark.parametrize("name", ["a.json.gz", "a.jsonl.gz", "a.yaml.gz"])
@pytest.mark.parametrize(
    "content", [b"\0", b"\n", b" ", b"[", LINE], ids=["zeros", "lines", "spaces", "brackets", "records"]
)
def test_a_file_that_unpacks_to_too_much_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    monkeypatch.setattr(reading, "_MOST_BYTES", 2**20)
    monkeypatch.setattr(reading, "_MOST_LINES", 100_000)
    monkeypatch.setattr(reading, "_PIECE", 2**16)
    piece = gzip.compress(content * (2**17 // len(content)))
    (tmp_path / name).write_bytes(piece * 1000)
    start = time.process_time()
    is_counted = name == "a.jsonl.gz" and content == b"\n"
    assert error_of(tmp_path / name) == f"unpacks to more than {'100,000 lines' if is_counted else '1 MB'}"
    assert time.process_time() - start < 5
    (tmp_path / name).write_bytes(gzip.compress(content * 1000))
    assert error_of(tmp_path / name) is None


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_file_that_grows_while_its_lines_are_read_is_not_believed(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(PACKED if name.endswith("gz") else LINE * 3)
    with opened(str(path)) as source:
        lines = read_lines(source)
        assert next(lines) == LINE
        with path.open("ab") as more:
            more.write(gzip.compress(LINE) if name.endswith("gz") else LINE)
        with pytest.raises(UnreadableError, match="was changed while it was read"):
            list(lines)
    with opened(str(path)) as source:  # whose first lines are enough does not care
        assert next(read_lines(source)) == LINE


@pytest.mark.parametrize("change", ["grow", "shrink", "rewrite"])
def test_a_file_that_changes_while_it_is_read_is_reported_and_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    path, other = tmp_path / "a.json", tmp_path / "b.json"
    for each in (path, other):
        each.write_bytes(BODY)

    def changed_meanwhile() -> None:
        if change == "grow":
            with path.open("ab") as more:
                more.write(b" ")
        elif change == "shrink":
            os.truncate(path, 10)
        else:
            path.write_bytes(BODY)
            os.utime(path, ns=(1, 1))

    read = os.read

    def read_while_it_changes(descriptor: int, size: int) -> bytes:
        if os.path.samestat(os.fstat(descriptor), path.stat()):
            changed_meanwhile()
        return read(descriptor, size)

    with opened(str(path)) as source:
        changed_meanwhile()
        with pytest.raises(UnreadableError, match="was changed while it was read"):
            read_whole(source)
    path.write_bytes(BODY)
    monkeypatch.setattr(os, "read", read_while_it_changes)
    project = Project()
    results = [project.check(candidate) for candidate in project.find([str(tmp_path)])]
    assert [result.error for result in results if result] == ["was changed while it was read", None]


def test_a_file_that_is_replaced_while_it_is_read_is_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(BODY)
    with opened(str(path)) as source:
        (tmp_path / "new").write_bytes(b"{}")
        (tmp_path / "new").replace(path)
        assert read_whole(source) == BODY
    with opened(str(path)) as source:
        path.unlink()
        assert read_whole(source) == b"{}"


def test_lines_can_be_read_again_from_the_beginning(tmp_path: Path) -> None:
    for name, data in (("a.jsonl", LINE * 3), ("a.jsonl.gz", PACKED)):
        (tmp_path / name).write_bytes(data)
        with opened(str(tmp_path / name)) as source:
            assert next(read_lines(source)) == LINE
            source.rewind()
            assert list(read_lines(source)) == [LINE] * 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.json", "cannot be read: No such file or directory"),
        (".", "cannot be read: Is a directory"),
        ("file/a.json", "cannot be read: Not a directory"),
        ("a" * 300, "cannot be read: File name too long"),
        ("a\0.json", "cannot be read: embedded null byte"),
    ],
)
def test_a_name_that_is_of_no_file_is_reported(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnreadableError, match=f"^{reason}$"):
        check_file(str(tmp_path / name), Linter())


def test_a_pipe_is_read_though_it_changes() -> None:
    script = f"{COMMAND} check <(sleep 0.1; echo '{BODY.decode()}'; sleep 0.1; echo)"
    done: Any = subprocess.run(["bash", "-c", script], capture_output=True, check=False)  # noqa: S607 - any shell will do
    assert done.stderr == b"checked 1 request in 1 file: no violations\n"
    assert done.returncode == 0


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    for name in ("a.json", "a.yaml", "a.json.gz"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(2**40)
        assert error_of(tmp_path / name) == "has more than 512 MB"


def test_what_has_no_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MOST_BYTES", 2**20)
    monkeypatch.setattr(reading, "_LONGEST_LINE", 2**18)
    (tmp_path / "a.jsonl").symlink_to("/dev/zero")
    assert error_of(Path("/dev/zero")) == "has more than 1 MB"
    assert error_of(tmp_path / "a.jsonl") == "cannot be read: line 1 is longer than 0 MB"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_line_that_is_too_long_is_given_up_however_many_processes_check(tmp_path: Path, jobs: str) -> None:
    with (tmp_path / "a.jsonl").open("wb") as file:
        file.write(LINE * 30_000)
        file.truncate(2**33)
    done = run("check", "--jobs", jobs, "a.jsonl", cwd=tmp_path)
    assert done.err.startswith("msglint: a.jsonl: cannot be read: line 30001 is longer than 256 MB\n")
    assert done.returncode == 2


def test_standard_input_without_an_end_is_given_up() -> None:
    with Path("/dev/zero").open("rb") as zeros:
        done: Any = subprocess.run([COMMAND, "check", "-"], stdin=zeros, capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"msglint: <stdin>: has more than 512 MB\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
@pytest.mark.parametrize("options", [[], ["--force-exclude"], ["--fix"]])
def test_a_named_pipe_that_nobody_writes_to_is_given_up(tmp_path: Path, options: list[str]) -> None:
    os.mkfifo(tmp_path / "a.json")
    done = run("check", *options, "a.json", cwd=tmp_path)
    assert done.err.startswith("msglint: a.json: cannot be read: it is a pipe that nobody writes to\n")
    assert done.returncode == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
@pytest.mark.parametrize("script", ["cat > a.json", "(sleep 0.5; cat) > a.json", "sleep 0.5; cat > a.json"])
def test_a_named_pipe_is_read_to_its_end(tmp_path: Path, script: str) -> None:
    os.mkfifo(tmp_path / "a.json")
    with subprocess.Popen(["sh", "-c", script], stdin=subprocess.PIPE, cwd=tmp_path) as writer:  # noqa: S607 - any shell will do
        assert writer.stdin is not None
        writer.stdin.write(BODY)
        writer.stdin.close()
        assert run("check", "a.json", cwd=tmp_path).err == "checked 1 request in 1 file: no violations\n"
