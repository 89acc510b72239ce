"""Places: Wuhan by district, Hubei by city, China by province (GB/T 2260), and the world beyond."""

from __future__ import annotations

from marketplace.codes.code import Code, CodeList

HUBEI = "420000"
WUHAN = "420100"
OUTSIDE_CHINA = "ABROAD"

# The zones have no code of their own in GB/T 2260; a letter keeps these apart from real ones.
EAST_LAKE_HIGH_TECH = "4201Z1"
WUHAN_ECONOMIC = "4201Z2"
EAST_LAKE_SCENIC = "4201Z3"
YANGTZE_NEW = "4201Z4"

_WUHAN = (
    ("420102", "江岸区", "Jiang'an District"),
    ("420103", "江汉区", "Jianghan District"),
    ("420104", "硚口区", "Qiaokou District"),
    ("420105", "汉阳区", "Hanyang District"),
    ("420106", "武昌区", "Wuchang District"),
    ("420107", "青山区", "Qingshan District"),
    ("420111", "洪山区", "Hongshan District"),
    ("420112", "东西湖区", "Dongxihu District"),
    ("420113", "汉南区", "Hannan District"),
    ("420114", "蔡甸区", "Caidian District"),
    ("420115", "江夏区", "Jiangxia District"),
    ("420116", "黄陂区", "Huangpi District"),
    ("420117", "新洲区", "Xinzhou District"),
    (EAST_LAKE_HIGH_TECH, "东湖高新区", "East Lake High-tech Development Zone"),
    (WUHAN_ECONOMIC, "武汉经开区", "Wuhan Economic and Technological Development Zone"),
    (EAST_LAKE_SCENIC, "东湖风景区", "East Lake Scenic Area"),
    (YANGTZE_NEW, "长江新区", "Yangtze New Area"),
)

_HUBEI = (
    ("420200", "黄石市", "Huangshi"),
    ("420300", "十堰市", "Shiyan"),
    ("420500", "宜昌市", "Yichang"),
    ("420600", "襄阳市", "Xiangyang"),
    ("420700", "鄂州市", "Ezhou"),
    ("420800", "荆门市", "Jingmen"),
    ("420900", "孝感市", "Xiaogan"),
    ("421000", "荆州市", "Jingzhou"),
    ("421100", "黄冈市", "Huanggang"),
    ("421200", "咸宁市", "Xianning"),
    ("421300", "随州市", "Suizhou"),
    ("422800", "恩施土家族苗族自治州", "Enshi Tujia and Miao Autonomous Prefecture"),
    ("429004", "仙桃市", "Xiantao"),
    ("429005", "潜江市", "Qianjiang"),
    ("429006", "天门市", "Tianmen"),
    ("429021", "神农架林区", "Shennongjia Forestry District"),
)

_PROVINCES = (
    ("110000", "北京市", "Beijing"),
    ("120000", "天津市", "Tianjin"),
    ("130000", "河北省", "Hebei"),
    ("140000", "山西省", "Shanxi"),
    ("150000", "内蒙古自治区", "Inner Mongolia"),
    ("210000", "辽宁省", "Liaoning"),
    ("220000", "吉林省", "Jilin"),
    ("230000", "黑龙江省", "Heilongjiang"),
    ("310000", "上海市", "Shanghai"),
    ("320000", "江苏省", "Jiangsu"),
    ("330000", "浙江省", "Zhejiang"),
    ("340000", "安徽省", "Anhui"),
    ("350000", "福建省", "Fujian"),
    ("360000", "江西省", "Jiangxi"),
    ("370000", "山东省", "Shandong"),
    ("410000", "河南省", "Henan"),
    ("430000", "湖南省", "Hunan"),
    ("440000", "广东省", "Guangdong"),
    ("450000", "广西壮族自治区", "Guangxi"),
    ("460000", "海南省", "Hainan"),
    ("500000", "重庆市", "Chongqing"),
    ("510000", "四川省", "Sichuan"),
    ("520000", "贵州省", "Guizhou"),
    ("530000", "云南省", "Yunnan"),
    ("540000", "西藏自治区", "Xizang"),
    ("610000", "陕西省", "Shaanxi"),
    ("620000", "甘肃省", "Gansu"),
    ("630000", "青海省", "Qinghai"),
    ("640000", "宁夏回族自治区", "Ningxia"),
    ("650000", "新疆维吾尔自治区", "Xinjiang"),
    ("710000", "台湾省", "Taiwan"),
    ("810000", "香港特别行政区", "Hong Kong"),
    ("820000", "澳门特别行政区", "Macao"),
)

# Home comes first, for most of the people who choose are from there.
_PLACES = (
    Code(HUBEI, "湖北省", "Hubei"),
    Code(WUHAN, "武汉市", "Wuhan", HUBEI),
    *(Code(code, zh, en, WUHAN) for code, zh, en in _WUHAN),
    *(Code(code, zh, en, HUBEI) for code, zh, en in _HUBEI),
    *(Code(code, zh, en) for code, zh, en in _PROVINCES),
    Code(OUTSIDE_CHINA, "中国境外", "Outside China"),
)

_ALIASES = {
    **{place.zh[:-1]: place.code for place in _PLACES if place.zh[-1] in "省市"},
    "光谷": EAST_LAKE_HIGH_TECH,
    "中国光谷": EAST_LAKE_HIGH_TECH,
    "东湖新技术开发区": EAST_LAKE_HIGH_TECH,
    "武汉东湖新技术开发区": EAST_LAKE_HIGH_TECH,
    "Optics Valley": EAST_LAKE_HIGH_TECH,
    "武汉经济技术开发区": WUHAN_ECONOMIC,
    "车谷": WUHAN_ECONOMIC,
    "武汉长江新区": YANGTZE_NEW,
    "东湖生态旅游风景区": EAST_LAKE_SCENIC,
    "临空港经济技术开发区": "420112",
    "恩施": "422800",
    "恩施州": "422800",
    "神农架": "429021",
    "内蒙古": "150000",
    "广西": "450000",
    "西藏": "540000",
    "Tibet": "540000",
    "宁夏": "640000",
    "新疆": "650000",
    "香港": "810000",
    "澳门": "820000",
    "Macau": "820000",
}

DISTRICTS = CodeList("districts", _PLACES, _ALIASES)
