"""The plugin for pytest: run in suites of its own."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
import tomli

from tests.material import ROOT

pytest_plugins = ("pytester",)

PLUGIN = "validator.integrations.pytest_plugin"
Run = Callable[..., pytest.RunResult]

HEAD = """
import httpx, pytest
GOOD = {"model": "claude-haiku-4-5", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}
BAD = {**GOOD, "max_tokens": "9"}
URL = "https://api.anthropic.com/v1/messages"

def send(body, url=URL):
    with httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200))) as client:
        return client.post(url, json=body)
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    pytest.importorskip("httpx")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))

    def run(text: str, *options: str, config: str = "", head: str = HEAD) -> pytest.RunResult:
        pytester.makepyfile(test_it=head + text)
        if config:
            pytester.makepyprojecttoml(config)
        return pytester.runpytest_subprocess("-p", PLUGIN, "-q", *options, timeout=120)

    return run


def test_the_package_registers_the_plugin() -> None:
    project = tomli.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"msglint": PLUGIN}


def test_a_test_that_sends_a_wrong_request_fails_after_it_has_run(run: Run) -> None:
    result = run(
        """
def test_good(): send(GOOD)
def test_bad():
    send(BAD)
    print("it went on")
def test_other(): send(BAD, "https://api.anthropic.com/v1/complete")
""",
        "--msglint=fail",
        "-rP",
    )
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*test_bad*",
            "msglint: schema/type: the API would refuse what is sent here",
            "error[[]schema/type[]]: `max_tokens` is *",
            " --> /max_tokens",
            "  = help: *",
            "*it went on*",
            "    1 schema/type: test_it.py::test_bad",
            "msglint checked 2 requests: 1 error in 1 test",
        ]
    )


def test_a_warning_names_the_test_and_does_not_fail_it(run: Run) -> None:
    result = run("def test_bad(): send(BAD)", "--msglint=warn")
    result.assert_outcomes(passed=1)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["test_it.py::test_bad", "msglint: schema/type: *", " --> /max_tokens"])


def test_a_test_that_fails_by_itself_is_shown_with_what_it_sent(run: Run) -> None:
    result = run("def test_bad():\n    send(BAD)\n    assert 0, 'by itself'", "--msglint=fail")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*by itself*", "*msglint*", "error[[]schema/type[]]*"])


def test_what_fixtures_send_is_part_of_the_test_and_what_nothing_sends_is_not(run: Run) -> None:
    result = run(
        """
@pytest.fixture
def before(): send(BAD)
@pytest.fixture
def after():
    yield
    send(BAD)
def test_before(before): pass
def test_after(after): pass
def test_alone(): pass
""",
        "--msglint=fail",
    )
    result.assert_outcomes(passed=2, failed=1, errors=1)


def test_what_is_sent_outside_of_tests_fails_the_run(run: Run) -> None:
    result = run("send(BAD)\ndef test_good(): send(GOOD)", "--msglint=fail")
    result.assert_outcomes(passed=1)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*1 schema/type: outside of tests"])


def test_markers(run: Run) -> None:
    result = run(
        """
@pytest.mark.msglint("off")
def test_off(): send(BAD)
@pytest.mark.msglint("warn")
def test_warn(): send(BAD)
@pytest.mark.msglint(ignore=["schema/type"])
def test_rule(): send(BAD)
@pytest.mark.msglint(ignore=["schema"])
class TestArea:
    def test_area(self): send(BAD)
    @pytest.mark.msglint("fail", ignore=["thinking"])
    def test_both(self): send(BAD)
@pytest.mark.xfail(strict=True)
def test_xfail():
    send(BAD)
    assert 0
@pytest.mark.msglint(ignore=["shema"])
def test_misspelt(): send(BAD)
@pytest.mark.msglint("of")
def test_no_mode(): send(GOOD)
@pytest.mark.msglint(ignore=5)
def test_no_rules(): send(GOOD)
@pytest.mark.msglint(ignored=["schema"])
def test_no_key(): send(GOOD)
""",
        "--msglint=fail",
        "--strict-markers",
    )
    result.assert_outcomes(passed=5, xfailed=1, failed=4)
    result.stdout.fnmatch_lines(
        [
            "msglint: there is no rule or area `shema`, did you mean `schema`?",
            "*the marker's mode is 'of', but must be one of fail, warn, off",
            "*the marker's `ignore` is 5, but must be a list of rules and areas",
            "*the marker takes a mode and `ignore`, as in *",
        ]
    )


