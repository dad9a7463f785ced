//! The names that people give to columns.

use unicode_normalization::UnicodeNormalization;

use crate::FaqField;

/// What a column of a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Field(FaqField),
    /// Known, and of no use here.
    Ignored,
}

/// The name of a field, and how sure it is: 0 for its own name, more for names that may as well mean
/// something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NamedColumn {
    pub(crate) column: Column,
    pub(crate) rank: usize,
}

/// Synonyms, folded, the surest first.
const SYNONYMS: [(FaqField, &[&str]); 13] = [
    (
        FaqField::Id,
        &[
            "编号",
            "id",
            "faqid",
            "问题编号",
            "知识编号",
            "问题id",
            "知识id",
            "faq编号",
        ],
    ),
    (
        FaqField::Question,
        &[
            "标准问题",
            "标准问",
            "question",
            "标准提问",
            "标准问法",
            "standardquestion",
            "主问题",
            "问题",
            "提问",
            "问题标题",
            "知识标题",
            "标题",
            "title",
            "常见问题",
        ],
    ),
    (
        FaqField::Similar,
        &[
            "相似问题",
            "相似问",
            "相似问法",
            "similar",
            "similarquestions",
            "similarquestion",
            "扩展问",
            "扩展问题",
            "扩展问法",
            "相似说法",
            "同义问",
            "同义问法",
            "其他问法",
            "其它问法",
            "问法",
        ],
    ),
    (
        FaqField::Answer,
        &[
            "答案",
            "answer",
            "答案a",
            "标准答案",
            "回答",
            "答复",
            "回复",
            "回复内容",
            "答案内容",
            "标准回复",
            "reply",
        ],
    ),
    (
        FaqField::Variants,
        &[
            "备选答案",
            "variants",
            "variant",
            "候选答案",
            "对照答案",
            "备用答案",
            "测试答案",
        ],
    ),
    (
        FaqField::Intent,
        &[
            "意图",
            "intent",
            "意图名称",
            "分类",
            "类目",
            "category",
            "类别",
            "所属分类",
            "问题分类",
            "知识分类",
        ],
    ),
    (FaqField::Tags, &["标签", "tags", "tag", "关键词标签"]),
    (
        FaqField::Skill,
        &["技能组", "skill", "客服组", "处理组", "技能"],
    ),
    (
        FaqField::Channels,
        &["渠道", "channels", "channel", "适用渠道", "生效渠道"],
    ),
    (
        FaqField::ValidFrom,
        &[
            "生效时间",
            "validfrom",
            "生效日期",
            "开始时间",
            "开始日期",
            "有效期起",
            "有效期开始",
        ],
    ),
    (
        FaqField::ValidUntil,
        &[
            "失效时间",
            "validuntil",
            "失效日期",
            "结束时间",
            "结束日期",
            "有效期止",
            "有效期至",
            "截止时间",
            "截止日期",
            "过期时间",
        ],
    ),
    (
        FaqField::Enabled,
        &[
            "启用",
            "enabled",
            "是否启用",
            "启用状态",
            "状态",
            "status",
            "是否有效",
            "是否生效",
            "是否上线",
        ],
    ),
    (FaqField::Priority, &["优先级", "priority", "权重", "优先"]),
];

/// Columns that people keep for themselves. A running number is no id: it changes when rows are
/// sorted or taken out.
const IGNORED: [&str; 20] = [
    "序号",
    "备注",
    "说明",
    "更新人",
    "更新时间",
    "创建人",
    "创建时间",
    "修改人",
    "修改时间",
    "审核人",
    "审核时间",
    "维护人",
    "负责人",
    "最后更新",
    "note",
    "notes",
    "remark",
    "updatedat",
    "updatedby",
    "no",
];

/// What a header names, if it is known.
pub(crate) fn column_of(header: &str) -> Option<NamedColumn> {
    let name = fold_header(header);
    if name.is_empty() {
        return None;
    }
    if is_lettered_answer(&name) {
        let column = Column::Field(FaqField::Variants);
        return Some(NamedColumn { column, rank: 0 });
    }
    let unnumbered = name.trim_end_matches(|c: char| c.is_numeric());
    for (field, synonyms) in SYNONYMS {
        let name = if field.may_take_several_columns() {
            unnumbered
        } else {
            &name
        };
        if let Some(rank) = synonyms.iter().position(|s| *s == name) {
            let column = Column::Field(field);
            return Some(NamedColumn { column, rank });
        }
    }
    IGNORED.contains(&name.as_str()).then_some(NamedColumn {
        column: Column::Ignored,
        rank: 0,
    })
}

/// 答案B, 备选答案C, variant_d: an answer that is tried against the first, which is 答案 or 答案A.
fn is_lettered_answer(name: &str) -> bool {
    let mut letters = name.chars();
    let letter = letters.next_back();
    let rest = letters.as_str();
    letter.is_some_and(|letter| ('b'..='h').contains(&letter))
        && ["答案", "备选答案", "answer", "variant"].contains(&rest)
}

/// Which part of an intent a header of the sheet 意图 names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum IntentField {
    Id,
    Name,
    Description,
    Keywords,
    Patterns,
}

/// What a header of a table of intents names.
pub(crate) fn intent_field_of(header: &str) -> Option<IntentField> {
    match fold_header(header).as_str() {
        "意图编号" | "编号" | "id" | "意图id" | "intentid" => Some(IntentField::Id),
        "意图名称" | "名称" | "name" | "意图" | "intent" => Some(IntentField::Name),
        "意图说明" | "说明" | "描述" | "description" => Some(IntentField::Description),
        "关键词" | "意图关键词" | "keywords" | "keyword" => Some(IntentField::Keywords),
        "正则" | "正则表达式" | "patterns" | "pattern" | "regex" => {
            Some(IntentField::Patterns)
        }
        _ => None,
    }
}

/// The name of a column as it is compared: width, case, spaces, marks and what stands in brackets don't count.
///
/// ```
/// assert_eq!(jieda_knowledge::fold_header("* 标准问题（必填）"), "标准问题");
/// assert_eq!(jieda_knowledge::fold_header("Conversation_ID"), "conversationid");
/// ```
#[must_use]
pub fn fold_header(header: &str) -> String {
    let mut folded = String::new();
    let mut depth = 0usize;
    for c in header.nfkc().flat_map(char::to_lowercase) {
        match c {
            '(' | '[' | '【' | '{' => depth += 1,
            ')' | ']' | '】' | '}' => depth = depth.saturating_sub(1),
            c if depth == 0 && c.is_alphanumeric() => folded.push(c),
            _ => {}
        }
    }
    folded
}
