"""The demo accounts, one per role; they exist only where demo records were loaded."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "hanqiao-demo-2026"  # noqa: S105 — opens demo records only, and is printed at every start


@dataclass(frozen=True)
class DemoAccount:
    """Who can sign in to a demo copy."""

    email: str
    name: str
    role: str
    password: str = PASSWORD


def demo_accounts() -> list[DemoAccount]:
    """Give the accounts that ``make run`` prints."""
    return [
        DemoAccount("reviewer@hanqiao.example", "陈审核", "Reviewer 审核员"),
        DemoAccount("admin@hanqiao.example", "周管理", "Administrator 平台管理员"),
        DemoAccount("officer@hanqiao.example", "吴专员", "City officer 市科技专员"),
        DemoAccount(
            "university@hanqiao.example", "林转化", "University transfer officer 高校成果专员"
        ),
        DemoAccount("inventor@hanqiao.example", "何建", "Inventor at a university 高校科研人员"),
        DemoAccount("institute@hanqiao.example", "何研究", "Institute editor 院所编辑"),
        DemoAccount("enterprise@hanqiao.example", "黄需求", "Enterprise owner 企业负责人"),
        DemoAccount("manager@hanqiao.example", "郑经理", "Technology manager 技术经理人"),
        DemoAccount("agency@hanqiao.example", "金账务", "Agency owner 技术转移机构负责人"),
        DemoAccount("operator@hanqiao.example", "冯平台", "Operator staff 平台运营人员"),
        DemoAccount("district@hanqiao.example", "涂推荐", "District bureau 区级主管部门"),
    ]
