"""What the buyer's pages say, in Chinese and English."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "test": ("测试款项", "Test money"),
    "test_more": (
        "此页面是模拟的支付服务，不会产生任何真实扣款。",
        "This page simulates a payment service. No real money moves.",
    ),
    "pay_title": ("付款", "Payment"),
    "to_pay": ("应付金额", "Amount due"),
    "quantity": ("数量", "Quantity"),
    "method": ("付款方式", "Payment method"),
    "card": ("银行卡", "Card"),
    "alipay": ("支付宝", "Alipay"),
    "wechat_pay": ("微信支付", "WeChat Pay"),
    "email": ("电子邮箱", "E-mail"),
    "number": ("卡号", "Card number"),
    "expiry": ("有效期（月/年）", "Expiry (MM/YY)"),
    "cvc": ("安全码", "Security code"),
    "holder": ("持卡人姓名", "Name on card"),
    "pay": ("支付", "Pay"),
    "hold": ("预授权", "Authorize"),
    "go_alipay": ("前往支付宝（模拟）", "Continue to Alipay (simulated)"),
    "go_wechat": ("显示微信付款码（模拟）", "Show the WeChat code (simulated)"),
    "cancel": ("取消并返回商户", "Cancel and go back"),
    "numbers": ("测试卡号", "Test card numbers"),
    "works": ("付款成功", "Payment succeeds"),
    "declined": ("被拒绝", "Declined"),
    "no_funds": ("余额不足", "Insufficient funds"),
    "secure": ("需要 3-D 安全验证", "Asks for 3-D Secure"),
    "disputed": ("成功后发生拒付争议", "Succeeds, then is disputed"),
    "refund_fails": ("退款稍后失败", "A later refund fails"),
    "any": (
        "有效期填任意未来日期，安全码填任意三位数字。",
        "Use any future date and any three digits.",
    ),
    "bad_number": (
        "卡号不正确。请核对或选用测试卡号。",
        "This card number is not valid. Check it or use a test number.",
    ),
    "bad_expiry": (
        "有效期已过或格式不对，请写成 12/34。",
        "The expiry has passed or cannot be read. Write it like 12/34.",
    ),
    "bad_cvc": ("安全码应为三或四位数字。", "The security code has three or four digits."),
    "bad_method": ("请选择一种付款方式。", "Choose a payment method."),
    "complete": ("此笔付款已完成", "This payment is complete"),
    "expired": ("此付款页面已过期", "This payment page has expired"),
    "expired_more": (
        "请回到商户网站重新发起付款。没有扣款。",
        "Go back to the merchant and start again. Nothing was charged.",
    ),
    "back": ("返回商户", "Back to the merchant"),
    "bank_title": ("银行安全验证（模拟）", "Bank verification (simulated)"),
    "bank_text": (
        "发卡银行请您确认本次付款（3-D 安全验证）。",
        "Your bank asks you to confirm this payment (3-D Secure).",
    ),
    "alipay_title": ("支付宝付款（模拟）", "Alipay payment (simulated)"),
    "alipay_text": (
        "此处模拟支付宝的付款确认页。",
        "This stands in for Alipay's own confirmation page.",
    ),
    "wechat_title": ("微信扫码付款（模拟）", "WeChat code payment (simulated)"),
    "wechat_text": (
        "真实环境中由手机微信扫码；在此直接点按下面的按钮。",
        "In reality a phone scans this code. Here, press a button below.",
    ),
    "agree": ("确认付款", "Confirm payment"),
    "agree_later": ("确认，但稍后到账", "Confirm, but settle later"),
    "refuse": ("拒绝付款", "Refuse payment"),
    "nothing": ("没有等待确认的付款", "No payment waits for you"),
    "setup_title": ("收款账户资料（模拟）", "Payee details (simulated)"),
    "setup_text": (
        "此处模拟收款方填写单位与银行资料的页面。",
        "This stands in for the page on which a payee gives company and bank details.",
    ),
    "setup_do": ("资料已填写，启用账户", "Details given, enable the account"),
    "setup_leave": ("暂不填写", "Leave without giving details"),
    "link_expired": ("此链接已失效", "This link has expired"),
    "missing": ("找不到这个页面", "This page does not exist"),
    "generic_decline": (
        "银行拒绝了这张卡，请换一种付款方式。",
        "Your card was declined. Try another way to pay.",
    ),
    "insufficient_funds": (
        "卡内余额不足，请换一张卡。",
        "Your card has insufficient funds. Try another card.",
    ),
    "expired_card": ("这张卡已过期。", "Your card has expired."),
    "incorrect_cvc": ("安全码不正确。", "Your card's security code is incorrect."),
    "processing_error": (
        "处理时出错，请稍后再试。",
        "An error occurred. Try again in a little while.",
    ),
    "test_mode_live_card": ("这里只能使用测试卡号。", "Only test card numbers pay here."),
    "payment_intent_authentication_failure": (
        "银行验证未通过，请重试或换一种付款方式。",
        "Your bank could not verify you. Try again or choose another way to pay.",
    ),
    "payment_intent_payment_attempt_failed": (
        "付款被拒绝，请重试或换一种付款方式。",
        "The payment was refused. Try again or choose another way to pay.",
    ),
}
#: Shown on the page as a help: number, and what it does.
SHOWN_NUMBERS = (
    ("4242 4242 4242 4242", "works"),
    ("4000 0000 0000 0002", "declined"),
    ("4000 0000 0000 9995", "no_funds"),
    ("4000 0027 6000 3184", "secure"),
    ("4000 0000 0000 0259", "disputed"),
    ("4000 0000 0000 5126", "refund_fails"),
)


def say(language: str, name: str) -> str:
    """Give a text; a decline without its own text reads as a plain decline."""
    chinese, english = TEXTS.get(name) or TEXTS["generic_decline"]
    return chinese if language == "zh" else english


def money(amount: int, currency: str) -> str:
    """Write minor units for people: ``¥1,234.50``."""
    sign = {"cny": "¥", "hkd": "HK$", "usd": "US$", "eur": "€"}.get(
        currency, currency.upper() + " "
    )
    return f"{sign}{amount / 100:,.2f}"
