//! Sums of money.

use jieda_types::EntityKind;

use super::{
    EntityContext,
    number::{Form, Number, decimal},
    scan::{Hit, Scan},
};
use crate::plain::{Plain, spoken_digit};

/// What stands before a sum.
const SIGNS: &[(&str, &[&str])] = &[
    ("", &["¥", "rmb", "人民币", "cny"]),
    ("USD", &["$", "us$", "usd"]),
    ("EUR", &["€", "eur"]),
    ("GBP", &["£"]),
    ("HKD", &["hk$", "hkd"]),
];
/// What stands behind one.
const UNITS: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "元",
            "元钱",
            "块",
            "块钱",
            "圆",
            "塊",
            "塊錢",
            "rmb",
            "人民币",
            "元人民币",
        ],
    ),
    ("USD", &["美元", "美金", "刀", "usd"]),
    ("EUR", &["欧元", "欧"]),
    ("GBP", &["英镑"]),
    ("HKD", &["港币", "港元", "港幣"]),
    ("JPY", &["日元", "日圆"]),
    ("KRW", &["韩元", "韩币"]),
];
/// What makes 元 and 块 something else when it stands behind: 3块屏幕, 2元件.
const NO_MONEY: &[&str] = &[
    "宵",
    "素",
    "件",
    "旦",
    "屏",
    "电池",
    "表",
    "手表",
    "蛋糕",
    "肉",
    "地",
    "布",
    "硬盘",
    "板",
    "玻璃",
    "饼",
    "糖",
    "豆腐",
    "香皂",
    "肥皂",
    "砖",
    "瓷砖",
    "毛巾",
    "地毯",
    "显卡",
    "主板",
    "巧克力",
    "面包",
    "内存",
    "石头",
    "电路",
    "区域",
    "内容",
    "儿",
];
/// What may stand behind a sum without a unit: 1.2万了, and not 1.2万人.
const AFTER_BARE: &str =
    "了的还没但到退给是却结左额存贷转啊呢吧吗就都也被然怎能可为什多已全不哪这我你,。!?;:、)~\n \0";
/// Words right before a bare number that is a sum: 多扣了299.
const CUES: &[&str] = &[
    "扣",
    "扣了",
    "多扣了",
    "多扣",
    "扣款",
    "扣费",
    "扣我",
    "扣了我",
    "付",
    "付了",
    "支付",
    "支付了",
    "付款",
    "实付",
    "实付款",
    "花",
    "花了",
    "退",
    "退了",
    "退款",
    "退款金额",
    "退还",
    "退我",
    "退给我",
    "少退",
    "少退了",
    "只退了",
    "金额",
    "价格",
    "原价",
    "现价",
    "标价",
    "售价",
    "总价",
    "单价",
    "充",
    "充了",
    "充值",
    "充值了",
    "收",
    "收了",
    "收费",
    "多收",
    "多收了",
    "收我",
    "收了我",
    "还款",
    "还了",
    "转",
    "转了",
    "转账",
    "转账了",
    "到账",
    "到账了",
    "欠",
    "欠费",
    "欠款",
    "赔",
    "赔我",
    "赔偿",
    "赔了",
    "补",
    "差价",
    "降了",
    "涨了",
    "便宜了",
    "贵了",
    "运费",
    "押金",
    "定金",
    "尾款",
    "余额",
    "话费",
    "提现",
    "取了",
    "取现",
    "存了",
    "贷款",
    "贷了",
    "借了",
    "消费",
    "消费了",
    "刷了",
    "盗刷",
    "盗刷了",
    "骗了",
    "骗走",
    "被骗",
    "被骗了",
    "损失",
    "损失了",
    "工资",
    "保费",
    "租金",
    "月供",
    "利息",
    "手续费",
    "违约金",
];
/// Words between such a word and the number.
const BETWEEN: &[&str] = &[
    " ",
    "是",
    ":",
    "为",
    "我",
    "了",
    "大概",
    "大约",
    "约",
    "共",
    "一共",
    "总共",
    "差不多",
    "才",
    "只",
    "近",
    "将近",
];
const MOST_BETWEEN: usize = 3;
/// Most digits of a bare number that is a sum.
const BARE_DIGITS: usize = 8;

pub(super) fn find(plain: &Plain, context: &EntityContext, scan: &mut Scan) {
    let asked = context.asked == Some(EntityKind::Amount);
    let mut i = 0;
    while i < plain.chars.len() {
        match sum(plain, i, asked).filter(|_| !scan.is_taken(i)) {
            Some(hit) => {
                i = hit.end;
                scan.add(hit);
            }
            None => i += 1,
        }
    }
}

fn sum(plain: &Plain, i: usize, asked: bool) -> Option<Hit> {
    let c = plain.at(i);
    let signed = c.is_ascii_alphabetic() || matches!(c, '¥' | '$' | '€' | '£' | '人');
    if !signed && !c.is_ascii_digit() && !super::number::is_numeral(c) {
        return None;
    }
    let (start, sign) = match longest(plain, i, SIGNS).filter(|_| signed) {
        Some((length, sign)) if !plain.before(i).is_ascii_alphanumeric() => {
            (plain.skip_some(i + length, 1, |c| c == ' '), Some(sign))
        }
        _ => (i, None),
    };
    let before = plain.before(start);
    let part_of = start == i
        && (before.is_ascii_alphanumeric() || matches!(before, '第' | '之' | '.' | '几'));
    if part_of {
        return None;
    }
    let number = Number::at(plain, start)?;
    if start == i && super::number::is_numeral(before) {
        return None;
    }
    // 三百多块, 20来块.
    let vague = plain.skip_some(number.end, 1, |c| matches!(c, '多' | '来' | '余' | '几'));
    let spaced = plain.skip_some(vague, 1, |c| c == ' ');
    let (end, currency, hundredths) = match unit(plain, spaced, number) {
        Some(found) => found,
        None if sign.is_some() => (number.end, sign.unwrap_or_default(), number.hundredths),
        None if is_bare_sum(plain, i, number, asked) => (number.end, "", number.hundredths),
        None => return None,
    };
    let currency = sign.filter(|sign| !sign.is_empty()).unwrap_or(currency);
    let value = decimal(hundredths);
    let value = match currency {
        "" => value,
        currency => format!("{value} {currency}"),
    };
    Some(Hit {
        kind: EntityKind::Amount,
        start: i,
        end,
        value: Some(value),
    })
}

