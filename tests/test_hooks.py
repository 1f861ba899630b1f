"""The hooks for pre-commit, each as it is published, run by pre-commit itself."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.material import ROOT, hello
from tests.test_command import COMMAND
from tests.test_readme import blocks
from validator.documents import CODE, COMPRESSED, FORMATS

MANIFEST = ".pre-commit-hooks.yaml"
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / MANIFEST).read_text("utf-8"))}
PACKAGE = (MANIFEST, "pyproject.toml", "README.md", "LICENSE", "hatch_build.py", "scripts", "validator", "schemas")
"""What a clone needs so that the package can be built from it."""


def variables(home: Path) -> dict[str, str]:
    """Return the environment without what belongs to the one who runs the tests, and with msglint on the PATH."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT", "SKIP"))}
    ours = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "PRE_COMMIT_HOME": str(home)}
    return {**kept, **ours, "PATH": f"{Path(COMMAND).parent}{os.pathsep}{kept['PATH']}"}


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=tests", "-c", "user.email=tests@example.com", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", *identity, *arguments],  # noqa: S607 - any will do
        capture_output=True,
        check=True,
        cwd=folder,
        env=variables(folder),
        text=True,
    )
    return done.stdout.strip()


@dataclass(frozen=True)
class Published:
    """This checkout as a repository of hooks, and where pre-commit keeps what it installs from it."""

    repository: Path
    revision: str
    home: Path

    def run(self, folder: Path, *hooks: str) -> tuple[dict[str, str], str]:
        """Run hooks on all files of a folder; return how each went, and all that was printed."""
        listed = [{"id": hook, "name": hook} for hook in hooks]
        repository = {"repo": str(self.repository), "rev": self.revision, "hooks": listed}
        (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [repository]}))
        git(folder, "init", "-q")
        git(folder, "add", ".")
        done = subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never"],
            capture_output=True,
            check=False,
            cwd=folder,
            env=variables(self.home),
            text=True,
        )
        went = dict(re.findall(r"^([\w-]+?)\.{3,}.*?(\w+)$", done.stdout, re.MULTILINE))
        assert tuple(went) == hooks, done.stdout + done.stderr
        assert done.returncode == int("Failed" in went.values())
        return went, done.stdout


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Make a repository of this checkout, once for all processes that run these tests; pre-commit locks the rest."""
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    repository = folder / "msglint"
    with (folder / "msglint.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not repository.exists():
            repository.mkdir()
            for name in PACKAGE:
                if (ROOT / name).is_dir():
                    shutil.copytree(ROOT / name, repository / name, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(ROOT / name, repository / name)
            git(repository, "init", "-q")
            git(repository, "add", ".")
            git(repository, "commit", "-q", "-m", "as it is")
    return Published(repository, git(repository, "rev-parse", "HEAD"), folder / "pre-commit")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a folder with a good request in each format, and with much that is to be left alone."""
    return write(
        tmp_path,
        {
            "prompts/hello.json": hello(),
            "prompts/hello.jsonl": f"{json.dumps(hello())}\n{json.dumps(hello())}\n",
            "prompts/hello.jsonc": f"// a comment\n{json.dumps(hello())}",
            "prompts/hello.yaml": "model: claude-haiku-4-5\nmax_tokens: 5\nmessages: [{role: user, content: Hello}]\n",
            "package.json": {"name": "messages"},
            "compose.yml": "services: {a: {image: b}}\n",
            "broken.json": "{",
            "drafts/request.json": hello(max_tokens=-1),
            "vendor/request.json": hello(max_tokens=-1),
            "msglint.toml": 'exclude = ["drafts/"]\n',
        },
    )


def write(folder: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def test_the_hooks_are_as_pre_commit_wants_them() -> None:
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / MANIFEST)], check=True)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_for_every_file_that_can_be_read(hook: str) -> None:
    for ending, text_format in FORMATS.items():
        for name in (f"a{ending}", f"b/A{ending.upper()}"):
            assert re.search(HOOKS[hook]["files"], name), name
            for packed in COMPRESSED:
                compressed = re.search(HOOKS[hook]["files"], f"{name}{packed}")
                assert bool(compressed) == ("--fix" not in HOOKS[hook]["entry"] and text_format not in CODE)
    for name in ("a.txt", "json", "a.json.txt", "ajson"):
        assert not re.search(HOOKS[hook]["files"], name)


def test_the_guide_has_each_hook_and_no_other() -> None:
    guide = (ROOT / "docs" / "ci.md").read_text("utf-8").partition("## pre-commit\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", guide, re.MULTILINE) == list(HOOKS)
    (example,) = (yaml.safe_load(code) for code in blocks("yaml", guide))
    assert {hook["id"] for repository in example["repos"] for hook in repository["hooks"]} <= set(HOOKS)


def test_good_requests_and_what_is_none_pass(published: Published, project: Path) -> None:
    went, _ = published.run(project, *HOOKS)
    assert went == dict.fromkeys(HOOKS, "Passed")


def test_a_repository_without_requests_passes(published: Published, tmp_path: Path) -> None:
    write(tmp_path, {"package.json": {"name": "messages"}, "pyproject.toml": "[project]\n"})
    went, _ = published.run(tmp_path, *HOOKS)
    assert went == dict.fromkeys(HOOKS, "Passed")


@pytest.mark.parametrize("hook", HOOKS)
def test_bad_requests_in_every_format_fail(hook: str, published: Published, project: Path) -> None:
    broken = {
        "a.json": hello(max_tokens=-1),
        "b c.jsonl": f"{json.dumps(hello())}\n{json.dumps(hello(max_tokens=-1))}\n",
        "d.jsonc": f"// a comment\n{json.dumps(hello(max_tokens=-1))}",
        "e.yaml": "model: claude-haiku-4-5\nmax_tokens: -1\nmessages: [{role: user, content: Hello}]\n",
    }
    went, printed = published.run(write(project, broken), hook)
    assert went == {hook: "Failed"}
    assert "- exit code: 1\n" in printed
    assert "files were modified" not in printed
    assert re.findall(r"^ --> (.*?):\d", printed, re.MULTILINE) == list(broken)


def test_the_fixing_hook_changes_a_file_and_fails_and_passes_the_second_time(
    published: Published, project: Path
) -> None:
    write(project, {"a.json": json.dumps(hello(temprature=1), indent=3)})
    went, printed = published.run(project, "msglint-fix")
    assert went == {"msglint-fix": "Failed"}
    assert "files were modified by this hook" in printed
    assert (project / "a.json").read_text() == json.dumps(hello(temperature=1), indent=3)
    went, _ = published.run(project, "msglint-fix")
    assert went == {"msglint-fix": "Passed"}


def test_a_broken_configuration_fails(published: Published, project: Path) -> None:
    write(project, {"msglint.toml": 'exclud = ["drafts/"]\n'})
    went, printed = published.run(project, "msglint", "msglint-config")
    assert set(went.values()) == {"Failed"}
    assert printed.count("- exit code: 2\n") == 2
    assert printed.count("did you mean `exclude`?") == 2
