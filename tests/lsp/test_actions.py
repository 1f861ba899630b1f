"""Code actions: what they do to the text, and to the configuration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.marks import FILES, between_marks, edited, opened
from tests.material import hello, name_of
from tests.test_command import run
from validator.lsp import rule_pages
from validator.lsp.actions import FIX_ALL, OPEN_PAGE, actions
from validator.lsp.diagnostics import diagnostics
from validator.lsp.open_document import OpenDocument
from validator.project import forget
from validator.report import MOST_KEPT

HEAD = '{"model": "claude-opus-4-6", "max_tokens": 5, "messages": '
BAD = [path for path in FILES if path.parent.name == "bad"]
TURN = '{"role": "user", "content": "a"}'


def offered(document: OpenDocument, place: types.Range, only: list[str] | None = None) -> dict[str, types.CodeAction]:
    return {action.title: action for action in actions(document, place, [], only)}


def whole(document: OpenDocument) -> types.Range:
    return document.text.range_of(0, len(document.text.text))


def changed(document: OpenDocument, action: types.CodeAction) -> str:
    """Return the text of a document after an action that edits nothing else."""
    assert action.edit is not None
    assert action.edit.changes is not None
    assert list(action.edit.changes) == [document.uri]
    return edited(document, list(action.edit.changes[document.uri]))


@pytest.mark.parametrize(
    ("name", "marked", "title", "after"),
    [
        ("a.json", f'{HEAD}[{{"role": "‸‸usr", "content": "a"}}]}}', 'Replace it with "user"', f"{HEAD}[{TURN}]}}"),
        ("a.json", f'{HEAD}[{TURN}], "stream": "‸tr‸ue"}}', None, f'{HEAD}[{TURN}], "stream": true}}'),
        (
            "a.json",
            f'{HEAD}[{TURN}], "top‸‸_kk": 5}}',
            "Rename `top_kk` to `top_k`",
            f'{HEAD}[{TURN}], "top_k": 5}}',
        ),
        (
            "a.jsonl",
            f'{HEAD}[{TURN}]}}\n{HEAD}[{{"role": "usr‸‸", "content": "é😀"}}]}}\n',
            'Replace it with "user"',
            f'{HEAD}[{TURN}]}}\n{HEAD}[{{"role": "user", "content": "é😀"}}]}}\n',
        ),
        (
            "a.jsonc",
            f'// é😀\u2028\n{HEAD}[{{"role": /* who */ "usr‸‸", "content": "a"}},]}}',
            'Replace it with "user"',
            f'// é😀\u2028\n{HEAD}[{{"role": /* who */ "user", "content": "a"}},]}}',
        ),
        (
            "a.yaml",
            "model: claude-opus-4-6\nmax_tokens: 5\nmessages:\n- role: us‸‸r # 😀\n  content: a\n",
            'Replace it with "user"',
            "model: claude-opus-4-6\nmax_tokens: 5\nmessages:\n- role: user # 😀\n  content: a\n",
        ),
        (
            "a.json",
            f'\ufeff{HEAD}[{{"role": "‸‸usr", "content": "a"}}]}}',
            'Replace it with "user"',
            f"\ufeff{HEAD}[{TURN}]}}",
        ),
        (
            "a.json",
            f'{HEAD}[{{"role": "‸‸usr", "content": "a"}}], "syst',
            'Replace it with "user"',
            f'{HEAD}[{{"role": "user", "content": "a"}}], "syst',
        ),
    ],
)
def test_a_quick_fix_mends_the_text(name: str, marked: str, title: str | None, after: str) -> None:
    document, place = between_marks(marked, name)
    found = [
        action
        for action in actions(document, place, [], ["quickfix"])
        if action.edit and "Suppress" not in action.title
    ]
    assert title is None or [action.title for action in found] == [title]
    assert [changed(document, action) for action in found] == [after]
    assert all(action.kind == types.CodeActionKind.QuickFix for action in found)


def test_a_safe_fix_is_preferred_and_another_says_that_it_may_be_wrong() -> None:
    document = opened(f'{HEAD}[{{"role": "usr", "content": "a"}}], "banana": 1}}')
    found = [action for action in actions(document, whole(document), [], ["quickfix"]) if action.edit]
    assert [(action.title, bool(action.is_preferred)) for action in found] == [
        ('Replace it with "user"', True),
        ("Remove `banana` (may change the meaning)", False),
    ]


def test_nothing_is_offered_away_from_findings() -> None:
    document, place = between_marks(f'{{"model": "‸claude-opus-4-6‸", "max_tokes": 5, "messages": [{TURN}]}}')
    assert offered(document, place, ["quickfix"]) == {}


def test_an_action_names_the_diagnostics_that_it_is_about() -> None:
    document = opened(f'{HEAD}[{TURN}], "max_tokes": 5}}')
    shown = diagnostics(document, rule_pages.address_of)
    for action in actions(document, whole(document), shown, ["quickfix"]):
        assert action.diagnostics == shown


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (None, {"quickfix", FIX_ALL}),
        (["quickfix"], {"quickfix"}),
        (["source"], {FIX_ALL}),
        (["source.fixAll"], {FIX_ALL}),
        ([FIX_ALL], {FIX_ALL}),
        (["source.organizeImports"], set()),
        (["refactor"], set()),
        (["source.fix"], set()),
        ([""], {"quickfix", FIX_ALL}),
    ],
)
def test_only_actions_of_the_kinds_that_are_asked_for_are_offered(only: list[str] | None, kinds: set[str]) -> None:
    document = opened(f'{HEAD}[{{"role": "usr", "content": "a"}}]}}')
    assert {
        str(getattr(each.kind, "value", each.kind)) for each in actions(document, whole(document), [], only)
    } == kinds


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the bad fixtures into a folder, and let the command fix them."""
    folder = tmp_path_factory.mktemp("mended")
    (folder / "msglint.toml").write_text('include = ["**"]')
    for path in BAD:
        (folder / path.name).write_bytes(path.read_bytes())
    run("check", "--fix", *(path.name for path in BAD), cwd=folder)
    return folder


