"""Comments that suppress, in both formats that have comments."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator import Linter
from validator.documents import Comment, Document, Format, read
from validator.files import FileResult, check_text
from validator.report.file_result import Means

LINTER = Linter(endpoint="auto")


def check(name: str, text: str, linter: Linter = LINTER) -> FileResult:
    return check_text(name, text.encode(), linter)


def rules(result: FileResult) -> list[str]:
    return [violation.rule for violation in result.violations]


def silenced(result: FileResult) -> list[tuple[str, str]]:
    return [(each.violation.rule, each.violation.pointer) for each in result.suppressed]


def jsonc(temperature: str = '"temperature": 7,', *, top: str = "", end: str = "") -> str:
    messages = '"messages": [{"role": "user", "content": "Hello"}]'
    return f'{top}{{\n"model": "claude-haiku-4-5", "max_tokens": 8,\n{temperature}\n{messages}{end}\n}}\n'


def yaml(temperature: str = "temperature: 7", *, top: str = "", end: str = "") -> str:
    messages = "messages:\n  - {role: user, content: Hello}\n"
    return f"{top}model: claude-haiku-4-5\nmax_tokens: 8\n{temperature}\n{messages}{end}"


class Kind(NamedTuple):
    """A format that has comments."""

    name: str
    sign: str
    write: Any


BOTH = pytest.mark.parametrize("kind", [Kind("a.jsonc", "//", jsonc), Kind("a.yaml", "#", yaml)], ids=["jsonc", "yaml"])


@BOTH
def test_a_comment_silences_what_comes_next_or_stands_on_its_line(kind: Kind) -> None:
    finding = [("schema/maximum", "/temperature")]
    plain = kind.write()
    line = plain.splitlines()[2]
    assert rules(check(kind.name, plain)) == ["schema/maximum"]
    for said in ("schema/maximum", "schema", "schema/maximum, schema/type", " schema/maximum ,"):
        for text in (
            f"{kind.sign} msglint: ignore[{said}] why\n{line}",
            f"{line} {kind.sign} msglint: ignore[{said}] why",
        ):
            result = check(kind.name, kind.write(text))
            assert silenced(result) == finding
            assert [each.reason for each in result.suppressed] == ["why"]
            assert [each.means for each in result.suppressed] == [Means.COMMENT]
            assert rules(result) == (["suppressions/unused"] if "type" in said else [])
    everywhere = f"{kind.sign} msglint: ignore-file[schema/maximum] why\n"
    for result in (check(kind.name, kind.write(top=everywhere)), check(kind.name, kind.write(end=f"\n{everywhere}"))):
        assert (silenced(result), rules(result)) == (finding, [])


@BOTH
def test_comments_above_one_another_are_for_the_same_place(kind: Kind) -> None:
    line = kind.write().splitlines()[2]
    text = (
        f"{kind.sign} msglint: ignore[tools]\n{kind.sign} why\n\n{kind.sign} msglint: ignore[schema/maximum] b\n{line}"
    )
    result = check(kind.name, kind.write(text))
    assert silenced(result) == [("schema/maximum", "/temperature")]
    assert rules(result) == ["suppressions/unused"]
    assert result.violations[0].range is not None
    assert result.violations[0].range.line == 3


@BOTH
def test_a_comment_elsewhere_silences_nothing_and_is_told_so(kind: Kind) -> None:
    comment = f"{kind.sign} msglint: ignore[schema/maximum]"
    line = kind.write().splitlines()[2]
    for result in (
        check(kind.name, kind.write(f"{line}\n{comment}")),
        check(kind.name, kind.write(end=f"\n{comment}")),
        check(kind.name, kind.write(end=f" {comment}")),
    ):
        assert sorted(rules(result)) == ["schema/maximum", "suppressions/unused"]


@BOTH
@pytest.mark.parametrize(
    ("said", "rule", "words", "advice"),
    [
        ("ignore", "no-rule-named", "`msglint: ignore` names no rule", "ignore[area/rule]"),
        ("ignore[]", "no-rule-named", "names no rule", "ignore[area/rule]"),
        ("ignore[schema/maximum", "no-rule-named", "names no rule", "did you mean `msglint: ignore[schema/maximum]`?"),
        ("ignore schema/maximum why", "no-rule-named", "names no rule", "`msglint: ignore[schema/maximum]`"),
        (
            "ignore-file(schema)",
            "no-rule-named",
            "`msglint: ignore-file` names no rule",
            "`msglint: ignore-file[schema]`",
        ),
        ("ignore[schema/maximun]", "unknown-rule", "no rule or area `schema/maximun`", "`schema/maximum`?"),
        ("ignore[zzz] why", "unknown-rule", "no rule or area `zzz`", "`msglint rules` lists"),
        ("disable[schema/maximum]", "unknown-directive", "`msglint: disable` is not a directive", "ignore-file["),
        ("ignore_file[schema]", "unknown-directive", "`msglint: ignore_file` is not a directive", "ignore-file["),
        ("", "unknown-directive", "`msglint:` is not a directive", "ignore["),
        ("[schema]", "unknown-directive", "`msglint:` is not a directive", "ignore["),
        ("ignore[tools, text] why", "unused", "`tools` or `text` reports nothing here", "remove it"),
        ("ignore[tools, tools]", "unused", "`tools` reports nothing here", "remove it"),
    ],
)
def test_a_comment_that_does_not_do_what_it_says_is_told(
    kind: Kind, said: str, rule: str, words: str, advice: str
) -> None:
    line = kind.write().splitlines()[2].replace("7", "1")
    (violation,) = check(kind.name, kind.write(f"{kind.sign} msglint: {said}\n{line}")).violations
    assert violation.rule == f"suppressions/{rule}"
    assert violation.severity == "warning"
    assert words in violation.message
    assert advice in (violation.help or "")
    assert violation.range is not None
    assert (violation.range.line, violation.range.column) == (3, 1)


@BOTH
def test_what_is_not_checked_is_not_said_to_be_found_in_vain(kind: Kind) -> None:
    line = kind.write().splitlines()[2].replace("7", "1")
    text = kind.write(f"{kind.sign} msglint: ignore[schema/maximum, tools/duplicate-name]\n{line}")
    assert rules(check(kind.name, text, Linter(endpoint="auto", select=["schema"], ignore=["suppressions"]))) == []
    (violation,) = check(kind.name, text, Linter(endpoint="auto", select=["schema", "suppressions"])).violations
    assert violation.message == "`schema/maximum` reports nothing here to suppress"
    (violation,) = check(kind.name, text, Linter(endpoint="auto", ignore=["schema/maximum"])).violations
    assert violation.message == "`tools/duplicate-name` reports nothing here to suppress"


@BOTH
def test_ways_to_write_a_comment(kind: Kind) -> None:
    line = kind.write().splitlines()[2]
    ways = [
        "msglint:ignore[schema/maximum]",
        "MSGLINT: Ignore [schema/maximum]: why",
        "msglint : ignore[schema/maximum] — why",
    ]
    for way in ways:
        for signs in (kind.sign, f"{kind.sign}{kind.sign}", f"{kind.sign} "):
            result = check(kind.name, kind.write(f"{signs}{way}\n{line}"))
            assert silenced(result) == [("schema/maximum", "/temperature")], way
            assert [each.reason for each in result.suppressed] == ["why" if "why" in way else None]
    assert rules(check(kind.name, kind.write(f"{kind.sign} see msglint: ignore[schema/maximum]\n{line}"))) == [
        "schema/maximum"
    ]


@BOTH
def test_a_comment_says_nothing_of_text_that_cannot_be_read(kind: Kind) -> None:
    top = f"{kind.sign} msglint: ignore-file[syntax, yaml, schema/maximum]\n"
    result = check(kind.name, kind.write("]", top=top))
    assert [rule.partition("/")[0] for rule in rules(result)] == ["syntax" if kind.name == "a.jsonc" else "yaml"]
    assert result.suppressed == ()


def test_a_comment_for_the_file_is_not_said_to_be_in_vain_where_a_document_cannot_be_read() -> None:
    comments = "# msglint: ignore-file[tools]\n# msglint: ignore[text]\n"
    result = check("a.yaml", f"{yaml(top=comments)}---\na: [\n")
    assert rules(result) == ["suppressions/unused", "schema/maximum", "yaml/invalid"]
    assert "`text`" in result.violations[0].message


def test_a_comment_is_for_the_documents_own_places() -> None:
    text = f"{yaml(end='# msglint: ignore[schema/maximum]')}\n---\n{yaml('temperature: 8')}"
    assert rules(check("a.yaml", text)) == ["schema/maximum", "suppressions/unused", "schema/maximum"]
    assert rules(check("a.yaml", f"{yaml()}---\n{yaml(top='# msglint: ignore-file[schema/maximum]' + chr(10))}")) == []


def test_a_block_comment_may_stand_anywhere_and_go_over_lines() -> None:
    comment = "/* msglint: ignore[schema/maximum]\n   as our gateway\n   scales it */"
    places = [f'{comment} "temperature": 7,', f'{comment}\n"temperature": 7,', f'"temperature": {comment} 7,']
    for text in (*places, f'"temperature": 7, {comment}'):
        result = check("a.jsonc", jsonc(text))
        assert rules(result) == []
        assert [each.reason for each in result.suppressed] == ["as our gateway scales it"]


def comments_of(text: str, text_format: Format) -> list[tuple[Comment, str | None]]:
    """List the comments of a text, each with the text that it stands before."""
    documents = read(text.encode(), text_format)
    return [(comment, _following(document, comment)) for document in documents for comment in document.comments]


def _following(document: Document, comment: Comment) -> str | None:
    return None if comment.following is None else document.data[slice(*comment.following)].decode()


C = "msglint: ignore[x]"


@pytest.mark.parametrize(
    ("text", "following"),
    [
        (f'{{// {C}\n"a": 1}}', None),
        (f'{{\n// {C}\n"a": {{"b": [1]}}, "c": 2}}', '"a": {"b": [1]}'),
        (f"[1,\n/* {C} */ [2, 3], 4]", "[2, 3]"),
        (f"[1\n// {C}\n, 2]", "2"),
        (f"[1,\n// {C}\n]", None),
        (f'{{"a": 1\n// {C}\n}}', None),
        (f'{{"a":\n// {C}\n1}}', "1"),
        (f'{{"a"\n// {C}\n: 1}}', "1"),
        (f"// {C}\n{{}}", "{}"),
        (f"{{}}\n// {C}", None),
        (f"[1, // {C}\n2]", None),
        (f"/* a */ // {C}\n[1]", "[1]"),
        (f"// {C}\r// b\r[1]", "[1]"),
        (f"[\n\t// {C}\n\n// b\n\t1]", "1"),
    ],
)
def test_what_comes_behind_a_comment_of_json(text: str, following: str | None) -> None:
    ((comment, found),) = comments_of(text, Format.JSONC)
    assert text.encode()[comment.start : comment.end].decode().strip("/* ") == C
    assert (comment.text, found) == (C, following)


@pytest.mark.parametrize(
    ("text", "following"),
    [
        (f"# {C}\na: 1\nb: 2\n", "a: 1"),
        (f"a: 1\n  # {C}\nb:\n  c: [2]\nd: 3\n", "b:\n  c: [2]"),
        (f"a:\n  # {C}\n  - b: 1\n    c: 2\n  - d\n", "b: 1\n    c: 2"),
        (f"- - # {C}\n    a\n", None),
        (f"-\n  # {C}\n  - a\n", "- a"),
        (f"a:\n  - role:\n      # {C}\n      b: 1\n", "b: 1"),
        (f"a: 1 # {C}\nb: 2\n", None),
        (f"a: | # {C}\n  b\n", None),
        (f"a: &x # {C}\n  b\n", None),
        (f"a: !!str # {C}\n  b\n", None),
        (f"a: [\n  1,\n  # {C}\n]\nb: 2\n", None),
        (f"a: [\n  # {C}\n  {{b: 1}}, 2]\n", "{b: 1}"),
        (f"# {C}\n[a]\n", "[a]"),
        (f"# {C}\n--- \n{{a: 1}}\n", "{a: 1}"),
        (f"a: 1\n# {C}\n---\nb: 2\n", None),
        (f"a: 1\n---\n# {C}\nb: 2\n", "b: 2"),
        (f"a: 1\n# {C}", None),
        (f"a: é\n# {C}\n😀: ü\n", "😀: ü"),
        (f"a: 1\r# {C}\rb: 2\r", "b: 2"),
        (f"# b # {C}\na: 1\n", None),
        (f"a: &x\n  # {C}\n  b: 1\nc: *x\n", "b: 1"),
    ],
)
def test_what_comes_behind_a_comment_of_yaml(text: str, following: str | None) -> None:
    ((comment, found),) = comments_of(text, Format.YAML)
    assert text.encode()[comment.start : comment.end].decode() == f"# {C}"
    assert (comment.text, found) == (C, following)


@pytest.mark.parametrize(
    ("text", "text_format"),
    [
        (f'{{"a": "// {C}"}}', Format.JSONC),
        (f'{{"a": "b\\" // {C}"}}', Format.JSONC),
        (f"// no {C}\n1", Format.JSONC),
        (f"// msglinter: {C}\n1", Format.JSONC),
        (f'a: "b # {C}"\n', Format.YAML),
        (f"a: 'b\n  # {C}'\n", Format.YAML),
        (f"a: |\n  # {C}\n  b\n", Format.YAML),
        (f"a: b# {C}\n", Format.YAML),
        (f'"# {C}": 1\n', Format.YAML),
    ],
)
def test_what_only_looks_like_a_comment_is_none(text: str, text_format: Format) -> None:
    assert comments_of(text, text_format) == []


@given(st.text(max_size=20), st.sampled_from(["// msglint:%s\n", "/*msglint: %s*/", "// msglint: ignore%s\n"]))
def test_whatever_a_comment_says_the_request_is_checked(said: str, comment: str) -> None:
    text = jsonc(top=comment % said.replace("*/", "").replace("\n", " ").replace("\r", " "))
    result = check("a.jsonc", text.encode(errors="replace").decode())
    assert "schema/maximum" in [*rules(result), *(rule for rule, _ in silenced(result))]
    assert all(violation.range for violation in result.violations)
