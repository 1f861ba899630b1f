from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.material import ROOT, TODAY, hello
from tests.test_command import run
from validator import Linter
from validator.config import Config, ConfigError, config_for, load
from validator.config.keys import json_schema
from validator.filesystem.globs import matches_pointer
from validator.project.linters import linter_of
from validator.report.fingerprint import fingerprint
from validator.suppressions.places import with_overrides


@pytest.fixture
def configured(tmp_path: Path) -> Any:
    def write(text: str, name: str = "msglint.toml") -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_globs_of_a_configuration_in_a_folder_above_match(configured: Any, tmp_path: Path) -> None:
    configured('exclude = ["drafts/"]\n[[overrides]]\nfiles = ["old/*.json"]\nedition = "2025-10"', "base.toml")
    config = load(configured('extend = "../base.toml"', "old/msglint.toml"))
    assert config.excludes(tmp_path / "old" / "drafts" / "a.json")
    assert config.options_for(tmp_path / "old" / "a.json") == {"edition": "2025-10"}


def test_the_closest_configuration_around_a_file_applies(configured: Any, tmp_path: Path) -> None:
    configured('ignore = ["tools"]')
    closer = configured('ignore = ["text"]', "a/b/.msglint.toml")
    assert config_for(tmp_path / "a" / "b" / "c" / "request.json").file == closer
    assert config_for(tmp_path / "a" / "request.json").file == tmp_path / "msglint.toml"


def test_a_pyproject_counts_only_with_a_table_of_ours(configured: Any, tmp_path: Path) -> None:
    outer = configured('ignore = ["tools"]')
    configured("[tool.ruff]", "a/pyproject.toml")
    inner = configured('[tool.msglint]\nignore = ["text"]', "a/b/pyproject.toml")
    assert config_for(tmp_path / "a" / "x.json").file == outer
    assert config_for(tmp_path / "a" / "b" / "x.json").file == inner
    assert config_for(tmp_path / "a" / "b" / "x.json").values == {"ignore": ["text"]}


def test_our_own_file_goes_before_a_pyproject_beside_it(configured: Any, tmp_path: Path) -> None:
    configured("[tool.msglint]", "pyproject.toml")
    hidden = configured("", ".msglint.toml")
    assert config_for(tmp_path).file == hidden
    assert config_for(tmp_path).file != configured("", "msglint.toml")


def test_a_configuration_builds_on_another(configured: Any, tmp_path: Path) -> None:
    configured('select = ["schema"]\nextend-select = ["text"]\nbetas = ["a"]\n[severity]\ntext = "info"', "base.toml")
    file = configured('extend = "base.toml"\nextend-select = ["tools"]\nbetas = []\n[severity]\ntools = "off"')
    config = load(file)
    assert config.values["select"] == ["schema"]
    assert config.values["extend-select"] == ["text", "tools"]
    assert config.values["betas"] == []
    assert config.values["severity"] == {"text": "info", "tools": "off"}
    assert config.sources["select"].file == tmp_path / "base.toml"
    assert config.sources["betas"].file == file


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('\nselct = ["schema"]', "2:1", "there is no key `selct`; did you mean `select`?"),
        (
            'select = [\n  "schema",\n  "thnking",\n]',
            "3:3",
            "there is no rule or area `thnking`; did you mean `thinking`?",
        ),
        ('  fail-on = "eror"', "1:3", "there is no severity `eror`; did you mean `error`?"),
        ("select = true", "1:1", "`select` is true, but must be an array"),
        ('[severity]\n"tools/no-descripton" = "off"', "2:1", "did you mean `tools/no-description`?"),
        ('[[overrides]]\nignore = ["text"]', "2:1", "missing `files`"),
        ('\nextend = "nowhere.toml"', "msglint.toml:2:1", '`extend` is "nowhere.toml", but there is no such file'),
        ('extend = "msglint.toml"', "msglint.toml", "cannot extend itself"),
        ("select = [", "msglint.toml", "is not TOML"),
        ("a = 1\na = 2", "2:", "is not TOML"),
    ],
)
def test_a_mistake_is_told_at_its_place(configured: Any, text: str, place: str, said: str) -> None:
    file = configured(text)
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert place in str(caught.value)
    assert said in str(caught.value)


