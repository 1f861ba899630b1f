"""Completion and hover in source code: only in a call of the Messages API, and spelled as its language does."""

from __future__ import annotations

import pytest
from lsprotocol import types

from tests.lsp.marks import at_mark, edited
from validator.lsp import completion, hover
from validator.lsp.completion import Wishes

PYTHON = "import anthropic\n\nclient = anthropic.Anthropic()\n"
SCRIPT = 'import Anthropic from "@anthropic-ai/sdk";\nconst client = new Anthropic();\n'
CURL = 'curl https://api.anthropic.com/v1/messages -H "x-api-key: $KEY" -d \''
TURN = 'messages=[{"role": "user", "content": "a"}]'


def completed(marked: str, name: str) -> dict[str, str]:
    """Return what is offered at a mark: the text afterwards, by label, without the lines of the set-up."""
    document, at = at_mark(marked, name)
    if not document.may_be_completed:
        return {}
    place = document.place_at(at, is_typed=True)
    items = completion.complete(place, Wishes(snippets=False)) if place is not None else []
    after = {}
    for item in items:
        assert isinstance(item.text_edit, types.TextEdit)
        text = edited(document, [item.text_edit])
        after[item.label] = text.removeprefix(PYTHON).removeprefix(SCRIPT)
    return after


@pytest.mark.parametrize(
    ("name", "marked", "label", "after"),
    [
        ("a.py", f"{PYTHON}client.messages.create(‸)", "model", 'client.messages.create(model="")'),
        (
            "a.py",
            f'{PYTHON}client.messages.create(model="claude-haiku-4-5", max_tok‸)',
            "max_tokens",
            'client.messages.create(model="claude-haiku-4-5", max_tokens=)',
        ),
        (
            "a.py",
            f"{PYTHON}client.messages.create(\n    te‸\n    {TURN},\n)",
            "temperature",
            f"client.messages.create(\n    temperature=,\n    {TURN},\n)",
        ),
        (
            "a.py",
            f"{PYTHON}client.messages.create(max_‸=5, {TURN})",
            "max_tokens",
            f"client.messages.create(max_tokens=5, {TURN})",
        ),
        (
            "a.py",
            f"{PYTHON}client.messages.create({TURN}, model='claude-hai‸')",
            "claude-haiku-4-5",
            f"client.messages.create({TURN}, model='claude-haiku-4-5')",
        ),
        (
            "a.py",
            f"{PYTHON}client.messages.create({TURN}, model='claude-hai‸\nprint(1)\n",
            "claude-haiku-4-5",
            f"client.messages.create({TURN}, model='claude-haiku-4-5'\nprint(1)\n",
        ),
        (
            "a.py",
            f"{PYTHON}client.messages.create({TURN}, stream=‸)",
            "true",
            f"client.messages.create({TURN}, stream=True)",
        ),
        (
            "a.py",
            f'{PYTHON}client.messages.create(model="claude-haiku-4-5", messages=[{{"ro‸"}}])',
            "role",
            'client.messages.create(model="claude-haiku-4-5", messages=[{"role": "user"}])',
        ),
        (
            "a.py",
            f"{PYTHON}TURNS = [{{'role': '‸'}}]\nclient.messages.create(max_tokens=5, messages=TURNS)",
            "user",
            "TURNS = [{'role': 'user', 'content': ''}]\nclient.messages.create(max_tokens=5, messages=TURNS)",
        ),
        (
            "a.py",
            f'{PYTHON}client.beta.messages.create({TURN}, betas=["cont‸"])',
            "context-management-2025-06-27",
            f'client.beta.messages.create({TURN}, betas=["context-management-2025-06-27"])',
        ),
        ("a.ts", f"{SCRIPT}client.messages.create({{‸}})", "model", 'client.messages.create({model: ""})'),
        (
            "a.ts",
            f'{SCRIPT}client.messages.create({{ model: "claude-haiku-4-5", max_‸ }})',
            "max_tokens",
            'client.messages.create({ model: "claude-haiku-4-5", max_tokens:  })',
        ),
        (
            "a.tsx",
            f"{SCRIPT}client.messages.create({{ max_tokens: 5, messages: [{{ role: '‸' }}] }})",
            "user",
            "client.messages.create({ max_tokens: 5, messages: [{ role: 'user', content: '' }] })",
        ),
        (
            "a.js",
            f"{SCRIPT}client.messages.create({{ max_tokens: 5, mess‸\n",
            "messages",
            "client.messages.create({ max_tokens: 5, messages: []\n",
        ),
        (
            "a.sh",
            f'{CURL}{{"model": "claude-hai‸", "messages": []}}\'',
            "claude-haiku-4-5",
            f'{CURL}{{"model": "claude-haiku-4-5", "messages": []}}\'',
        ),
        (
            "a.md",
            '# A\n\n- b:\n  ```python\n  client.messages.create(model="claude-hai‸", max_tokens=5)\n  ```\n',
            "claude-haiku-4-5",
            '# A\n\n- b:\n  ```python\n  client.messages.create(model="claude-haiku-4-5", max_tokens=5)\n  ```\n',
        ),
    ],
)
def test_what_can_stand_in_a_call_is_completed(name: str, marked: str, label: str, after: str) -> None:
    assert completed(marked, name)[label] == after


