"""Calls in notebooks: Python over all cells, magics, and places behind the escapes of JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_code_python import shown
from validator.code.call import Source
from validator.code.notebook import CellPlace, cell_places, read
from validator.documents.written import spelled

CREATE = "client.messages.create(model='claude-haiku-4-5', max_tokens=1, system=X)"


def cell(source: str | list[str], **more: Any) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "outputs": [], "source": source, **more}


def written(*cells: dict[str, Any] | str, language: str | None = "python", **options: Any) -> bytes:
    """Return a notebook as Jupyter writes it, with the lines of each cell in a list."""
    listed = [cell(one.splitlines(keepends=True)) if isinstance(one, str) else one for one in cells]
    metadata = {} if language is None else {"kernelspec": {"language": language}}
    options = {"indent": 1, "ensure_ascii": False, **options}
    return json.dumps({"cells": listed, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, **options).encode()


def bodies(data: bytes) -> list[str]:
    return [shown(call.body) for call in read(data).calls]


def system_of(data: bytes) -> str:
    (call,) = read(data).calls
    assert call.body.properties is not None
    return shown(call.body.properties["system"].value)


def test_constants_of_earlier_cells_are_followed_and_places_are_behind_the_escapes() -> None:
    data = written('# ü\nX = "a\\"b"', CREATE)
    (call,) = read(data).calls
    assert call.body.properties is not None
    value = call.body.properties["system"].value
    assert value.value == 'a"b'
    assert data[value.start : value.end] == rb"\"a\\\"b\""
    assert not value.is_editable
    assert cell_places(data).place(value.start) == CellPlace(1, 2, 5)
    assert call.cell == 2
    assert data[call.start : call.end].decode() == CREATE


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["X = 'a'", "X = 'b'", CREATE], "?"),
        ([CREATE, "X = 'a'"], "?"),
        (["X = 'a'\nx = (", CREATE], "?"),
        (["X = 'a'", "x = (", CREATE], '"a"'),
        (["%pip install x\n!ls {y}\n?x\nx?\nX = 'a'", CREATE], '"a"'),
        (["X = !ls\n", CREATE], "?"),
        (["X = %magic\n", CREATE], "?"),
        (["X = 'a'\nX = !ls\n", CREATE], "?"),
        (["!curl x \\\n  -d y\nX = 'a'", CREATE], '"a"'),
        (["if x:\n    !ls\n    %cd x\nX = 'a'", CREATE], '"a"'),
        (["X = '''\n% a\n!b\n'''\n%cd x", CREATE], '"\\n% a\\n!b\\n"'),
        (["X = '''\n% a\n'''", CREATE], '"\\n% a\\n"'),
        (["X = ('a'\n  % y)\n%cd x", CREATE], "?text"),
        (["%%time\nX = 'a'", CREATE], '"a"'),
        (["\n%%capture out\nX = 'a'", CREATE], '"a"'),
        (["%%timeit -n 5\nX = 'a'", CREATE], '"a"'),
        (["%%html\nX = 'a'", CREATE], "?"),
        (["%%javascript\nX = 'a'", CREATE], "?"),
        (["%%writefile x.py\nX = 'a'", CREATE], "?"),
        (["X = []", "X.append(1)", CREATE], "[+]"),
        (["X = []", "def add(x):\n    x.append(1)", "add(X)", CREATE], "?array"),
        (["x = []", "def add(x):\n    x.pop()", "add(x)", CREATE.replace("X", "x")], "?array"),
        (["await f()\nX = 'a'", "await " + CREATE], '"a"'),
        (["X = 'a'\r\ny = 1\r\n", CREATE], '"a"'),
    ],
)
def test_all_cells_are_one_module(cells: list[str], expected: str) -> None:
    assert system_of(written(*cells)) == expected


@pytest.mark.parametrize("magic", ["%%html", "%%javascript", "%%writefile x.py", "%%latex", "%%sql"])
def test_a_cell_in_another_language_is_set_aside(magic: str) -> None:
    assert read(written(f"{magic}\n{CREATE}")) == Source()


@pytest.mark.parametrize("magic", ["%%time", "%%capture", "%%timeit", "%%time -x", "%%prun"])
def test_a_cell_that_is_only_timed_is_python(magic: str) -> None:
    assert len(read(written(f"{magic}\n{CREATE}")).calls) == 1


def test_cells_that_are_no_code_count_but_are_not_read() -> None:
    markdown = {"cell_type": "markdown", "metadata": {}, "source": [CREATE]}
    raw = {"cell_type": "raw", "metadata": {}, "source": CREATE}
    assert [call.cell for call in read(written(markdown, raw, CREATE)).calls] == [3]


def test_a_source_may_be_one_string_or_a_list_without_line_ends() -> None:
    data = written(cell(f"X = 'a'\n{CREATE}"), cell(["y = [\n", "]\n", ""]), cell([]), cell(""))
    assert system_of(data) == '"a"'


@pytest.mark.parametrize("ensure_ascii", [True, False])
@pytest.mark.parametrize("text", ["é", "😀", "\u2028", "\t", "\\", "</script>"])
def test_places_are_right_behind_any_escape(text: str, ensure_ascii: bool) -> None:  # noqa: FBT001 - parametrised
    data = written(f"y = {text!r}; X = 5", CREATE, ensure_ascii=ensure_ascii)
    (call,) = read(data).calls
    assert call.body.properties is not None
    value = call.body.properties["system"].value
    assert data[value.start : value.end] == b"5"
    assert cell_places(data).place(value.start) == CellPlace(1, 1, len(f"y = {text!r}; X = ") + 1)


def test_a_lone_surrogate_in_the_json_does_no_harm() -> None:
    data = written(f"y = 'S'; {CREATE}").replace(b"'S'", rb"'\ud800'")
    assert len(read(data).calls) == 1
    assert cell_places(data).place(data.index(b"client")) == CellPlace(1, 1, 10)


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "error", "ename": "BadRequestError", "evalue": "", "traceback": []},
        {
            "output_type": "error",
            "ename": "E",
            "evalue": "",
            "traceback": ["\x1b[0m", "BadRequestError: Error code: 400"],
        },
        {"output_type": "stream", "name": "stdout", "text": ["a\n", "{'type': 'invalid_request_error'}"]},
        {"output_type": "display_data", "data": {"text/plain": "invalid_request_error"}},
    ],
)
def test_a_cell_whose_output_shows_a_refusal_is_refused_on_purpose(output: dict[str, Any]) -> None:
    first, second = read(written(cell(CREATE, outputs=[output]), CREATE)).calls
    assert (first.is_refused_on_purpose, second.is_refused_on_purpose) == (True, False)


def test_a_cell_that_is_tagged_to_raise_is_refused_on_purpose() -> None:
    (call,) = read(written(cell(CREATE, metadata={"tags": ["raises-exception"]}))).calls
    assert call.is_refused_on_purpose


@pytest.mark.parametrize(
    ("language", "number"), [("python", 1), ("Python", 1), ("python3", 1), (None, 1), ("R", 0), ("javascript", 0)]
)
def test_only_notebooks_in_python_are_read_as_python(language: str | None, number: int) -> None:
    assert len(read(written(CREATE, language=language)).calls) == number


def test_the_language_of_a_cell_goes_before_that_of_the_kernel() -> None:
    other = cell(CREATE, metadata={"vscode": {"languageId": "javascript"}})
    assert [call.cell for call in read(written(other, CREATE)).calls] == [2]


@pytest.mark.parametrize("magic", ["%%bash", "%%sh", "%%script bash", "%%bash --out x"])
def test_shell_cells_go_to_the_reader_of_shell(magic: str) -> None:
    data = written(f"""{magic}\ncurl https://api.anthropic.com/v1/messages -d '{{"max_tokens": -1}}'""")
    [call] = read(data).calls
    value = (call.body.properties or {})["max_tokens"].value
    assert (call.cell, data[value.start : value.end]) == (1, b"-1")


