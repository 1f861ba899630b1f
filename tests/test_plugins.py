"""Rules in Python that installed packages bring: found by their entry points, never in a repository."""

from __future__ import annotations

import json
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.marks import opened
from tests.material import ROOT, hello
from tests.test_command import run
from tests.test_readme import blocks
from validator import ConfigError, Linter, Severity, plugin
from validator.config import load
from validator.config.toml_places import toml
from validator.lsp.hover import hover
from validator.own import installed
from validator.plugin import Example, Node, Request, body, findings, remove, rule, safe

TEMPLATE = ROOT / "docs" / "plugins" / "template"
TOOL = {"name": "shop_search", "description": "Searches the catalogue.", "input_schema": {"type": "object"}}
DEFAULT = hello(tools=[TOOL], tool_choice={"type": "auto"})


class Site:
    """A folder of installed packages, made by hand: what pip would put there for a package without extensions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def install(self, name: str, files: dict[str, str], entry: str | None = None) -> None:
        """Install a package: its modules, and the records with its entry point."""
        for path, text in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        records = self.folder / f"{name}-1.0.0.dist-info"
        records.mkdir(exist_ok=True)
        (records / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n")
        if entry is not None:
            (records / "entry_points.txt").write_text(f"[msglint.rules]\n{name} = {entry}\n")

    @property
    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": f"{self.folder}:{ROOT}"}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    made = Site(tmp_path / "site")
    monkeypatch.setattr(sys, "path", [str(made.folder), *sys.path])
    monkeypatch.setattr(installed, "_plugins", {})
    before = set(sys.modules)
    yield made
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "request.json").write_text(json.dumps(DEFAULT), "utf-8")
    return folder


def template(site: Site) -> None:
    """Install the template."""
    source = TEMPLATE / "src" / "ourrules"
    project = toml().loads((TEMPLATE / "pyproject.toml").read_text("utf-8"))["project"]
    files = {f"ourrules/{path.name}": path.read_text("utf-8") for path in source.iterdir() if path.is_file()}
    site.install(project["name"], files, project["entry-points"]["msglint.rules"]["ourrules"])


def reported(linter: Linter, request: Any) -> list[str]:
    return [violation.rule for violation in linter.validate(request).violations]


RULES = '''
from validator.plugin import rule

@rule({id}, on={on})
def found(node, request):
    """Everything is wrong."""
    {body}
    node.report("it is wrong", help="change it")
'''


def rules(id_: str = "ours/all", on: str = "/max_tokens", body_: str = "pass") -> str:
    return RULES.format(id=repr(id_), on=repr(on), body=body_)


# The template


def test_the_template_works_from_a_configuration_and_a_program(site: Site, repository: Path) -> None:
    template(site)
    (repository / "msglint.toml").write_text('extend = "package:ourrules/msglint.toml"\n')
    done = run("check", "request.json", "--format", "json", cwd=repository, environment=site.environment)
    assert [each["rule"] for each in json.loads(done.out)["violations"]] == ["ours/unused-tool-choice"]
    assert reported(Linter(plugins=["ourrules"]), DEFAULT) == ["ours/unused-tool-choice"]


def test_the_examples_of_the_template_are_run(site: Site, repository: Path) -> None:
    template(site)
    (repository / "msglint.toml").write_text('extend = "package:ourrules/msglint.toml"\n')
    done = run("rules", "--test", "ours", cwd=repository, environment=site.environment)
    assert (done.returncode, done.out) == (0, "8 examples of 3 rules: all as expected\n")
    assert (
        "Why: It reads as if somebody had decided something."
        in run("explain", "ours/unused-tool-choice", cwd=repository, environment=site.environment).out
    )
    records = json.loads(run("rules", "ours", "--format", "json", cwd=repository, environment=site.environment).out)
    assert {record["plugin"] for record in records} == {None, "ourrules"}


def test_fixes_of_a_plugin_are_applied(site: Site, repository: Path) -> None:
    template(site)
    (repository / "msglint.toml").write_text('plugins = ["ourrules"]\n')
    done = run("check", "request.json", "--fix", cwd=repository, environment=site.environment)
    assert done.returncode == 0
    assert "tool_choice" not in (repository / "request.json").read_text()


def test_the_editor_explains_a_rule_of_a_plugin(site: Site, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template(site)
    (repository / "msglint.toml").write_text('plugins = ["ourrules"]\n')
    monkeypatch.chdir(repository)
    document = opened(json.dumps(DEFAULT), "request.json", folder=repository)
    (violation,) = document.violations
    said = hover(None, [(violation, document.rules[violation.rule])])
    assert "It reads as if somebody had decided something." in str(said)


def test_the_guide_shows_the_template() -> None:
    guide = (ROOT / "docs" / "plugins.md").read_text("utf-8")
    (code,) = blocks("python", guide)
    source = (TEMPLATE / "src" / "ourrules" / "rules.py").read_text("utf-8")
    function = re.search(r"def unused_tool_choice.*?\n        \)\n", code, re.DOTALL)
    assert function is not None
    assert function[0] in source
    files = {path.relative_to(TEMPLATE).as_posix() for path in TEMPLATE.rglob("*") if path.suffix in {".py", ".toml"}}
    listed = re.findall(r"[├└]── (\S+)", guide)
    assert sorted(files) == sorted(listed)


def test_every_name_of_the_public_module_is_there() -> None:
    assert set(plugin.__all__) >= {
        "rule",
        "Example",
        "Node",
        "Request",
        "Severity",
        "replace",
        "remove",
        "rename",
        "add",
    }
    assert all(hasattr(plugin, name) for name in plugin.__all__)


# A rule without a package


@rule(
    "ours/no-system",
    on="/system",
    severity=Severity.INFO,
    bad=(Example(body(system="x"), at="/system"),),
    good=(Example(body()),),
)
def no_system(node: Node, request: Request) -> None:
    """The request has a system prompt."""
    node.report(f"{request.context.endpoint} has a system prompt", help="remove it", fix=safe("x", remove(node.path)))


def test_a_rule_can_be_tried_without_being_installed() -> None:
    assert findings(no_system, body(system="x")) == [("/system", "messages has a system prompt")]
    assert findings(no_system, body()) == []
    assert findings(no_system, body(system="x"), endpoint="count_tokens") == [
        ("/system", "count_tokens has a system prompt")
    ]


@rule("schema/mine", on="/system")
def ours(node: Node, request: Request) -> None:
    """It takes an id of msglint's."""


