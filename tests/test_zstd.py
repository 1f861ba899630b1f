"""Files compressed with Zstandard: as those compressed with gzip."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.material import hello
from tests.test_command import run
from tests.test_reading import BODY, LINE, error_of
from validator.files import reading
from validator.files.reading import UnreadableError, opened, read_lines

LIBRARY = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
zstd = pytest.importorskip(LIBRARY)
PACKED: bytes = zstd.compress(LINE * 3)


def test_files_are_read_by_the_ending_before_the_last(tmp_path: Path) -> None:
    bad = BODY.replace(b"1024", b"-1")
    (tmp_path / "a.json.zst").write_bytes(zstd.compress(bad))
    (tmp_path / "b.jsonl.zst").write_bytes(zstd.compress(LINE + b"\n") + zstd.compress(LINE.replace(b"1024", b"-1")))
    (tmp_path / "c.yaml.ZST").write_bytes(zstd.compress(bad[:50]) + zstd.compress(bad[50:]))
    (tmp_path / "notes.zst").write_bytes(zstd.compress(bad))
    report = json.loads(run("check", "--format", "json", cwd=tmp_path).out)
    assert report["files"] == 3
    places = {(each["path"], each["line"]) for each in report["violations"] if each["rule"] == "schema/minimum"}
    assert places == {("a.json.zst", 1), ("b.jsonl.zst", 3), ("c.yaml.ZST", 1)}


@pytest.mark.parametrize("jobs", [1, 2])
def test_lines_have_the_reports_of_the_same_lines_unpacked(tmp_path: Path, jobs: int) -> None:
    record = {"custom_id": "a", "params": hello(system="x" * 5000)}
    lines = b"".join(json.dumps({**record, "custom_id": f"{index % 900}"}).encode() + b"\n" for index in range(1000))
    (tmp_path / "a.jsonl").write_bytes(lines)
    (tmp_path / "b.jsonl.zst").write_bytes(zstd.compress(lines))
    one, two = (run("check", name, f"--jobs={jobs}", cwd=tmp_path).out for name in ("a.jsonl", "b.jsonl.zst"))
    assert one.count("duplicate-custom-id") == 100
    assert two.replace("b.jsonl.zst", "a.jsonl") == one


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (PACKED[:-5], "it ends too early"),
        (PACKED[:3], "it ends too early"),
        (b"", "it ends too early"),
        (LINE, "it is not compressed with Zstandard"),
        (PACKED + LINE, "it is not compressed with Zstandard, or something follows that is not"),
        (PACKED[:12] + b"\xff\xff\xff" + PACKED[15:], "it is damaged"),
    ],
)
@pytest.mark.parametrize("name", ["a.json.zst", "a.jsonl.zst"])
def test_a_damaged_file_is_an_error(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert (error_of(tmp_path / name) or "").startswith(f"cannot be unpacked: {reason}")


def test_what_unpacks_to_too_much_is_refused_line_by_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MOST_BYTES", 2**20)
    path = tmp_path / "a.jsonl.zst"
    path.write_bytes(zstd.compress(b"{}\n" * 2**20))
    with opened(str(path)) as file, pytest.raises(UnreadableError, match="unpacks to more than 1 MB"):
        list(read_lines(file))


def test_without_the_library_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jsonl.zst").write_bytes(PACKED)
    monkeypatch.setitem(sys.modules, LIBRARY, None)
    assert error_of(tmp_path / "a.jsonl.zst") == (
        "cannot be unpacked: it needs a library, `pip install 'msglint[zstd]'` brings it"
    )
    with pytest.raises(ImportError):
        import_module(LIBRARY)


def test_packed_text_under_another_name_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(PACKED)
    assert "the text is compressed with Zstandard, but must be UTF-8" in run("check", "a.json", cwd=tmp_path).out
