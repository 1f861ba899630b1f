"""Requests in columns of Arrow data: every type of column, the columns of the result, and what a summary counts."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from datetime import date
from functools import partial
from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import validator
from tests.material import fixtures, hello
from validator.arrow import (
    DDL,
    SCHEMA,
    SUMMARY,
    SUMMARY_DDL,
    ColumnError,
    check_and_summarise,
    check_batch,
    summarise,
    total,
)
from validator.checking.linter import Linter
from validator.engine.failures import RAISE

GOOD = json.dumps(hello())
BAD = json.dumps(hello(max_tokens=-1, max_token=3))
TEXTS = (pa.string(), pa.large_string(), pa.string_view())
BYTES = (pa.binary(), pa.large_binary(), pa.binary_view())


def expected(texts: list[str | bytes | None], **options: Any) -> list[tuple[Any, ...]]:
    """Return the rows for texts whose ids are their indices, by `validate_json`."""
    return [
        (index, each.rule, each.severity.value, each.pointer, each.message, each.help)
        for index, text in enumerate(texts)
        for each in validator.validate_json(text or b"", **options).violations
    ]


def rows(result: pa.RecordBatch) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in result.to_pylist()]


def batch(bodies: Any, of: Any = None, **columns: Any) -> pa.RecordBatch:
    array = bodies if isinstance(bodies, (pa.Array, pa.ExtensionArray)) else pa.array(bodies, of)
    return pa.RecordBatch.from_pydict({"id": list(range(len(array))), "body": array, **columns})


def counts(summary: pa.RecordBatch) -> dict[tuple[str, str | None], tuple[int, int]]:
    return {(each["what"], each["severity"]): (each["requests"], each["violations"]) for each in summary.to_pylist()}


def test_every_fixture_has_the_violations_that_validate_json_finds() -> None:
    texts: list[str | bytes | None] = [path.read_bytes() for path in fixtures("bad") if path.suffix == ".json"]
    assert len(texts) > 50
    assert rows(check_batch(batch(texts, pa.binary()))) == expected(texts)


@given(
    st.lists(st.sampled_from([GOOD, BAD, "", "{", '{"a": "\\ud800"}', "[1]", "null", "\x00", "é", None]), max_size=8),
    st.sampled_from(TEXTS + BYTES),
    st.sampled_from(["plain", "dictionary", "sliced", "chunked", "runs"]),
)
def test_the_type_of_the_column_changes_nothing(bodies: list[str | None], of: Any, form: str) -> None:
    values: list[Any] = [text.encode() if text is not None and of in BYTES else text for text in bodies]
    array = pa.array(values, of)
    whole: Any = batch(array)
    if form == "dictionary":
        whole = batch(array.cast(pa.large_binary()).dictionary_encode())
    elif form == "runs":
        ends = pa.array(range(1, len(values) + 1), pa.int32())
        whole = batch(pa.RunEndEncodedArray.from_arrays(ends, array)) if values else whole
    elif form == "sliced":
        whole = batch(pa.array([values[0] if values else None, *values, None], of).slice(1, len(values)))
    elif form == "chunked":
        whole = pa.Table.from_batches([whole.slice(0, 3), whole.slice(3)])
    assert rows(check_batch(whole)) == expected(list(bodies))


def test_the_bytes_of_a_column_need_not_be_text() -> None:
    texts: list[str | bytes | None] = [b"\xff\xfe{", b'{"a": "\xe9"}', BAD.encode("utf-16")]
    found = rows(check_batch(batch(texts, pa.binary())))
    assert found == expected(texts)
    assert {row[1] for row in found} == {"syntax/encoding"}


def test_a_struct_is_a_request_and_its_nulls_are_absent() -> None:
    bodies = [hello(system="x", messages=[{"role": "usr", "content": "x"}]), hello(max_tokens=-1), None]
    array = pa.array(bodies)
    assert array.type.get_field_index("system") >= 0
    assert rows(check_batch(batch(array))) == expected([orjson.dumps(bodies[0]), orjson.dumps(bodies[1]), None])


@pytest.mark.parametrize(
    ("of", "value", "said"),
    [
        (pa.map_(pa.string(), pa.string()), {"user_id": "x", "name": "y"}, "`name`"),
        (pa.json_(), '{"user_id": "x", "name": 1}', "`name`"),
        (pa.struct([("user_id", pa.float32())]), {"user_id": 0.5}, "0.5"),
        (pa.list_(pa.int8()), [1], "an array"),
        (pa.dictionary(pa.int8(), pa.string()), "x", '"x"'),
    ],
)
def test_what_is_in_a_struct_may_be_of_many_types(of: Any, value: Any, said: str) -> None:
    body = pa.StructArray.from_arrays(
        [
            pa.array(["claude-haiku-4-5"]),
            pa.array([9]),
            pa.array([[{"role": "user", "content": "x"}]]),
            pa.ExtensionArray.from_storage(of, pa.array([value])) if of == pa.json_() else pa.array([value], of),
        ],
        names=["model", "max_tokens", "messages", "metadata"],
    )
    (found,) = rows(check_batch(batch(body)))
    assert found[3].startswith("/metadata")
    assert said in found[4]


def test_what_json_cannot_have_in_a_struct_is_a_row() -> None:
    bodies = pa.array([{"temperature": value} for value in (float("nan"), float("inf"), float("-inf"))])
    assert {row[1] for row in rows(check_batch(batch(bodies)))} == {"syntax/nan-or-infinity"}
    broken = pa.StructArray.from_arrays([pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{"]))], names=["system"])
    assert [row[1].partition("/")[0] for row in rows(check_batch(batch(broken)))] == ["syntax"]


def test_a_struct_with_a_text_that_is_not_utf_8_is_a_row_of_its_own() -> None:
    texts = pa.array([b"hi\xff", b"claude-opus-4-8"])
    models = pa.Array.from_buffers(pa.string(), 2, texts.buffers())
    bodies = pa.StructArray.from_arrays([models, pa.array([8, 8])], ["model", "max_tokens"])
    found = check_batch(batch(bodies), severities={"schema": "info"}).to_pylist()
    assert [(row["id"], row["rule"]) for row in found] == [(0, "internal/not-checked"), (1, "schema/required")]
    assert found[0]["message"] == "this request was not checked: a text in it is not UTF-8"


def test_a_key_that_stands_twice_in_a_map_is_reported_as_in_json() -> None:
    metadata = pa.array([[("user_id", "a"), ("user_id", "b")]], pa.map_(pa.string(), pa.string()))
    bodies = pa.StructArray.from_arrays([pa.array([GOOD]), metadata], ["model", "metadata"])
    found = check_batch(batch(bodies), select=["syntax"]).to_pylist()
    assert [(row["rule"], row["pointer"]) for row in found] == [("syntax/duplicate-key", "/metadata/user_id")]


def test_a_column_of_json_is_read() -> None:
    array = pa.ExtensionArray.from_storage(pa.json_(), pa.array([GOOD, BAD, None]))
    assert rows(check_batch(batch(array))) == expected([GOOD, BAD, None])


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (pa.int64(), "is of type `int64`, but must hold requests"),
        (pa.list_(pa.string()), "but must hold requests"),
        (pa.timestamp("us"), "but must hold requests"),
        (pa.uuid(), "but must hold requests"),
        (
            pa.struct([("a", pa.struct([("b", pa.timestamp("us"))]))]),
            "`body.a.b` is of type `timestamp[us]`, which has no",
        ),
        (
            pa.struct([("a", pa.list_(pa.decimal128(9, 2)))]),
            "`body.a[]` is of type `decimal128(9, 2)`, which has no form",
        ),
        (pa.struct([("a", pa.binary())]), "`body.a` is of type `binary`, which has no form in JSON"),
        (pa.map_(pa.int8(), pa.string()), "which has no form in JSON"),
        (pa.struct([("a", pa.int8()), ("a", pa.int8())]), "two fields of one name"),
    ],
)
def test_a_type_that_cannot_be_a_request_is_refused_at_once_even_without_rows(of: Any, said: str) -> None:
    empty = pa.RecordBatch.from_arrays([pa.array([], pa.int8()), pa.array([], of)], names=["id", "body"])
    with pytest.raises(ColumnError) as refused:
        check_batch(empty)
    assert said in str(refused.value)


def test_columns_without_their_options_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="columns must be a dict from options to names of columns, not list"):
        check_batch(batch([GOOD]), columns=["id"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"body": "bodi"}, "there is no column `bodi`, did you mean `body`? There is also `id`"),
        ({"body": "request"}, "there is no column `request`; there is `id` or `body`"),
        ({"id": "ids"}, "did you mean `id`?"),
        ({"columns": {"betas": "beta"}}, "there is no column `beta`"),
        ({"columns": {"beta": "id"}}, "no column can set 'beta', did you mean 'betas'?"),
        ({"columns": {"today": "id"}}, "no column can set 'today'"),
        ({"columns": {"platform": "id"}}, "the column `id` is of type `int64`, but must be text for 'platform'"),
    ],
)
def test_a_wrong_column_is_a_mistake_of_the_caller(names: dict[str, Any], said: str) -> None:
    for call in (check_batch, check_and_summarise) if "id" in names else (check_batch, summarise):
        with pytest.raises(ValueError, match="column") as refused:
            call(batch([GOOD]), **names)
        assert said in str(refused.value)


def test_a_column_named_twice_and_what_is_no_batch_are_refused() -> None:
    twice = pa.RecordBatch.from_arrays([pa.array([1]), pa.array([GOOD]), pa.array([BAD])], names=["id", "body", "body"])
    with pytest.raises(ColumnError, match="there are 2 columns `body`"):
        check_batch(twice)
    with pytest.raises(TypeError, match="not list"):
        check_batch([GOOD])
    with pytest.raises(ValueError, match="there is no platform 'azure'"):
        check_batch(batch([GOOD]), platform="azure")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "ids",
    [
        pa.array(["a", None, "c"]),
        pa.array([1, 2, 3], pa.uint64()),
        pa.array(["a", "b", "c"], pa.large_string()),
        pa.array(["a", "b", "c"], pa.string_view()),
        pa.array(["a", "a", "c"]).dictionary_encode(),
        pa.array([date(2026, 1, 1)] * 3),
        pa.array([{"a": 1, "b": "x"}] * 3),
        pa.array([[1], None, []]),
        pa.array([None] * 3),
        pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"0123456789abcdef"] * 3, pa.binary(16))),
    ],
    ids=lambda ids: str(ids.type)[:30],
)
def test_the_ids_keep_their_type(ids: Any) -> None:
    data = pa.RecordBatch.from_arrays([ids, pa.array([BAD, GOOD, BAD])], names=["key", "body"])
    result = check_batch(data, id="key")
    assert result.schema.names == SCHEMA.names
    assert result.schema.field("id").type == ids.type
    assert result.column("id").to_pylist() == [ids[place].as_py() for place in (0, 0, 2, 2)]


def test_without_a_column_of_ids_rows_are_counted_from_the_first_of_all() -> None:
    table = pa.table({"body": pa.chunked_array([[GOOD, BAD], [BAD]])})
    assert check_batch(table, id=None).column("id").to_pylist() == [1, 1, 2, 2]


def test_a_result_without_a_row_has_its_schema() -> None:
    for data in (batch([GOOD]), batch([], pa.string()), batch([], pa.string()).to_struct_array()):
        result = check_batch(pa.RecordBatch.from_struct_array(data) if isinstance(data, pa.StructArray) else data)
        assert result.num_rows == 0
        assert result.schema.names == SCHEMA.names
    no_batches = pa.RecordBatchReader.from_batches(batch([GOOD]).schema, [])
    assert check_batch(no_batches).num_rows == 0


def test_an_empty_batch_is_not_a_clean_one() -> None:
    nothing, clean = summarise(batch([], pa.string())), summarise(batch([GOOD]))
    assert nothing.schema == SUMMARY
    assert counts(nothing)["requests", None] == (0, 0)
    assert counts(clean)["requests", None] == (1, 0)
    assert counts(clean)["clean", None] == (1, 0)


def test_a_summary_counts_requests_and_violations() -> None:
    warned = json.dumps(hello(max_token=3))
    severities: Any = {"schema/unknown-property": "warning"}
    data = batch([GOOD, BAD, BAD, None, "{", warned])
    found, summary = check_and_summarise(data, severities=severities)
    assert found == check_batch(data, severities=severities)
    assert summary == summarise(data, severities=severities)
    seen = counts(summary)
    assert seen["requests", None] == (6, found.num_rows)
    assert seen["unread", None] == (1, 1)
    assert seen["clean", None] == (1, 0)
    assert seen["refused", None][0] == 3
    assert seen["schema/minimum", "error"] == (2, 2)
    assert seen["syntax/empty", "error"] == (1, 1)
    for rule, severity in seen:
        if severity is not None:
            assert seen[rule, severity][1] == sum(row[1:3] == (rule, severity) for row in rows(found))


def test_violations_beyond_the_limit_are_counted_in_the_total() -> None:
    crowd = json.dumps(hello(messages=[{"role": "usr", "content": "x"}] * 20))
    seen = counts(summarise(batch([crowd]), max_violations=5))
    assert seen["requests", None] == (1, validator.validate_json(crowd, max_violations=None).violations.__len__())
    assert check_batch(batch([crowd]), max_violations=5).num_rows == 5


def test_summaries_of_parts_add_up_to_that_of_the_whole() -> None:
    data = batch([GOOD, BAD, None, "{", BAD, GOOD])
    parts = [summarise(data.slice(start, 2)) for start in (0, 2, 4)]
    assert total(parts) == summarise(data)
    grouped = pa.Table.from_batches(parts).group_by(["what", "severity"]).aggregate([("requests", "sum")])
    assert {row["what"]: row["requests_sum"] for row in grouped.to_pylist()}["requests"] == 6
    assert counts(total([]))["requests", None] == (0, 0)


def test_clean_requests_have_a_row_if_that_is_asked_for() -> None:
    data = batch([GOOD, BAD, GOOD])
    every = rows(check_batch(data, clean=True))
    assert [row[0] for row in every] == [0, 1, 1, 2]
    assert every[0][1:] == every[3][1:] == (None,) * 5
    assert [row for row in every if row[1] is not None] == rows(check_batch(data))


def test_options_may_be_columns() -> None:
    body = json.dumps(hello(context_management={"edits": []}))
    beta = "context-management-2025-06-27"
    headers = [f"{beta},files-api-2025-04-14", "", None, beta]
    data = batch([body] * 4, beta_header=headers, where=["anthropic", "anthropic", None, "bedrock"])
    found = rows(check_batch(data, columns={"betas": "beta_header", "platform": "where"}, betas=[beta]))
    sent = [
        validator.validate_json(body, betas=[f"{beta},files-api-2025-04-14"]),
        validator.validate_json(body, betas=[]),
        validator.validate_json(body, betas=[beta]),
        validator.validate_json(body, betas=[beta], platform="bedrock"),
    ]
    assert [(row[0], row[1]) for row in found] == [
        (i, each.rule) for i, one in enumerate(sent) for each in one.violations
    ]
    assert {row[0] for row in found} != {0, 1, 2, 3}
    listed = batch([body] * 2, beta_header=[[beta], []])
    assert [row[0] for row in rows(check_batch(listed, columns={"betas": "beta_header"}))] == [1]


@pytest.mark.parametrize(
    "of",
    [
        pa.large_list(pa.string()),
        pa.list_(pa.string(), 1),
        pa.list_view(pa.large_string()),
        pa.large_list_view(pa.string_view()),
    ],
)
def test_betas_may_be_lists_of_every_kind(of: pa.DataType) -> None:
    body = json.dumps(hello(context_management={"edits": []}))
    listed = batch([body] * 2, beta_header=pa.array([["context-management-2025-06-27"], ["files-api-2025-04-14"]], of))
    assert {row[0] for row in rows(check_batch(listed, columns={"betas": "beta_header"}))} == {1}


def test_a_line_of_a_batch_is_told_by_itself() -> None:
    line = json.dumps({"custom_id": "a", "params": json.loads(BAD)})
    data = batch([line, BAD], kind=["auto", "messages"])
    found = rows(check_batch(data, endpoint="auto"))
    assert found == rows(check_batch(data, columns={"endpoint": "kind"}))
    assert {row[3].partition("/max")[0] for row in found} == {"/params", ""}


def test_an_option_that_cannot_be_used_is_a_row_and_stops_nothing() -> None:
    data = batch([GOOD, BAD], where=["antropic", None])
    found, summary = check_and_summarise(data, columns={"platform": "where"})
    first, *rest = rows(found)
    assert first[1:4] == ("internal/not-checked", "error", "")
    assert "there is no platform 'antropic', did you mean 'anthropic'?" in first[4]
    assert [row[0] for row in rest] == [1, 1]
    assert counts(summary)["unread", None] == (1, 1)


def test_an_error_of_msglint_is_a_row_that_names_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(RAISE)

    def fail(self: Linter, data: bytes) -> None:
        raise RuntimeError(data.decode())

    monkeypatch.setattr(Linter, "validate_json", fail)
    (found,) = rows(check_batch(batch([GOOD])))
    assert found[1] == "internal/not-checked"
    assert "`RuntimeError`" in found[4]
    assert "Hello" not in str(found)


def test_no_secret_is_in_a_result() -> None:
    secret = "sk-ant-api03-" + "aB3" * 20
    body = {**hello(), secret: secret, "model": secret}
    data = batch([json.dumps(body), secret], where=[secret, None])
    for columns in ({}, {"platform": "where"}):
        found = check_batch(data, columns=columns)
        assert found.num_rows
        assert secret not in str(found.to_pylist())


def test_rules_of_a_caller_travel_to_another_process() -> None:
    rule = {"id": "ours/few", "at": "/max_tokens", "schema": {"maximum": 10}}
    check = pickle.loads(pickle.dumps(partial(check_batch, rules=[rule], severities={"schema": "warning"})))  # noqa: S301
    assert {row[1:3] for row in rows(check(batch([GOOD, BAD])))} == {
        ("ours/few", "error"),
        ("schema/minimum", "warning"),
        ("schema/unknown-property", "warning"),
    }


def test_one_linter_serves_all_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    make = Linter.__init__

    def counted(self: Linter, **options: Any) -> None:
        made.append(options)
        make(self, **options)

    monkeypatch.setattr(Linter, "__init__", counted)
    data = batch([GOOD, GOOD], version=["2023-06-01", "2026-10-21"])
    check_batch(data, columns={"api_version": "version"}, betas=["one-of-this-test"])
    first = len(made)
    check_batch(data, columns={"api_version": "version"}, betas=["one-of-this-test"])
    assert 0 < first == len(made)


def test_half_of_a_surrogate_pair_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = {"id": "ours/x", "at": "/max_tokens", "schema": {"maximum": 10}, "message": "half: \ud800"}
    (found,) = (row for row in rows(check_batch(batch([GOOD]), rules=[rule])) if row[1] == "ours/x")
    assert found[4] == "half: \\ud800"


def test_the_schemas_are_spelled_for_spark() -> None:
    assert DDL == "id string, rule string, severity string, pointer string, message string, help string"
    assert SUMMARY_DDL == "what string, severity string, requests bigint, violations bigint"
    assert check_batch(batch([BAD]).set_column(0, "id", pa.array(["a"]))).schema == SCHEMA


def test_without_pyarrow_the_import_says_what_to_install() -> None:
    code = "import sys; sys.modules['pyarrow'] = None\nimport validator.arrow"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip().endswith("ImportError: validator.arrow needs pyarrow: pip install 'msglint[arrow]'")
