"""The main job: results and needs come in as files, and the right pair finds each other."""

from __future__ import annotations

import json
import re
import time

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import axe, overflow, sign_in
from tests.record_files import write

pytestmark = pytest.mark.e2e

#: Seconds in which the imported records must be embedded and matched, on a busy machine.
PATIENCE = 120

#: Title, abstract, keywords, discipline.
RESULTS = (
    (
        "隧道衬砌渗漏水的地质雷达快速检测方法",
        "车载地质雷达在地铁隧道内以每小时二十公里检测衬砌背后空洞和渗漏水，自动识别病害并标注里程。",
        "地质雷达;隧道衬砌;渗漏水;空洞识别",
        "土木工程",
    ),
    (
        "从废旧印制电路板浸出液中选择性回收铜的萃取工艺",
        "用羟肟类萃取剂从酸性浸出液中选择性提取铜，反萃后电积得到阴极铜，药水循环使用，铜回收率百分之九十八。",
        "铜回收;溶剂萃取;电路板;浸出液循环",
        "冶金工程",
    ),
    (
        "水稻抗稻瘟病分子标记辅助育种",
        "开发与抗稻瘟病基因紧密连锁的分子标记，缩短育种年限，育成抗病优质水稻品系。",
        "水稻;稻瘟病;分子标记;育种",
        "作物学",
    ),
    (
        "激光熔覆修复矿用液压支柱",
        "在液压支柱表面激光熔覆不锈钢粉末，替代电镀硬铬，耐蚀寿命提高三倍。",
        "激光熔覆;液压支柱;耐蚀;再制造",
        "材料科学与工程",
    ),
    (
        "胶囊内镜图像中小肠出血的自动识别",
        "卷积网络逐帧筛查胶囊内镜视频，标出疑似出血片段，医生阅片时间由一小时降到十分钟。",
        "胶囊内镜;小肠出血;图像识别;深度学习",
        "生物医学工程",
    ),
    (
        "湖泊蓝藻水华的遥感预警模型",
        "融合卫星叶绿素反演与气象预报，提前三天预测湖泊蓝藻水华的位置和面积。",
        "蓝藻水华;遥感;预警;叶绿素",
        "环境科学与工程",
    ),
    (
        "氢燃料电池双极板的石墨烯防腐涂层",
        "在不锈钢双极板上沉积石墨烯复合涂层，接触电阻低，耐酸腐蚀五千小时。",
        "燃料电池;双极板;石墨烯;防腐涂层",
        "动力工程及工程热物理",
    ),
    (
        "小龙虾加工废弃虾壳制备甲壳素的酶法工艺",
        "用蛋白酶与乳酸菌协同去除虾壳蛋白和矿物质，不用强酸强碱，得到高纯甲壳素。",
        "虾壳;甲壳素;酶法;清洁生产",
        "食品科学与工程",
    ),
    (
        "桥梁斜拉索索力的无线振动监测",
        "自供电无线传感器采集斜拉索振动，频率法换算索力，异常时自动报警。",
        "斜拉索;索力;无线传感;振动监测",
        "土木工程",
    ),
    (
        "古籍破损页面的数字化修复软件",
        "对扫描的古籍页面去除霉斑和虫蛀痕迹，补全残缺笔画，供出版与检索使用。",
        "古籍;数字化修复;图像补全",
        "图书情报与档案管理",
    ),
    (
        "光纤预制棒沉积过程的温度闭环控制",
        "红外测温与模型预测控制结合，沉积表面温度波动小于两度，提高预制棒合格率。",
        "光纤预制棒;温度控制;模型预测控制",
        "光学工程",
    ),
    (
        "城市公交动态排班的优化算法",
        "根据刷卡客流和路况滚动调整发车时刻，平均候车时间缩短百分之十五。",
        "公交排班;客流预测;优化算法",
        "交通运输工程",
    ),
)
NEEDS = (
    ("mj1", "zh", "我厂处理废旧电路板，需要从酸性浸出液里把铜选择性提出来，药水还要循环使用。", 1),
    (
        "mj2",
        "en",
        "We need to detect water leakage and voids behind subway tunnel linings by radar.",
        0,
    ),
)


