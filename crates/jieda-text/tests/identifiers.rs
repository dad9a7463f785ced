//! Numbers that a search is better off without, on written cases; and those that it needs.

#![allow(clippy::unwrap_used, reason = "a test may fail by panic")]

use jieda_text::{Identifiers, PersonalData};
use proptest::prelude::*;

/// Checks what is left of a text, spaces aside; and that it makes no difference whether it was masked before.
#[track_caller]
fn check(text: &str, left: &str) {
    let identifiers = Identifiers::default();
    let words = |text: &str| -> String {
        let blank = identifiers.blank(text);
        blank.chars().filter(|c| *c != ' ').collect()
    };
    assert_eq!(words(text), left, "{text}");
    let masked = PersonalData::mask(text).into_text();
    assert_eq!(words(&masked), left, "{text}, masked: {masked}");
}

#[test]
fn phones_orders_and_parcels_are_left_out() {
    check(
        "我的手机13800001234，订单号20261128001一直没发货",
        "我的手机，订单号一直没发货",
    );
    check("订单20261128001没发货", "订单没发货");
    check("20261128001这单怎么还没发", "这单怎么还没发");
    check("單號２０２６１１２８００１查不到", "單號查不到");
    check("运单SF1234567890123三天没动", "运单SF三天没动");
    check("QT7730419825这单没动静", "QT这单没动静");
    check("工单号886321处理得怎么样了", "工单号处理得怎么样了");
    check("户号3301234567欠费了", "户号欠费了");
    check("138 0000 1234收不到验证码", "收不到验证码");
    check("电话0571-87654321打过来的", "电话打过来的");
}

#[test]
fn cards_mails_and_plates_are_left_out() {
    check("6222021234567890128这张卡被锁了", "这张卡被锁了");
    check("身份证11010519491231002X认证不过", "身份证认证不过");
    check("发票发到zhangsan@qq.com没收到", "发票发到没收到");
    check("京A12345怎么办ETC", "怎么办ETC");
    check("送到浙江省杭州市西湖区文三路90号", "送到浙江省杭州市西湖区");
}

#[test]
fn who_only_gives_a_number_asks_nothing() {
    for text in [
        "20261128001",
        "订单号20261128001",
        "我的手机号是13800001234，谢谢",
        "我叫张三，电话13800001234",
        "邮箱zhangsan@qq.com",
        "身份证11010519491231002X",
    ] {
        check(text, "");
    }
    check("手机号13800001234换绑", "手机号换绑");
    check("手机号", "手机号");
}

#[test]
fn what_may_be_asked_about_stays() {
    for text in [
        "10086打不通",
        "95588是你们吗",
        "5G套餐怎么办",
        "7天无理由",
        "RTX4090多少钱",
        "iPhone15和WH-1000XM5能换吗",
        "充100000元有优惠吗",
        "转5000000要审批吗",
        "满3000-300怎么算",
        "500-5000的退款",
        "2026年11月28日下的单",
        "20261128那天下的单",
        "12,345,678元的限额",
        "错误码40031",
        "现在全是***",
        "5*8小时",
        "尾号1234",
    ] {
        check(text, &text.replace(' ', ""));
    }
}

#[test]
fn what_the_knowledge_base_names_stays() {
    let texts = ["客服热线４００８８２３８２３", "批次20250613045召回"];
    let identifiers = Identifiers::unless_in(texts.into_iter());
    let blank = |text| identifiers.blank(text).trim().to_owned();
    assert_eq!(blank("4008823823打不通"), "4008823823打不通");
    assert_eq!(
        blank("订单号20250613045是召回的批次吗"),
        "订单号20250613045是召回的批次吗"
    );
    // But personal data never does.
    let phone = Identifiers::unless_in(["示例13800001234"].into_iter());
    assert_eq!(phone.blank("13800001234收不到").trim(), "收不到");
}

proptest! {
    /// Every byte stands where it stood, and blanking twice is blanking once.
    #[test]
    fn blanking_moves_nothing(text in "[0-9０-９a-zA-Z一二三京沪\\*@\\.\\-\\[\\] 的订单号身份证尾银行卡]{0,40}") {
        let identifiers = Identifiers::default();
        let blank = identifiers.blank(&text).into_owned();
        prop_assert_eq!(blank.len(), text.len());
        for ((at, c), (_, was)) in blank.char_indices().filter(|(_, c)| *c != ' ').zip(
            text.char_indices().filter(|(at, _)| blank.as_bytes()[*at] != b' '),
        ) {
            prop_assert_eq!(c, was, "at byte {}", at);
        }
    }
}
