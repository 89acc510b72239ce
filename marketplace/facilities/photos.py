"""Photos encoded anew: nothing of the sent file lives on but what one sees."""

from __future__ import annotations

import io
import warnings
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

from marketplace.core.messages import N_
from marketplace.files.kinds import FileRefused

#: What a sent photo may weigh (bytes) and measure (pixels), and its longest side afterwards.
LIMIT_BYTES = 15 * 1024 * 1024
LIMIT_PIXELS = 60_000_000
LONGEST = 1600
_QUALITY = 82
_KINDS = ("JPEG", "PNG", "WEBP")


def encoded_anew(stream: IO[bytes]) -> io.BytesIO:
    """Give the photo as a JPEG of at most 1,600 pixels a side, without place and camera data.

    The kind is judged by the content; raises FileRefused for anything that is no such picture.
    """
    body = stream.read(LIMIT_BYTES + 1)
    if len(body) > LIMIT_BYTES:
        raise FileRefused(
            N_("The file is larger than %(megabytes)s MB. Make it smaller."),
            megabytes=LIMIT_BYTES // (1024 * 1024),
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(body), formats=_KINDS) as opened:
                width, height = opened.size
                if width * height > LIMIT_PIXELS:
                    raise FileRefused(
                        N_("The picture has too many pixels. Make it smaller than 60 megapixels.")
                    )
                turned = ImageOps.exif_transpose(opened)
                turned.thumbnail((LONGEST, LONGEST))
                # Through a picture of its own on white, so that no transparency turns black.
                plain = Image.new("RGB", turned.size, "white")
                seen = turned.convert("RGBA")
                plain.paste(seen, mask=seen)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise FileRefused(N_("This is no photo. Send a JPEG, PNG or WebP picture.")) from error
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=_QUALITY, optimize=True)
    out.seek(0)
    return out