#: The demo organizations that bring the files.
UNIVERSITY, COMPANY = "江城理工大学（演示）", "楚天电路科技有限公司（演示）"


def bring(page, kind: str, organization: str, path, rows: int) -> None:
    """Import a file on the web and have its rows sent for review."""
    page.goto("/imports/new")
    page.get_by_label(kind, exact=True).check()
    page.locator("[name=organization_id]").select_option(label=organization)
    page.get_by_label("文件", exact=True).set_input_files(path)
    page.get_by_role("button", name="上传文件").click()
    expect(page.get_by_label("导入后直接送审")).to_be_checked()
    assert axe(page) == []
    page.get_by_role("button", name="检查文件").click()
    page.get_by_role("button", name=f"导入 {rows} 行").click()
    expect(page).to_have_url(re.compile("/jobs/"))
    expect(page.locator("#job-state")).to_have_text("已完成", timeout=60_000)
    expect(page.get_by_text("导入的记录已送审")).to_be_visible()
    page.get_by_role("link", name="查看导入的记录").click()


def publish_all(page, queue: str, organization: str) -> None:
    """Publish all that waits of one organization."""
    page.goto(queue)
    page.get_by_role("main").get_by_role("link", name=organization).first.click()
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert axe(page) == [], f"{page.url} at {width}"
        assert overflow(page) <= 0, f"{page.url} at {width}"
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="发布本页全部").click()
    expect(page.get_by_role("status").filter(has_text="已发布")).to_be_visible()


def wait_for_match(page, address: str, title: str) -> None:
    """Reload the need's page until its match is there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        page.goto(address)
        if page.locator("article.match", has_text=title).count():
            return
        page.wait_for_timeout(3000)
    pytest.fail(f"no match with {title}")


def test_files_of_results_and_needs_become_matches_with_reasons(page, browser, base_url, tmp_path):
    page.set_default_timeout(30_000)
    lines = (
        json.dumps(
            {
                "id": f"MJ{number}",
                "title": title,
                "abstract": abstract,
                "keywords": keywords,
                "discipline": discipline,
            },
            ensure_ascii=False,
        )
        for number, (title, abstract, keywords, discipline) in enumerate(RESULTS, start=1)
    )
    sign_in(page, "university")
    results = write(tmp_path / "results.jsonl", "\n".join(lines) + "\n")
    bring(page, "科技成果", UNIVERSITY, results, len(RESULTS))
    expect(page.get_by_text(RESULTS[0][0])).to_be_visible()

    reviewing = browser.new_context(base_url=base_url, locale="zh-CN").new_page()
    sign_in(reviewing, "reviewer")
    publish_all(reviewing, "/platform/listings", UNIVERSITY)

    asking = browser.new_context(base_url=base_url, locale="zh-CN").new_page()
    asking.set_default_timeout(30_000)
    sign_in(asking, "enterprise")
    table = "".join(f"{number}\t{language}\t{text}\n" for number, language, text, _ in NEEDS)
    bring(asking, "技术需求", COMPANY, write(tmp_path / "needs.tsv", table), len(NEEDS))
    addresses = [
        asking.get_by_role("link", name=text[:12]).first.get_attribute("href").removesuffix("/edit")
        for _number, _language, text, _right in NEEDS
    ]
    publish_all(reviewing, "/platform/needs", COMPANY)

    for address, (_number, _language, _text, right) in zip(addresses, NEEDS, strict=True):
        title = RESULTS[right][0]
        wait_for_match(asking, address, title)
        for prefix, word, sign in (("", "匹配理由", "[一-龥]{2}"), ("/en", "Why", "[a-z]{4}")):
            asking.goto(prefix + address)
            match = asking.locator("article.match", has_text=title)
            expect(match.locator("summary", has_text=word)).to_be_visible()
            assert re.search(sign, match.locator(".reason__label").first.text_content())
