"""What is said of models that are deprecated or retired, on each platform."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.material import TODAY, hello
from validator import validate

SONNET_ON_BEDROCK = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
OPUS_ON_BEDROCK = "anthropic.claude-opus-4-1-20250805-v1:0"
SONNET_ON_GOOGLE = "claude-sonnet-4-5@20250929"


def said(request: dict[str, Any], today: date, **options: Any) -> list[tuple[str, str, str, str | None]]:
    report = validate(request, today=today, select=["models"], **options)
    return [(each.rule, each.severity.value, each.message, each.help) for each in report.violations]


def counted(model: str) -> dict[str, Any]:
    """Return a body for count_tokens, which names its model on Google Cloud too."""
    return {"anthropic_version": "vertex-2023-10-16", "model": model, "messages": hello()["messages"]}


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2026, 11, 29), "`claude-sonnet-4-5` will be retired on 2026-11-30"),
        (date(2026, 11, 30), "`claude-sonnet-4-5` is retired today"),
        (date(2026, 12, 1), "`claude-sonnet-4-5` was retired on 2026-11-30"),
        (date(2028, 1, 1), "`claude-sonnet-4-5` was retired on 2026-11-30"),
    ],
)
def test_the_day_of_retirement_is_neither_before_nor_after_it(today: date, words: str) -> None:
    rule = "models/retiring" if today < date(2026, 11, 30) else "models/retired"
    assert said(hello(model="claude-sonnet-4-5"), today) == [(rule, "warning", words, "use `claude-sonnet-5-5`")]


@pytest.mark.parametrize("name", ["claude-opus-4-5", "claude-opus-4-5-20251101"])
def test_a_tentative_day_is_said_to_be_one(name: str) -> None:
    assert said(hello(model=name), date(2026, 11, 22)) == []
    (before,) = said(hello(model=name), date(2026, 11, 23))
    words = f"`{name}` will be retired on 2027-01-22; the day may still change"
    assert before == ("models/retiring", "warning", words, "use `claude-opus-5-5`")
    (after,) = said(hello(model=name), date(2027, 1, 23))
    assert after[:3] == ("models/retired", "warning", f"`{name}` was to be retired on 2027-01-22")


def test_a_model_that_is_deprecated_without_a_day_is_a_note() -> None:
    (note,) = said(hello(model="claude-mythos-preview"), TODAY)
    words = "`claude-mythos-preview` has been deprecated since 2026-06-09"
    assert note == ("models/retiring", "info", words, "use a current model")
    assert said(hello(model="claude-mythos-preview"), date(2026, 6, 8)) == []


@pytest.mark.parametrize("name", [SONNET_ON_BEDROCK, OPUS_ON_BEDROCK, SONNET_ON_GOOGLE])
def test_the_days_of_the_own_api_are_not_those_of_other_platforms(name: str) -> None:
    assert said(hello(model=name), date(2026, 12, 1)) == []


def test_a_platform_retires_models_on_its_own_days() -> None:
    (sonnet,) = said(hello(model=SONNET_ON_BEDROCK), date(2027, 4, 8))
    assert sonnet[2:] == (
        f"`{SONNET_ON_BEDROCK}` on Amazon Bedrock is retired today",
        "use `anthropic.claude-sonnet-5-5`",
    )
    (opus,) = said(hello(model=OPUS_ON_BEDROCK), date(2027, 1, 9))
    assert opus[2:] == (
        f"`{OPUS_ON_BEDROCK}` on Amazon Bedrock was retired on 2027-01-08",
        "use `anthropic.claude-opus-4-8`",
    )
    (haiku,) = said(hello(model="claude-3-haiku@20240307"), date(2026, 8, 24))
    assert haiku[2:] == (
        "`claude-3-haiku@20240307` on Google Cloud was retired on 2026-08-23",
        "use `claude-haiku-4-5@20251001`",
    )


def test_the_platform_that_is_told_decides_over_a_plain_id() -> None:
    options: dict[str, Any] = {"platform": "google", "endpoint": "count_tokens"}
    assert said(counted("claude-sonnet-4-5"), date(2026, 12, 1), **options) == []
    assert said(counted("claude-opus-4-1"), date(2026, 12, 1), **options) == []
    (haiku,) = said(counted("claude-3-haiku-20240307"), date(2026, 12, 1), **options)
    assert haiku[2] == "`claude-3-haiku-20240307` on Google Cloud was retired on 2026-08-23"


def test_fallbacks_and_advisors_are_on_the_platform_of_the_request() -> None:
    retired = {"model": "claude-opus-4-1"}
    advisor = {"type": "advisor_20260301", "name": "advisor", "model": "claude-opus-4-1"}
    assert len(said(hello(model="claude-fable-5", fallbacks=[retired], tools=[advisor]), TODAY)) == 2
    on_bedrock = hello(model="us.anthropic.claude-fable-5", fallbacks=[retired], tools=[advisor])
    assert said(on_bedrock, TODAY) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"speed": "fast"},
        {"inference_geo": "us"},
        {"output_config": {"task_budget": {"type": "tokens", "total": 50000}}},
        {"container": "container_011CPR5CNjB747bTd36fQLFk"},
    ],
)
def test_what_only_the_own_api_refuses_is_not_said_of_ids_of_other_platforms(changes: dict[str, Any]) -> None:
    names = ("claude-opus-4-5", "us.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5@20251101")
    own, bedrock, google = (validate(hello(model=name, **changes), today=TODAY) for name in names)
    assert not own.ok
    assert bedrock.ok
    assert google.ok


def test_the_older_computer_tool_stays_on_bedrock() -> None:
    tool = {"type": "computer_20251124", "name": "computer", "display_width_px": 1024, "display_height_px": 768}
    own = validate(hello(model="claude-opus-5-5", tools=[tool]), today=TODAY)
    assert [each.rule for each in own.violations] == ["tools/type-unsupported-model"]
    assert validate(hello(model="us.anthropic.claude-opus-5-5", tools=[tool]), today=TODAY).violations == ()
    body = {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 9,
        "messages": hello()["messages"],
        "tools": [tool],
    }
    assert validate(body, platform="bedrock", today=TODAY).violations == ()


def test_what_every_platform_refuses_is_said_of_their_ids_too() -> None:
    for name in ("claude-opus-5-5", "us.anthropic.claude-opus-5-5"):
        report = validate(hello(model=name, temperature=0.2), today=TODAY)
        assert [each.rule for each in report.violations] == ["sampling/unsupported-model"]
    thinking = {"type": "adaptive"}
    for name in ("claude-opus-4-5", "us.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5@20251101"):
        report = validate(hello(model=name, thinking=thinking), today=TODAY)
        assert [each.rule for each in report.violations] == ["thinking/adaptive-unsupported"]


def test_the_limits_of_a_platform_hold_for_its_ids() -> None:
    picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
    data = picture[:64] + "A" * 6 * 1024 * 1024
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}
    messages = [{"role": "user", "content": [image]}]
    own = validate(hello(messages=messages), today=TODAY)
    assert "media/image-too-large" not in {each.rule for each in own.violations}
    bedrock = validate(hello(model="us.anthropic.claude-haiku-4-5-20251001-v1:0", messages=messages), today=TODAY)
    assert "media/image-too-large" in {each.rule for each in bedrock.violations}
