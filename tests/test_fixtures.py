from __future__ import annotations

from pathlib import Path

import pytest

from tests.material import TODAY, beside, edition_of, endpoint_of, expected, fixtures, name_of
from validator import Linter
from validator.files import FileResult, check_file
from validator.formats import full
from validator.formats.style import Style


def check(path: Path) -> FileResult:
    result = check_file(str(path), Linter(endpoint=endpoint_of(path), edition=edition_of(path), today=TODAY))
    assert result is not None
    return result


@pytest.mark.parametrize("path", fixtures("good"), ids=name_of)
def test_good_fixture_is_clean(path: Path) -> None:
    assert check(path).violations == ()


@pytest.mark.parametrize("path", fixtures("bad"), ids=name_of)
def test_bad_fixture_has_exactly_the_mistakes_judged_by_hand(path: Path) -> None:
    found = [
        {"rule": v.rule, "pointer": v.pointer, "line": v.range.line, "column": v.range.column}
        for v in check(path).violations
        if v.range is not None
    ]
    assert expected(path) == found


@pytest.mark.parametrize("path", fixtures("bad"), ids=name_of)
def test_bad_fixture_is_printed_as_reviewed(path: Path, request: pytest.FixtureRequest) -> None:
    result = check(path)
    named = FileResult(name_of(path), result.requests, result.violations, result.lines)
    printed = "".join(full.render([named], Style()))
    snapshot = beside(path, ".out")
    if request.config.getoption("--update-snapshots"):
        snapshot.write_bytes(printed.encode())
    assert snapshot.read_bytes().decode() == printed


def test_no_two_fixtures_share_what_is_said_of_them() -> None:
    files = [beside(path, "") for kind in ("good", "bad") for path in fixtures(kind)]
    assert len(set(files)) == len(files)