def test_a_rule_in_an_area_of_msglint_is_refused() -> None:
    with pytest.raises(ValueError, match="`schema/mine` is in an area of msglint's own"):
        Linter(rules=[ours])


# What fails is set aside


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise RuntimeError('no')", "the plugin `bad` cannot be imported: RuntimeError: no"),
        ("import nowhere_to_be_found", "cannot be imported: ModuleNotFoundError"),
        ("def (", "cannot be imported: SyntaxError"),
        ("raise SystemExit(0)", "cannot be imported: SystemExit"),
        ("x = 1", "the plugin `bad` cannot be used: it has no rule"),
        (rules("schema/mine"), "`schema/mine` is in an area of msglint's own"),
        (rules("mine"), "`mine` is not an id like `team/name`"),
        (rules().replace("on=", "severity='warning', on="), 'the severity of `ours/all` is "warning"'),
        (rules().replace("on=", "endpoints=('message',), on="), "must be some of `batches`, `count_tokens` and"),
        (rules(on="/tools/*/name"), "the rules of the plugin `bad` cannot be read: ValueError"),
        (rules() + rules().replace("found", "other"), "it has two rules `ours/all`"),
        ("raise RuntimeError('sk-ant-api03-" + "a" * 93 + "AA')", "sk-ant-…"),
    ],
)
def test_a_plugin_that_fails_is_named_and_the_others_go_on(
    site: Site, repository: Path, source: str, said: str
) -> None:
    template(site)
    site.install("bad", {"bad.py": source}, "bad")
    (repository / "msglint.toml").write_text('\nplugins = ["bad", "ourrules"]\nignore = ["bad/rule"]\n')
    done = run("check", "request.json", "--format", "json", cwd=repository, environment=site.environment)
    assert done.returncode == 2
    printed = json.loads(done.out)
    assert [each["rule"] for each in printed["violations"]] == ["ours/unused-tool-choice"]
    (error,) = printed["errors"]
    assert error["message"].startswith("msglint.toml:2:1: ")
    assert said in error["message"]
    with pytest.warns(RuntimeWarning, match="its rules are not checked"):
        assert reported(Linter(plugins=["bad", "ourrules"]), DEFAULT) == ["ours/unused-tool-choice"]