@pytest.mark.parametrize("path", BAD, ids=name_of)
def test_fixing_all_does_what_the_command_does(path: Path, mended: Path) -> None:
    document = opened(path.read_bytes().decode(), path.name, folder=mended)
    found = offered(document, whole(document), [FIX_ALL]).values()
    after = (mended / path.name).read_bytes().decode()
    assert [changed(document, action) for action in found] == ([] if after == document.text.text else [after])


def test_fixing_all_mends_all_that_is_safe_at_once() -> None:
    document = opened(f'{HEAD}[{{"role": "usr", "content": "é😀"}}, {TURN}], "stream": "true", "banana": 1}}')
    (action,) = offered(document, whole(document), [FIX_ALL]).values()
    assert (
        changed(document, action)
        == f'{HEAD}[{{"role": "user", "content": "é😀"}}, {TURN}], "stream": true, "banana": 1}}'
    )


def test_where_nothing_is_safe_to_fix_nothing_is_offered() -> None:
    document = opened(f'{HEAD}[{TURN}], "banana": 1}}')
    assert offered(document, whole(document), [FIX_ALL]) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.jsonc",
            f'{{\r\n  "model": "claude-opus-4-6", "max_tokens": 5,\r\n  "messages": [{TURN}],\r\n  "banana": 1\r\n}}',
        ),
        ("a.jsonc", f'{HEAD}[{TURN}], "banana": 1}}'),
        ("a.yaml", "model: claude-opus-4-6\nmax_tokens: 5\nmessages:\n  - role: user\n    content: a\n    banana: 1\n"),
    ],
)
def test_a_comment_silences_a_finding(name: str, text: str) -> None:
    document = opened(text, name)
    (finding,) = document.violations
    action = offered(document, whole(document))[f"Suppress {finding.rule} here with a comment"]
    after = changed(document, action)
    assert opened(after, name).violations == ()
    assert after.count("\r\n") - text.count("\r\n") == ("\r\n" in text)


