"""What the official SDK really sent, recorded by `scripts/real_requests.py`: all of it is what the API accepts."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

from scripts.check_sdk import PINS, complaints, recording
from scripts.loopback import ENDPOINTS, serving
from validator.facts.api import EDITIONS, Edition

RECORDINGS = {edition: recording(edition).read_text("utf-8").splitlines() for edition in PINS}


def parsed(line: str) -> Any:
    return json.loads(line)


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_request_of_the_sdk_has_no_errors(edition: Edition) -> None:
    assert complaints(RECORDINGS[edition], edition) == []


@pytest.mark.parametrize("edition", sorted(PINS.keys() & set(EDITIONS)))
def test_a_later_edition_takes_what_an_earlier_sdk_sends(edition: Edition) -> None:
    earlier = [line for other in RECORDINGS if other < edition for line in RECORDINGS[other]]
    assert complaints(earlier, edition) == []


def test_every_edition_has_a_version_of_the_sdk() -> None:
    assert set(EDITIONS) <= PINS.keys()


@pytest.mark.parametrize("edition", PINS)
def test_a_recording_is_wide(edition: Edition) -> None:
    recorded = [parsed(line) for line in RECORDINGS[edition]]
    assert {each["endpoint"] for each in recorded} == set(ENDPOINTS.values())
    assert len({each["call"] for each in recorded}) > 30
    assert any(each["body"].get("stream") for each in recorded)
    assert any(each["betas"] for each in recorded)


def test_an_error_in_a_request_is_told_with_its_call_and_its_place() -> None:
    recorded = {
        "call": "hello",
        "endpoint": "count_tokens",
        "betas": [],
        "api_version": "2023-06-01",
        "body": {"model": "claude-sonnet-4-5", "messages": [{"role": "user", "content": 5}]},
    }
    (complaint,) = complaints([json.dumps(recorded)], EDITIONS[0])
    assert complaint.startswith("hello (count_tokens): schema/type at /messages/0/content: ")
    (complaint,) = complaints([json.dumps({**recorded, "api_version": "1999-01-01"})], EDITIONS[0])
    assert complaint.startswith("hello: there is no API version '1999-01-01'")


def test_the_server_keeps_requests_and_answers_them() -> None:
    body = {"model": "claude-test", "messages": []}
    headers = {"anthropic-version": "2023-06-01", "anthropic-beta": "one, two,three"}
    with serving() as loopback:
        loopback.call = "test"
        loopback.answers.append({"content": [{"type": "text", "text": "Hi."}]})
        connection = http.client.HTTPConnection("127.0.0.1", loopback.server_port, timeout=10)
        connection.request("POST", "/v1/messages?beta=true", json.dumps(body), headers)
        answer = json.loads(connection.getresponse().read())
        connection.request("POST", "/v1/messages", json.dumps({**body, "stream": True}), headers)
        events = connection.getresponse().read().decode()
        connection.close()
    assert (answer["model"], answer["content"]) == ("claude-test", [{"type": "text", "text": "Hi."}])
    assert events.startswith("event: message_start\n")
    assert events.endswith('data: {"type": "message_stop"}\n\n')
    assert loopback.requests[0] == {
        "call": "test",
        "endpoint": "messages",
        "betas": ["one", "two", "three"],
        "api_version": "2023-06-01",
        "body": body,
    }
    assert len(loopback.requests) == 2
