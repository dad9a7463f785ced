//! What people write into cells: yes and no, numbers.

use unicode_normalization::UnicodeNormalization;

const YES: [&str; 20] = [
    "是",
    "启用",
    "已启用",
    "开",
    "开启",
    "有效",
    "生效",
    "上线",
    "已上线",
    "正常",
    "true",
    "yes",
    "y",
    "1",
    "on",
    "enabled",
    "√",
    "✓",
    "对",
    "t",
];
const NO: [&str; 20] = [
    "否",
    "停用",
    "已停用",
    "禁用",
    "已禁用",
    "关",
    "关闭",
    "无效",
    "失效",
    "下线",
    "已下线",
    "不启用",
    "未启用",
    "false",
    "no",
    "n",
    "0",
    "off",
    "disabled",
    "×",
];

/// Whether an FAQ is enabled; nothing written means yes. None if it can't be read.
pub(super) fn parse_enabled(text: &str) -> Option<bool> {
    let text: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let text = text.trim();
    if text.is_empty() || YES.contains(&text) {
        Some(true)
    } else {
        NO.contains(&text).then_some(false)
    }
}

/// A whole number; nothing written means 0. None if it is no number.
pub(super) fn parse_priority(text: &str) -> Option<i32> {
    let text: String = text.nfkc().collect();
    match text.trim() {
        "" => Some(0),
        text => text.parse().ok(),
    }
}