/// A unit at `i` with what follows it: 块5, 元8角. Its end, the currency, and the hundredths of all.
fn unit(plain: &Plain, i: usize, number: Number) -> Option<(usize, &'static str, u64)> {
    let glued = number.end == i;
    if let Some(end) = small_money(plain, i, number) {
        return glued.then_some((end, "", number.hundredths / 10));
    }
    let (length, currency) = longest(plain, i, UNITS)?;
    let end = i + length;
    let latin = plain.before(end).is_ascii_alphabetic() && plain.at(end).is_ascii_alphanumeric();
    if latin || plain.word_at(end, NO_MONEY).is_some() {
        return None;
    }
    let piece = plain.before(end) == '块';
    let (last, more) = match currency {
        "" => change(plain, end, piece),
        _ => (end, 0),
    };
    // 一块 is mostly "together".
    let together = piece && number.form == Form::Words && number.hundredths == 100 && last == end;
    let hundredths = number.hundredths.checked_add(more)?;
    (!together).then_some((last, currency, hundredths))
}

/// 5毛, 5毛钱, 5角.
fn small_money(plain: &Plain, i: usize, number: Number) -> Option<usize> {
    let jiao = plain.at(i) == '角' && number.form == Form::Digits;
    let mao = plain.at(i) == '毛'
        && plain
            .word_at(
                i + 1,
                &["衣", "巾", "发", "呢", "绒", "笔", "病", "不拔", "孔", "利"],
            )
            .is_none();
    let end = i + 1;
    (jiao || mao).then(|| end + usize::from(plain.at(end) == '钱'))
}

/// What follows 块 or 元: 块5, 块五毛, 元8角5分. Its end, and its hundredths.
fn change(plain: &Plain, end: usize, piece: bool) -> (usize, u64) {
    let digit = |i: usize| {
        let c = plain.at(i);
        let c = if c.is_ascii_digit() {
            Some(c)
        } else {
            spoken_digit(c)
        };
        c.and_then(|c| c.to_digit(10)).map(u64::from)
    };
    let Some(tenths) = digit(end) else {
        return (end, 0);
    };
    let after = plain.at(end + 1);
    if matches!(after, '毛' | '角') {
        return match digit(end + 2) {
            Some(cents) if plain.at(end + 3) == '分' => (end + 4, tenths * 10 + cents),
            _ => (end + 2, tenths * 10),
        };
    }
    // 5块5一斤, and not 3块5毛线 or 5块20个.
    let alone = !after.is_ascii_alphanumeric()
        && !super::number::is_numeral(after)
        && !"个件天次月年折台张本只%.点".contains(after);
    match piece && alone {
        true => (end + 1, tenths * 10),
        false => (end, 0),
    }
}

/// Whether a number without a unit is money: 1.2万, 两千五, or behind a word of payment.
fn is_bare_sum(plain: &Plain, i: usize, number: Number, asked: bool) -> bool {
    let next = plain.at(number.end);
    // 299.了 ends a sentence, 299.5.1 does not.
    let goes_on = matches!(next, '.' | ':') && plain.at(number.end + 1).is_ascii_digit();
    if !AFTER_BARE.contains(next) && next != '.' || goes_on {
        return false;
    }
    let length = number.end - i;
    let joined = matches!(plain.before(i), '-' | '/' | ':' | '*')
        && plain.at(i.saturating_sub(2)).is_ascii_alphanumeric();
    if joined {
        return false;
    }
    if asked || after_cue(plain, i) {
        return length <= BARE_DIGITS && (number.form != Form::Words || asked);
    }
    // 一百 is any number, 1.2万 and 两千五 are money.
    let said = plain.text(i, number.end);
    let open =
        said.ends_with(|c: char| spoken_digit(c).is_some() || c.is_ascii_digit() || c == '两');
    number.form == Form::Scaled
        && (open || said.ends_with(['万', '萬']))
        && next != '多'
        && next != '的'
}

fn after_cue(plain: &Plain, i: usize) -> bool {
    let mut end = i;
    for _ in 0..=MOST_BETWEEN {
        if plain.word_before(end, CUES).is_some() {
            return true;
        }
        match plain.word_before(end, BETWEEN) {
            Some(length) => end -= length,
            None => return false,
        }
    }
    false
}

/// Whether a unit of money stands at `i`.
pub(super) fn is_unit(plain: &Plain, i: usize) -> bool {
    longest(plain, i, UNITS).is_some()
}

fn longest(
    plain: &Plain,
    i: usize,
    table: &[(&'static str, &[&str])],
) -> Option<(usize, &'static str)> {
    let found = table
        .iter()
        .filter_map(|(currency, words)| Some((plain.word_at(i, words)?, *currency)));
    found.max_by_key(|(length, _)| *length)
}
