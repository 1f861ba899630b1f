"""The documentation: what it shows is what happens, and it can be built."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from html import unescape
from itertools import dropwhile
from pathlib import Path

import pytest

from scripts.check_links import problems
from scripts.console_blocks import rerun
from scripts.docs_pages import pages
from tests.material import ROOT
from tests.test_command import COMMAND, run
from tests.test_readme import blocks
from validator.explain.pages import page_of, wordings
from validator.explain.search import search
from validator.rules import RULES, Rule

GUIDES = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
PYTHON = [pytest.param(code, id=name) for name, text in GUIDES.items() for code in blocks("python", text)]
JSON = [pytest.param(code, id=name) for name, text in GUIDES.items() for code in blocks("json", text)]


@pytest.mark.parametrize("code", PYTHON)
def test_python_of_the_guides_runs(code: str) -> None:
    exec(compile(code, "guide.py", "exec"), {})  # noqa: S102 - it is our own


@pytest.mark.parametrize("name", [name for name, text in GUIDES.items() if "$ msglint" in text])
def test_output_in_the_guides_is_what_is_printed(name: str) -> None:
    assert rerun(GUIDES[name], COMMAND) == GUIDES[name], "run: python scripts/console_blocks.py --write"


def test_the_walk_through_takes_an_old_repository_to_green_in_four_commands() -> None:
    sessions = re.findall(r"^```\{ \.console \.walkthrough \}\n(.*?)^```$", GUIDES["ci.md"], re.DOTALL | re.MULTILINE)
    commands, outputs = zip(*(session.split("\n", 1) for session in sessions), strict=True)
    assert len(commands) == 4
    assert "in 40 files" in outputs[0]
    numbers = re.findall(r"^ *(\d+)  [a-z-]+/", outputs[0], re.MULTILINE)
    assert sum(map(int, numbers)) == 192
    assert re.search(r"no violations; [1-9]\d* in the baseline; 2 look-alikes not checked\n$", outputs[-1])


@pytest.mark.parametrize("code", JSON)
def test_json_of_the_guides_is_json(code: str) -> None:
    json.loads(code)


def test_commands_of_the_guides_are_known() -> None:
    lines = [line for text in GUIDES.values() for code in blocks("sh", text) for line in code.splitlines()]
    for line in lines:
        words = line.rpartition("| ")[2].split()
        command = list(dropwhile(lambda word: re.match(r"MSGLINT_[A-Z_]+=", word), words))
        assert command[0] == "msglint"
        options = {word for word in command if word.startswith("--")}
        assert options <= set(re.findall(r"--[a-z-]+", run(command[1], "--help").out)), line


def test_the_task_for_an_editor_reads_every_line() -> None:
    (task,) = json.loads(next(code for code in blocks("json", GUIDES["editors.md"]) if "problemMatcher" in code))[
        "tasks"
    ]
    pattern = task["problemMatcher"]["pattern"]
    command = task["command"].replace("${file}", "fixtures/bad/five-mistakes.json").split()
    lines = run(*command[1:], cwd=ROOT).out.splitlines()
    assert lines
    for line in lines:
        found = re.match(pattern["regexp"], line)
        assert found is not None
        assert found[pattern["file"]] == "fixtures/bad/five-mistakes.json"
        assert found[pattern["code"]] in RULES


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_has_a_page_with_all_there_is_to_say(rule: Rule) -> None:
    text = unescape(re.sub(r"</?(?:code|var|b|span)\b[^>]*>", "", pages_made()[f"{page_of(rule.id)}index.md"]))
    for words in (rule.id, rule.severity.value, rule.summary, rule.why, rule.fix, rule.source):
        assert words.replace("`", "") in text.replace("`", "")
    assert text.count("error[") + text.count("warning[") + text.count("info[") >= len(rule.bad)
    assert len(re.findall("^````$", text, re.MULTILINE)) == len(rule.bad) + len(rule.good)
    assert "\0" not in text


def pages_made() -> dict[str, str]:
    if not MADE:
        MADE.update(pages())
    return MADE


MADE: dict[str, str] = {}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("material", reason="the documentation's own dependencies are not installed")
    target = tmp_path_factory.mktemp("docs") / "site"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.mark.xdist_group("docs")
def test_the_documentation_is_built_without_a_warning_and_its_links_lead_somewhere(site: Path) -> None:
    assert problems(site) == []
    assert all((site / page_of(rule) / "index.html").is_file() for rule in RULES)
    assert "betas -->" not in (site / "editions.html").read_text("utf-8")


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<a href="b.html#there">1</a><a href="b.html#gone">2</a><a href="c.html">3</a><a href="https://example.com">4</a>'
        '<script src="https://example.com/a.js"></script><a href="#here" id="here">5</a>'
    )
    (tmp_path / "b.html").write_text('<h1 id="there">')
    assert sorted(problems(tmp_path)) == [
        "a.html: b.html#gone names a place that is not there",
        "a.html: c.html leads nowhere",
        "a.html: https://example.com/a.js is fetched from elsewhere",
    ]


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no JavaScript to run it with")
def test_the_table_of_answers_finds_what_the_command_finds() -> None:
    rows = [(rule.id, message) for rule in RULES.values() for message in wordings(rule)]
    texts = [re.sub(r"\{\w+\}", "messages.3", message) for _, message in rows]
    texts += [
        "",
        "foo: Extra inputs are not permitted",
        "ames must be uniq",
        "tool names",
        "what is the meaning of life",
    ]
    script = f"""
        const {{ finder }} = require({json.dumps(str(ROOT / "docs/assets/answers.js"))})
        const find = finder({json.dumps([message for _, message in rows])})
        console.log(JSON.stringify({json.dumps(texts)}.map(find)))
    """
    done = subprocess.run(["node", "-e", script], capture_output=True, check=True, text=True)  # noqa: S607 - any will do
    for text, numbers in zip(texts, json.loads(done.stdout), strict=True):
        assert list(dict.fromkeys(rows[number][0] for number in numbers)) == [hit.rule.id for hit in search(text)], text