def test_every_mistake_of_a_configuration_is_told_at_once(configured: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        load(configured('a = 1\nb = 2\nendpoint = "msgs"'))
    assert len(str(caught.value).splitlines()) == 3


def test_overrides_change_what_applies_to_their_files_alone(configured: Any, tmp_path: Path) -> None:
    config = load(
        configured(
            'endpoint = "messages"\n[[overrides]]\nfiles = ["old/**", "*.legacy.json"]\nedition = "2025-10"\n'
            '[[overrides]]\nfiles = ["old/x/"]\nendpoint = "count_tokens"'
        )
    )
    assert config.options_for(tmp_path / "new.json") == {"endpoint": "messages"}
    assert config.options_for(tmp_path / "a.legacy.json")["edition"] == "2025-10"
    both = config.options_for(tmp_path / "old" / "x" / "a.json")
    assert both == {"endpoint": "count_tokens", "edition": "2025-10"}
    assert linter_of(both).endpoint == "count_tokens"
    assert linter_of(both, endpoint="messages").endpoint == "messages"


def test_severities_of_areas_and_rules_are_those_of_the_violations(configured: Any, tmp_path: Path) -> None:
    config = load(configured('[severity]\nschema = "info"\n"schema/maximum" = "warning"\nmodels = "off"'))
    linter = linter_of(config.options_for(tmp_path / "a.json"), today=TODAY)
    report = linter.validate(hello(temperature=2, zz=1, model="claude-3-opus-20240229"))
    assert [(found.rule, found.severity.value) for found in report.violations] == [
        ("schema/maximum", "warning"),
        ("schema/unknown-property", "info"),
    ]
    assert report.ok


def test_a_place_in_a_file_is_silenced_with_a_reason(configured: Any, tmp_path: Path) -> None:
    config = load(
        configured(
            '[[overrides]]\nfiles = ["old/**.json#/messages/*"]\nignore = ["schema"]\nreason = "frozen"\n'
            '[[overrides]]\nfiles = ["old/*#/temperature"]\nseverity = {schema = "info"}'
        )
    )
    file = tmp_path / "old" / "a.json"
    assert config.options_for(file) == {}
    assert config.place_overrides_for(tmp_path / "new.json") == []
    request = hello(temperature=2, messages=[{"role": "usr", "content": "Hello"}])
    violations = Linter(today=TODAY).validate(request).violations
    found = [(violation, fingerprint(violation, request)) for violation in violations]
    kept, silenced, used = with_overrides(found, config.place_overrides_for(file))
    assert [(violation.pointer, violation.severity.value) for violation, _ in kept] == [("/temperature", "info")]
    assert [(each.violation.pointer, each.reason) for each in silenced] == [("/messages/0/role", "frozen")]
    assert {source.path for source in used} == {("overrides", 0), ("overrides", 1)}


@pytest.mark.parametrize(
    ("glob", "pointer", "matches"),
    [
        ("/messages/*", "/messages/3/role", True),
        ("/messages/*", "/messages", False),
        ("/messages/*/role", "/messages/3/roles", False),
        ("/**/cache_control", "/system/0/cache_control/ttl", True),
        ("/**/cache_control", "/cache_control", True),
        ("/tools/*/input_*", "/tools/0/input_schema/type", True),
        ("", "/anything", True),
        ("/a~1b", "/a~1b", True),
        ("/a.b", "/aXb", False),
    ],
)
def test_a_glob_of_pointers_matches_a_place_and_all_inside_it(glob: str, pointer: str, matches: bool) -> None:  # noqa: FBT001
    assert matches_pointer(glob, pointer) is matches


def test_globs_of_files_count_from_the_folder_of_the_configuration(configured: Any, tmp_path: Path) -> None:
    config = load(configured('include = ["prompts/*.txt"]\nexclude = ["drafts/", "*.tmp.json"]', "conf/msglint.toml"))
    assert config.includes(tmp_path / "conf" / "prompts" / "a.txt")
    assert not config.includes(tmp_path / "prompts" / "a.txt")
    assert config.excludes(tmp_path / "conf" / "x" / "drafts" / "a.json")
    assert config.excludes(tmp_path / "conf" / "a.tmp.json")
    assert not config.excludes(tmp_path / "conf" / "a.json")


def test_the_published_schema_of_configurations_is_the_one_of_the_definition() -> None:
    published = json.loads((ROOT / "docs" / "msglint.schema.json").read_text("utf-8"))
    assert published == json_schema(), "run: msglint config --schema > docs/msglint.schema.json"


def test_config_shows_each_key_with_the_file_that_sets_it(configured: Any, tmp_path: Path) -> None:
    configured('betas = ["x"]', "base.toml")
    configured(
        'extend = "base.toml"\nignore = ["text"]\n[[overrides]]\nfiles = ["*#/a"]\nignore = ["tools"]\nreason = "so"'
    )
    done = run("config", "a.json", cwd=tmp_path)
    assert done.returncode == 0
    assert done.out.splitlines() == [
        "# msglint.toml",
        'ignore = ["text"]  # msglint.toml',
        'betas = ["x"]  # base.toml',
        "at /a  tools  # msglint.toml: so",
    ]


def test_config_says_what_else_has_a_say_about_a_file(configured: Any, tmp_path: Path) -> None:
    configured(ROOT_REQUEST, "a.json")
    configured('exclude = ["a.*"]')
    run("check", "a.json", "--write-baseline", cwd=tmp_path)
    assert run("config", "a.json", cwd=tmp_path).out.splitlines() == [
        "# msglint.toml",
        'exclude = ["a.*"]  # msglint.toml',
        "# excluded: the file is skipped when its folder is checked",
        "# msglint-baseline.json lists 2 violations, of which 2 in this file",
    ]


def test_config_says_where_there_is_none(tmp_path: Path) -> None:
    assert "no configuration" in run("config", cwd=tmp_path).out


def test_a_broken_configuration_ends_with_2_and_its_place(configured: Any, tmp_path: Path) -> None:
    configured("ignore = 1")
    done = run("config", cwd=tmp_path)
    assert done.returncode == 2
    assert "msglint.toml:1:1: `ignore` is 1" in done.err
    assert "Traceback" not in done.err


def test_without_a_configuration_the_defaults_apply() -> None:
    config = Config()
    assert config.fail_on == "error"
    assert config.options_for(Path("a.json")) == {}
    assert not config.excludes(Path("a.json"))


ROOT_REQUEST = json.dumps(hello(temperature=2, zz=1))


def test_check_goes_by_the_configuration_of_each_file(configured: Any, tmp_path: Path) -> None:
    configured(ROOT_REQUEST, "a.json")
    configured(ROOT_REQUEST, "old/b.json")
    configured('ignore = ["schema/maximum"]', "old/msglint.toml")
    done = run("check", ".", "--format", "concise", cwd=tmp_path)
    assert [line.split(": ")[0].split(":")[0] for line in done.out.splitlines()] == ["a.json", "a.json", "old/b.json"]
    alone = run("check", ".", "--format", "concise", "--isolated", cwd=tmp_path)
    assert len(alone.out.splitlines()) == 4
    other = run("check", ".", "--format", "concise", "--config", "old/msglint.toml", cwd=tmp_path)
    assert len(other.out.splitlines()) == 2


def test_a_beta_header_that_is_not_known_is_told_once_at_its_place(configured: Any, tmp_path: Path) -> None:
    configured('ignore = ["text"]\nbetas = [\n  "context-management-2025-06-27",\n  "foo",\n]\n', "base.toml")
    for name in ("a", "b"):
        configured(json.dumps(hello()), f"{name}/a.json")
        configured(json.dumps(hello()), f"{name}/b.json")
        configured('extend = "../base.toml"\n', f"{name}/msglint.toml")
    configured(
        'extend = "../base.toml"\n[[overrides]]\nfiles = ["*"]\nbetas = ["prompt-caching-2024-07-31"]\n',
        "b/msglint.toml",
    )
    done = run("check", "--format", "concise", cwd=tmp_path)
    assert [line.partition(" (")[0] for line in done.out.splitlines()] == [
        "b/msglint.toml:4:10: warning[betas/deprecated] `prompt-caching-2024-07-31` is a deprecated beta header",
        "base.toml:4:3: warning[betas/unknown] `foo` is not a known beta header",
    ]
    assert done.returncode == 0
    assert run("check", "--beta", "context-management-2025-06-27", cwd=tmp_path).out == ""
    assert run("check", "--ignore", "betas", cwd=tmp_path).out == ""


def test_a_mark_before_a_configuration_is_no_part_of_it(configured: Any, tmp_path: Path) -> None:
    configured(ROOT_REQUEST, "a.json")
    configured('\ufeffignore = ["schema"]')
    assert run("check", cwd=tmp_path).returncode == 0
    configured('\ufeffignore = []\nselect = ["shcema"]')
    assert "msglint: msglint.toml:2:11: there is no rule" in run("check", cwd=tmp_path).err


def test_of_an_override_for_whole_files_nothing_is_said(configured: Any, tmp_path: Path) -> None:
    configured(json.dumps(hello()), "a.json")
    configured('[[overrides]]\nfiles = ["*.json"]\nignore = ["tools"]')
    done = run("check", cwd=tmp_path)
    assert (done.returncode, done.out) == (0, "")


def test_options_of_the_command_go_before_the_configuration(configured: Any, tmp_path: Path) -> None:
    configured(ROOT_REQUEST, "a.json")
    configured('endpoint = "count_tokens"\nselect = ["tools"]')
    assert run("check", "a.json", cwd=tmp_path).returncode == 0
    done = run("check", "a.json", "--select", "schema", "--format", "concise", cwd=tmp_path)
    assert "max_tokens" in done.out
    done = run("check", "a.json", "--select", "schema", "--endpoint", "auto", "--format", "concise", cwd=tmp_path)
    assert "max_tokens" not in done.out


def test_standard_input_goes_by_the_configuration_of_the_name_it_is_given(configured: Any, tmp_path: Path) -> None:
    configured('select = ["tools"]', "old/msglint.toml")
    request = ROOT_REQUEST.encode()
    assert run("check", "-", stdin=request, cwd=tmp_path).returncode == 1
    assert run("check", "-", "--stdin-filename", "old/a.json", stdin=request, cwd=tmp_path).returncode == 0


def test_what_silences_nothing_is_told_at_its_place(configured: Any, tmp_path: Path) -> None:
    configured(ROOT_REQUEST, "a.json")
    configured(
        '[[overrides]]\nfiles = ["*.json#/temperature"]\nignore = ["schema"]\n'
        '[[overrides]]\nfiles = ["*.json#/top_p"]\nignore = ["schema"]'
    )
    done = run("check", "--format", "json", cwd=tmp_path)
    report = json.loads(done.out)
    assert report["files"] == report["requests"] == 1
    found = [(each["path"], each["line"], each["rule"], each["severity"]) for each in report["violations"]]
    assert found == [
        ("a.json", 1, "schema/unknown-property", "error"),
        ("msglint.toml", 5, "suppressions/unused", "warning"),
    ]
    assert report["violations"][1]["message"] == "`schema` reports nothing at `*.json#/top_p` to suppress"
    assert 'files = ["*.json#/top_p"]' in run("check", cwd=tmp_path).out


@pytest.mark.parametrize(
    ("files", "arguments", "told"),
    [
        ("prompts/*.json#/top_p", (), True),
        ("prompts/*.json#/top_p", ("prompts",), True),
        ("prompts/*.json#/top_p", ("prompts/a.json",), False),
        ("prompts/a.json#/top_p", ("prompts/a.json",), True),
        ("*.json#/top_p", ("prompts",), False),
        ("nowhere/**#/top_p", (), True),
        ("prompts/*.json#/top_p", ("--select", "text"), False),
        ("prompts/*.json#/top_p", ("--ignore", "suppressions"), False),
    ],
)
def test_of_silences_only_those_are_told_whose_files_were_all_checked(
    configured: Any,
    tmp_path: Path,
    files: str,
    arguments: tuple[str, ...],
    told: bool,  # noqa: FBT001
) -> None:
    configured(ROOT_REQUEST, "prompts/a.json")
    configured(ROOT_REQUEST, "prompts/b.json")
    configured(f'[[overrides]]\nfiles = ["{files}"]\nignore = ["schema"]')
    done = run("check", *arguments, "--format", "concise", cwd=tmp_path)
    assert ("suppressions/unused" in done.out) == told


@pytest.mark.parametrize(
    "arguments",
    [(), (".", "-j", "2"), ("a.json", "old/b.json"), ("a.json", "old", "--force-exclude"), ("-", "a.json")],
)
def test_a_broken_configuration_keeps_only_what_goes_by_it_from_being_checked(
    configured: Any, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    configured(ROOT_REQUEST, "a.json")
    configured(ROOT_REQUEST, "old/b.json")
    configured('select = ["shcema"]\nbetas = 5', "old/msglint.toml")
    options = ("--stdin-filename", "old/c.json", "--format", "concise")
    done = run("check", *arguments, *options, stdin=ROOT_REQUEST.encode(), cwd=tmp_path)
    assert done.returncode == 2
    assert {line.partition(":")[0] for line in done.out.splitlines()} == {"a.json"}
    assert done.err.splitlines()[:3] == [
        "msglint: old/msglint.toml:1:11: there is no rule or area `shcema`; did you mean `schema`?",
        "msglint: old/msglint.toml:2:1: `betas` is 5, but must be an array; replace it by an array",
        "checked 1 request in 1 file: 2 errors; 1 settings file could not be used, so some files were not checked",
    ]


def test_a_broken_configuration_of_the_current_folder_is_told_once(configured: Any, tmp_path: Path) -> None:
    for name in ("a.json", "b.json", "own/c.json"):
        configured(ROOT_REQUEST, name)
    configured("", "own/msglint.toml")
    configured("ignore = 1")
    done = run("check", "--format", "json", cwd=tmp_path)
    assert done.returncode == 2
    report = json.loads(done.out)
    assert {found["path"] for found in report["violations"]} == {"own/c.json"}
    assert [(error["path"], error["message"].count("\n")) for error in report["errors"]] == [("msglint.toml", 0)]
    assert run("check", "own", cwd=tmp_path).returncode == 2, "it says at which severity a check fails"
    shown = run("check", "--show-files", cwd=tmp_path)
    assert shown.returncode == 2
    assert [line[:2] for line in shown.out.splitlines()] == ["- ", "- ", "+ "]
    assert shown.err.startswith("msglint: msglint.toml:1:1: `ignore` is 1")


def test_where_not_all_could_be_checked_no_silence_is_called_unused(configured: Any, tmp_path: Path) -> None:
    configured(ROOT_REQUEST, "a.json")
    configured('[[overrides]]\nfiles = ["**.json#/top_p"]\nignore = ["schema"]')
    assert "suppressions/unused" in run("check", cwd=tmp_path).out
    configured("{", "old/msglint-baseline.json")
    configured(ROOT_REQUEST, "old/b.json")
    assert "suppressions/unused" not in run("check", cwd=tmp_path).out


def test_folders_are_searched_without_what_is_excluded_and_with_what_is_included(
    configured: Any, tmp_path: Path
) -> None:
    configured('include = ["odd/*.json"]\nexclude = ["drafts/", "*.tmp.json"]')
    for name in ("a.json", "drafts/b.json", "c.tmp.json"):
        configured(ROOT_REQUEST, name)
    configured('{"messages": 1}', "odd/d.json")
    done = run("check", ".", "--format", "json", cwd=tmp_path)
    assert {found["path"] for found in json.loads(done.out)["violations"]} == {"a.json", "odd/d.json"}
    named = run("check", "c.tmp.json", "--format", "json", cwd=tmp_path)
    assert json.loads(named.out)["files"] == 1


def test_the_configuration_says_at_which_severity_a_check_fails(configured: Any, tmp_path: Path) -> None:
    configured(json.dumps(hello(model="claude-3-opus-20240229")), "a.json")
    assert run("check", "a.json", cwd=tmp_path).returncode == 0
    configured('fail-on = "warning"')
    assert run("check", "a.json", cwd=tmp_path).returncode == 1


def test_what_is_silenced_takes_its_fingerprint_with_it(configured: Any, tmp_path: Path) -> None:
    configured(ROOT_REQUEST, "a.json")
    whole = json.loads(run("check", "a.json", "--format", "gitlab", cwd=tmp_path).out)
    configured('[[overrides]]\nfiles = ["*.json#/temperature"]\nignore = ["schema"]')
    rest = json.loads(run("check", "a.json", "--format", "gitlab", cwd=tmp_path).out)
    assert [found["fingerprint"] for found in rest] == [
        found["fingerprint"] for found in whole if "temperature" not in found["description"]
    ]
    assert len(whole) == len(rest) + 1


@pytest.mark.parametrize(
    ("glob", "pointer", "matches"),
    [
        ("/x", "/x\n", False),
        ("/x*", "/x\n", True),
        ("/*a*b", "/aab", True),
        ("/*ab*ab", "/ab", False),
        ("/**/a/*/b", "/a/a/x/b/c", True),
        ("/" + "*a" * 40 + "*b", "/" + "a" * 400, False),
        ("/**/*a*b" * 40, "/ab" * 39 + "/aa" * 400, False),
    ],
)
def test_a_glob_of_pointers_is_matched_step_by_step_however_many_stars_it_has(
    glob: str, pointer: str, *, matches: bool
) -> None:
    assert matches_pointer(glob, pointer) is matches


@pytest.mark.parametrize("name", ["a#b.json", "#a.json", "a#/temperature"])
@pytest.mark.parametrize("escape", ["\\\\#", "[#]"])
def test_a_file_with_a_hash_in_its_name_can_be_named(configured: Any, tmp_path: Path, name: str, escape: str) -> None:
    glob = name.replace("#", escape)
    config = load(
        configured(
            f'exclude = ["{glob}"]\n[[overrides]]\nfiles = ["{glob}"]\nedition = "2025-10"\n'
            f'[[overrides]]\nfiles = ["{glob}#/top_p"]\nignore = ["schema"]\n'
        )
    )
    assert config.options_for(tmp_path / name) == {"edition": "2025-10"}
    assert [override.pointer for override in config.place_overrides_for(tmp_path / name)] == ["/top_p"]
    assert config.excludes(tmp_path / name)
    other = tmp_path / name.partition("#")[0]
    assert config.options_for(other) == {}
    assert config.place_overrides_for(other) == []


def test_the_last_of_many_overrides_counts_for_a_place(configured: Any, tmp_path: Path) -> None:
    levels = {"/a": "info", "/*/b": "warning", "/a/b": "error", "/**/c": "off", "/a/b/d": "info"}
    config = load(
        configured(
            "".join(
                f'[[overrides]]\nfiles = ["*#{glob}"]\nseverity = {{schema = "{level}"}}\n'
                for glob, level in levels.items()
            )
        )
    )
    overrides = config.place_overrides_for(tmp_path / "a.json")
    told = {pointer: overrides.last_for("schema/type", pointer) for pointer in ("/a", "/a/b", "/a/b/c", "/a/b/d", "/x")}
    assert {pointer: each and each.pointer for pointer, each in told.items()} == {
        "/a": "/a",
        "/a/b": "/a/b",
        "/a/b/c": "/**/c",
        "/a/b/d": "/a/b/d",
        "/x": None,
    }
    assert overrides.last_for("text/empty", "/a") is None


def test_very_many_globs_are_matched_together(configured: Any, tmp_path: Path) -> None:
    names = [f"g{number}*/x.json" for number in range(300)]
    config = load(configured(f"exclude = {json.dumps(names)}"))
    assert config.excludes(tmp_path / "g299-" / "x.json")
    assert not config.excludes(tmp_path / "h299-" / "x.json")
    assert config.excludes(tmp_path / "g150" / "x.json" / "y.json")