@pytest.mark.parametrize(
    ("name", "marked"),
    [
        ("a.py", f"{PYTHON}print(‸)\nclient.messages.create({TURN})"),
        ("a.py", f'{PYTHON}x = {{"‸"}}\nclient.messages.create({TURN})'),
        ("a.py", f"{PYTHON}x = ‸\nclient.messages.create({TURN})"),
        ("a.py", f"{PYTHON}client.messages.create({TURN})  # model=‸"),
        ("a.py", f'{PYTHON}client.messages.create(messages=[{{"role": "user", "content": "Hello ‸"}}])'),
        ("a.py", f'{PYTHON}client.messages.create(messages=f"{{‸}}", max_tokens=5)'),
        ("a.py", f"{PYTHON}client.messages.create(model=x.‸, {TURN})"),
        ("a.py", f"{PYTHON}client.messages.create({TURN}).content[‸]"),
        ("a.py", "from twilio.rest import Client\nclient = Client()\nclient.messages.create(to='a', ‸)"),
        ("a.py", "import anthropic\nx = {‸}"),
        ("a.ts", f"{SCRIPT}if (x) {{ ‸ }}\nclient.messages.create({{ max_tokens: 5 }})"),
        ("a.ts", f"{SCRIPT}client.messages.create({{ max_tokens: 5, messages: `${{‸}}` }})"),
        ("a.md", f"# client.messages.create({{‸}})\n\n```python\nclient.messages.create({TURN})\n```\n"),
        ("a.sh", f'{CURL}{{"model": "claude-haiku-4-5"}}\' -H \'‸\''),
    ],
)
def test_nothing_is_offered_where_another_server_speaks(name: str, marked: str) -> None:
    assert completed(marked, name) == {}


@pytest.mark.parametrize(
    ("name", "marked", "words"),
    [
        ("a.py", f"{PYTHON}client.messages.create(max_to‸kens=5, {TURN})", "**max_tokens** (required)"),
        ("a.py", f"{PYTHON}client.messages.create({TURN[:17]}‸{TURN[17:]}, max_tokens=5)", "**role** (required)"),
        (
            "a.py",
            f'{PYTHON}MODEL = "claude-ha‸iku-4-5"\nclient.messages.create(model=MODEL, {TURN})',
            "context of 200,000",
        ),
        ("a.ts", f"{SCRIPT}client.messages.create({{ max_tok‸ens: 5, messages: [] }})", "**max_tokens** (required)"),
        ("a.sh", f'{CURL}{{"max_tok‸ens": 5, "messages": []}}\'', "**max_tokens** (required)"),
    ],
)
def test_a_property_is_described_where_it_is_written(name: str, marked: str, words: str) -> None:
    document, at = at_mark(marked, name)
    shown = hover.hover(document.place_at(at), ())
    assert shown is not None
    assert isinstance(shown.contents, types.MarkupContent)
    assert words in shown.contents.value


@pytest.mark.parametrize(
    "marked",
    [
        f"{PYTHON}cli‸ent.messages.create({TURN})",
        f"{PYTHON}client.messages.create(max_tokens=lim‸it, {TURN})",
        f"{PYTHON}limit = 5‸0\nclient.messages.create({TURN})",
        f"{PYTHON}client.messages.create(timeout‸=5, {TURN})",
    ],
)
def test_nothing_is_described_that_is_not_of_the_request(marked: str) -> None:
    document, at = at_mark(marked, "a.py")
    assert hover.hover(document.place_at(at), ()) is None
