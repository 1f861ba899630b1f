"""Pictures, documents, search results and citations."""

from __future__ import annotations

import base64
import io
from typing import Any

from .core import CACHED, GIF, PDF, PNG, WEATHER, Sdk, assistant, base64_png, call, results, text, tool_use, user


@call
def images(sdk: Sdk) -> None:
    """Send pictures: encoded, from a file, by path and by address."""
    sources: list[dict[str, Any]] = [
        {"type": "base64", "media_type": "image/png", "data": base64.b64encode(PNG).decode()},
        {"type": "base64", "media_type": "image/gif", "data": io.BytesIO(GIF)},
        {"type": "base64", "media_type": "image/png", "data": sdk.file("dot.png", PNG)},
        {"type": "url", "url": "https://example.com/picture.webp"},
    ]
    sdk.create(messages=[user(*({"type": "image", "source": source} for source in sources), text("Describe them."))])
    with sdk.file("dot.png", PNG).open("rb") as file:
        source = {"type": "base64", "media_type": "image/png", "data": file}
        sdk.beta(messages=[user({"type": "image", "source": source, **CACHED}, text("Describe it."))])


@call
def images_with_transformations(sdk: Sdk) -> None:
    """Say what the API may do to a picture."""
    sdk.needs("BetaImageTransformationsParam")
    for create in (sdk.create, sdk.beta):
        create(messages=[user({**base64_png(), "transformations": {"oversized_image": "error"}}, text("Describe it."))])


@call
def documents(sdk: Sdk) -> None:
    """Send documents of every source."""
    sources: list[dict[str, Any]] = [
        {"type": "base64", "media_type": "application/pdf", "data": base64.b64encode(PDF).decode()},
        {"type": "base64", "media_type": "application/pdf", "data": sdk.file("report.pdf", PDF)},
        {"type": "text", "media_type": "text/plain", "data": "Lorem ipsum."},
        {"type": "content", "content": "Lorem ipsum."},
        {"type": "content", "content": [text("Lorem."), base64_png(), text("Ipsum.")]},
        {"type": "url", "url": "https://example.com/report.pdf"},
    ]
    for create in (sdk.create, sdk.beta):
        sdk.file("report.pdf", PDF)
        create(
            messages=[
                user(
                    *({"type": "document", "source": source} for source in sources[:-1]),
                    {
                        "type": "document",
                        "source": sources[-1],
                        "title": "A report",
                        "context": "Written last year.",
                        "citations": {"enabled": False},
                        **CACHED,
                    },
                    text("Compare them."),
                )
            ]
        )


@call
def citations(sdk: Sdk) -> None:
    """Ask for citations, and put back an answer that has them."""
    cited = {"citations": {"enabled": True}}
    plain = {"type": "text", "media_type": "text/plain", "data": "The grass is green."}
    own = {"type": "content", "content": [text("The sky is blue."), text("The sun is hot.")]}
    pdf = {"type": "base64", "media_type": "application/pdf", "data": base64.b64encode(PDF).decode()}
    history = [
        user(
            {"type": "document", "source": plain, "title": "Grass", **cited},
            {"type": "document", "source": own, **cited},
            {"type": "document", "source": pdf, **cited},
            text("Which colours are there?"),
        )
    ]
    words: dict[str, Any] = {"cited_text": "The grass is green.", "document_index": 0, "document_title": "Grass"}
    found = [
        {"type": "char_location", "start_char_index": 0, "end_char_index": 19, **words},
        {
            "type": "content_block_location",
            "cited_text": "The sky is blue.",
            "document_index": 1,
            "document_title": None,
            "start_block_index": 0,
            "end_block_index": 1,
        },
        {
            "type": "page_location",
            "cited_text": "Grass",
            "document_index": 2,
            "document_title": None,
            "start_page_number": 1,
            "end_page_number": 2,
        },
    ]
    for create in (sdk.create, sdk.beta):
        sdk.answer(
            text("Green", citations=[{**found[0], "file_id": None}]),
            text(" and ", citations=None),
            text("blue", citations=[{**citation, "file_id": None} for citation in found[1:]]),
        )
        message = create(messages=history)
        kept = [
            {
                **block,
                "citations": [
                    {key: value for key, value in citation.items() if key != "file_id"}
                    for citation in block["citations"] or ()
                ],
            }
            for block in (block.to_dict() for block in message.content)
        ]
        create(messages=[*history, assistant(kept), user("And then?")])


@call
def search_results(sdk: Sdk) -> None:
    """Send search results by hand and as the result of a tool, and put back an answer that cites them."""
    found = {
        "type": "search_result",
        "source": "https://example.com/grass",
        "title": "Grass",
        "content": [text("The grass is green."), text("It grows.")],
        "citations": {"enabled": True},
        **CACHED,
    }
    citation = {
        "type": "search_result_location",
        "cited_text": "The grass is green.",
        "source": "https://example.com/grass",
        "title": "Grass",
        "search_result_index": 0,
        "start_block_index": 0,
        "end_block_index": 1,
    }
    for create in (sdk.create, sdk.beta):
        history = [user(found, text("Which colour is grass?"))]
        sdk.answer(text("Green.", citations=[citation]))
        message = create(messages=history)
        history += [assistant(message.content), user("And what is the weather there?")]
        sdk.answer(tool_use("get_weather", {"location": "there"}), stop_reason="tool_use")
        message = create(messages=history, tools=[WEATHER])
        create(messages=[*history, assistant(message.content), results(message.content, [found])], tools=[WEATHER])
