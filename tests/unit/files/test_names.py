from __future__ import annotations

import pytest

from marketplace.files.names import LONGEST, clean_name, ending_of


class TestCleanName:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("营业执照.pdf", "营业执照.pdf"),
            ("../../etc/passwd.txt", "passwd.txt"),
            ("C:\\Users\\li\\proof.PDF", "proof.pdf"),
            ("a\u202efdp.exe", "afdp.exe"),
            ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
            ('<script>alert("x")</script>.png', "script_.png"),
            (".htaccess", "htaccess"),
            ("  two   blanks .pdf", "two blanks.pdf"),
            ("", "file"),
            ("...", "file"),
            ("\x00\x01", "file"),
        ],
    )
    def test_takes_out_what_is_risky(self, typed, kept):
        assert clean_name(typed) == kept

    def test_shortens_the_stem_and_keeps_the_ending(self):
        name = clean_name("长" * 500 + ".docx")

        assert len(name) <= LONGEST
        assert name.endswith(".docx")


class TestEndingOf:
    @pytest.mark.parametrize(("name", "ending"), [("a.PDF", "pdf"), ("a", ""), ("a.b.csv", "csv")])
    def test_is_what_follows_the_last_dot(self, name, ending):
        assert ending_of(name) == ending