def test_a_plugin_that_is_not_installed_is_named(site: Site, repository: Path) -> None:
    template(site)
    (repository / "msglint.toml").write_text('plugins = ["ourrule"]\nseverity = { "ours/x" = "info" }\n')
    done = run("check", "request.json", cwd=repository, environment=site.environment)
    assert done.returncode == 2
    assert "msglint.toml:1:1: no installed package has a plugin `ourrule`; did you mean `ourrules`?" in done.err
    with pytest.raises(ValueError, match="did you mean `ourrules`"):
        Linter(plugins=["ourrule"])


def test_an_unknown_rule_is_a_mistake_where_every_plugin_is_known(site: Site, repository: Path) -> None:
    template(site)
    file = repository / "msglint.toml"
    file.write_text('plugins = ["ourrules"]\nignore = ["ours/unused-tool-choic"]\n')
    with pytest.raises(ConfigError, match="did you mean `ours/unused-tool-choice`"):
        load(file)
    file.write_text('plugins = ["ourrules"]\nignore = ["ours/unused-tool-choice", "ours"]\n')
    load(file)


def test_a_rule_that_raises_is_named_with_its_plugin_and_the_others_go_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MSGLINT_RAISE", "1")  # which is for msglint's own rules
    site.install("raising", {"raising.py": rules(body_="raise KeyError('sk-ant')")}, "raising")
    template(site)
    report = Linter(plugins=["raising", "ourrules"]).validate(DEFAULT)
    assert [each.rule for each in report.violations] == ["internal/rule-failed", "ours/unused-tool-choice"]
    failed = report.violations[0]
    assert failed.message == (
        "the rule `ours/all` of the plugin `raising` failed with `KeyError`; all other rules were checked"
    )
    assert "bug in msglint" not in (failed.help or "")


@pytest.mark.parametrize(
    ("body_", "name"),
    [
        ("raise SystemExit(0)", "SystemExitError"),
        ("node.report(5, help='change it')", "TypeError"),
        ("node.report('it is wrong', help=object())", "TypeError"),
        ("node.report('it is wrong', help='change it', severity='error')", "TypeError"),
        ("node.report('it is wrong', help='change it', related=[(node, 5)])", "TypeError"),
    ],
)
def test_a_rule_that_ends_the_program_or_reports_nonsense_has_failed(
    site: Site, monkeypatch: pytest.MonkeyPatch, body_: str, name: str
) -> None:
    monkeypatch.delenv("MSGLINT_RAISE", raising=False)
    site.install("odd", {"odd.py": rules(body_=body_)}, "odd")
    (violation,) = Linter(plugins=["odd"]).validate(DEFAULT).violations
    assert violation.rule == "internal/rule-failed"
    assert f"failed with `{name}`" in violation.message


