"""Takes a deal through its pages, one small step a method, as the people in it would."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.contracts.models import Contract
from marketplace.contracts.services.drawing import current_paper
from marketplace.core.actor import MemberRole
from marketplace.deals.models import Deal
from marketplace.listings.models import ListingStatus
from marketplace.managers.models import FeePayer, MandateStatus
from marketplace.organizations.models import OrganizationKind
from marketplace.papers.models import PaperKind
from marketplace.papers.queries import current
from marketplace.performance.models import Commission, IncomeSplit, StatementState
from marketplace.performance.queries import plans, splits
from marketplace.terms.models import PriceNotice
from marketplace.terms.queries import offers
from marketplace.web.clock import now
from tests.clients import words
from tests.forms import typed
from tests.jobs import run_jobs

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

    from marketplace.accounts.models import User
    from marketplace.matching.models import Match
    from marketplace.papers.models import Paper
    from marketplace.performance.models import Milestone, RoyaltyStatement
    from marketplace.terms.kinds import ContractKind
    from tests.clients import Client
    from tests.factories import Make

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def scan(name: str = "扫描件.pdf") -> tuple[io.BytesIO, str]:
    """Give a file as a browser sends it."""
    return io.BytesIO(PDF), name


def in_days(days: int) -> str:
    """Give the day so many days from today as a form wants it."""
    return (now() + timedelta(days=days)).date().isoformat()


class DealDriver:
    """A university, an enterprise, an inventor and a manager with a mandate, between them a match.

    ``seen`` keeps every address that belongs to the deal, for those who may not open it.
    """

    def __init__(self, client: Client, session: Session, make: Make) -> None:
        self.client, self.session, self.make = client, session, make
        self.seen: set[tuple[str, str]] = set()
        self.university = make.organization(
            kind=OrganizationKind.UNIVERSITY, name="武汉示范大学", district_code="420111"
        )
        self.company = make.organization(name="武汉示范科技有限公司", district_code="420115")
        self.officer = make.member(self.university, MemberRole.TTO_OFFICER, name="周转")
        self.buyer = make.member(self.company, name="赵买")
        self.inventor = make.user(name="李完成")
        self.listing = make.listing(
            self.university,
            status=ListingStatus.PUBLISHED,
            inventors=[{"name": self.inventor.name}],
        )
        self.need = make.need(self.company)
        self.profile = make.manager()
        self.manager = self._person(self.profile.person_id)
        today = now().date()
        make.mandate(
            self.profile,
            self.need,
            status=MandateStatus.SIGNED,
            starts_on=today - timedelta(days=60),
            ends_on=today + timedelta(days=300),
            success_fee_bp=500,
            payer=FeePayer.CLIENT,
        )
        self.deal_id: UUID | None = None

    def _person(self, person_id: UUID) -> User:
        from marketplace.accounts.models import User

        return self.session.get_one(User, person_id)

    @property
    def deal(self) -> Deal:
        """The deal as it stands."""
        self.session.expire_all()
        return self.session.get_one(Deal, self.deal_id)

    @property
    def here(self) -> str:
        """The address of the deal's page."""
        return f"/deals/{self.deal_id}"

    def look(self, person: User, path: str) -> str:
        """Open a page as a person and give its words."""
        self.seen.add(("GET", path))
        answer = self.client.sign_in(person).get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return words(answer)

    def take(self, person: User, path: str) -> bytes:
        """Download a file as a person."""
        self.seen.add(("GET", path))
        answer = self.client.sign_in(person).get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.data

    def send(self, person: User, path: str, **values: Any) -> TestResponse:
        """Send a form as a person; it must be taken."""
        self.seen.add(("POST", path))
        answer = self.client.sign_in(person).post(path, data=values)
        assert answer.status_code == 303, (path, answer.status_code, words(answer)[:3000])
        return answer

    # From the match to the terms

    def open(self, match: Match) -> None:
        """The manager sends the match to both sides."""
        sent = self.client.sign_in(self.manager).post(f"/deals/send/{match.id}")
        assert sent.status_code == 303, words(sent)
        self.deal_id = self.session.scalars(select(Deal)).one().id

    def move(self, person: User, event: str, **values: str) -> None:
        """Take a step of the deal with its exit fields."""
        path = f"{self.here}/move/{event}"
        self.look(person, path)
        self.send(
            person,
            path,
            **({"next_step": "按约定推进", "next_on": in_days(5)} | values),
            version=self.deal.version,
        )

    def sign(self, paper: Paper) -> None:
        """Both parties sign a paper; the manager never may."""
        address = f"/papers/{paper.id}"
        digest = paper.sha256
        parties = [(party.id, party.organization_id) for party in paper.parties]
        for party_id, organization_id in parties:
            person = self.officer if organization_id == self.university.id else self.buyer
            self.look(person, address)
            typed_name = {"party_id": str(party_id), "sha256": digest, "agreed": "y"}
            refused = self.client.sign_in(self.manager).post(
                f"{address}/sign", data=typed_name | {"name": self.manager.name}
            )
            assert refused.status_code == 403
            self.send(person, f"{address}/sign", **typed_name, name=person.name)

    def keep_secret(self) -> None:
        """The confidentiality agreement is drawn up by the manager and signed by both."""
        self.move(self.manager, "ask_confidentiality", purpose="评估技术")
        paper = current(self.session, PaperKind.CONFIDENTIALITY, "deal", self.deal.id)
        assert paper is not None
        self.sign(paper)

    def look_into(self) -> None:
        """Due diligence: a file in the room, read by the other side, then on to the terms."""
        self.send(
            self.officer,
            f"{self.here}/room",
            audience=["licensee"],
            confidential="y",
            file=scan("检测报告.pdf"),
        )
        page = self.client.sign_in(self.buyer).get(f"{self.here}/room").get_data(as_text=True)
        opening = re.findall(r'action="([^"]+/room/[^"]+/open)"', page)[0]
        self.seen.add(("POST", opening))
        assert self.client.post(opening).data.startswith(b"%PDF")
        self.move(self.manager, "start_terms", findings="权属清楚，数据属实。", value="600000")

    def _form(self, person: User, kind: ContractKind) -> dict[str, list[str]]:
        place = f"{self.here}/terms/offer"
        self.look(person, place)
        form = typed(self.client.get(place)) | {"contract_kind": [kind.value]}
        return typed(self.client.post(place, data=form | {"refresh": ["1"]}))

    def bargain(self, kind: ContractKind, first: dict[str, str], second: dict[str, str]) -> None:
        """The buyer offers, the university counters, the buyer accepts."""
        for person, values in ((self.buyer, first), (self.officer, second)):
            form = self._form(person, kind) | {name: [one] for name, one in values.items()}
            self.send(person, f"{self.here}/terms/offer", **form, send=["1"])
        offer = offers.latest_offer(self.session, self.deal_id)
        self.look(self.buyer, f"{self.here}/terms")
        self.look(self.buyer, f"{self.here}/terms/offers/2?with=1")
        self.send(self.buyer, f"{self.here}/terms/offers/2/accept", sha256=offer.offer.sha256)

    # The university's own side

    def decide(self, *, on_market: bool) -> None:
        """The university sets its tiers, records pricing and approval, and publishes the price.

        A price that came about on a technology market needs no notice.
        """
        tiers = f"/organizations/{self.university.id}/approval-tiers"
        example = typed(self.client.sign_in(self.officer).get(f"{tiers}?example=1"))
        self.send(self.officer, tiers, **example)
        place = f"{self.here}/terms"
        page = self.look(self.officer, f"{place}/pricing")
        form = typed(self.client.get(f"{place}/pricing"))
        assert form
        bodies = [
            value[0] for name, value in example.items() if name.endswith("-body") and value[0]
        ]
        body = next(one for one in bodies if one in page)
        priced = {"method": "agreement", "basis": "市场法评估"}
        if on_market:
            priced = {
                "method": "market",
                "house": "湖北技术交易所",
                "result": "一家报名，按挂牌价成交",
                "held_on": in_days(0),
            }
        self.send(self.officer, f"{place}/pricing", **priced)
        self.send(
            self.officer,
            f"{place}/decisions",
            decision="approved",
            body=body,
            subject="转化方式与价格",
            decided_on=in_days(0),
            participants="王某、李某",
            minutes=scan("会议纪要.pdf"),
        )
        if on_market:
            return
        self.send(
            self.officer,
            f"{place}/notice",
            name=self.listing.title,
            summary="工艺成熟。",
            buyer=self.company.name,
            price_note="见合同",
            days="15",
        )
        self._let_the_notice_run()

    def _let_the_notice_run(self) -> None:
        notice = self.session.scalars(select(PriceNotice)).one()
        assert "计时中" in self.look(self.officer, f"{self.here}/terms/pricing")
        assert "价格公示到" in self.look(self.manager, f"{self.here}/contract")
        notice.posted_on -= timedelta(days=20)
        self.session.flush()

    # Contract and registration

    def conclude(self) -> None:
        """The manager has the contract drawn up; both sign it and a stamped scan is kept."""
        self.look(self.manager, f"{self.here}/contract")
        self.take(self.manager, f"{self.here}/contract/draft.pdf")
        self.send(self.manager, f"{self.here}/contract/draw-up")
        paper = current_paper(self.session, self.deal_id)
        assert paper is not None
        self.sign(paper)
        assert self.take(self.buyer, f"/papers/{paper.id}.pdf").startswith(b"%PDF")
        assert self.take(self.manager, f"/papers/{paper.id}.docx").startswith(b"PK")
        self.send(self.officer, f"/papers/{paper.id}/scans", upload=scan("盖章合同.pdf"))

    def register(self, number: str) -> None:
        """The manager registers the contract with the office."""
        base = f"{self.here}/contract/registration"
        self.look(self.manager, base)
        page = self.client.get(base).get_data(as_text=True)
        boxes = re.findall(r'<input[^>]*name="checked"[^>]*>', page)
        points = re.findall(r'value="([^"]+)"', "".join(boxes))
        assert points
        contract = self.session.scalars(select(Contract)).one()
        self.send(
            self.manager,
            f"{base}/prepare",
            office="武汉市技术合同登记站",
            technology=f"{contract.amount_minor // 100}",
            checked=points,
        )
        self.send(self.manager, f"{base}/file", filed_on=in_days(0))
        self.send(self.manager, f"{base}/register", number=number, registered_on=in_days(0))
        assert number in self.look(self.officer, base)
        assert self.take(self.manager, f"{base}/sheet.pdf").startswith(b"%PDF")

    # Money

    def transfer(self, payer: User, payee: User, path: str, **values: str) -> None:
        """Ask for a payment, report its bank slip, and confirm that it arrived."""
        asked = self.send(payer, path, **values)
        self.seen.add(("GET", asked.location))
        payment = asked.location.removesuffix("/pay")
        form = self.client.sign_in(payer).get(f"{payment}/transfer")
        self.seen.add(("GET", f"{payment}/transfer"))
        self.send(
            payer,
            f"{payment}/transfer",
            amount=typed(form)["amount"],
            paid_on=in_days(0),
            bank_reference=f"ICBC-{payment[-6:]}",
            file=scan("银行回单.pdf"),
        )
        self.look(payee, payment)
        page = self.client.get(payment).get_data(as_text=True)
        self.send(payee, re.findall(r'action="([^"]+/transfers/[^"]+/confirm)"', page)[0])

    def perform(self) -> None:
        """Every milestone is called, paid, delivered, accepted and released."""
        self.move(self.manager, "start_performance")
        run_jobs(self.client.application, self.session)
        self.look(self.buyer, f"{self.here}/money")
        for row in plans.list_milestones(self.session, self.deal_id):
            self._perform(row)

    def _perform(self, row: Milestone) -> None:
        page = f"{self.here}/milestones/{row.id}"
        works = row.needs_delivery
        if row.state.value == "planned":
            self.send(self.buyer, f"{page}/call")
        self.transfer(self.buyer, self.officer, f"{page}/pay")
        if works:
            self.send(self.officer, f"{page}/deliver", note="已交付", file=scan("交付清单.pdf"))
            self.send(self.buyer, f"{page}/accept")
        self.look(self.officer, page)

    def report(self, base: str) -> list[RoyaltyStatement]:
        """Every royalty statement that fell due is reported, confirmed and paid."""
        performance = plans.get_performance(self.session, self.deal_id)
        rows = [
            row
            for row in plans.list_statements(self.session, performance.id)
            if row.state is not StatementState.CANCELLED
        ]
        for row in rows:
            page = f"{self.here}/royalties/{row.id}"
            self.look(self.buyer, page)
            self.send(self.buyer, f"{page}/report", base=base, note="台账", file=scan("台账.pdf"))
            self.send(self.officer, f"{page}/confirm")
            self.transfer(self.buyer, self.officer, f"{page}/pay")
        return rows

    def share_out(self) -> IncomeSplit:
        """The university splits its income; those in it agree; after the notice it is paid out."""
        base = f"{self.here}/splits"
        self.look(self.officer, base)
        form = typed(self.client.get(f"{base}/new")) | {
            "people-0-name": [self.inventor.name],
            "people-0-email": [self.inventor.email],
        }
        self.send(self.officer, f"{base}/new", **form)
        split = self.session.scalars(select(IncomeSplit)).one()
        page = f"{base}/{split.id}"
        self.look(self.officer, page)
        self.send(self.officer, f"{page}/costs", amount="1000", text="专利年费", file=scan())
        self.send(self.officer, f"{page}/ask")
        for share in splits.list_shares(self.session, split.id):
            if share.person_id is None:
                self.send(self.officer, f"{page}/shares/{share.id}/consent", file=scan())
            else:
                person = self._person(share.person_id)
                self.look(person, f"/my-results/{share.id}")
                self.send(person, f"/my-results/{share.id}", answer="agree")
        self.send(self.officer, f"{page}/publish")
        split = self.session.get_one(IncomeSplit, split.id)
        split.notice_from -= timedelta(days=20)
        split.notice_to -= timedelta(days=20)
        self.session.flush()
        self.send(self.officer, f"{page}/book")
        for share in splits.list_shares(self.session, split.id):
            self.send(
                self.officer,
                f"{page}/shares/{share.id}/payouts",
                amount=f"{share.amount_minor / 100:.2f}",
                tax="0",
                paid_on=in_days(0),
                reference=f"GZ-{share.position}",
            )
        return self.session.get_one(IncomeSplit, split.id)

    def pay_the_manager(self, cashier: User) -> Commission:
        """The manager invoices the commission; the client pays it."""
        row = self.session.scalars(select(Commission)).one()
        page = f"/commissions/{row.id}"
        self.look(self.manager, page)
        self.send(self.manager, f"{page}/invoice", number="FP-2026-001")
        self.transfer(self.buyer, cashier, f"{page}/pay")
        return self.session.get_one(Commission, row.id)
