"""Requests in Parquet files: what the command reports is what it reports of JSON Lines, and odd files end in a line."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow.parquet import encryption

import validator
from tests.material import hello
from tests.test_command import run
from tests.test_reading import error_of
from validator import Linter
from validator.arrow import check_batch
from validator.files import checking, parquet
from validator.files.parquet import ParquetRows
from validator.files.parquet_pages import is_encrypted, pages
from validator.files.reading import Columns
from validator.files.tables import check_table
from validator.formats import FORMATS
from validator.project import Project
from validator.project.parallel import check_all

GOOD = json.dumps(hello())
BAD = json.dumps(hello(max_tokens=-1))
WITHOUT_PLACES = ("path", "row_group", "row", "id")


def write(path: Path, bodies: Any, name: str = "body", ids: list[Any] | None = None, **options: Any) -> Path:
    columns = {"custom_id": list(range(len(bodies))) if ids is None else ids, name: bodies}
    pq.write_table(pa.table(columns), path, **options)
    return path


def records(number: int) -> list[str]:
    """Return lines of a batch: some with mistakes, one broken, and some with the id of an earlier one."""
    lines = []
    for index in range(number):
        params = hello(**({"max_tokens": "7"} if index % 40 == 3 else {}))
        lines.append(json.dumps({"custom_id": f"id-{index if index % 50 else index // 100}", "params": params}))
    lines[number // 2] = "{"
    return lines


def violations(*arguments: Any, cwd: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("check", "--format=json", *arguments, cwd=cwd).out)["violations"]
    return found


def places_in(path: Path) -> list[tuple[int, str]]:
    """Return the line and rule of each violation in a file."""
    return [(each.range.line, each.rule) for each in validator.validate_file(path).violations if each.range is not None]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "_MOST_ROWS", 7)


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_table_has_the_reports_of_the_same_json_lines(tmp_path: Path, jobs: int) -> None:
    lines = records(9000)
    (tmp_path / "a.jsonl").write_text("\n".join(lines) + "\n")
    write(tmp_path / "a.parquet", lines, row_group_size=5000)
    done = {
        name: json.loads(run("check", name, f"--jobs={jobs}", "--format=json", cwd=tmp_path).out)
        for name in ("a.jsonl", "a.parquet")
    }
    found = done["a.parquet"]["violations"]
    assert [(each["row_group"], each["row"]) for each in found] == [
        ((each["line"] - 1) // 5000 + 1, (each["line"] - 1) % 5000 + 1) for each in found
    ]
    for report in done.values():
        for each in report["violations"]:
            for key in WITHOUT_PLACES:
                each.pop(key, None)
    assert done["a.parquet"] == done["a.jsonl"]
    assert len({each["rule"] for each in found}) > 2


def test_every_format_is_the_same_with_any_number_of_processes(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", records(9000), row_group_size=5000)

    def printed(jobs: int) -> Any:
        files = {name: tmp_path / f"{name}.out" for name in FORMATS if name != "full"}
        options = [f"--output={name}={file}" for name, file in files.items()]
        done = run("check", "a.parquet", "--id=custom_id", f"--jobs={jobs}", *options, cwd=tmp_path)
        return done.out, done.err, done.returncode, [file.read_bytes() for file in files.values()]

    assert printed(3) == printed(1)


def test_the_command_the_functions_and_validate_json_agree(tmp_path: Path) -> None:
    texts = [GOOD, BAD, json.dumps(hello(max_token=3)), json.dumps(hello(messages=[]), indent=2)]
    path = write(tmp_path / "a.parquet", texts)
    by_command = {(each["line"] - 1, each["rule"], each["message"]) for each in violations("a.parquet", cwd=tmp_path)}
    batch = pq.read_table(path).combine_chunks().to_batches()[0]
    by_batch = {(row["id"], row["rule"], row["message"]) for row in check_batch(batch, id="custom_id").to_pylist()}
    by_json = {
        (index, each.rule, each.message)
        for index, text in enumerate(texts)
        for each in validator.validate_json(text).violations
    }
    assert by_command == by_batch == by_json
    assert len(by_json) == 3
    assert {each.rule for each in validator.validate_file(path).violations} == {rule for _, rule, _ in by_json}


def test_the_place_is_shown_with_the_row_group_and_the_id(tmp_path: Path) -> None:
    ids = [f"r{index}" for index in range(20)]
    write(tmp_path / "a.parquet", [GOOD] * 17 + [BAD] + [GOOD] * 2, ids=ids, row_group_size=10)
    text = run("check", "a.parquet", "--id", "custom_id", cwd=tmp_path).out
    assert " a.parquet:18:45 (row group 2, row 8, id r17) at /max_tokens\n" in text
    assert f"18 | {BAD[:60]}" in text
    (found,) = violations("a.parquet", "--id", "custom_id", cwd=tmp_path)
    assert (found["line"], found["column"], found["row_group"], found["row"], found["id"]) == (18, 45, 2, 8, "r17")
    line = run("check", "a.parquet", "--id=custom_id", "--format=jsonl", cwd=tmp_path).out.splitlines()[0]
    assert json.loads(line)["row_group"] == 2


def test_a_body_of_several_lines_is_one_line_of_a_report(tmp_path: Path) -> None:
    body = json.dumps(hello(max_tokens=-1), indent=2)
    write(tmp_path / "a.parquet", [body])
    (found,) = violations("a.parquet", cwd=tmp_path)
    assert (found["line"], found["column"]) == (1, body.index("-1") + 1)
    shown = run("check", "a.parquet", cwd=tmp_path).out
    assert '"claude-haiku-4-5",   "max_tokens": -1,   "messages"' in shown


def test_no_secret_in_an_id_is_shown(tmp_path: Path) -> None:
    secret = "sk-ant-api03-" + "aB3" * 20
    write(tmp_path / "a.parquet", [BAD], ids=[secret])
    for name in FORMATS:
        assert secret not in run("check", "a.parquet", "--id=custom_id", f"--format={name}", cwd=tmp_path).out


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "brotli", "lz4", "zstd"])
@pytest.mark.parametrize("page", ["1.0", "2.0"])
def test_pages_of_every_codec_and_version_are_read(tmp_path: Path, compression: str, page: str) -> None:
    path = write(tmp_path / "a.parquet", [GOOD, BAD] * 50, compression=compression, data_page_version=page)
    assert [line for line, _ in places_in(path)] == list(range(2, 101, 2))


@pytest.mark.parametrize(
    "bodies",
    [
        pa.array([GOOD.encode(), BAD.encode()]),
        pa.array([GOOD, BAD], pa.large_string()),
        pa.array([GOOD, BAD], pa.string_view()),
        pa.array([GOOD, BAD]).dictionary_encode(),
        pa.array([hello(), hello(max_tokens=-1)]),
        pa.ExtensionArray.from_storage(pa.json_(), pa.array([GOOD, BAD])),
    ],
    ids=lambda bodies: str(bodies.type)[:20],
)
def test_columns_of_every_type_are_read(tmp_path: Path, bodies: Any) -> None:
    assert places_in(write(tmp_path / "a.parquet", bodies)) == [(2, "schema/minimum")]


def test_a_row_without_a_body_is_an_empty_text_and_counts(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", pa.array([GOOD, None, "", GOOD]))
    found = violations("a.parquet", cwd=tmp_path)
    assert [(each["line"], each["rule"]) for each in found] == [(2, "syntax/empty"), (3, "syntax/empty")]
    assert "checked 4 requests" in run("check", "a.parquet", cwd=tmp_path).err


def test_a_table_that_holds_no_requests_is_said_once(tmp_path: Path) -> None:
    package = json.dumps({"name": "x", "version": "1.0.0", "scripts": {}, "dependencies": {}})
    write(tmp_path / "a.parquet", [package] * 3000)
    for jobs in ("1", "2"):
        (found,) = violations("a.parquet", f"--jobs={jobs}", cwd=tmp_path)
        assert found["rule"] == "syntax/not-a-request"


def test_a_table_in_a_folder_is_read_only_if_its_column_is_known(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", [BAD], name="request")
    write(tmp_path / "other.parquet", [BAD], name="something")
    write(tmp_path / "numbers.parquet", ["[1]"], name="request")
    (tmp_path / "b.json").write_text(GOOD)
    assert violations(".", cwd=tmp_path) == []
    assert "- a.parquet: it is a table; `--column`" in run("check", "--show-files", ".", cwd=tmp_path).out
    assert [each["path"] for each in violations(".", "--column=request", cwd=tmp_path)] == ["a.parquet"]
    (tmp_path / "msglint.toml").write_text('column = "request"\nid-column = "custom_id"\n')
    (found,) = violations(".", cwd=tmp_path)
    assert (found["path"], found["id"]) == ("a.parquet", 0)
    shown = run("check", "--show-files", ".", cwd=tmp_path).out
    assert "+ a.parquet: it has `messages`" in shown
    assert "- other.parquet: it cannot be read: there is no column `request`" in shown
    assert [each["path"] for each in violations("other.parquet", "--column=something", cwd=tmp_path)] == [
        "other.parquet"
    ]
    forced = run("check", "a.parquet", "b.json", "--force-exclude", "--isolated", "--show-files", cwd=tmp_path).out
    assert "- a.parquet: it is a table; `--column`" in forced


def test_a_baseline_and_overrides_apply(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", [GOOD] + [BAD] * 3, row_group_size=2)
    assert run("check", "a.parquet", "--write-baseline", cwd=tmp_path).returncode == 0
    assert run("check", "a.parquet", cwd=tmp_path).returncode == 0
    write(tmp_path / "a.parquet", [BAD] * 4, row_group_size=2)
    assert [each["line"] for each in violations("a.parquet", cwd=tmp_path)] == [4]
    (tmp_path / "msglint.toml").write_text('[[overrides]]\nfiles = ["*.parquet#/max_tokens"]\nignore = ["schema"]\n')
    assert run("check", "a.parquet", "--no-baseline", cwd=tmp_path).returncode == 0


def test_a_table_is_not_fixed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", [json.dumps(hello(max_token=3))])
    before = path.read_bytes()
    done = run("check", "a.parquet", "--fix", "--unsafe-fixes", cwd=tmp_path)
    assert done.returncode == 1
    assert "msglint: a.parquet: is a table, so it cannot be fixed\n" in done.err
    assert "can be fixed" not in run("check", "a.parquet", cwd=tmp_path).err
    assert path.read_bytes() == before


def test_a_table_on_standard_input_is_refused(tmp_path: Path) -> None:
    data = write(tmp_path / "a.parquet", [BAD]).read_bytes()
    done = run("check", "-", "--stdin-filename=a.parquet", stdin=data, cwd=tmp_path)
    assert (done.returncode, done.err.splitlines()[0]) == (
        2,
        "msglint: a.parquet: cannot be read: Parquet is only read from files",
    )


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", [BAD], name="bodi")
    assert "there is no column `body`, did you mean `bodi`? There is also `custom_id`; `--column`" in (
        error_of(tmp_path / "a.parquet") or ""
    )
    done = run("check", "a.parquet", "--column=bodi", "--id=custom", cwd=tmp_path)
    assert done.returncode == 2
    assert "there is no column `custom`, did you mean `custom_id`?" in done.err
    write(tmp_path / "b.parquet", [BAD])
    done = run("check", "b.parquet", "--id=no", cwd=tmp_path)
    assert "there is no column `no`; there is `custom_id` or `body`" in done.err
    assert "--column" not in done.err


@pytest.mark.parametrize(
    ("bodies", "said"),
    [
        (pa.array([1]), "is of type `int64`, but must hold requests"),
        (pa.array([[GOOD]]), "but must hold requests"),
        (pa.array([{"a": b"x"}]), "`body.a` is of type `binary`, which has no form in JSON"),
    ],
)
def test_a_column_that_cannot_hold_requests_is_an_error_of_the_file(tmp_path: Path, bodies: Any, said: str) -> None:
    assert said in (error_of(write(tmp_path / "a.parquet", bodies)) or "")


def test_files_that_are_no_parquet_are_errors_and_the_others_are_checked(tmp_path: Path) -> None:
    data = write(tmp_path / "good.parquet", [BAD] * 100, compression="zstd").read_bytes()
    (tmp_path / "empty.parquet").write_bytes(b"")
    (tmp_path / "text.parquet").write_text(GOOD)
    (tmp_path / "cut.parquet").write_bytes(data[:-20])
    at = pq.ParquetFile(tmp_path / "good.parquet").metadata.row_group(0).column(1).dictionary_page_offset + 30
    (tmp_path / "damaged.parquet").write_bytes(data[:at] + bytes(40) + data[at + 40 :])
    for jobs in ("1", "2"):
        done = run("check", ".", "--column=body", "--format=concise", f"--jobs={jobs}", cwd=tmp_path)
        assert done.returncode == 2
        errors = [line.split(": ")[1:3] for line in done.err.splitlines() if line.startswith("msglint: ")]
        assert errors == [[f"{name}.parquet", "cannot be read"] for name in ("cut", "damaged", "empty", "text")]
        assert done.out.count("good.parquet:") == 100


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_table_without_rows_is_no_mistake_beside_others_and_counts_no_request(tmp_path: Path, jobs: int) -> None:
    write(tmp_path / "a.parquet", pa.array([], pa.string()))
    write(tmp_path / "b.parquet", [BAD])
    done = run("check", "a.parquet", "b.parquet", f"--jobs={jobs}", cwd=tmp_path)
    assert (done.returncode, done.err) == (1, "checked 1 request in 2 files: 1 error\n")
    done = run("check", "a.parquet", "--fail-on-empty", f"--jobs={jobs}", cwd=tmp_path)
    assert (done.returncode, "no request was found in a.parquet" in done.err) == (2, True)


class _Keys(encryption.KmsClient):  # type: ignore[misc]
    """Keeps keys as they are."""

    def wrap_key(self, key: bytes, _name: str) -> bytes:
        return base64.b64encode(key)

    def unwrap_key(self, key: bytes, _name: str) -> bytes:
        return base64.b64decode(key)


@pytest.mark.parametrize("has_plain_footer", [False, True])
def test_an_encrypted_file_is_an_error(tmp_path: Path, has_plain_footer: bool) -> None:  # noqa: FBT001 - a parameter
    factory = encryption.CryptoFactory(lambda _: _Keys())
    settings = encryption.EncryptionConfiguration(
        footer_key="f", column_keys={"c": ["body"]}, plaintext_footer=has_plain_footer
    )
    properties = factory.file_encryption_properties(encryption.KmsConnectionConfig(), settings)
    write(tmp_path / "a.parquet", [BAD], encryption_properties=properties)
    done = run("check", "a.parquet", cwd=tmp_path)  # pyarrow can end the process
    assert done.returncode == 2
    assert "encrypted" in done.err


def test_whether_a_footer_speaks_of_encryption_is_read_with_and_without_its_end(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", [BAD] * 10)
    created_by = pq.ParquetFile(path).metadata.created_by
    for creator in (created_by, None, "somebody else"):
        with path.open("rb") as file:
            assert not is_encrypted(file, creator)


def test_the_sizes_of_pages_are_those_that_were_written(tmp_path: Path) -> None:
    bodies = [GOOD + " " * (index % 7) for index in range(2000)]
    path = write(tmp_path / "a.parquet", bodies, compression="zstd", use_dictionary=["body"], data_page_size=1000)
    chunk = pq.ParquetFile(path).metadata.row_group(0).column(1)
    with path.open("rb") as file:
        start = chunk.dictionary_page_offset
        found = list(pages(file, start, start + chunk.total_compressed_size))
    assert [page.is_dictionary for page in found] == [True] + [False] * (len(found) - 1)
    assert found[0].size == sum(4 + len(text) for text in set(bodies))
    assert 0 < chunk.total_uncompressed_size - sum(page.size for page in found) < 1000 * len(found)  # the headers


def test_a_page_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.parquet", [" " * 10**6] * 4, compression="zstd", use_dictionary=False)
    monkeypatch.setattr(parquet, "_LARGEST_PAGE", 10**5)
    assert error_of(path) == "cannot be read: a page unpacks to more than 0 MB"


def test_a_long_value_in_a_dictionary_is_not_unpacked_for_many_rows_at_once(tmp_path: Path) -> None:
    long = pa.array(["a" * 2**22]).dictionary_encode()
    path = write(tmp_path / "a.parquet", long.take(pa.array([0] * 3000)), compression="zstd")
    with ParquetRows(str(path), Columns()) as table:
        assert max(batch.num_rows for piece in table.pieces() for batch in table._batches(piece)) <= 2**28 // 2**22


def test_a_row_whose_setup_is_known_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[int] = []
    add = checking._Lines.add

    def noted(self: Any, document: Any, number: int, linter: Any) -> None:
        parsed.append(number)
        add(self, document, number, linter)

    monkeypatch.setattr(checking._Lines, "add", noted)
    say = [[{"role": "user", "content": f"question {number}"}] for number in range(200)]
    path = write(tmp_path / "a.parquet", [json.dumps(hello(messages=messages)) for messages in say])
    (part,) = check_table(str(path), Linter(endpoint="auto"), Columns())
    assert (part.requests, part.violations) == (200, ())
    assert len(parsed) < 20


def test_a_row_that_is_too_long_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("validator.files.reading._LONGEST_LINE", 100)
    path = write(tmp_path / "a.parquet", ["{}", " " * 101])
    assert error_of(path) == "cannot be read: row 2 is longer than 0 MB"


@pytest.mark.usefixtures("small_pieces")
def test_pieces_are_read_in_any_order(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", [f"{index}" for index in range(100)], row_group_size=40)
    with ParquetRows(str(path), Columns()) as table:
        pieces = list(table.pieces())
        assert sum(piece.rows for piece in pieces) == 100
        assert max(piece.rows for piece in pieces) == 28
        assert max(batch.num_rows for piece in pieces for batch in table._batches(piece)) == 7
        for piece in [*pieces, *reversed(pieces), pieces[2], pieces[4], pieces[4]]:
            read = list(table.rows(piece))
            assert [row.text for row in read] == [f"{row.number - 1}".encode() for row in read]
            assert [row.number for row in read] == list(range(piece.first, piece.first + piece.rows))
        assert len(table.first_texts(50)) == 50


@pytest.mark.usefixtures("small_pieces")
def test_rows_with_the_ids_of_earlier_ones_are_looked_at_again_in_one_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    open_table = ParquetRows.__init__

    def noted(self: ParquetRows, path: str, columns: Columns) -> None:
        opened.append(path)
        open_table(self, path, columns)

    path = write(tmp_path / "a.parquet", [json.dumps({"custom_id": "same", "params": hello()})] * 100)
    with ParquetRows(str(path), Columns()) as table:
        assert len(list(table.pieces())) == 4
    monkeypatch.setattr(ParquetRows, "__init__", noted)
    ((_, result),) = check_all(Project(), Project().find([str(path)]), 1)
    assert [violation.rule for violation in result.violations] == ["batches/duplicate-custom-id"] * 99
    assert len(opened) == 3  # to cut it, to check it, and to look again


@pytest.mark.usefixtures("small_pieces")
def test_a_file_that_changes_meanwhile_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", [GOOD] * 100)
    with ParquetRows(str(path), Columns()) as table:
        first, *_ = table.pieces()
        with path.open("ab") as file:
            file.write(b"x")
        with pytest.raises(OSError, match="was changed while it was read"):
            list(table.rows(first))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    os.mkfifo(path)
    with subprocess.Popen(["/bin/sh", "-c", f"echo x > {path}"]) as writer:
        assert error_of(path) == "cannot be read: Parquet is only read from regular files"
        writer.wait()


def test_without_pyarrow_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.parquet", [GOOD])
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    monkeypatch.setattr(pa, "parquet", None)
    assert error_of(path) == "cannot be read: Parquet needs pyarrow, `pip install 'msglint[arrow]'` brings it"


def test_the_standalone_program_has_no_parquet_and_takes_no_package(tmp_path: Path) -> None:
    path = write(tmp_path / "a.parquet", [BAD])
    program = "import sys; sys.frozen = True; sys.modules['pyarrow'] = None; from validator.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "check", path], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 2
    assert "the standalone program reads no Parquet; `pip install 'msglint[arrow]'` brings an msglint" in done.stderr


def test_a_file_of_spark_or_of_polars_has_ids_of_any_type(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"body": [orjson.dumps(hello(max_tokens=-1))], "at": [pa.scalar(0, pa.timestamp("us"))]})
    pq.write_table(table, path)
    (found,) = violations("a.parquet", "--id=at", cwd=tmp_path)
    assert found["id"] == "1970-01-01 00:00:00"