def test_comments_for_msglint_are_those_of_the_cells() -> None:
    data = written("# msglint: allow[x]\n" + CREATE)
    assert [data[start:end] for start, end in read(data).comments] == [b"# msglint: allow[x]"]


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"[]",
        b"null",
        b'"messages.create"',
        b'{"cells": null}',
        b'{"cells": {}}',
        b'{"cells": [null, 1, [], {}, "x"]}',
        b'{"cells": [{"cell_type": "code"}]}',
        b'{"cells": [{"cell_type": "code", "source": null}]}',
        b'{"cells": [{"cell_type": "code", "source": 5}]}',
        b'{"cells": [{"cell_type": "code", "source": [null, 5, ["x"]]}]}',
        b'{"cells": [{"cell_type": "code", "source": ["x.messages.create(model=1)"], "outputs": 5, "metadata": 5}]}',
        b'{"cells": [], "metadata": 5}',
        b'{"cells": [], "metadata": {"kernelspec": 5, "language_info": []}}',
        b'{"worksheets": [{"cells": [{"cell_type": "code", "input": "messages.create"}]}], "nbformat": 3}',
        b"[" * 100_000,
        b'{"cells": ' + b"[" * 100_000,
        b'{"cells": [{"cell_type": "code", "source": "\\ud800\\udc00\\udc00"}]}',
        b'{"cells": [{"cell_type": "code", "source": "a\n"}]}',
        b'{"cells": [{"cell_type": "code", "source": "\\q"}]}',
    ],
)
def test_broken_notebooks_do_no_harm(data: bytes) -> None:
    for text in (data, data + b" messages.create"):
        read(text)
        assert cell_places(text).place(5) is None or data.startswith(b'{"cells": [{"cell_type": "code"')


