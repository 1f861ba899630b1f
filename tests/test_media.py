"""What the rules about images, documents and sizes see, beyond their examples."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from tests.material import hello
from validator import Severity, validate, validate_json
from validator.engine.context import Context
from validator.engine.engine import Engine
from validator.rules import size


def picture(width: int, height: int, kind: str = "PNG") -> str:
    buffer = io.BytesIO()
    Image.new("L", (width, height)).save(buffer, kind)
    return base64.b64encode(buffer.getvalue()).decode()


def image(data: Any, media_type: str = "image/png", **more: Any) -> dict[str, Any]:
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}, **more}


def asking(*blocks: Any, **more: Any) -> dict[str, Any]:
    return hello(messages=[{"role": "user", "content": list(blocks)}], **more)


def found(request: Any, **options: Any) -> list[tuple[str, str]]:
    return [(violation.rule, violation.pointer) for violation in validate(request, **options).violations]


def test_the_api_says_where_as_it_does_in_a_message_and_in_a_tool_result() -> None:
    (violation,) = validate(asking(image(picture(2, 2, "JPEG")))).violations
    assert violation.api_message == (
        "messages.0.content.0.image.source.base64: The image was specified using the image/png media type, "
        "but the image appears to be a image/jpeg image"
    )
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [image(picture(9000, 1))]}
    request = hello(
        messages=[
            {"role": "user", "content": "Look"},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}]},
            {"role": "user", "content": [result]},
        ]
    )
    (violation,) = validate(request).violations
    assert violation.api_message == (
        "messages.2.content.0.tool_result.content.0.image.source.base64.data: "
        "At least one of the image dimensions exceed max allowed size: 8000 pixels"
    )


def test_an_image_inside_a_document_is_looked_into_but_the_api_was_not_heard_there() -> None:
    source = {"type": "content", "content": [image(picture(2, 2, "GIF"))]}
    (violation,) = validate(asking({"type": "document", "source": source})).violations
    assert violation.pointer == "/messages/0/content/0/source/content/0/source/media_type"
    assert violation.api_message is None


def test_the_api_names_the_size_that_fits() -> None:
    marked = image(picture(1920, 1080), transformations={"oversized_image": "error"})
    (violation,) = validate(asking(marked)).violations
    assert violation.api_message == (
        "messages.0.content.0: image dimensions 1920x1080 exceed the maximum image size of a model named on this "
        "request and would be downsized to 1456x819; scale the image to at most 1456x819 or set the image's "
        'oversized_image setting to "downsize"'
    )


@pytest.mark.parametrize(
    "broken",
    [
        image("data:image/gif;base64,R0lGODlh"),
        image("R0lGODlhAQABAIAAAA_-"),
        image(5),
        image(None),
        image(picture(2, 2), "image/svg+xml"),
        image("PHN2Zy8+", "image/svg+xml"),
        {"type": "image", "source": None},
        {"type": "image"},
        {"type": "document", "source": {"type": "base64", "data": 5}},
    ],
)
def test_what_the_schema_refuses_has_no_echo(broken: Any) -> None:
    assert {rule.partition("/")[0] for rule, _ in found(asking(broken))} == {"schema"}


@pytest.mark.parametrize("data", [io.BytesIO(b"GIF89a"), io.BytesIO(b"")])
def test_nothing_is_said_of_a_file_that_the_sdk_will_read(data: Any) -> None:
    pdf = {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": data}}
    assert found(asking(image(data), pdf)) == []


def test_lines_of_base64_are_read_through() -> None:
    data = base64.encodebytes(base64.b64decode(picture(9000, 1))).decode()
    assert found(asking(image(data))) == [("media/image-dimensions", "/messages/0/content/0/source/data")]


def test_one_too_large_for_any_request_is_not_also_too_large_for_many() -> None:
    small, large = image(picture(1, 1)), image(picture(8001, 1))
    assert found(asking(large, *[small] * 20)) == [
        ("media/image-dimensions", "/messages/0/content/0/source/data"),
    ]


def test_images_by_url_count_towards_many() -> None:
    elsewhere = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
    assert found(asking(image(picture(2001, 1)), *[elsewhere] * 20)) == [
        ("media/image-dimensions-many", "/messages/0/content/0/source/data")
    ]


def test_a_dot_of_the_wrong_type_is_a_warning_and_any_other_an_error() -> None:
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    severities = [validate(asking(image(data, "image/jpeg"))).violations[0].severity for data in (dot, picture(1, 1))]
    assert severities == [Severity.WARNING, Severity.ERROR]


def test_web_fetches_of_the_api_do_not_count_as_documents_of_the_user() -> None:
    text = {"type": "text", "media_type": "text/plain", "data": "The sky is blue."}
    fetched = {"type": "document", "source": text, "citations": {"enabled": True}}
    result = {"type": "web_fetch_result", "url": "https://example.com", "content": fetched}
    request = hello(
        tools=[{"type": "web_fetch_20250910", "name": "web_fetch"}],
        messages=[
            {"role": "user", "content": [{"type": "document", "source": text}, {"type": "text", "text": "Compare"}]},
            {
                "role": "assistant",
                "content": [
                    {
                        "type": "server_tool_use",
                        "id": "srvtoolu_1",
                        "name": "web_fetch",
                        "input": {"url": "https://example.com"},
                    },
                    {"type": "web_fetch_tool_result", "tool_use_id": "srvtoolu_1", "content": result},
                    {"type": "text", "text": "They are alike."},
                ],
            },
            {"role": "user", "content": "Thanks"},
        ],
    )
    assert found(request) == []
    request["output_config"] = {
        "format": {"type": "json_schema", "schema": {"type": "object", "additionalProperties": False}}
    }
    assert found(request) == []


def test_malformed_citations_have_no_echo() -> None:
    text = {"type": "text", "media_type": "text/plain", "data": "The sky is blue."}
    documents = [
        {"type": "document", "source": text, "citations": c} for c in (True, {"enabled": True}, {"enabled": 1})
    ]
    assert found(asking(*documents)) == [
        ("schema/type", "/messages/0/content/0/citations"),
        ("schema/type", "/messages/0/content/2/citations/enabled"),
    ]


def test_a_batch_may_be_larger_than_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "_MEGABYTE", 1)
    batch = {"requests": [{"custom_id": str(number), "params": hello()} for number in range(2)]}
    assert found(batch, endpoint="batches") == []
    batch["requests"] *= 2
    (violation,) = [v for v in validate(batch, endpoint="batches").violations if v.rule == "size/request"]
    assert (violation.pointer, violation.help) == ("", "split it into several batches")


def test_a_request_of_the_sdks_objects_is_measured_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "_MEGABYTE", 1)
    assert found(hello(messages=({"role": "user", "content": "Hello"},))) == [("size/request", "")]


def test_spaces_between_values_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "_MEGABYTE", 4)
    text = b'{"model": "claude-next", "max_tokens": 5, "messages": [{"role": "user", "content": "Hello"}]}'
    assert validate_json(text + b" " * 200).violations == ()
    (violation,) = validate_json(text.replace(b"Hello", b"Hello" * 10)).violations
    assert violation.message == "the request has 130 bytes, but may have at most 128 bytes (32 MB)"


def test_the_rule_about_sizes_bears_what_cannot_be_written() -> None:
    engine = Engine([size.request_size], tool_types=(), block_types=())
    huge: Any = {"messages": [float, object()]}
    assert engine.run(huge, Context(size=2**30)) == []


def test_context_that_is_cleared_or_compacted_is_not_estimated() -> None:
    long = {"role": "user", "content": "lorem ipsum " * 90_000}
    assert [rule for rule, _ in found(hello(messages=[long]))] == ["size/context"]
    edits = {"edits": [{"type": "clear_tool_uses_20250919"}]}
    assert found(hello(messages=[long], context_management=edits)) == []
