"""The trade subsidy of a contract: who qualifies, for how much, and its file set as one archive."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.codes import rules as figures
from marketplace.codes.districts import DISTRICTS
from marketplace.contracts import queries, receipts, rules
from marketplace.contracts.clauses.facts import ROLES
from marketplace.contracts.clauses.sheet import (
    FileEntry,
    SheetData,
    SheetParty,
    registration_sheet,
    subsidy_cover,
)
from marketplace.contracts.services.drawing import agreed, current_paper, facts_of
from marketplace.contracts.settings import REGISTRATION_OFFICE, SUBSIDY_BP, SUBSIDY_CAP
from marketplace.files.models import Attachment
from marketplace.organizations.models import Organization
from marketplace.papers import queries as papers
from marketplace.papers import typesetting
from marketplace.papers.typesetting.sheet import BEIJING
from marketplace.terms.value import from_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.contracts.models import Contract
    from marketplace.contracts.receipts import Receipt
    from marketplace.contracts.rules import Finding, Subsidy
    from marketplace.deals.models import Deal
    from marketplace.papers.content import Content
    from marketplace.papers.models import Paper

    Translate = Callable[[Finding, str], str]
    Read = Callable[[str], bytes]


@dataclass(frozen=True)
class Assessment:
    """The judgement of a year with the money it rests on."""

    year: int
    subsidy: Subsidy
    receipts: tuple[Receipt, ...]

    @property
    def received_minor(self) -> int:
        """Money received in the year, in fen."""
        return sum(receipt.amount_minor for receipt in self.receipts)


def assess(session: Session, deal: Deal, contract: Contract, *, year: int) -> Assessment:
    """Judge the subsidy of a year; only yuan that came in within the year count."""
    got = tuple(
        receipt
        for receipt in receipts.of_deal(session, deal.id)
        if receipt.on.year == year and receipt.currency == "CNY"
    )
    supplier = session.get_one(Organization, deal.licensor_id)
    receiver = session.get_one(Organization, deal.licensee_id)
    registration = queries.find_registration(session, contract)
    paper = current_paper(session, deal.id)
    case = rules.Case(
        year=year,
        kind=contract.kind,
        supplier_district=supplier.district_code,
        receiver_district=receiver.district_code,
        is_signed=contract.signed_at is not None,
        registration_number=registration.number if registration else "",
        received_minor=sum(receipt.amount_minor for receipt in got),
        has_slips=bool(got) and all(receipt.attachment_ids for receipt in got),
        has_stamped_contract=paper is not None and bool(papers.scans_of(session, paper)),
        rate_bp=figures.number(session, SUBSIDY_BP),
        cap_minor=figures.number(session, SUBSIDY_CAP),
    )
    return Assessment(year, rules.subsidy(case), got)


def sheet(session: Session, deal: Deal, contract: Contract) -> Content:
    """Fill the registration sheet of a contract."""
    terms = from_json(agreed(session, deal).content)
    paper = current_paper(session, deal.id)
    registration = queries.find_registration(session, contract)
    roles = ROLES[terms.contract_kind]
    signers = {party.organization_id: party.signature for party in paper.parties} if paper else {}

    def side(organization_id: UUID, name: tuple[str, str]) -> SheetParty:
        one = session.get_one(Organization, organization_id)
        signature = signers.get(organization_id)
        place = DISTRICTS.get(one.district_code) if one.district_code else None
        return SheetParty(
            name=one.name,
            name_en=one.name_en,
            code=one.credit_code,
            address=one.address,
            kind=_KINDS.get(one.kind.value, name),
            place=(place.zh, place.en) if place else ("—", "—"),
            contact=signature.name if signature else "",
        )

    office = (
        registration.office if registration else str(figures.value(session, REGISTRATION_OFFICE))
    )
    return registration_sheet(
        SheetData(
            terms=terms,
            facts=facts_of(session, deal, contract.shown_number),
            supplier=side(deal.licensor_id, roles.provider),
            receiver=side(deal.licensee_id, roles.receiver),
            signed_on=contract.signed_at.astimezone(BEIJING).date() if contract.signed_at else None,
            technology_minor=registration.technology_minor if registration else None,
            office=office,
            sha256=paper.sha256 if paper else "—",
        )
    )


_KINDS: dict[str, tuple[str, str]] = {
    "university": ("高等院校", "university"),
    "institute": ("科研机构", "research institute"),
    "enterprise": ("企业法人", "enterprise"),
    "tto": ("技术转移机构", "transfer office"),
    "agency": ("技术转移服务机构", "transfer agency"),
    "investor": ("投资机构", "investor"),
    "district": ("机关", "government body"),
    "operator": ("平台运营机构", "platform operator"),
}


@dataclass(frozen=True)
class _File:
    name: str
    title: tuple[str, str]
    content: bytes

    @property
    def entry(self) -> FileEntry:
        return FileEntry(self.name, self.title, hashlib.sha256(self.content).hexdigest())


def file_set(
    session: Session,
    deal: Deal,
    contract: Contract,
    *,
    assessment: Assessment,
    check_url: str,
    read: Read,
    say: Translate,
) -> bytes:
    """Pack cover, registration sheet, contract, stamped copies and bank slips into one ZIP.

    ``read`` gives a kept file by its SHA-256; ``say`` puts a finding into words of a language.
    """
    paper = current_paper(session, deal.id)
    files = [_sheet_file(session, deal, contract)]
    if paper is not None:
        files += _contract_files(session, paper, check_url, read)
    files += _slips(session, assessment.receipts, read)
    cover = subsidy_cover(
        lines=[
            (say(finding, "zh"), say(finding, "en"), finding.holds)
            for finding in assessment.subsidy.findings
        ],
        amount_minor=assessment.subsidy.amount_minor,
        entries=[file.entry for file in files],
        year=assessment.year,
    )
    files.insert(
        0,
        _File(
            "00-申报说明与清单.pdf",
            ("申报说明与清单", "cover and list"),
            typesetting.document(cover.title, cover.blocks),
        ),
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(file.name, file.content)
    return packed.getvalue()


def _sheet_file(session: Session, deal: Deal, contract: Contract) -> _File:
    content = sheet(session, deal, contract)
    return _File(
        "01-技术合同认定登记表.pdf",
        ("技术合同认定登记表", "registration sheet"),
        typesetting.document(content.title, content.blocks),
    )


def _contract_files(session: Session, paper: Paper, check_url: str, read: Read) -> list[_File]:
    found = [
        _File(
            "02-技术合同.pdf",
            ("已签署合同", "signed contract"),
            typesetting.pdf(paper, language="zh", check_url=check_url),
        )
    ]
    for number, scan in enumerate(papers.scans_of(session, paper), start=1):
        found.append(
            _File(
                f"03-合同盖章件-{number:02d}.{_ending(scan)}",
                ("合同盖章件", "stamped contract"),
                read(scan.sha256),
            )
        )
    return found


def _slips(session: Session, got: Sequence[Receipt], read: Read) -> list[_File]:
    found: list[_File] = []
    for receipt in got:
        for attachment_id in receipt.attachment_ids:
            slip = session.get(Attachment, attachment_id)
            if slip is None or slip.removed_at is not None:
                continue
            found.append(
                _File(
                    f"04-银行回单-{receipt.on.isoformat()}-{len(found) + 1:02d}.{_ending(slip)}",
                    ("银行回单", "bank slip"),
                    read(slip.sha256),
                )
            )
    return found


def _ending(attachment: Attachment) -> str:
    return attachment.name.rpartition(".")[2].lower()
