"""The dimensions that headers say, compared with what Pillow makes of the same files."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from validator.inspect.base64_data import Base64Data
from validator.inspect.images import FORMATS, content_type, fits, scaled, size_of

SIZES = [(1, 1), (2, 1), (27, 300), (64, 48), (640, 480), (1023, 769), (8001, 3), (3, 9000)]
LARGEST_WEBP = 16383
WAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "png": ("PNG", {}),
    "jpeg": ("JPEG", {}),
    "progressive jpeg": ("JPEG", {"progressive": True}),
    "gif": ("GIF", {}),
    "lossy webp": ("WEBP", {"quality": 50}),
    "lossless webp": ("WEBP", {"lossless": True}),
}


def data_of(written: bytes) -> Base64Data:
    return Base64Data(base64.b64encode(written).decode())


def written(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def drawn(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    return Image.linear_gradient("L").resize(size).convert(mode)


def assert_seen_as_by_pillow(data: bytes) -> None:
    with Image.open(io.BytesIO(data)) as image:
        found = content_type(data_of(data))
        assert found == Image.MIME[image.format or ""]
        assert size_of(data_of(data), found) == image.size


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_dimensions_are_those_that_pillow_sees(way: str, size: tuple[int, int]) -> None:
    kind, options = WAYS[way]
    assert_seen_as_by_pillow(written(drawn(size), kind, **options))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16"])
def test_the_kind_of_pixels_does_not_matter(mode: str) -> None:
    assert_seen_as_by_pillow(written(drawn((31, 17), "L").convert(mode), "PNG"))


@pytest.mark.parametrize("thumbnail", [0, 100, 60_000])
def test_a_jpeg_is_measured_behind_its_metadata(thumbnail: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter: the API, as Pillow, says the dimensions before that
    exif[0x927C] = bytes(thumbnail)
    profile = bytes(200_000)  # spread over several segments
    data = written(drawn((300, 200)), "JPEG", exif=exif, icc_profile=profile, comment=b"c" * 60_000)
    assert_seen_as_by_pillow(data)


def test_a_jpeg_is_measured_behind_filling_and_markers_without_length() -> None:
    data = written(drawn((30, 20)), "JPEG")
    assert size_of(data_of(data[:2] + b"\xff\xff\xff\x01" + data[2:]), "image/jpeg") == (30, 20)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_a_moving_picture_has_the_size_of_its_canvas(kind: str) -> None:
    frames = [drawn((50, 40)), drawn((50, 40)).rotate(90)]
    assert_seen_as_by_pillow(written(frames[0], kind, save_all=True, append_images=frames[1:], duration=100))


@pytest.mark.parametrize("options", [{"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0"}, {"icc_profile": bytes(500)}])
def test_a_webp_with_metadata_says_its_size_in_another_place(options: dict[str, Any]) -> None:
    data = written(drawn((LARGEST_WEBP, 2), "RGBA"), "WEBP", **options)
    assert data[12:16] == b"VP8X"
    assert_seen_as_by_pillow(data)


@given(st.integers(1, 20_000), st.integers(1, 5))
def test_any_size_of_a_png_is_read(width: int, height: int) -> None:
    data = data_of(written(Image.new("1", (width, height)), "PNG"))
    assert size_of(data, "image/png") == (width, height)


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_is_cut_off_never_fails(way: str) -> None:
    kind, options = WAYS[way]
    data = written(drawn((64, 48)), kind, **options)
    for length in range(min(len(data), 700)):
        cut = data_of(data[:length])
        found = content_type(cut)
        assert found in {None, *FORMATS}
        assert size_of(cut, found or "") in {None, (64, 48)}


@given(st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 "]), st.binary())
def test_random_bytes_never_fail(head: bytes, rest: bytes) -> None:
    data = data_of(head + rest)
    found = content_type(data)
    size = size_of(data, found or "")
    assert size is None or min(size) > 0


@pytest.mark.parametrize(
    ("kind", "found"),
    [("BMP", "image/bmp"), ("TIFF", "image/tiff"), ("AVIF", "image/avif"), ("PDF", "application/pdf")],
)
def test_other_files_are_told_by_how_they_begin(kind: str, found: str) -> None:
    try:
        data = data_of(written(drawn((20, 10)), kind))
    except (KeyError, OSError):
        pytest.skip(f"this Pillow does not write {kind}")
    assert content_type(data) == found
    assert size_of(data, found) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"<!DOCTYPE html><title>Not found</title>", "text/html"),
        (b"\n<html>", "text/html"),
        (b'\xef\xbb\xbf<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
        (b'<?xml version="1.0"?>\n<!-- drawn --><svg/>', "image/svg+xml"),
        (b'<?xml version="1.0"?><feed/>', None),
        (b'{"error": "not found"}', "application/json"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git-lfs"),
        (base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "base64"),
        (b"data:image/png;base64,AAAA", "base64"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
        (b"\0\0\0\x18ftypxxxx\0\0\0\0", None),
        (b"PK\x03\x04", "application/zip"),
        (b"BMW is no picture", None),
        (b"hello", None),
        (b"", None),
    ],
)
def test_texts_and_other_files_are_told_by_how_they_begin(text: bytes, found: str | None) -> None:
    assert content_type(data_of(text)) == found


@pytest.mark.parametrize(
    ("size", "standard", "high"),
    [
        ((200, 200), (200, 200), (200, 200)),
        ((1092, 1092), (1092, 1092), (1092, 1092)),
        ((1920, 1080), (1456, 819), (1920, 1080)),
        ((3840, 2160), (1456, 819), (2576, 1449)),
        ((1075, 1520), (924, 1307), (1075, 1520)),
        ((4000, 4000), (1092, 1092), (1932, 1932)),
        ((1191, 1684), (924, 1307), (1191, 1684)),
    ],
)
def test_a_picture_is_scaled_as_the_documentation_and_the_api_say(
    size: tuple[int, int], standard: tuple[int, int], high: tuple[int, int]
) -> None:
    assert scaled(size, 1568, 1568) == standard
    assert scaled(size, 2576, 4784) == high


@given(st.tuples(st.integers(1, 8000), st.integers(1, 8000)))
def test_what_is_scaled_fits(size: tuple[int, int]) -> None:
    smaller = scaled(size, 1568, 1568)
    assert fits(smaller, 1568, 1568)
    assert scaled(smaller, 1568, 1568) == smaller
    assert (smaller == size) == fits(size, 1568, 1568)