@pytest.mark.parametrize(
    ("config", "before"),
    [
        ("msglint.toml", ""),
        ("msglint.toml", 'ignore = ["text"] # é😀'),
        ("msglint.toml", 'ignore = ["text"]\r\n'),
        ("msglint.toml", '[[overrides]]\nfiles = ["b.json"]\nignore = ["schema"]\n'),
        ("pyproject.toml", '[tool.msglint]\nignore = []\n\n[project]\nname = "x"\n'),
    ],
)
@pytest.mark.parametrize(
    ("name", "scope"), [("a.json", "here"), ("prompts/a [1]*.json", "in this file"), ("prompts/é 😀.json", "here")]
)
def test_an_override_silences_just_that_for_the_command(
    config: str, before: str, name: str, scope: str, tmp_path: Path
) -> None:
    text = json.dumps(hello(banana=1, cherry=2), indent=1)
    for each in (name, "other.json"):
        (tmp_path / each).parent.mkdir(exist_ok=True)
        (tmp_path / each).write_text(text)
    (tmp_path / config).write_bytes(before.encode())
    forget()
    document = opened(text, name, folder=tmp_path)
    banana, _ = document.violations
    assert banana.range is not None
    place = document.text.range_of(*document.characters_of(banana.range))
    action = offered(document, place)[f"Suppress {banana.rule} {scope}, in {config}"]
    assert action.edit is not None
    assert action.edit.changes is not None
    assert list(action.edit.changes) == [(tmp_path / config).as_uri()]
    (changes,) = action.edit.changes.values()
    after = edited(opened(before, config), list(changes))
    (tmp_path / config).write_bytes(after.encode())
    done = run("check", name, "other.json", "--format", "json", cwd=tmp_path)
    left = [(each["path"], each["pointer"]) for each in json.loads(done.out)["violations"]]
    of_file = [(name, "/cherry")] if scope == "here" else []
    assert sorted(left) == sorted([*of_file, ("other.json", "/banana"), ("other.json", "/cherry")])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.jsonl", f"{json.dumps(hello(banana=1))}\n{json.dumps(hello(banana=2))}\n"),
        ("a.yaml", "\n---\n".join([json.dumps(hello(banana=1))] * 2)),
    ],
)
def test_where_a_pointer_is_one_of_every_request_so_is_what_is_silenced(name: str, text: str, folder: Path) -> None:
    forget()
    document = opened(text, name, folder=folder)
    titles = [title for title in offered(document, whole(document)) if title.endswith("in msglint.toml")]
    rule = "schema/unknown-property"
    assert titles == [
        f"Suppress {rule} at /banana of every request, in msglint.toml",
        f"Suppress {rule} in this file, in msglint.toml",
    ]


def test_of_very_many_findings_in_a_line_the_first_have_actions_and_all_are_fixed() -> None:
    document = opened(f"{HEAD}[{', '.join([TURN.replace('user', 'usr')] * 1500)}]}}")
    assert len(diagnostics(document, rule_pages.address_of)) == MOST_KEPT < 1500
    found = actions(document, whole(document), [], None)
    fixes = [action.title for action in found if action.title.startswith("Replace")]
    assert 0 < len(fixes) < 100
    (every,) = [action for action in found if action.kind == FIX_ALL]
    assert opened(changed(document, every)).violations == ()


def test_without_a_configuration_or_a_file_there_is_nothing_to_write_an_override_to(folder: Path) -> None:
    text = json.dumps(hello(banana=1))
    for document in (opened(text), opened(text, "a.json", folder=folder.parent)):
        assert not [title for title in offered(document, whole(document)) if title.startswith("Suppress")]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("msglint.toml", "overrides = []\n"),
        ("pyproject.toml", '[tool.msglint]\noverrides = [{files = ["b.json"], ignore = ["schema"]}]\n'),
    ],
)
def test_overrides_in_one_value_are_left_alone_as_no_table_may_add_to_them(
    config: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / config).write_text(said)
    forget()
    document = opened(json.dumps(hello(banana=1)), "a.json", folder=tmp_path)
    assert not [title for title in offered(document, whole(document)) if title.startswith("Suppress")]


def test_the_page_of_a_rule_can_be_opened() -> None:
    document = opened(json.dumps(hello(banana=1)))
    action = offered(document, whole(document))["Open the page of schema/unknown-property"]
    assert action.command is not None
    assert (action.command.command, action.command.arguments) == (OPEN_PAGE, ["schema/unknown-property"])


