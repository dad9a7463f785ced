//! What normalisation promises.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use jieda_text::Normalizer;

fn normalizer() -> Normalizer {
    Normalizer::new().expect("built-in tables load")
}

#[test]
fn writing_differences_disappear() {
    let normalizer = normalizer();
    let check = |text: &str, expected: &str| {
        assert_eq!(normalizer.normalize(text).text, expected, "{text:?}");
    };
    check("ＡＰＰ　打不开", "app 打不开");
    check("  退款\t\n 进度 ", "退款 进度");
    check("手機壞了", "手机坏了");
    check("這個軟體要怎麼下載", "这个软件要怎么下载");
    check("記憶體不夠", "内存不够");
    check("软体家具和程式员", "软体家具和程式员"); // no Traditional character: left alone
    check("怎么退货？？？！！！", "怎么退货?!");
    check("急急急急急", "急急");
    check("天天特价", "天天特价");
    check("转账100000元", "转账100000元");
    check("IPHONE15 Pro", "iphone15 pro");
    check("www.xxx.com", "www.xxx.com");
    check("goooooood", "good"); // five o become two
    check("好的👍👍👍🏽", "好的👍");
    check("❤️", "❤");
    check("①２㎏", "12kg");
    check("退\u{200B}款\u{0}", "退款");
    check("\u{0}\u{7}\u{200D}", "");
    check("等了……好久", "等了.好久");
}

#[test]
fn spans_lead_back_to_the_original() {
    let normalizer = normalizer();
    let check = |text: &str, part: &str, origin: &str| {
        let n = normalizer.normalize(text);
        let at = n
            .text
            .find(part)
            .unwrap_or_else(|| panic!("{part} in {}", n.text));
        let first = n.text[..at].chars().count();
        let last = first + part.chars().count() - 1;
        assert_eq!(
            &text[n.spans[first].start..n.spans[last].end],
            origin,
            "{text:?}"
        );
    };
    check("我的手機記憶體不夠用", "内存", "記憶體");
    check("我的手機記憶體不夠用", "手机", "手機");
    check("我的手機記憶體不夠用", "不够用", "不夠用");
    check("電腦的記憶體跟硬碟都壞了", "硬盘", "硬碟");
    check("電腦的記憶體跟硬碟都壞了", "坏了", "壞了");
    check("ＡＰＰ！！！打不开", "!", "！！！");
    check("急急急急退款", "退款", "退款");
}

#[test]
fn gibberish_is_harmless() {
    let normalizer = normalizer();
    for text in [
        "",
        " ",
        "\u{FFFD}",
        "ﷺ",
        "İ",
        "ﬁ",
        "\u{0301}a",
        "<s></s>",
        "🇨🇳",
        "👨‍👩‍👧",
    ] {
        let once = normalizer.normalize(text);
        assert_eq!(normalizer.normalize(&once.text).text, once.text, "{text:?}");
    }
}
