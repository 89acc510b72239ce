"""Papers through the client: reading, signing, downloading, checking."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest

from marketplace.papers import queries, registry, services
from marketplace.papers.models import PaperKind
from tests.clients import words
from tests.conftest import NOON
from tests.factories.papers import some_content
from tests.pdf_words import words_of

PDF = b"%PDF-1.4 stamped"


@pytest.fixture
def sides(make):
    return make.organization(name="武汉光谷大学"), make.organization(name="江城光电有限公司")


@pytest.fixture
def owner(make, sides):
    return make.member(sides[0], name="张伟")


@pytest.fixture
def paper(make, sides, owner):
    return make.paper(*sides)


def answer_of(paper, number=0, **changes):
    return {
        "party_id": str(paper.parties[number].id),
        "sha256": paper.sha256,
        "name": "张伟",
        "agreed": "y",
        **changes,
    }


def sign_all(session, make, paper, sides):
    paper = queries.reloaded(session, paper.id)
    for party, side in zip(paper.parties, sides, strict=True):
        services.sign(
            session,
            actor=make.member_of(side),
            paper_id=paper.id,
            party_id=party.id,
            name="王芳",
            sha256=paper.sha256,
            now=NOON,
        )


class TestShow:
    def test_shows_text_values_and_the_form_to_a_signer(self, client, owner, paper):
        page = client.sign_in(owner).get(f"/papers/{paper.id}")
        shown = words(page)
        assert page.status_code == 200
        assert "第一条 保密信息" in shown
        assert "违约金为 人民币 1,000,000.00 元" in shown
        assert "签署此文本" in shown
        assert paper.sha256 in shown

    def test_reads_in_english(self, client, owner, paper):
        shown = words(client.sign_in(owner).get(f"/en/papers/{paper.id}"))
        assert "Article 1 Confidential information" in shown
        zh = words(client.get(f"/en/papers/{paper.id}?text=zh"))
        assert "第一条" in zh

    def test_is_not_there_for_others(self, client, make, paper):
        stranger = make.member()
        assert client.sign_in(stranger).get(f"/papers/{paper.id}").status_code == 404
        assert client.get(f"/papers/{uuid4()}").status_code == 404

    def test_leads_to_its_object_and_the_current_number(
        self, client, make, owner, paper, sides, monkeypatch
    ):
        monkeypatch.setattr(registry, "_rules", {})
        registry.register(PaperKind.STATEMENT, address=lambda one: f"/deals/{one}")
        newer = make.paper(*sides, object_id=paper.object_id, content=some_content("2.00"))
        page = client.sign_in(owner).get(f"/papers/{paper.id}").get_data(as_text=True)
        assert f"/deals/{paper.object_id}" in page
        assert f"/papers/{newer.id}" in page
        assert "签署此文本" not in page


class TestSign:
    def test_signs_once(self, client, session, owner, paper):
        done = client.sign_in(owner).post(f"/papers/{paper.id}/sign", data=answer_of(paper))
        assert done.status_code == 303
        signature = queries.load(session, paper.id).parties[0].signature
        assert (signature.name, signature.person_id) == ("张伟", owner.id)
        again = client.post(f"/papers/{paper.id}/sign", data=answer_of(paper))
        assert again.status_code == 422
        assert "该方已经签署" in words(again)

    def test_keeps_the_stamped_scan(self, client, session, owner, paper):
        data = {**answer_of(paper), "upload": (io.BytesIO(PDF), "签署页.pdf")}
        client.sign_in(owner).post(f"/papers/{paper.id}/sign", data=data)
        kept = queries.scans_of(session, paper)
        assert [file.name for file in kept] == ["签署页.pdf"]
        assert "签署页.pdf" in words(client.get(f"/papers/{paper.id}"))
        assert client.get(f"/files/{kept[0].id}", buffered=True).status_code == 200

    @pytest.mark.parametrize(
        ("change", "said"),
        [({"name": ""}, "请输入您的姓名"), ({"agreed": ""}, "请确认您已阅读文本")],
    )
    def test_asks_for_name_and_tick(self, client, session, owner, paper, change, said):
        page = client.sign_in(owner).post(
            f"/papers/{paper.id}/sign", data=answer_of(paper, **change)
        )
        assert page.status_code == 422
        assert said in words(page)
        assert queries.load(session, paper.id).parties[0].signature is None

    def test_refuses_a_scan_of_another_kind(self, client, owner, paper):
        data = {**answer_of(paper), "upload": (io.BytesIO(b"a,b\n1,2\n"), "表.csv")}
        page = client.sign_in(owner).post(f"/papers/{paper.id}/sign", data=data)
        assert page.status_code == 422
        assert "盖章扫描件须为" in words(page)

    def test_says_that_the_text_changed(self, client, make, owner, paper, sides):
        make.paper(*sides, object_id=paper.object_id, content=some_content("2.00"))
        page = client.sign_in(owner).post(f"/papers/{paper.id}/sign", data=answer_of(paper))
        assert page.status_code == 409
        assert "文本已有变动" in words(page)

    def test_is_refused_for_the_other_side(self, client, owner, paper):
        page = client.sign_in(owner).post(f"/papers/{paper.id}/sign", data=answer_of(paper, 1))
        assert page.status_code == 403

    def test_finds_no_made_up_party(self, client, owner, paper):
        page = client.sign_in(owner).post(
            f"/papers/{paper.id}/sign", data=answer_of(paper, party_id="x")
        )
        assert page.status_code == 404


class TestAttach:
    def test_takes_the_stamped_copy_of_a_signed_paper(
        self, client, session, make, owner, paper, sides
    ):
        sign_all(session, make, paper, sides)
        done = client.sign_in(owner).post(
            f"/papers/{paper.id}/scans", data={"upload": (io.BytesIO(PDF), "合同.pdf")}
        )
        assert done.status_code == 303
        assert [file.name for file in queries.scans_of(session, paper)] == ["合同.pdf"]

    def test_says_what_is_missing(self, client, session, make, owner, paper, sides):
        early = client.sign_in(owner).post(
            f"/papers/{paper.id}/scans", data={"upload": (io.BytesIO(PDF), "合同.pdf")}
        )
        assert early.status_code == 422
        sign_all(session, make, paper, sides)
        nothing = client.post(f"/papers/{paper.id}/scans", data={})
        assert "请选择文件" in words(nothing)


class TestDownloads:
    def test_give_pdf_with_the_viewer_marked(self, client, owner, paper):
        answer = client.sign_in(owner).get(f"/papers/{paper.id}.pdf")
        assert answer.mimetype == "application/pdf"
        assert "no-store" in answer.headers["Cache-Control"]
        found = words_of(answer.data)
        assert "保密信息" in found
        assert "张伟2" in found

    def test_give_a_clean_pdf_for_stamping(self, client, owner, paper):
        answer = client.sign_in(owner).get(f"/papers/{paper.id}.pdf?mark=no&text=en")
        found = words_of(answer.data)
        assert "Confidentialinformation" in found
        assert "张伟" not in found

    def test_name_the_file_in_letters_that_headers_carry(self, client, owner, paper):
        """A server refuses headers beyond Latin 1; the test client would let them pass."""
        client.sign_in(owner)
        for ending in ("pdf", "docx"):
            named = client.get(f"/papers/{paper.id}.{ending}").headers["Content-Disposition"]
            assert named.isascii()
            assert "filename*=UTF-8''" in named

    def test_give_docx(self, client, owner, paper):
        answer = client.sign_in(owner).get(f"/papers/{paper.id}.docx")
        assert answer.data.startswith(b"PK")

    def test_are_not_there_for_others(self, client, make, paper):
        client.sign_in(make.member())
        for ending in ("pdf", "docx"):
            assert client.get(f"/papers/{paper.id}.{ending}").status_code == 404


class TestIndexAndDesk:
    def test_list_what_waits(self, client, owner, paper):
        client.sign_in(owner)
        assert "保密协议" in words(client.get("/papers"))
        assert "待签文书" in words(client.get("/desk"))

    def test_say_why_it_is_empty(self, client, make):
        client.sign_in(make.member())
        assert "暂无文书" in words(client.get("/papers"))
        assert "待签文书" not in words(client.get("/desk"))

    def test_keep_a_way_to_the_signed_ones(self, client, session, make, owner, paper, sides):
        sign_all(session, make, paper, sides)
        desk = words(client.sign_in(owner).get("/desk"))
        assert "没有待签文书" in desk
        assert "全部文书" in desk


class TestCheck:
    def test_tells_a_visitor_kind_day_and_count_alone(self, client, session, make, paper, sides):
        shown = words(client.get(f"/check/{paper.sha256}"))
        assert "真实" in shown
        assert "共 2 方，已签 0 方" in shown
        assert "江城光电" not in shown
        sign_all(session, make, paper, sides)
        assert "共 2 方，已签 2 方" in words(client.get(f"/check/{paper.sha256}"))

    def test_says_that_a_later_number_stands(self, client, make, paper, sides):
        make.paper(*sides, object_id=paper.object_id, content=some_content("2.00"))
        assert "已被新版本取代" in words(client.get(f"/check/{paper.sha256}"))

    @pytest.mark.parametrize("sha256", ["0" * 64, "abc"])
    def test_knows_no_other(self, client, sha256):
        page = client.get(f"/check/{sha256}")
        assert page.status_code == 404
        assert "没有此 SHA-256" in words(page)
        assert client.get(f"/check/{sha256}.svg").status_code == 404

    def test_takes_a_typed_hash(self, client, paper):
        assert client.get("/check").status_code == 200
        wrong = client.get("/check?sha256=12")
        assert wrong.status_code == 422
        assert "64 位字符" in words(wrong)
        right = client.get(f"/check?sha256= {paper.sha256.upper()} ")
        assert right.headers["Location"].endswith(f"/check/{paper.sha256}")

    def test_draws_the_code(self, client, paper):
        answer = client.get(f"/check/{paper.sha256}.svg")
        assert answer.mimetype == "image/svg+xml"
        assert b"<svg" in answer.data