UPGRADED = '{"model": "claude-opus-4-8", "max_tokens": 5, "messages": [{"role": "user", "content": "é😀"}]}'


@pytest.mark.parametrize(
    ("name", "marked", "title", "after"),
    [
        (
            "a.json",
            '{"model": "‸claude-opus-4-1‸", "max_tokens": 5, "messages": [{"role": "user", "content": "é😀"}]}',
            "Upgrade to claude-opus-4-8, 1 change",
            UPGRADED,
        ),
        (
            "a.jsonl",
            f"{UPGRADED}\n{UPGRADED.replace('claude-opus-4-8', '‸claude-opus-4-1‸')}\n{UPGRADED}\n",
            "Upgrade to claude-opus-4-8, 1 change",
            f"{UPGRADED}\n{UPGRADED}\n{UPGRADED}\n",
        ),
        (
            "a.yaml",
            "model: ‸claude-opus-4-1‸\nmax_tokens: 5\ntemperature: 1\nmessages: [{role: user, content: é}]\n",
            "Upgrade to claude-opus-4-8, 2 changes",
            "model: claude-opus-4-8\nmax_tokens: 5\nmessages: [{role: user, content: é}]\n",
        ),
        (
            "a.yaml",
            "model: ‸claude-opus-4-1‸\nmax_tokens: 5\ntemperature: 0\nmessages: [{role: user, content: é}]\n",
            "Upgrade to claude-opus-4-8, 1 change, 1 left to do by hand",
            "model: claude-opus-4-8\nmax_tokens: 5\ntemperature: 0\nmessages: [{role: user, content: é}]\n",
        ),
        (
            "a.py",
            "import anthropic\nclient = anthropic.Anthropic()\nM = ‸'claude-opus-4-1'‸\n"
            + "client.messages.create(model=M, max_tokens=5, messages=m)\n" * 2,
            "Upgrade 2 requests to claude-opus-4-8, 2 changes",
            "import anthropic\nclient = anthropic.Anthropic()\nM = 'claude-opus-4-8'\n"
            + "client.messages.create(model=M, max_tokens=5, messages=m)\n" * 2,
        ),
        (
            "a.py",
            (
                "import anthropic\nclient = anthropic.Anthropic()\nD = {'max_tokens': 5, 'temperature': 1}\n"
                "client.messages.create(model=‸'claude-opus-4-1'‸, max_tokens=5, messages=m)\n"
                "client.messages.create(model='claude-opus-4-1', messages=m, **D)\n"
            ),
            "Upgrade to claude-opus-4-8, 1 change, 1 left to do by hand",
            (
                "import anthropic\nclient = anthropic.Anthropic()\nD = {'max_tokens': 5, 'temperature': 1}\n"
                "client.messages.create(model='claude-opus-4-8', max_tokens=5, messages=m)\n"
                "client.messages.create(model='claude-opus-4-1', messages=m, **D)\n"
            ),
        ),
    ],
)
def test_a_retired_model_can_be_replaced_by_its_successor(name: str, marked: str, title: str, after: str) -> None:
    document, place = between_marks(marked, name)
    assert changed(document, offered(document, place)[title]) == after


def test_no_upgrade_is_offered_at_a_current_model_or_in_a_broken_text() -> None:
    for marked in (
        UPGRADED.replace("claude-opus-4-8", "‸claude-opus-4-8‸"),
        UPGRADED.replace("claude-opus-4-8", "‸claude-opus-4-1‸").replace('"max_tokens": 5,', '"max_tokens": ,'),
    ):
        document, place = between_marks(marked)
        assert not [title for title in offered(document, place) if title.startswith("Upgrade")]


PYTHON = "import anthropic\nclient = anthropic.Anthropic()\n"
SCRIPT = "const client = new Anthropic();\n"
BODY = '{"model": "claude-haiku-4-5", "max_tokens": 500, "messages": [{"role": "user", "content": "a"}]'


