//! The names that people and systems give to the fields of a message.

use jieda::fold_header;

/// A field of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Field {
    Conversation,
    Role,
    Text,
    Time,
    Rating,
    Channel,
    Customer,
    Tier,
    ExpectedDecision,
    ExpectedFaq,
    ExpectedReason,
}

/// Names, folded; of two columns with names of one field the one that stands first here counts.
const NAMES: [(Field, &[&str]); 11] = [
    (
        Field::Conversation,
        &[
            "conversationid",
            "会话id",
            "会话编号",
            "会话号",
            "conversation",
            "会话",
            "sessionid",
            "session",
            "对话id",
            "对话编号",
            "dialogid",
            "dialogueid",
            "chatid",
        ],
    ),
    (
        Field::Role,
        &[
            "role",
            "角色",
            "发送方",
            "发送方类型",
            "发送者类型",
            "sendertype",
            "发送者",
            "发送人",
            "发言人",
            "说话人",
            "身份",
            "消息来源",
            "sender",
            "speaker",
            "author",
            "from",
        ],
    ),
    (
        Field::Text,
        &[
            "text",
            "内容",
            "消息内容",
            "聊天内容",
            "对话内容",
            "发言内容",
            "content",
            "message",
            "消息",
            "文本",
            "msg",
            "body",
        ],
    ),
    (
        Field::Time,
        &[
            "time",
            "时间",
            "发送时间",
            "消息时间",
            "对话时间",
            "at",
            "timestamp",
            "sentat",
            "datetime",
            "创建时间",
            "createdat",
            "createtime",
        ],
    ),
    (
        Field::Rating,
        &[
            "rating",
            "评分",
            "满意度",
            "满意度评分",
            "satisfaction",
            "csat",
            "评价",
        ],
    ),
    (Field::Channel, &["channel", "渠道", "来源渠道", "接入渠道"]),
    (
        Field::Customer,
        &["customerid", "客户id", "客户编号", "用户id", "userid"],
    ),
    (
        Field::Tier,
        &["tier", "客户等级", "会员等级", "等级", "customertier"],
    ),
    (
        Field::ExpectedDecision,
        &["expecteddecision", "应有处理", "期望处理", "标注处理"],
    ),
    (
        Field::ExpectedFaq,
        &[
            "expectedfaq",
            "应答faq",
            "正确faq",
            "期望faq",
            "标注faq",
            "应答编号",
            "正确答案编号",
        ],
    ),
    (
        Field::ExpectedReason,
        &["expectedreason", "应有原因", "期望原因", "标注原因"],
    ),
];

/// What a name of a column or key means, and how sure it is: 0 is the surest.
pub(super) fn field_of(name: &str) -> Option<(Field, usize)> {
    let name = fold_header(name);
    NAMES.iter().find_map(|(field, names)| {
        let rank = names.iter().position(|known| *known == name)?;
        Some((*field, rank))
    })
}

/// What a message can't be without.
pub(super) const NEEDED: [Field; 3] = [Field::Conversation, Field::Role, Field::Text];