def test_the_configurations_of_pytest_and_of_msglint_count(run: Run) -> None:
    config = """
[tool.pytest.ini_options]
msglint = "fail"
msglint_ignore = ["schema/unknown-property"]
[tool.msglint.wire]
ignore = ["sampling"]
api-version = "2026-10-21"
"""
    text = """
def test_ignored(): send({**GOOD, "temperature": 1, "unknown": 2})
def test_bad(): send({**BAD, "temperature": 1})
"""
    run(text, config=config).assert_outcomes(passed=1, failed=1)


def test_off_patches_nothing_and_a_suite_without_calls_does_not_import_the_engine(run: Run) -> None:
    text = """
import sys
def test_it():
    assert send.__module__
    assert IS_PATCHED == hasattr(httpx.Client.send, "__wrapped__")
    send(GOOD, "https://example.com/")
    assert not {"jsonschema_rs", "orjson", "validator.wire", "validator.rules"} & set(sys.modules)
"""
    run("IS_PATCHED = False" + text).assert_outcomes(passed=1)
    run("IS_PATCHED = True" + text, "--msglint=fail").assert_outcomes(passed=1)


def test_a_library_that_is_imported_in_a_test_is_seen_as_well(run: Run) -> None:
    text = """
def test_it():
    import httpx
    with httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200))) as client:
        client.post("https://api.anthropic.com/v1/messages", content=b"{")
"""
    run(text, "--msglint=fail", head="").assert_outcomes(failed=1)


def test_asynchronous_clients_and_event_loops_that_must_not_block(run: Run) -> None:
    pytest.importorskip("blockbuster")
    result = run(
        """
import asyncio
from blockbuster import blockbuster_ctx
async def post(body):
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(200))) as client:
        return await client.post(URL, json=body)
def test_good():
    with blockbuster_ctx(): asyncio.run(post(GOOD))
def test_bad():
    with blockbuster_ctx(): asyncio.run(post(BAD))
""",
        "--msglint=fail",
    )
    result.assert_outcomes(passed=1, failed=1)


@pytest.mark.parametrize("library", ["respx", "pytest_httpx", "vcr", "responses"])
def test_under_libraries_that_stand_in_for_the_network(run: Run, library: str, pytester: pytest.Pytester) -> None:
    pytest.importorskip(library)
    texts = {
        "respx": """
import respx
@respx.mock
def test_bad():
    respx.post(URL).respond(200)
    httpx.post(URL, json=BAD)
""",
        "pytest_httpx": """
def test_bad(httpx_mock):
    httpx_mock.add_response()
    httpx.post(URL, json=BAD)
""",
        "vcr": """
import vcr
CASSETTE = '''version: 1
interactions:
- request: {method: POST, uri: "https://api.anthropic.com/v1/messages", body: "", headers: {}}
  response: {status: {code: 200, message: OK}, headers: {}, body: {string: "{}"}}
'''
def test_bad(tmp_path):
    (tmp_path / "it.yaml").write_text(CASSETTE)
    with vcr.use_cassette(str(tmp_path / "it.yaml"), record_mode="none"):
        assert httpx.post(URL, json=BAD).status_code == 200
""",
        "responses": """
import responses, requests
@responses.activate
def test_bad():
    responses.post(URL, json={})
    requests.post(URL, json=BAD)
""",
    }
    plugins = ["-p", "pytest_httpx"] if library == "pytest_httpx" else []
    run(texts[library], "--msglint=fail", *plugins).assert_outcomes(failed=1)


def test_the_workers_of_xdist_report_to_their_controller(run: Run) -> None:
    result = run(
        "send(BAD)\n@pytest.mark.parametrize('n', range(4))\ndef test_it(n): send(BAD if n == 2 else GOOD)",
        "--msglint=fail",
        "-p",
        "xdist",
        "-n",
        "2",
    )
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*schema/type: *test_it.py::test_it[[]2[]]*", "msglint checked * request*: *"])


def test_an_unknown_mode_is_refused(run: Run) -> None:
    result = run("def test_it(): pass", config='[tool.pytest.ini_options]\nmsglint = "maybe"')
    assert result.ret == pytest.ExitCode.USAGE_ERROR