@pytest.mark.parametrize(
    ("name", "marked", "title", "after"),
    [
        (
            "a.py",
            f"{PYTHON}client.messages.create(\n    max_to‸‸ken=500,\n    messages=x,\n    model=y,\n)\n",
            "Rename `max_token` to `max_tokens`",
            f"{PYTHON}client.messages.create(\n    max_tokens=500,\n    messages=x,\n    model=y,\n)\n",
        ),
        (
            "a.py",
            f"{PYTHON}client.messages.create(\n    temperature=1.‸‸5,  # é\n    messages=x,\n    model=y,\n)\n",
            "Suppress schema/maximum here with a comment",
            (
                f"{PYTHON}client.messages.create(\n"
                "    # msglint: ignore[schema/maximum]\n"
                "    temperature=1.5,  # é\n    messages=x,\n    model=y,\n)\n"
            ),
        ),
        (
            "a.ts",
            f"{SCRIPT}client.messages.create({{ max_token‸‸: 500, messages: x, model }});\n",
            "Rename `max_token` to `max_tokens`",
            f"{SCRIPT}client.messages.create({{ max_tokens: 500, messages: x, model }});\n",
        ),
        (
            "a.ts",
            f"{SCRIPT}client.messages.create({{ temperature: 1.‸‸5, messages: x, model }});\n",
            "Suppress schema/maximum here with a comment",
            (
                f"{SCRIPT}client.messages.create({{ temperature: 1.5, messages: x, model }});"
                "  // msglint: ignore[schema/maximum]\n"
            ),
        ),
        (
            "a.sh",
            f"curl https://api.anthropic.com/v1/messages \\\n  -d '{BODY}, \"top_kk‸‸\": 5}}'\n",
            "Rename `top_kk` to `top_k`",
            f"curl https://api.anthropic.com/v1/messages \\\n  -d '{BODY}, \"top_k\": 5}}'\n",
        ),
        (
            "a.sh",
            f"curl https://api.anthropic.com/v1/messages \\\n  -d '{BODY}, \"top_kk‸‸\": 5}}'\n",
            "Suppress schema/unknown-property here with a comment",
            (
                "# msglint: ignore[schema/unknown-property]\n"
                f"curl https://api.anthropic.com/v1/messages \\\n  -d '{BODY}, \"top_kk\": 5}}'\n"
            ),
        ),
        (
            "a.md",
            "# A\n\n```python\nclient.messages.create(max_token‸‸=500, messages=x, model=y)\n```\n",
            "Rename `max_token` to `max_tokens`",
            "# A\n\n```python\nclient.messages.create(max_tokens=500, messages=x, model=y)\n```\n",
        ),
    ],
)
def test_what_is_wrong_in_source_code_is_fixed_or_suppressed_in_its_language(
    name: str, marked: str, title: str, after: str
) -> None:
    document, place = between_marks(marked, name)
    assert changed(document, offered(document, place)[title]) == after


def test_a_fix_of_source_code_that_may_change_the_meaning_is_not_preferred() -> None:
    marked = f"{PYTHON}client.messages.create(max_tokens=500, messages=x, mod‸‸el='claude-2.1')\n"
    document, place = between_marks(marked.replace("mod‸‸el='claude", "model='cla‸‸ude"), "a.py")
    fixes = [action for title, action in offered(document, place).items() if "may change the meaning" in title]
    assert all(action.is_preferred is None for action in fixes)


def test_all_safe_fixes_of_source_code_are_applied_at_once() -> None:
    call = 'client.messages.create(max_token="500", messages=[{"role": "usr", "content": "a"}], model=y)\n'
    document = opened(PYTHON + call, "a.py")
    (action,) = actions(document, whole(document), [], [FIX_ALL])
    after = call.replace('token="500"', "tokens=500").replace("usr", "user")
    assert changed(document, action) == PYTHON + after


def test_nothing_is_fixed_in_what_was_read_before_the_text_was_broken() -> None:
    document = opened(f"{PYTHON}client.messages.create(max_tokens=500, messages=x, model=y, temperature='1')\n", "a.py")
    assert any(action.is_preferred for action in actions(document, whole(document), [], None))
    broken = document.now(opened(f"(\n{document.text.text}", "a.py").text, 2, document.project)
    assert [violation.rule for violation in broken.violations] == ["schema/type"]
    assert [action.title for action in actions(broken, whole(broken), [], None)] == ["Open the page of schema/type"]
