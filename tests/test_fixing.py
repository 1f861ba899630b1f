"""`msglint check --fix`, `--unsafe-fixes` and `--diff`, as a user runs them."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.material import FIXTURES, hello
from tests.test_command import COMMAND, run
from validator.cli.check_fixes import Fixer
from validator.files.writing import LeftAloneError, replace_content
from validator.project import Project

TYPO = json.dumps(hello(temprature=0.5), indent=2)
MENDED = TYPO.replace("temprature", "temperature")
STRANGE = json.dumps(hello(zzz=1))


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def test_fix_mends_files_and_reports_the_rest(write: Any, tmp_path: Path) -> None:
    typo, strange, good = write("a.json", TYPO), write("b.json", STRANGE), write("c.json", json.dumps(hello()))
    stamp = good.stat().st_mtime_ns
    done = run("check", "--fix", "--format", "concise", cwd=tmp_path)
    assert done.returncode == 1
    assert typo.read_text() == MENDED
    assert strange.read_text() == STRANGE
    assert good.stat().st_mtime_ns == stamp
    assert done.out.startswith("b.json:1:")
    assert done.err == "checked 3 requests in 3 files: 1 error\nfixed 1 violation in 1 file\n"
    done = run("check", "--fix", "--unsafe-fixes", cwd=tmp_path)
    assert (done.returncode, done.out) == (0, "")
    assert json.loads(strange.read_bytes()) == hello()
    assert run("check", "--fix", "--unsafe-fixes", cwd=tmp_path).err == "checked 3 requests in 3 files: no violations\n"


def test_what_could_be_fixed_is_told_and_in_which_way(write: Any, tmp_path: Path) -> None:
    write("a.json", TYPO)
    assert run("check", cwd=tmp_path).err.endswith("\ncan be fixed: 1 with `--fix`\n")
    write("b.json", STRANGE)
    told = "\ncan be fixed: 1 with `--fix`, 1 more with `--fix --unsafe-fixes`\n"
    assert run("check", cwd=tmp_path).err.endswith(told)
    assert run("check", "b.json", cwd=tmp_path).err.endswith("\ncan be fixed: 1 with `--fix --unsafe-fixes`\n")
    assert run("check", "-q", cwd=tmp_path).err == ""


def test_diff_shows_what_would_change_and_changes_nothing(write: Any, tmp_path: Path) -> None:
    path = write("a.json", TYPO)
    write("b.json", STRANGE)
    for arguments in (("--diff",), ("--fix", "--diff")):
        done = run("check", *arguments, cwd=tmp_path)
        assert done.returncode == 1
        assert path.read_text() == TYPO
        lines = done.out.splitlines()
        assert lines[:2] == ["--- a.json", "+++ a.json"]
        assert [line for line in lines[2:] if line[0] in "+-"] == ['-  "temprature": 0.5', '+  "temperature": 0.5']
        assert done.err.endswith("would fix 1 violation in 1 file\n")
    assert run("check", "--diff", "--color", "always", cwd=tmp_path).out.count("\x1b[32m") == 2
    assert "zzz" in run("check", "--diff", "--unsafe-fixes", cwd=tmp_path).out
    done = run("check", "b.json", "--diff", cwd=tmp_path)
    assert (done.returncode, done.out) == (0, "")


def test_a_diff_can_be_applied_by_other_tools(write: Any, tmp_path: Path) -> None:
    path = write("a.json", TYPO)
    write("b.json", TYPO.replace("\n", "") + "\n")
    diff = run("check", "--diff", "a.json", "b.json", cwd=tmp_path).stdout
    done = subprocess.run(["git", "apply", "-p0", "-"], input=diff, cwd=tmp_path, capture_output=True, check=False)  # noqa: S607
    assert done.returncode == 0, done.stderr
    assert path.read_text() == MENDED


def test_only_a_line_feed_ends_a_line_of_a_diff(write: Any, tmp_path: Path) -> None:
    text = json.dumps(hello(temprature=0.5, metadata={"user_id": "a\u2028b\x85c"}), ensure_ascii=False)
    path = write("a.json", f"{text}\r\n")
    import subprocess

    diff = run("check", "--diff", "a.json", cwd=tmp_path).stdout
    done = subprocess.run(["git", "apply", "-p0", "-"], input=diff, cwd=tmp_path, capture_output=True, check=False)  # noqa: S607
    assert done.returncode == 0, done.stderr
    assert path.read_bytes().decode() == f"{text.replace('temprature', 'temperature')}\r\n"


def test_a_diff_fails_where_something_would_change_unless_it_only_looks(write: Any, tmp_path: Path) -> None:
    write("warning.json", json.dumps(hello(betas=["prompt-caching-2024-07-31"])))
    write("strange.json", STRANGE)
    assert run("check", "warning.json", "--diff", cwd=tmp_path).returncode == 1
    assert run("check", "warning.json", "--diff", "--exit-zero", cwd=tmp_path).returncode == 0
    assert run("check", "strange.json", "--diff", cwd=tmp_path).returncode == 0
    assert run("check", "nowhere.json", "--diff", "--exit-zero", cwd=tmp_path).returncode == 2


def test_what_is_no_array_in_yaml_is_put_into_one(write: Any, tmp_path: Path) -> None:
    text = "model: claude-haiku-4-5\nmax_tokens: 5\n{}messages:\n- role: user\n  content: Hi\n"
    wrong = "stop_sequences: END # ours\ntool_choice: auto\nsystem:\n  type: text\n  text: |\n    Be brief\n"
    right = 'stop_sequences: [END] # ours\ntool_choice: {"type": "auto"}\n'
    right += "system:\n  - type: text\n    text: |\n      Be brief\n"
    path = write("a.yaml", text.replace("{}", wrong))
    assert run("check", "a.yaml", "--fix", cwd=tmp_path).returncode == 0
    assert path.read_text() == text.replace("{}", right)


def test_a_fix_that_cannot_be_made_by_machine_is_told_and_not_offered_again(write: Any, tmp_path: Path) -> None:
    text = "model: claude-haiku-4-5\nmax_tokens: 5\nstop_sequences: |\n  END\nmessages: [{role: user, content: Hi}]\n"
    path = write("a.yaml", text)
    done = run("check", "a.yaml", "--fix", "--format", "concise", cwd=tmp_path)
    assert done.returncode == 1
    assert path.read_text() == text
    assert done.err == (
        "msglint: a.yaml:3:17: not fixed, as the text there cannot be edited automatically; change it by hand: "
        "schema/type: Put it into an array\nchecked 1 request in 1 file: 1 error\n"
    )


def test_fixes_that_are_not_tried_as_many_were_taken_back_are_counted(write: Any, tmp_path: Path) -> None:
    request = hello(messages=[*hello()["messages"], {"role": "System", "content": "Be brief."}])
    write("a.jsonl", f"{json.dumps(request)}\n" * 53)
    lines = run("check", "a.jsonl", "--fix", "--format", "concise", cwd=tmp_path).err.splitlines()
    assert sum("not fixed, as it would get worse" in line for line in lines) == 50
    told = "the fixes of 3 other violations were not tried, because too many made it worse; fix those by hand first"
    assert lines[50] == f"msglint: a.jsonl: {told}"
    assert lines[51:] == ["checked 53 requests in 1 file: 53 errors"]


def test_standard_input_is_mended_to_standard_output_and_the_rest_is_told_beside_it() -> None:
    data = json.dumps(hello(temprature=0.5, max_tokens=-1)).encode()
    done = run("check", "-", "--fix", "--format", "concise", stdin=data)
    assert done.stdout == data.replace(b"temprature", b"temperature")
    assert done.returncode == 1
    assert "<stdin>:1:45: error[schema/minimum]" in done.err
    assert "fixed 1 violation in 1 file" in done.err
    clean = json.dumps(hello()).encode()
    assert run("check", "-", "--fix", stdin=clean).stdout == clean
    done = run("check", "-", "--diff", "--stdin-filename", "x.json", stdin=data)
    assert done.out.startswith("--- x.json\n+++ x.json\n")


def test_a_file_keeps_its_mode_and_a_link_stays_a_link(write: Any, tmp_path: Path) -> None:
    path = write("real/a.json", TYPO)
    path.chmod(0o640)
    (tmp_path / "link.json").symlink_to(path)
    assert run("check", "link.json", "--fix", cwd=tmp_path).returncode == 0
    assert (tmp_path / "link.json").is_symlink()
    assert path.read_text() == MENDED
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in path.parent.iterdir()] == ["a.json"]


def test_line_ends_indentation_order_escapes_and_marks_stay(write: Any, tmp_path: Path) -> None:
    text = '\ufeff{\r\n\t"temprature":\t0.50,\r\n "max_tokens": 1024, "model": "claude-haiku-4-5",\r\n'
    text += '"messages": [{"content": "caf\\u00e9 \\/ 😀", "role": "user"}]   }\r\n\r\n'
    path = write("a.json", text)
    run("check", "a.json", "--fix", cwd=tmp_path)
    assert path.read_bytes().decode() == text.replace("temprature", "temperature")


def test_comments_and_anchors_stay(write: Any, tmp_path: Path) -> None:
    yaml = (
        "# top\nmodel: claude-haiku-4-5 # small\nmax_token: &n 5\ntop_k: *n\nmessages:\n- {role: user, content: Hi}\n"
    )
    path = write("a.yaml", yaml)
    jsonc = write("b.jsonc", f"// top\n{TYPO[:-1]}, /* end */ }}")
    assert run("check", "--fix", cwd=tmp_path).returncode == 0
    assert path.read_text() == yaml.replace("max_token:", "max_tokens:")
    assert jsonc.read_text() == f"// top\n{MENDED[:-1]}, /* end */ }}"


def test_lines_are_mended_each_and_compressed_files_are_left_and_told(write: Any, tmp_path: Path) -> None:
    line = json.dumps(hello(temprature=0.5)).encode()
    path = write("a.jsonl", line + b"\n" + line)
    packed = write("b.jsonl.gz", gzip.compress(line, mtime=0))
    done = run("check", "--fix", cwd=tmp_path)
    assert path.read_bytes() == (line + b"\n" + line).replace(b"temprature", b"temperature")
    assert gzip.decompress(packed.read_bytes()) == line
    assert "msglint: b.jsonl.gz: is compressed, so it cannot be fixed" in done.err
    assert done.returncode == 1
    assert "can be fixed" not in run("check", cwd=tmp_path).err


def test_what_is_silenced_or_known_is_not_mended(write: Any, tmp_path: Path) -> None:
    path = write("a.json", TYPO)
    write("msglint.toml", '[[overrides]]\nfiles = ["*#/temprature"]\nignore = ["schema"]')
    run("check", "--fix", cwd=tmp_path)
    assert path.read_text() == TYPO
    (tmp_path / "msglint.toml").unlink()
    run("check", "--write-baseline", cwd=tmp_path)
    run("check", "--fix", cwd=tmp_path)
    assert path.read_text() == TYPO
    run("check", "--fix", "--no-baseline", "--select", "tools", cwd=tmp_path)
    assert path.read_text() == TYPO
    run("check", "--fix", "--no-baseline", cwd=tmp_path)
    assert path.read_text() == MENDED


def test_a_fix_that_would_make_it_worse_is_told_and_not_done(write: Any, tmp_path: Path) -> None:
    request = hello(messages=[*hello()["messages"], {"role": "System", "content": "Be brief."}])
    path = write("a.json", json.dumps(request))
    done = run("check", "--fix", "--format", "concise", cwd=tmp_path)
    assert done.returncode == 1
    assert json.loads(path.read_bytes()) == request
    assert "a.json:1:" in done.err
    assert 'not fixed, as it would get worse: schema/enum: Replace it with "system"' in done.err


def test_every_fixture_is_mended_once_and_for_all(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(FIXTURES / "bad", tmp_path / "bad")
    before = json.loads(run("check", "bad", "--format", "json", cwd=tmp_path).out)["violations"]
    run("check", "bad", "--fix", "--unsafe-fixes", cwd=tmp_path)
    mended = {path: path.read_bytes() for path in (tmp_path / "bad").rglob("*") if path.is_file()}
    after = json.loads(run("check", "bad", "--fix", "--unsafe-fixes", "--format", "json", cwd=tmp_path).out)[
        "violations"
    ]
    assert len(after) < len(before)
    assert {path: path.read_bytes() for path in mended} == mended


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_file_that_cannot_be_written_is_told(write: Any, tmp_path: Path) -> None:
    path = write("a.json", TYPO)
    path.chmod(0o444)
    done = run("check", "--fix", cwd=tmp_path)
    assert done.returncode == 2
    assert "a.json: cannot be written: Permission denied" in done.err


def test_content_is_replaced_wholly_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        replace_content(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--unsafe-fixes"], "--unsafe-fixes requires --fix or --diff"),
        (["--write-baseline", "--fix"], "--write-baseline cannot be used with --fix"),
        (["--isolated", "--config", "x.toml"], "--isolated cannot be used with --config"),
        (["--statistics", "--diff"], "--statistics cannot be used with --diff"),
        (["--statistics", "--format", "sarif"], "--statistics cannot be used with --format sarif"),
        (["--exit-zero", "--max-violations", "3"], "--exit-zero cannot be used with --max-violations"),
        (["--watch", "-"], "--watch cannot be used with standard input"),
        (["--fail-on", "eror"], "there is no severity 'eror'; did you mean 'error'?"),
        (["--max-violations", "-1"], "-1 is not in the range"),
    ],
)
def test_options_that_do_not_go_together_are_refused(arguments: list[str], words: str, tmp_path: Path) -> None:
    done = run("check", *arguments, cwd=tmp_path)
    assert (done.returncode, done.out) == (2, "")
    assert words in " ".join(done.err.split())


def test_a_link_out_of_the_folder_is_not_followed_to_write(write: Any, tmp_path: Path) -> None:
    outside = write("out/a.json", TYPO)
    inside = write("in/b.json", TYPO)
    for name, target in (("a.json", "../out/a.json"), ("c.json", "b.json")):
        (tmp_path / "in" / name).symlink_to(target)
    done = run("check", "--fix", "in", cwd=tmp_path)
    assert "msglint: in/a.json: not fixed, as it is a link to a file outside of the folder\n" in done.err
    assert (outside.read_text(), inside.read_text()) == (TYPO, MENDED)
    assert done.returncode == 1
    assert run("check", "--fix", "in/a.json", cwd=tmp_path).returncode == 0
    assert outside.read_text() == MENDED
    assert (tmp_path / "in" / "a.json").is_symlink()


def test_a_file_with_another_name_is_left_alone(write: Any, tmp_path: Path) -> None:
    path = write("a.json", TYPO)
    os.link(path, tmp_path / "b.json")
    done = run("check", "--fix", "a.json", cwd=tmp_path)
    assert "msglint: a.json: not fixed, as it has 2 names (hard links), of which only one would change\n" in done.err
    assert (tmp_path / "b.json").samefile(path)
    assert path.read_text() == TYPO
    assert done.returncode == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_keeps_its_owner_and_permissions(write: Any, tmp_path: Path) -> None:
    path = write("a.json", TYPO)
    os.chown(path, 1234, 2345)
    path.chmod(0o4750)
    assert run("check", "--fix", cwd=tmp_path).returncode == 0
    found = path.stat()
    assert (path.read_text(), found.st_uid, found.st_gid, found.st_mode & 0o7777) == (MENDED, 1234, 2345, 0o4750)


def test_a_file_that_cannot_keep_its_owner_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    real = os.fstat

    def of_somebody_else(descriptor: int) -> Any:
        found = list(real(descriptor))
        found[4] += 1
        return os.stat_result(found)

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fstat", of_somebody_else)
    monkeypatch.setattr(os, "fchown", refuse)
    with pytest.raises(LeftAloneError, match="its owner or group would change"):
        replace_content(path, b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="there are no extended attributes")
def test_a_file_keeps_its_attributes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    try:
        os.setxattr(path, "user.note", b"kept")
    except OSError:
        pytest.skip("the file system has no attributes")
    replace_content(path, b"new")
    assert (path.read_bytes(), os.getxattr(path, "user.note")) == (b"new", b"kept")

    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "setxattr", refuse)
    with pytest.raises(LeftAloneError, match=r"its attribute user\.note would be lost"):
        replace_content(path, b"newer")


def test_a_file_with_the_longest_name_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 125 + ".json")
    path.write_bytes(b"old")
    replace_content(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("change", ["rewrite", "replace", "remove"])
def test_a_file_that_was_changed_meanwhile_is_left_alone(
    write: Any, tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("a.json", TYPO)
    saved = TYPO.replace("1024", "2048")
    project = Project()
    fixer = Fixer(project, fixes=True, unsafe=False, writes=True, colour="never")
    (candidate,) = project.find([str(path)])
    result = project.check(candidate)
    assert result is not None
    mended = fixer._outcome_of

    def fixed_while_it_is_saved(name: str, data: bytes) -> Any:
        if change == "rewrite":
            path.write_text(saved)
        elif change == "replace":
            write("new", saved).replace(path)
        else:
            path.unlink()
        return mended(name, data)

    monkeypatch.setattr(fixer, "_outcome_of", fixed_while_it_is_saved)
    assert fixer.fix_file(candidate, result) == result
    assert (path.read_text() if path.exists() else None) == (None if change == "remove" else saved)
    assert "a.json: not fixed, as it was changed after it was read" in capsys.readouterr().err
    assert (fixer.unwritten, fixer.fixed) == (1, 0)
    assert len(list(tmp_path.iterdir())) == (change != "remove")


def test_what_cannot_be_written_counts_as_checked(write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a.json", TYPO)
    project = Project()
    fixer = Fixer(project, fixes=True, unsafe=False, writes=True, colour="never")
    (candidate,) = project.find([str(path)])
    result = project.check(candidate)
    assert result is not None
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert fixer.fix_file(candidate, result) == result
    assert fixer.summary() == "fixed 0 violations in 0 files; 1 file could not be written"
    assert path.read_text() == TYPO


@pytest.mark.skipif(shutil.which("patch") is None, reason="there is no `patch`")
@pytest.mark.parametrize("name", ["a.json", "a b.json", 'a"b\\.json', "é\u202e.json", "a\n.json", "sub/c.json"])
def test_patch_applies_a_diff_whatever_the_locale(write: Any, tmp_path: Path, name: str) -> None:
    path = write(name, TYPO.replace("Hello", "Grüße \u202e"))
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done: Any = subprocess.run(
        [COMMAND, "check", "--diff", "-q", "."], cwd=tmp_path, capture_output=True, check=False, env=environment
    )
    applied = subprocess.run(["patch", "-p0"], cwd=tmp_path, input=done.stdout, capture_output=True, check=False)  # noqa: S607 - any will do
    assert applied.returncode == 0, (done.stdout, applied.stdout)
    assert path.read_text() == MENDED.replace("Hello", "Grüße \u202e")
