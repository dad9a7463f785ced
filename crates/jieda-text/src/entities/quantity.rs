//! How many: two pieces, three boxes.

use jieda_types::EntityKind;

use super::{
    EntityContext,
    number::{Form, Number, is_numeral},
    scan::{Hit, Scan},
};
use crate::plain::Plain;

/// Counters of goods.
const COUNTERS: &[&str] = &[
    "件", "台", "双", "雙", "盒", "箱", "瓶", "袋", "套", "部", "张", "張", "支", "包", "罐", "桶",
    "斤", "公斤", "千克", "kg", "辆", "颗", "枚", "只", "条", "本", "份", "单", "笔", "个", "顶",
    "把", "床", "卷", "副", "听", "串", "棵", "盆", "箱子", "打",
];
/// What makes a counter something else when it stands behind: 3个月, 2部分, 两条短信.
const OTHERS: &[&str] = &[
    "省",
    "市",
    "区",
    "县",
    "国家",
    "月",
    "小时",
    "星期",
    "礼拜",
    "工作日",
    "钟",
    "问题",
    "人",
    "电话",
    "号",
    "字",
    "点",
    "自然",
    "季",
    "世纪",
    "客服",
    "办法",
    "意思",
    "选择",
    "链接",
    "地方",
    "账",
    "工作",
    "分",
    "短信",
    "信息",
    "消息",
    "评论",
    "龙",
    "位",
    "数",
    "多",
    "半",
    "选项",
    "步骤",
    "原因",
    "方面",
    "方法",
    "样",
    "身份",
    "证明",
    "事",
    "件套",
    "套",
    "折",
    "天",
    "周",
    "年",
    "亿",
    "万",
    "话",
    "证",
    "验证码",
    "页",
    "功能",
    "建议",
    "要求",
    "朋友",
    "同事",
    "孩子",
    "家庭",
    "城市",
    "平台",
    "软件",
    "app",
    "卡",
    "码",
    "投诉",
    "快递员",
    "师傅",
    "班次",
];
/// Most pieces; more are no count of goods.
const MOST: u32 = 9_999;

pub(super) fn find(plain: &Plain, context: &EntityContext, scan: &mut Scan) {
    let asked = context.asked == Some(EntityKind::Quantity);
    let mut i = 0;
    while i < plain.chars.len() {
        match count(plain, i, asked).filter(|_| !scan.is_taken(i)) {
            Some(hit) => {
                i = hit.end;
                scan.add(hit);
            }
            None => i += 1,
        }
    }
}

fn count(plain: &Plain, i: usize, asked: bool) -> Option<Hit> {
    if !plain.at(i).is_ascii_digit() && !is_numeral(plain.at(i)) {
        return None;
    }
    let before = plain.before(i);
    let part_of = before.is_ascii_alphanumeric()
        || is_numeral(before)
        || matches!(
            before,
            '第' | '.' | '-' | '/' | '前' | '每' | '几' | '上' | '下' | '这' | '那' | '某' | '哪'
        );
    if part_of {
        return None;
    }
    let number = Number::at(plain, i).filter(|n| n.form != Form::Scaled || !asked)?;
    let value = number.whole().filter(|n| (1..=MOST).contains(n))?;
    let at = plain.skip_some(number.end, 1, |c| c == ' ');
    let Some(length) = plain.word_at(at, COUNTERS) else {
        let alone = asked && i == 0 && number.end == plain.chars.len();
        return alone.then(|| hit(i, number.end, value.to_string()));
    };
    let end = at + length;
    let counter = plain.text(at, end);
    // 一个 says nothing, and 一条, 一单, 一笔 little.
    let article = value == 1
        && number.form == Form::Words
        && matches!(
            counter.as_str(),
            "个" | "条" | "单" | "笔" | "份" | "张" | "把" | "打" | "副"
        );
    let latin = counter.is_ascii() && plain.at(end).is_ascii_alphanumeric();
    let other =
        plain.word_at(end, OTHERS).is_some() || (counter == "打" && number.form == Form::Digits);
    (!article && !latin && !other)
        .then(|| hit(i, end, format!("{value}{}", counter.to_ascii_lowercase())))
}

fn hit(start: usize, end: usize, value: String) -> Hit {
    Hit {
        kind: EntityKind::Quantity,
        start,
        end,
        value: Some(value),
    }
}
