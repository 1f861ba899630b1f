from __future__ import annotations

import errno
import json
import os
import random
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.material import hello
from tests.test_command import run
from validator.filesystem.gitignore import GitIgnore, forget
from validator.filesystem.wildmatch import patterns
from validator.project import Project

REQUEST = json.dumps(hello())
NAMES = ("a", "b", "ab", "abc", "c.json", "build", "x.yaml", "a b", "é", ".h", "d.json", "[a]", "!a", "a\\b", "A", "1")
SIGNS = (
    *"aabb*?[]!^-/\\.c1A",
    "[:alpha:]",
    "[:digit:]",
    "[:x:]",
    "**",
    "**/",
    "/**",
    "[a-",
    "[]",
    "[!",
    "[^",
    "*.json",
)
SEGMENTS = (
    "a",
    "b",
    "*",
    "*.json",
    "build",
    "**",
    "?",
    "[ab]",
    "[!a]",
    "c.json",
    "x.*",
    "a*",
    "\\a",
    "a\\ b",
    "é",
    ".h",
)


@pytest.fixture
def tree(tmp_path: Path) -> Any:
    """Write a request, or a text, into each of some files of the test's own folder, which is a repository of git."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)  # noqa: S607 - any git will do

    def write(*names: str, **texts: str) -> Path:
        for name, text in {**dict.fromkeys(names, REQUEST), **texts}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


def checked(*arguments: str | Path, cwd: Path) -> list[str]:
    """List the files that the command says it would check."""
    lines = run("check", "--show-files", *arguments, cwd=cwd).out.splitlines()
    return [line.partition(": ")[0][2:] for line in lines if line.startswith("+ ")]


def left_out(*arguments: str | Path, cwd: Path) -> dict[str, str]:
    """List the files and folders that the command says it would leave out, and why."""
    lines = run("check", "--show-files", *arguments, cwd=cwd).out.splitlines()
    return dict(line[2:].split(": ", 1) for line in lines if line.startswith("- "))


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_what_git_ignores_is_what_git_says(chance: random.Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        subprocess.run(["git", "init", "-q", folder], check=True)  # noqa: S607 - as above
        _grow(top, chance, 0)
        (top / ".git" / "info" / "exclude").write_bytes(_pattern(chance))
        paths = [
            (Path(place, name), name in folders)
            for place, folders, files in os.walk(top)
            if ".git" not in Path(place).relative_to(top).parts
            for name in (*folders, *files)
            if name != ".git"
        ]
        asked = b"\0".join(os.fsencode(path.relative_to(top)) for path, _ in paths)
        command = ["git", "-c", "core.excludesFile=", "check-ignore", "--no-index", "--stdin", "-z"]
        done = subprocess.run(command, cwd=top, input=asked, capture_output=True, check=False)
        theirs = {os.fsdecode(path) for path in done.stdout.split(b"\0")}
        forget()
        ignore = GitIgnore(top)
        for path, is_folder in paths:
            said = {str(file.relative_to(top)): file.read_bytes() for file in top.rglob(".gitignore")}
            assert ignore.ignores(path, is_folder=is_folder) == (str(path.relative_to(top)) in theirs), (path, said)


def _grow(folder: Path, chance: random.Random, depth: int) -> None:
    for name in chance.sample(NAMES, chance.randint(1, 5)):
        path = folder / name
        if depth < 3 and chance.random() < 0.5:
            path.mkdir()
            _grow(path, chance, depth + 1)
        else:
            path.touch()
    if depth == 0 or chance.random() < 0.3:
        line_end = chance.choice([b"\n", b"\r\n"])
        lines = [_pattern(chance) for _ in range(chance.randint(1, 4))]
        mark = chance.choice([b"", b"\xef\xbb\xbf"])
        (folder / ".gitignore").write_bytes(mark + line_end.join(lines) + chance.choice([b"", line_end]))


def _pattern(chance: random.Random) -> bytes:
    if chance.random() < 0.4:
        pattern = "".join(chance.choice(SIGNS) for _ in range(chance.randint(1, 6)))
    else:
        pattern = "/".join(chance.choice(SEGMENTS) for _ in range(chance.choice([1, 1, 2, 3])))
        pattern = chance.choice(["", "", "/"]) + pattern + chance.choice(["", "", "/"])
    return (chance.choice(["", "", "!"]) + pattern + chance.choice(["", "", "", " ", "\\ ", "\t"])).encode()


def test_no_pattern_takes_long() -> None:
    start = time.process_time()
    for text in ("*a" * 30 + "b", "**/a*" * 10 + "b", "/" + "*a" * 30 + "/b", "**/*" * 20 + "b", "**/a/" * 20 + "b"):
        (pattern,) = patterns(text.encode())
        assert not pattern.matches(b"a" * 250, is_folder=False)
        assert not pattern.matches(b"a/" * 100 + b"a", is_folder=False)
    assert time.process_time() - start < 1


def test_patterns_count_from_the_repository_and_the_folder_of_their_file(tree: Any) -> None:
    top = tree(
        "a.json",
        "b.json",
        "sub/a.json",
        "sub/b.json",
        "sub/c.json",
        "sub/deep/b.json",
        "out/a.json",
        "kept/a.json",
        **{".gitignore": "/a.json\nout/\n*.yaml\n", "sub/.gitignore": "b.json\n!/b.json\n/c.json\n"},
    )
    everything = ["b.json", "kept/a.json", "sub/a.json", "sub/b.json"]
    assert checked(cwd=top) == everything
    assert checked("sub", cwd=top) == ["sub/a.json", "sub/b.json"]
    assert checked(cwd=top / "sub") == ["a.json", "b.json"]
    assert checked("..", cwd=top / "sub") == [f"../{name}" for name in everything]
    assert checked(top, cwd=Path("/")) == [str(top / name) for name in everything]
    assert left_out(cwd=top)["out/"] == left_out(cwd=top)["a.json"] == "git ignores it"
    assert len(checked("--no-gitignore", cwd=top)) == 8


def test_what_git_ignores_is_checked_where_it_is_named(tree: Any) -> None:
    top = tree("out/a.json", "b.json", **{".gitignore": "out/\nb.json\n"})
    assert checked("out", cwd=top) == []
    assert checked("out/a.json", "b.json", cwd=top) == ["out/a.json", "b.json"]
    assert run("check", "out/a.json", "b.json", cwd=top).err == "checked 2 requests in 2 files: no violations\n"


def test_named_files_are_looked_at_as_if_they_were_found_where_that_is_forced(tree: Any) -> None:
    names = [
        "a.json",
        "out/a.json",
        ".hidden/a.json",
        ".a.json",
        "node_modules/x/a.json",
        "drafts/a.json",
        "sub/a.json",
        "other.json",
        "notes.txt",
        "prompt.txt",
    ]
    top = tree(
        *names,
        **{
            "other.json": "{}",
            ".gitignore": "out/\n",
            "sub/.gitignore": "a.json",
            "msglint.toml": 'exclude = ["drafts/"]\ninclude = ["prompt.txt"]\n',
        },
    )
    said = left_out("--force-exclude", *names, cwd=top)
    assert checked("--force-exclude", *names, cwd=top) == ["a.json", "prompt.txt"]
    assert said == {
        "out/a.json": "git ignores it",
        ".hidden/a.json": "it is in `.hidden`: it is hidden",
        ".a.json": "it is hidden",
        "node_modules/x/a.json": "it is in `node_modules`: it holds third-party code or build output",
        "drafts/a.json": "msglint.toml excludes it",
        "sub/a.json": "git ignores it",
        "other.json": "it has no `messages`",
        "notes.txt": "its extension is not that of a request",
    }
    assert run("check", "--force-exclude", *names, cwd=top).err == "checked 2 requests in 2 files: no violations\n"
    assert run("check", "--force-exclude", "out/a.json", cwd=top).returncode == 0
    assert checked("--force-exclude", "../a.json", cwd=top / "sub") == ["../a.json"]
    assert checked("--force-exclude", "../out/a.json", cwd=top / "sub") == []
    assert checked("--force-exclude", "--no-gitignore", "out/a.json", cwd=top) == ["out/a.json"]
    assert checked("--force-exclude", str(top / "a.json"), str(top / "out/a.json"), cwd=Path("/")) == [
        str(top / "a.json")
    ]


def test_without_a_repository_patterns_count_from_the_folder(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a.json", "sub/a.json", "sub/b.json"):
        (tmp_path / name).write_text(REQUEST)
    (tmp_path / ".gitignore").write_text("/sub/a.json")
    assert checked(cwd=tmp_path) == ["a.json", "sub/b.json"]
    assert checked("--force-exclude", "sub/a.json", "sub/b.json", cwd=tmp_path) == ["sub/b.json"]


def test_a_folder_is_walked_in_order_without_hidden_and_vendored_ones(tree: Any) -> None:
    top = tree(
        "b/z.json",
        "b/a.yaml",
        "a.json",
        "c.jsonl",
        ".github/a.json",
        "x/node_modules/a.json",
        "dist/a.json",
        "B.JSON",
        ".a.json",
        "c.txt",
    )
    assert checked(cwd=top) == ["B.JSON", "a.json", "c.jsonl", "b/a.yaml", "b/z.json"]
    assert left_out(cwd=top) == {
        ".git/": "it is hidden",
        ".github/": "it is hidden",
        "dist/": "it holds third-party code or build output",
        ".a.json": "it is hidden",
        "x/node_modules/": "it holds third-party code or build output",
    }
    assert checked(".github", "dist", "x/node_modules", cwd=top) == [
        ".github/a.json",
        "dist/a.json",
        "x/node_modules/a.json",
    ]


def test_loops_of_links_end_and_links_to_files_are_followed(tree: Any) -> None:
    top = tree("a/b/a.json")
    (top / "a" / "b" / "loop").symlink_to(top / "a")
    (top / "a" / "self").symlink_to("self")
    (top / "link.json").symlink_to("a/b/a.json")
    assert checked(cwd=top) == ["link.json", "a/b/a.json"]
    assert left_out(cwd=top)["a/b/loop/"] == "links to folders are not followed"
    assert checked("a/b/loop", cwd=top) == ["a/b/loop/b/a.json"]


def test_links_that_lead_nowhere_are_reported_and_the_rest_is_checked(tree: Any) -> None:
    top = tree("a.json", **{".gitignore": "ignored.json"})
    (top / "b.json").symlink_to("gone.json")
    (top / "c.json").symlink_to("c.json")
    (top / "ignored.json").symlink_to("gone.json")
    (top / "notes.txt").symlink_to("gone.txt")
    done = run("check", cwd=top)
    assert done.returncode == 2
    assert done.err.splitlines() == [
        "msglint: b.json: cannot be read: No such file or directory",
        "msglint: c.json: cannot be read: Too many levels of symbolic links",
        "checked 1 request in 1 file: no violations; 2 files could not be checked",
    ]
    shown = run("check", "--show-files", cwd=top).out
    assert "+ b.json: it cannot be read: No such file or directory\n" in shown


def test_a_file_that_vanishes_between_listing_and_reading_is_reported(tree: Any) -> None:
    top = tree("a.json", "b.json", "c.json")
    project = Project()
    results = []
    for candidate in project.find([str(top)]):
        (top / "b.json").unlink(missing_ok=True)
        results.append(project.check(candidate))
    errors = {Path(result.name).name: result.error for result in results if result is not None}
    assert errors == {"a.json": None, "b.json": "cannot be read: No such file or directory", "c.json": None}


def test_a_folder_that_vanishes_while_it_is_walked_is_reported(tree: Any) -> None:
    top = tree("a.json", "b/a.json", "c/a.json")
    found = []
    for candidate in Project().find([str(top)]):
        found.append(candidate)
        if (top / "b").exists():
            (top / "b" / "a.json").unlink()
            (top / "b").rmdir()
    assert [str(Path(each.path).relative_to(top)) for each in found if each.left_out is None] == [
        "a.json",
        "c/a.json",
        "b",
    ]


def test_a_folder_that_may_not_be_looked_into_is_reported_and_the_rest_is_checked(
    tree: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = tree("a.json", "locked/a.json", "z/a.json")

    def refusing(question: Any, *, inside: bool) -> Any:
        def ask(path: Any = ".", *arguments: Any, **options: Any) -> Any:
            asked = Path(os.fsdecode(path)) if not isinstance(path, int) else top
            if top / "locked" in asked.parents or (asked == top / "locked" and not inside):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(asked))
            return question(path, *arguments, **options)

        return ask

    for name, inside in (("stat", True), ("lstat", True), ("scandir", False)):
        monkeypatch.setattr(os, name, refusing(getattr(os, name), inside=inside))
    project = Project()
    results = [project.check(candidate) for candidate in project.find([str(top)])]
    told = {str(Path(result.name).relative_to(top)): result.error is None for result in results if result is not None}
    assert told == {"a.json": True, "z/a.json": True, "locked": False}
    with pytest.raises(PermissionError):
        (top / "locked" / "a.json").stat()


def test_each_file_is_one_line_whatever_its_name_is(tmp_path: Path) -> None:
    names = (
        b"new\nline.json",
        b"quo\"te's.json",
        b"100%.json",
        b"\xff\xfe.json",
        b"\x1b[31m.json",
        "é\u202e.json".encode(),
    )
    for name in names:
        (tmp_path / os.fsdecode(name)).write_text(REQUEST)
    lines = run("check", "--show-files", cwd=tmp_path).out.splitlines()
    assert len(lines) == len(names)
    assert all(line.startswith("+ ") and line.isprintable() for line in lines)
    assert run("check", cwd=tmp_path).err == "checked 6 requests in 6 files: no violations\n"
