from __future__ import annotations

import base64
import io
import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter

from tests.material import hello
from validator import Severity, validate
from validator.inspect import pdf
from validator.inspect.base64_data import Base64Data
from validator.inspect.pdf import looks_like_pdf, read_pdf

ALGORITHMS = ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"]


def written(pages: int, algorithm: str | None = None, password: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    if algorithm:
        writer.encrypt(password, "owner", algorithm=algorithm)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def data_of(content: bytes) -> Base64Data:
    return Base64Data(base64.b64encode(content).decode())


def document(content: bytes) -> dict[str, Any]:
    source = {"type": "base64", "media_type": "application/pdf", "data": base64.b64encode(content).decode()}
    return {"type": "document", "source": source}


def found(*contents: bytes) -> list[tuple[str, Severity]]:
    request = hello(messages=[{"role": "user", "content": [document(content) for content in contents]}])
    return [(violation.rule, violation.severity) for violation in validate(request).violations]


@pytest.fixture
def without_pypdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_pypdf_reader", lambda: None)
    monkeypatch.setattr(pdf, "_kept", {})


@pytest.mark.parametrize("pages", [0, 1, 100, 601])
def test_pages_are_counted(pages: int) -> None:
    assert read_pdf(data_of(written(pages))) == pdf.Pdf(pages=pages)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(("password", "needed"), [("", False), ("secret", True)])
def test_whether_a_password_is_needed_is_tried(algorithm: str, password: str, needed: bool) -> None:  # noqa: FBT001
    read = read_pdf(data_of(written(3, algorithm, password)))
    assert (read.encrypted, read.needs_password, read.pages) == (True, needed, None if needed else 3)


@pytest.mark.usefixtures("without_pypdf")
@pytest.mark.parametrize("algorithm", [None, *ALGORITHMS])
def test_the_trailer_says_what_is_encrypted_without_pypdf(algorithm: str | None) -> None:
    assert read_pdf(data_of(written(3, algorithm, "secret"))) == pdf.Pdf(encrypted=algorithm is not None)
    many_pages = written(500, algorithm, "secret")
    assert read_pdf(data_of(many_pages)) == pdf.Pdf(encrypted=algorithm is not None)


@pytest.mark.usefixtures("without_pypdf")
def test_an_object_with_the_table_is_read_too() -> None:
    start = b"%PDF-1.5\n"
    for entry in (b"", b"/Encrypt 5 0 R"):
        table = b"7 0 obj\n<</Type/XRef/Root 1 0 R%s/W[1 2 1]>>stream\n/Encrypt 5 0 R\nendstream endobj\n" % entry
        content = start + table + b"startxref\n%d\n%%%%EOF" % len(start)
        assert read_pdf(data_of(content)).encrypted == bool(entry)


def test_of_an_encrypted_pdf_it_matters_whether_it_needs_a_password() -> None:
    assert found(written(1, "AES-256", "secret")) == [("media/pdf-password", Severity.ERROR)]
    assert found(written(1, "AES-256", "")) == [("media/pdf-password", Severity.WARNING)]


@pytest.mark.usefixtures("without_pypdf")
def test_without_pypdf_an_encrypted_pdf_is_a_warning_and_pages_are_not_counted() -> None:
    assert found(written(1, "AES-256", "secret")) == [("media/pdf-password", Severity.WARNING)]
    assert found(written(101)) == []


def test_the_pages_of_all_pdfs_of_a_request_count() -> None:
    assert found(written(50), written(50)) == []
    assert found(written(50), written(51), written(1)) == [("media/pdf-pages", Severity.ERROR)]


def test_the_same_pdf_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_kept", {})
    content = written(2)
    first = read_pdf(data_of(content))
    monkeypatch.setattr(pdf, "_with_pypdf", pytest.fail)
    assert read_pdf(data_of(content)) is first


def test_no_more_than_some_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[tuple[int, int], pdf.Pdf] = {}
    monkeypatch.setattr(pdf, "_kept", kept)
    monkeypatch.setattr(pdf, "_MOST_KEPT", 3)
    for number in range(10):
        read_pdf(data_of(b"%%PDF-1.4 %d" % number))
        assert len(kept) <= 3


@given(st.sampled_from([b"", b"%PDF-1.4\n"]), st.binary(), st.sampled_from([b"", b"startxref\n3\n%%EOF"]))
def test_random_bytes_never_fail(start: bytes, content: bytes, end: bytes) -> None:
    data = data_of(start + content + end)
    assert looks_like_pdf(data) >= bool(start)
    read_pdf(data)


def test_a_pdf_that_is_cut_off_or_changed_never_fails() -> None:
    content = written(3, "AES-128", "secret")
    for at in range(0, len(content), 7):
        read_pdf(data_of(content[:at]))
        read_pdf(data_of(content[:at] + b"\xff" + content[at + 1 :]))


def test_what_pypdf_has_to_say_is_not_heard(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("pypdf").setLevel(logging.NOTSET)
    read_pdf(data_of(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>> never mind"))
    assert caplog.records == []
    assert logging.getLogger("pypdf").level == logging.NOTSET