def test_what_a_plugin_prints_is_not_part_of_the_report(site: Site, repository: Path) -> None:
    site.install("loud", {"loud.py": "print('imported')\n" + rules(body_="print('called')")}, "loud")
    (repository / "msglint.toml").write_text('plugins = ["loud"]')
    done = run("check", "request.json", "--format", "json", cwd=repository, environment=site.environment)
    assert [each["rule"] for each in json.loads(done.out)["violations"]] == ["ours/all"]
    assert done.err.split() == ["imported", "called"]
    output = sys.stdout
    Linter(plugins=["loud"]).validate(DEFAULT)
    assert sys.stdout is output


# Nothing in a repository is run


@pytest.mark.parametrize("way", ["command", "module"])
def test_nothing_in_the_repository_is_imported(site: Site, repository: Path, way: str) -> None:
    template(site)
    trap = "import pathlib\npathlib.Path('trapped').write_text('')\nraise SystemExit(3)\n"
    (repository / "ourrules.py").write_text(trap)
    (repository / "evil.py").write_text(trap)
    records = repository / "evil-1.0.0.dist-info"
    records.mkdir()
    (records / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0.0\n")
    (records / "entry_points.txt").write_text("[msglint.rules]\nevil = evil\n")
    (repository / "msglint.toml").write_text('extend = "package:ourrules/msglint.toml"\nplugins = ["evil"]\n')
    environment = {"PYTHONPATH": f".:{repository}:{site.environment['PYTHONPATH']}"}
    if way == "command":
        done = run("check", "request.json", cwd=repository, environment=environment)
        assert "no installed package has a plugin `evil`" in done.err
        assert "ours/unused-tool-choice" in done.out
    else:
        import os
        import subprocess

        command = [sys.executable, "-m", "validator", "check", "request.json"]
        ran = subprocess.run(
            command, cwd=repository, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        assert "no installed package has a plugin `evil`" in ran.stderr
        assert "ours/unused-tool-choice" in ran.stdout
    assert not (repository / "trapped").exists()


def test_the_path_of_python_is_as_before_once_a_plugin_is_loaded(site: Site) -> None:
    template(site)
    before = sys.path[:]
    Linter(plugins=["ourrules"])
    assert sys.path == before


def test_a_file_of_a_package_is_read_without_importing_it(site: Site, repository: Path) -> None:
    site.install("shared", {"shared/__init__.py": "raise SystemExit(5)", "shared/a/b.toml": 'ignore = ["models"]\n'})
    (repository / "msglint.toml").write_text('extend = "package:shared/a/b.toml"\nexclude = ["drafts"]\n')
    assert load(repository / "msglint.toml").values["ignore"] == ["models"]
    assert "shared" not in sys.modules


def test_globs_of_a_file_of_a_package_are_relative_to_who_extends_it(site: Site, repository: Path) -> None:
    site.install("shared", {"shared/__init__.py": "", "shared/b.toml": 'exclude = ["drafts/"]\n'})
    (repository / "msglint.toml").write_text('extend = "package:shared/b.toml"\n')
    assert load(repository / "msglint.toml").excludes(repository / "drafts" / "a.json")


def test_a_plugin_without_mistakes_warns_of_nothing(site: Site) -> None:
    template(site)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Linter(plugins=["ourrules", "ourrules"])
    with pytest.raises(TypeError, match="plugins must be a list of names"):
        Linter(plugins="ourrules")


def test_a_rule_that_catches_every_exception_sees_the_messages_of_each_request() -> None:
    @rule("shop/many-messages", on="", bad=(), good=())
    def many_messages(root: Node, request: Request) -> None:
        """A request has no message."""
        try:
            number = len(request.body["messages"])
        except Exception:  # noqa: BLE001 - as careless rules have it
            number = 0
        if not number:
            root.report("there is no message", help="add one")

    linter = Linter(rules=[many_messages])
    for _ in range(3):
        assert [each for each in linter.validate(hello()).violations if each.rule == "shop/many-messages"] == []
