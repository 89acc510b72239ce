"""What a contract's text needs beside the agreed terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.terms.kinds import ContractKind

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, kw_only=True)
class Right:
    """An intellectual property right that is transferred, licensed or used (Civil Code 845)."""

    kind: tuple[str, str]
    number: str
    title: str = ""
    owner: str = ""
    filed_on: date | None = None
    granted_on: date | None = None
    expires_on: date | None = None
    is_patent: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Number, names and rights, as they stand on the day the contract is drawn up."""

    number: str
    title: str
    title_en: str = ""
    rights: tuple[Right, ...] = ()
    #: Whether the providing side is a university or public institute.
    is_public_licensor: bool = False

    @property
    def has_patent(self) -> bool:
        """Whether a patent is among the rights."""
        return any(right.is_patent for right in self.rights)


@dataclass(frozen=True)
class Roles:
    """What the sides are called: A receives and pays, B provides."""

    receiver: tuple[str, str]
    provider: tuple[str, str]

    @property
    def party_a(self) -> tuple[str, str]:
        """Role of Party A as it stands in the list of parties."""
        return f"甲方（{self.receiver[0]}）", f"Party A ({self.receiver[1]})"

    @property
    def party_b(self) -> tuple[str, str]:
        """Role of Party B as it stands in the list of parties."""
        return f"乙方（{self.provider[0]}）", f"Party B ({self.provider[1]})"


ROLES: dict[ContractKind, Roles] = {
    ContractKind.DEVELOPMENT: Roles(("委托方", "client"), ("研究开发方", "developer")),
    ContractKind.TRANSFER: Roles(("受让方", "transferee"), ("让与方", "transferor")),
    ContractKind.LICENSE: Roles(("被许可方", "licensee"), ("许可方", "licensor")),
    ContractKind.CONSULTING: Roles(("委托方", "client"), ("受托方", "consultant")),
    ContractKind.SERVICE: Roles(("委托方", "client"), ("受托方", "service provider")),
}

TITLES: dict[ContractKind, tuple[str, str]] = {
    ContractKind.DEVELOPMENT: ("技术开发合同", "Technology development contract"),
    ContractKind.TRANSFER: ("技术转让合同", "Technology transfer contract"),
    ContractKind.LICENSE: ("技术许可合同", "Technology license contract"),
    ContractKind.CONSULTING: ("技术咨询合同", "Technology consulting contract"),
    ContractKind.SERVICE: ("技术服务合同", "Technology service contract"),
}
OPEN_LICENSE_TITLE = ("专利开放许可合同", "Open patent license contract")