def test_a_notebook_that_is_not_json_is_unread() -> None:
    unread = read(b'{"cells": messages.create').unread
    assert unread is not None
    assert unread.why.startswith("it is not a notebook: ")


def test_a_place_outside_of_the_code_is_in_no_cell() -> None:
    data = written({"cell_type": "markdown", "metadata": {}, "source": ["x"]}, "x = 1", "y = 2")
    places = cell_places(data)
    assert places.place(0) is None
    assert places.place(data.index(b'"x"') + 1) is None
    assert places.place(len(data)) is None
    assert places.place(data.index(b"y = 2")) == CellPlace(3, 1, 1)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_of_a_cell_end_as_those_of_python(end: str) -> None:
    data = written(cell([f"a = 1{end}", f"b = '\u2028\x0c'{end}{end}", "c = 2"]))
    assert cell_places(data).place(data.index(b"c = 2")) == CellPlace(1, 4, 1)


@settings(max_examples=100, deadline=None)
@given(
    texts=st.lists(st.text(st.sampled_from("aé😀\"'\\\n\r\t/\u2028"), max_size=12), min_size=1, max_size=4),
    ensure_ascii=st.booleans(),
)
def test_every_character_of_a_cell_has_its_place(texts: list[str], ensure_ascii: bool) -> None:  # noqa: FBT001 - drawn
    data = written(cell([*texts, "MARK"]), ensure_ascii=ensure_ascii)
    text = "".join(texts).replace("\r\n", "\n").replace("\r", "\n")
    place = cell_places(data).place(data.index(b"MARK"))
    assert place == CellPlace(1, text.count("\n") + 1, len(text) - text.rfind("\n"))


@settings(max_examples=100, deadline=None)
@given(
    cells=st.lists(
        st.lists(
            st.sampled_from(["x = (", "\n", "%cd x\n", "!ls\n", CREATE, "'''", "é", "%%bash\n", "X = 1\n", "#", "\\"]),
            max_size=6,
        ),
        max_size=4,
    )
)
def test_no_notebook_raises(cells: list[list[str]]) -> None:
    data = written(*("".join(words) for words in cells), "# messages.create")
    for call in read(data).calls:
        spelled(call.body)
        assert b"client.messages.create(" in data[call.start : call.end]
        assert call.cell is not None
