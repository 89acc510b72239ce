from __future__ import annotations

from datetime import date

from marketplace.listings.citations import Citation, bibtex, national, ris


def citation(**values):
    return Citation(
        **{
            "key": "hanqiao-1",
            "title": "激光清洗",
            "authors": ("李明", "王芳"),
            "organization": "武汉某大学",
            "publisher": "汉桥",
            "published_on": date(2026, 3, 1),
            "cited_on": date(2026, 11, 20),
            "address": "https://example.com/t/1",
            **values,
        }
    )


def test_national_form():
    assert national(citation(), language="zh") == (
        "李明, 王芳. 激光清洗[DB/OL]. 汉桥, 2026-03-01[2026-11-20]. https://example.com/t/1."
    )


def test_national_form_names_three_authors():
    four = citation(authors=("甲", "乙", "丙", "丁"))
    assert national(four, language="zh").startswith("甲, 乙, 丙, 等. ")
    assert national(four, language="en").startswith("甲, 乙, 丙, et al. ")


def test_the_organization_stands_in_for_authors():
    nobody = citation(authors=())
    assert national(nobody, language="zh").startswith("武汉某大学. ")
    assert "author = {{武汉某大学}}" in bibtex(nobody)
    assert "AU  - 武汉某大学\r\n" in ris(nobody)


def test_bibtex_escapes_what_tex_reads():
    entry = bibtex(citation(title="50% of A&B_{x}\\input~^\nnew", address="https://e/}\\x"))
    assert (
        r"50\% of A\&B\_\{x\}\textbackslash{}input\textasciitilde{}\textasciicircum{} new" in entry
    )
    assert "url = {https://e/x}" in entry
    assert entry.startswith("@misc{hanqiao-1,\n")


def test_ris_values_cannot_start_a_tag():
    record = ris(citation(title="a\r\nTY  - BOOK"))
    assert "TI  - a TY - BOOK\r\n" in record
    assert record.count("\r\nTY  - ") == 0
    assert record.endswith("ER  - \r\n")
