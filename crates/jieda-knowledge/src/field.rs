//! The fields of an FAQ, as people and programs name them.

use std::fmt;

use serde::Serialize;

/// A field of an FAQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaqField {
    /// Its id.
    Id,
    /// The standard question.
    Question,
    /// Other ways to ask it.
    Similar,
    /// The answer.
    Answer,
    /// Answers that are tried against it.
    Variants,
    /// The intent that it belongs to.
    Intent,
    /// Free labels.
    Tags,
    /// Which group of agents handles it.
    Skill,
    /// Where it is served.
    Channels,
    /// From when it is served.
    ValidFrom,
    /// Until when it is served.
    ValidUntil,
    /// Whether it is served at all.
    Enabled,
    /// Which of two equal matches comes first.
    Priority,
}

impl FaqField {
    /// All of them, in the order of an exported table.
    pub const ALL: [Self; 13] = [
        Self::Id,
        Self::Question,
        Self::Similar,
        Self::Answer,
        Self::Variants,
        Self::Intent,
        Self::Tags,
        Self::Skill,
        Self::Channels,
        Self::ValidFrom,
        Self::ValidUntil,
        Self::Enabled,
        Self::Priority,
    ];

    /// Its name in JSON and YAML.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Question => "question",
            Self::Similar => "similar",
            Self::Answer => "answer",
            Self::Variants => "variants",
            Self::Intent => "intent",
            Self::Tags => "tags",
            Self::Skill => "skill",
            Self::Channels => "channels",
            Self::ValidFrom => "valid_from",
            Self::ValidUntil => "valid_until",
            Self::Enabled => "enabled",
            Self::Priority => "priority",
        }
    }

    /// Whether a table may have several columns of it, one for each text.
    #[must_use]
    pub const fn may_take_several_columns(self) -> bool {
        matches!(self, Self::Similar | Self::Variants)
    }

    /// Its name in a table's header, in Chinese.
    #[must_use]
    pub const fn header(self) -> &'static str {
        match self {
            Self::Id => "编号",
            Self::Question => "标准问题",
            Self::Similar => "相似问题",
            Self::Answer => "答案",
            Self::Variants => "备选答案",
            Self::Intent => "意图",
            Self::Tags => "标签",
            Self::Skill => "技能组",
            Self::Channels => "渠道",
            Self::ValidFrom => "生效时间",
            Self::ValidUntil => "失效时间",
            Self::Enabled => "启用",
            Self::Priority => "优先级",
        }
    }
}

impl fmt::Display for FaqField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.header())
    }
}
