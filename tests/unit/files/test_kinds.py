"""What is taken as a file, and what is not."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from marketplace.files import kinds
from marketplace.files.kinds import FileRefused
from marketplace.files.store import Store

PNG = (
    b"\x89PNG\r\n\x1a\n"
    + struct.pack(">I", 13)
    + b"IHDR"
    + struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    + struct.pack(">I", zlib.crc32(b"IHDR" + struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)))
    + b"\0\0\0\0IEND\xaeB`\x82"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\0" * 24
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PARTS = {
    "docx": ("word/document.xml", kinds.DOCX),
    "xlsx": ("xl/workbook.xml", kinds.XLSX),
    "pptx": ("ppt/presentation.xml", kinds.PPTX),
}


def package(main="word/document.xml", declared=f"{kinds.DOCX}.main+xml", extra=None):
    """Build the least of an office document."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types><Override PartName="/{main}" ContentType="{declared}"/></Types>',
        )
        archive.writestr(main, "<document/>")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path, 5 * 1024 * 1024)


def take(store, content, name):
    return store.take(io.BytesIO(content), name)


class TestTake:
    @pytest.mark.parametrize(
        ("content", "name", "media_type"),
        [
            (PDF, "proof.pdf", kinds.PDF),
            (PNG, "seal.png", kinds.PNG),
            (JPEG, "seal.jpg", kinds.JPEG),
            (JPEG, "seal.JPEG", kinds.JPEG),
            (WEBP, "seal.webp", kinds.WEBP),
            ("成果,效率\n电池,98%\n".encode(), "a.csv", kinds.CSV),
            ("成果,效率\n电池,98%\n".encode("gb18030"), "a.csv", kinds.CSV),
            (b"\xef\xbb\xbfplain", "a.txt", kinds.TXT),
        ],
    )
    def test_keeps_the_kinds_that_are_taken(self, store, content, name, media_type):
        upload = take(store, content, name)

        assert upload.media_type == media_type
        assert upload.size_bytes == len(content)
        assert store.path(upload.sha256).read_bytes() == content

    @pytest.mark.parametrize("ending", sorted(PARTS))
    def test_keeps_office_documents(self, store, ending):
        main, media_type = PARTS[ending]
        content = package(main, f"{media_type}.main+xml")

        assert take(store, content, f"a.{ending}").media_type == media_type

    def test_keeps_one_copy_of_the_same_content(self, store):
        first, second = take(store, PDF, "a.pdf"), take(store, PDF, "b.pdf")

        assert first.sha256 == second.sha256
        assert [path.name for path in store.folder.glob("*/*")] == [first.sha256]

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (b"", "empty.pdf"),
            (b"<html><script>alert(1)</script></html>", "page.html"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image.svg"),
            (b"MZ\x90\x00\x03", "setup.exe"),
            (b"\x7fELF\x02", "a.txt"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old.doc"),
            (b"text\x00with\x01signs", "a.txt"),
            (b"\xff\xff\xff\xff", "a.txt"),
            (b"%PDF", "short.pdf"),
            (b"\x89PNG", "cut.png"),
            (b"PK\x03\x04broken", "a.docx"),
            (PDF, "picture.png"),
            (PNG, "proof.pdf"),
            (package(), "sheet.xlsx"),
            (PDF, "noending"),
        ],
    )
    def test_refuses_the_rest_and_keeps_nothing(self, store, content, name):
        with pytest.raises(FileRefused) as error:
            take(store, content, name)

        assert error.value.field == "file"
        assert [path for path in store.folder.rglob("*") if path.is_file()] == []

    def test_refuses_more_than_the_limit(self, tmp_path):
        with pytest.raises(FileRefused):
            Store(tmp_path, 100).take(io.BytesIO(PDF + b"x" * 100), "a.pdf")

    def test_refuses_plain_archives(self, store):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("a.txt", "text")
        with pytest.raises(FileRefused, match="ZIP"):
            take(store, buffer.getvalue(), "a.docx")

    @pytest.mark.parametrize(
        "content",
        [
            package(extra={"word/vbaProject.bin": b"macro"}),
            package(extra={"word/VBAPROJECT.BIN": b"macro"}),
            package(declared="application/vnd.ms-word.document.macroEnabled.main+xml"),
            package(
                extra={"x": ""},
                declared=f"{kinds.DOCX}.main+xml application/vnd.ms-word.document.MacroEnabled",
            ),
        ],
    )
    def test_refuses_macros_whatever_the_name(self, store, content):
        with pytest.raises(FileRefused, match="macros"):
            take(store, content, "letter.docx")

    def test_refuses_a_package_whose_types_say_something_else(self, store):
        with pytest.raises(FileRefused):
            take(store, package(declared="application/xml"), "a.docx")

    def test_refuses_a_zip_bomb_by_its_directory(self, store):
        bomb = package(extra={"word/media/image.png": b"\0" * (20 * 1024 * 1024)})
        assert len(bomb) < 100_000
        with pytest.raises(FileRefused, match="unpacks"):
            take(store, bomb, "bomb.docx")

    def test_refuses_a_zip_bomb_that_lies_about_its_size(self, store):
        honest = package(extra={"word/media/image.png": b"\0" * (20 * 1024 * 1024)})
        lying = honest.replace(struct.pack("<I", 20 * 1024 * 1024), struct.pack("<I", 1000))
        assert lying != honest
        with pytest.raises(FileRefused):
            take(store, lying, "bomb.docx")

    def test_refuses_what_unpacks_past_the_bound(self, store, monkeypatch):
        monkeypatch.setattr(kinds, "MAX_UNPACKED_BYTES", 1000)
        monkeypatch.setattr(kinds, "_require_small", lambda *_: None)
        with pytest.raises(FileRefused, match="unpacks"):
            take(store, package(extra={"word/a.xml": "a" * 2000}), "a.docx")

    def test_refuses_too_many_members(self, store):
        many = package(extra={f"word/{number}": "" for number in range(kinds.MAX_MEMBERS)})
        with pytest.raises(FileRefused, match="unpacks"):
            take(store, many, "a.docx")

    def test_refuses_a_locked_document(self, store):
        content = bytearray(package())
        for mark in (b"PK\x03\x04", b"PK\x01\x02"):
            start = 0
            while (start := content.find(mark, start)) != -1:
                flags = start + (6 if mark == b"PK\x03\x04" else 8)
                content[flags] |= 1
                start += 4
        with pytest.raises(FileRefused, match="password"):
            take(store, bytes(content), "a.docx")


class TestForgetUnused:
    def test_deletes_old_contents_without_a_name(self, store):
        kept, unused = take(store, PDF, "a.pdf"), take(store, PNG, "b.png")
        (store.folder / "incoming-old").write_bytes(b"half")

        gone = store.forget_unused(frozenset({kept.sha256}), older_than=10**11)

        assert gone == 2
        assert store.path(kept.sha256).exists()
        assert not store.path(unused.sha256).exists()

    def test_spares_fresh_ones(self, store):
        upload = take(store, PDF, "a.pdf")

        assert store.forget_unused(frozenset(), older_than=0) == 0
        assert store.path(upload.sha256).exists()
