"""What the default law says where terms are silent or sharp: beside the field, with the article.

These are explanations, not advice; texts follow the articles named in each note.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.messages import N_
from marketplace.terms.kinds import (
    USE_KINDS,
    ContractKind,
    LicenseKind,
    Ownership,
    Sublicensing,
)
from marketplace.terms.rules.articles import Note, Source, Weight

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marketplace.terms.value import Terms


@dataclass(frozen=True, kw_only=True)
class Context:
    """What is known of the deal beyond the terms."""

    has_patent: bool = False
    #: Whether the listing's open license is declared and stands.
    is_open_license: bool = False
    #: Whether the providing side is a university or public institute.
    is_public_licensor: bool = False


NOTHING_KNOWN = Context()


def notes(terms: Terms, context: Context = NOTHING_KNOWN) -> list[Note]:
    """Give every note that concerns these terms, in the order of the form."""
    return [
        *_on_kind(terms, context),
        *_on_license(terms, context),
        *_on_extent(terms, context),
        *_on_money(terms, context),
        *_on_results(terms),
        *_on_duties(terms),
        *_on_export(terms),
    ]


def by_field(found: list[Note]) -> dict[str, list[Note]]:
    """Group notes by the field they stand beside."""
    grouped: dict[str, list[Note]] = {}
    for note in found:
        grouped.setdefault(note.field, []).append(note)
    return grouped


def _on_kind(terms: Terms, context: Context) -> Iterator[Note]:
    if terms.contract_kind is ContractKind.DEVELOPMENT:
        yield Note(
            "contract_kind",
            Source.CIVIL_CODE,
            "851",
            N_("A development contract must be in writing."),
            Weight.FACT,
        )
    if terms.contract_kind in USE_KINDS:
        yield Note(
            "contract_kind",
            Source.CIVIL_CODE,
            "863",
            N_("A transfer or license contract must be in writing."),
            Weight.FACT,
        )
    if terms.contract_kind is ContractKind.TRANSFER:
        yield Note(
            "contract_kind",
            Source.CIVIL_CODE,
            "847",
            N_(
                "The people who made a service result have the first right to acquire it on equal "
                "conditions. Ask them before you agree, and keep their answer."
            ),
            Weight.WARNING,
        )
        if context.has_patent:
            yield Note(
                "contract_kind",
                Source.PATENT_LAW,
                "10",
                N_("The transfer of a patent takes effect when the patent office registers it."),
                Weight.FACT,
            )
    if terms.contract_kind in USE_KINDS:
        yield Note(
            "subject",
            Source.CIVIL_CODE,
            "845",
            N_(
                "Where patents are concerned, the contract names each invention, its applicant "
                "and owner, the dates and numbers of filing and grant, and how long it lasts."
            ),
            Weight.FACT,
        )


def _on_license(terms: Terms, context: Context) -> Iterator[Note]:
    if terms.contract_kind is not ContractKind.LICENSE:
        return
    if terms.license_kind is None:
        yield Note(
            "license_kind",
            Source.COURT,
            "25",
            N_("Nothing is said about the kind: it counts as an ordinary license."),
            Weight.WARNING,
        )
    if terms.license_kind is LicenseKind.SOLE:
        yield Note(
            "license_kind",
            Source.COURT,
            "27",
            N_(
                "An owner who can't use the patent alone may let one other party do so by an "
                "ordinary license, unless you agree otherwise."
            ),
        )
    if context.is_open_license and terms.license_kind in (
        LicenseKind.EXCLUSIVE,
        LicenseKind.SOLE,
    ):
        yield Note(
            "license_kind",
            Source.PATENT_LAW,
            "51",
            N_(
                "While the open license stands, no exclusive or sole license may be granted: "
                "the owner withdraws the declaration first."
            ),
            Weight.WARNING,
        )
    if context.has_patent:
        yield Note(
            "license_kind",
            Source.PATENT_RULES,
            "15",
            N_("Record the license at the patent office within three months of its effect."),
            Weight.FACT,
        )


def _on_extent(terms: Terms, context: Context) -> Iterator[Note]:
    if terms.contract_kind is not ContractKind.LICENSE:
        return
    if terms.sublicensing is None:
        yield Note(
            "sublicensing",
            Source.CIVIL_CODE,
            "867",
            N_("Nothing is said: the licensee may not let anybody else use the patent."),
        )
    if terms.sublicensing in (Sublicensing.YES, Sublicensing.WITH_CONSENT):
        yield Note(
            "sublicensing",
            Source.COURT,
            "25",
            N_("A sublicense counts as an ordinary license unless you agree otherwise."),
        )
    if not terms.fields_of_use.strip():
        yield Note(
            "fields_of_use",
            Source.CIVIL_CODE,
            "864",
            N_("No limit on the field of use is agreed: the licensee may use it in any field."),
        )
    if terms.term_months is None:
        yield Note(
            "term_months",
            Source.COURT,
            "28",
            N_("No term is agreed: the use has no time limit."),
            Weight.WARNING,
        )
    if context.has_patent:
        yield Note(
            "term_months",
            Source.CIVIL_CODE,
            "865",
            N_("A patent license holds only while the patent does; compare the term with it."),
            Weight.FACT,
        )
        yield Note(
            "liability",
            Source.COURT,
            "26",
            N_(
                "The licensor keeps the patent alive: pays its annual fees and answers requests "
                "to declare it void, unless you agree otherwise."
            ),
            Weight.FACT,
        )


def _on_money(terms: Terms, context: Context) -> Iterator[Note]:
    if terms.has_royalty:
        yield Note(
            "royalty_base",
            Source.CIVIL_CODE,
            "846",
            N_(
                "A royalty may be a share of price, added output, profit or sales, at a fixed, "
                "rising or falling rate, with or without an entry fee."
            ),
            Weight.FACT,
        )
        if not terms.inspects_books:
            yield Note(
                "inspects_books",
                Source.CIVIL_CODE,
                "846",
                N_(
                    "With a royalty you may agree how the books are inspected. Without it the "
                    "reported figures can hardly be checked."
                ),
                Weight.WARNING,
            )
    if terms.contract_kind in (ContractKind.CONSULTING, ContractKind.SERVICE):
        yield Note(
            "payment_note",
            Source.CIVIL_CODE,
            "886",
            N_("Costs of the normal work are borne by who does it, unless you agree otherwise."),
        )
    if terms.equity_bp is not None and context.is_public_licensor:
        yield Note(
            "equity_bp",
            Source.CONVERSION_LAW,
            "45",
            N_(
                "Where nothing else is agreed or ruled, at least half of the shares go to the "
                "people who made and converted the result."
            ),
            Weight.WARNING,
        )
    if terms.contract_kind in USE_KINDS:
        yield Note(
            "tax_borne_by",
            Source.TAX_RULES,
            "90",
            N_(
                "Income from transfers of up to 5 million yuan a year is free of enterprise income "
                "tax, half of it above. The VAT rule now in force is not confirmed here."
            ),
            Weight.FACT,
        )


def _on_results(terms: Terms) -> Iterator[Note]:
    kind = terms.contract_kind
    if kind in USE_KINDS and terms.improvements is None:
        yield Note(
            "improvements",
            Source.CIVIL_CODE,
            "875",
            N_("Nothing is said: an improvement belongs to who made it, the other has no share."),
            Weight.WARNING,
        )
    if kind in USE_KINDS and terms.improvements in (Ownership.LICENSOR, Ownership.LICENSEE):
        yield Note(
            "improvements",
            Source.CIVIL_CODE,
            "850",
            N_(
                "A clause that takes the other side's improvements without pay or return may be "
                "void as a monopoly on technology (Interpretation, article 10)."
            ),
            Weight.WARNING,
        )
    if kind is ContractKind.DEVELOPMENT and terms.new_results is None:
        yield Note(
            "new_results",
            Source.CIVIL_CODE,
            "859, 860",
            N_(
                "Nothing is said: the right to a patent on commissioned work belongs to the "
                "developer, and the client may use it free of charge; on joint work it belongs to "
                "both."
            ),
            Weight.WARNING,
        )
        yield Note(
            "new_results",
            Source.CIVIL_CODE,
            "861",
            N_("Know-how without agreement may be used and transferred by each side."),
        )
    if kind in (ContractKind.CONSULTING, ContractKind.SERVICE) and terms.new_results is None:
        yield Note(
            "new_results",
            Source.CIVIL_CODE,
            "885",
            N_("Nothing is said: a new result belongs to the side that made it."),
        )


def _on_duties(terms: Terms) -> Iterator[Note]:
    kind = terms.contract_kind
    if kind is ContractKind.DEVELOPMENT and not terms.liability.strip():
        yield Note(
            "liability",
            Source.CIVIL_CODE,
            "858",
            N_(
                "Nothing is said: if the development fails for difficulties that nobody could "
                "overcome, both sides share the loss reasonably."
            ),
        )
    if kind in USE_KINDS and not terms.liability.strip():
        yield Note(
            "liability",
            Source.CIVIL_CODE,
            "870, 874",
            N_(
                "Nothing is said: the providing side warrants that it is the lawful owner and that "
                "the technology is complete, and answers for infringed rights of others."
            ),
        )
    if kind is ContractKind.CONSULTING and not terms.liability.strip():
        yield Note(
            "liability",
            Source.CIVIL_CODE,
            "881",
            N_("Nothing is said: the client bears losses from acting on a report as agreed."),
        )
    if kind in USE_KINDS and terms.confidentiality_years is None:
        yield Note(
            "confidentiality_years",
            Source.CIVIL_CODE,
            "868, 869, 871",
            N_("Both sides keep know-how secret; say for how long after the end."),
        )
    if kind in USE_KINDS and not terms.know_how.strip():
        yield Note(
            "know_how",
            Source.CIVIL_CODE,
            "866, 868",
            N_(
                "The providing side hands over the documents and gives the guidance needed for use."
            ),
        )


def _on_export(terms: Terms) -> Iterator[Note]:
    if terms.foreign_licensee:
        yield Note(
            "foreign_licensee",
            Source.EXPORT_RULES,
            "30–38",
            N_(
                "This is an export of technology: prohibited technology stays, restricted "
                "technology needs a license first, free technology is registered."
            ),
            Weight.WARNING,
        )
