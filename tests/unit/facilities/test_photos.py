from __future__ import annotations

import io

import pytest
from PIL import Image

from marketplace.facilities import photos
from marketplace.facilities.photos import LONGEST, encoded_anew
from marketplace.files.kinds import FileRefused


def picture(size=(80, 60), form="JPEG", mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, options.pop("color", "red")).save(out, form, **options)
    out.seek(0)
    return out


class TestEncodedAnew:
    @pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
    def test_gives_a_jpeg_of_every_kind(self, form):
        with Image.open(encoded_anew(picture(form=form))) as found:
            assert (found.format, found.size) == ("JPEG", (80, 60))

    def test_makes_large_ones_smaller(self):
        with Image.open(encoded_anew(picture(size=(4000, 1000)))) as found:
            assert found.size == (LONGEST, 400)

    def test_drops_place_and_camera(self):
        exif = Image.Exif()
        exif[0x010F] = "Camera of somebody"
        sent = picture(exif=exif)
        assert b"Camera of somebody" in sent.getvalue()
        assert b"Camera of somebody" not in encoded_anew(sent).getvalue()

    def test_turns_a_picture_as_its_camera_lay(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        with Image.open(encoded_anew(picture(exif=exif))) as found:
            assert found.size == (60, 80)

    def test_puts_transparency_on_white(self):
        sent = picture(form="PNG", mode="RGBA", color=(0, 0, 0, 0))
        with Image.open(encoded_anew(sent)) as found:
            assert min(found.getpixel((5, 5))) > 250

    @pytest.mark.parametrize(
        "body", [b"", b"<svg/>", b"GIF89a" + b"\0" * 40, picture().getvalue()[:200]]
    )
    def test_refuses_what_is_no_photo(self, body):
        with pytest.raises(FileRefused):
            encoded_anew(io.BytesIO(body))

    def test_refuses_a_gif_that_is_a_picture(self):
        with pytest.raises(FileRefused):
            encoded_anew(picture(form="GIF"))

    def test_refuses_too_many_bytes(self, monkeypatch):
        monkeypatch.setattr(photos, "LIMIT_BYTES", 100)
        with pytest.raises(FileRefused, match="larger"):
            encoded_anew(picture())

    def test_refuses_too_many_pixels_before_reading_them(self, monkeypatch):
        monkeypatch.setattr(photos, "LIMIT_PIXELS", 1000)
        with pytest.raises(FileRefused, match="pixels"):
            encoded_anew(picture())
