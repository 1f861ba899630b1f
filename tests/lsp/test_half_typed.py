"""Source code that is typed: nothing is reported of what is not there yet, and what is wrong elsewhere stays."""

from __future__ import annotations

import pytest

from tests.lsp.marks import MARK, opened
from validator.lsp.open_document import OpenDocument

PYTHON = "import anthropic\n\nclient = anthropic.Anthropic()\n"
SCRIPT = "const client = new Anthropic();\n"
MODEL = 'model="claude-haiku-4-5"'
TURN = '[{"role": "user", "content": "é"}]'
WRONG = f'client.messages.create(model="claude-haiku-4-5", max_tokens=500, temperature=1.5, messages={TURN})\n'
WRONG_TS = (
    f'client.messages.create({{model: "claude-haiku-4-5", max_tokens: 500, temperature: 1.5, messages: {TURN}}})\n'
)


def found(document: OpenDocument) -> list[str]:
    """Return what is reported, and of what."""
    reported = []
    for violation in document.violations:
        assert violation.range is not None
        start, end = document.characters_of(violation.range)
        reported.append(f"{violation.rule} {document.text.text[start:end]}")
    return reported


def typed(marked: str, name: str) -> list[list[str]]:
    """Type what is between two marks, and return what is reported after each key."""
    before, keys, after = marked.split(MARK)
    document = opened(before + after, name)
    reports = [found(document)]
    for number in range(1, len(keys) + 1):
        text = opened(before + keys[:number] + after, name).text
        document = document.now(text, number + 1, document.project)
        reports.append(found(document))
    return reports


@pytest.mark.parametrize(
    "marked",
    [
        f"{PYTHON}‸def f(x:\n  if ‸\n{WRONG}",
        f'{PYTHON}{WRONG}‸client.messages.create(model="claude‸',
        f"{PYTHON}client.messages.create({MODEL}, messages={TURN}, max_tokens=500,‸ stop_seq‸)\n{WRONG}",
        f'{PYTHON}client.messages.create(model="claude-haiku-4-5", max_tokens=500, messages=[{{‸"role": ‸}}])\n{WRONG}',
        f'{PYTHON}client.messages.create({MODEL}, messages={TURN}, max_tokens=500‸, system="a b‸)\n{WRONG}',
    ],
)
def test_a_mistake_stays_and_no_other_appears_while_python_is_typed(marked: str) -> None:
    for report in typed(marked, "a.py"):
        assert [each for each in report if each != "schema/required {"] == ["schema/maximum 1.5"]


def test_an_argument_that_is_missing_is_not_missed_while_it_is_typed() -> None:
    call = f'client.messages.create(model="claude-2.1",‸max_tok‸ messages={TURN})\n'
    first, *others = typed(f"{PYTHON}{call}", "a.py")
    assert first == ["schema/required c", 'models/retired "claude-2.1"']
    assert others == [['models/retired "claude-2.1"']] * len("max_tok")


@pytest.mark.parametrize("keys", ["max_tok", "max_tokens", "max_tokens: "])
def test_a_key_of_an_object_literal_is_not_judged_while_it_is_typed(keys: str) -> None:
    call = f'client.messages.create({{ model: "claude-2.1", ‸{keys}‸ messages: {TURN} }})\n'
    _, *others = typed(f"{SCRIPT}{call}{WRONG_TS}", "a.ts")
    assert others == [['models/retired "claude-2.1"', "schema/maximum 1.5"]] * len(keys)


def test_calls_that_are_moved_keep_their_comments() -> None:
    ignored = WRONG.replace("\n", "  # msglint: ignore[schema/maximum]\n")
    assert typed(f"{PYTHON}‸def f(‸\n{ignored}{WRONG}", "a.py") == [["schema/maximum 1.5"]] * 7


def test_a_change_in_a_constant_drops_the_calls_that_use_it() -> None:
    text = f"{PYTHON}MODEL = ‸(‸'claude-2.1'\n{WRONG.replace(chr(34) + 'claude-haiku-4-5' + chr(34), 'MODEL')}"
    first, last = typed(text, "a.py")
    assert first == ["models/retired 'claude-2.1'", "schema/maximum 1.5"]
    assert last == []


@pytest.mark.parametrize(("name", "text"), [("a.py", f"{PYTHON}{WRONG}def f(:\n"), ("a.py", "messages.create(\n")])
def test_what_could_never_be_read_is_silent(name: str, text: str) -> None:
    assert found(opened(text, name)) == []


def test_a_text_that_can_be_read_again_is_checked_as_it_is() -> None:
    document = opened(f"{PYTHON}{WRONG}", "a.py")
    for number, text in enumerate([f"{PYTHON}(\n{WRONG}", f"{PYTHON}\n{WRONG.replace('1.5', '2.5')}"]):
        found(document)
        document = document.now(opened(text, "a.py").text, number, document.project)
    assert found(document) == ["schema/maximum 2.5"]
