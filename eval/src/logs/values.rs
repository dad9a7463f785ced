//! What stands in a cell: roles, times, ratings and labels, as people write them.

use jieda::{Moment, TimeZone, Timestamp, fold_header};
use jieda_types::{FaqId, Rating};

use crate::transcripts::{Act, Expected, ExpectedReason};

/// Who a message is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Customer,
    Bot,
    Agent,
    /// Notices of the system: nobody said them.
    System,
}

impl Role {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        Ok(match fold_header(text).as_str() {
            "customer" | "user" | "client" | "visitor" | "guest" | "buyer" | "客户" | "顾客"
            | "用户" | "访客" | "买家" | "会员" => Self::Customer,
            "bot" | "robot" | "assistant" | "chatbot" | "ai" | "machine" | "机器人"
            | "智能客服" | "机器人客服" | "智能助手" | "系统机器人" => Self::Bot,
            "agent" | "human" | "staff" | "operator" | "service" | "seller" | "客服" | "人工"
            | "人工客服" | "坐席" | "座席" | "客服人员" | "卖家" | "商家" => {
                Self::Agent
            }
            "system" | "notice" | "event" | "系统" | "系统消息" | "系统提示" | "通知" => {
                Self::System
            }
            _ => {
                return Err(format!(
                    "不认识角色“{text}”，可用：客户、机器人、人工、系统（或 customer、bot、agent、system）"
                ));
            }
        })
    }
}

/// A time: with its offset, or on the clocks of the knowledge base, or in seconds or milliseconds since 1970.
pub(super) fn time(text: &str, timezone: &TimeZone) -> Result<Timestamp, String> {
    let refuse =
        || format!("“{text}”不是时间，应写成 2026-11-11 20:00:00 或 2026-11-11T20:00:00+08:00");
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    if text.bytes().all(|b| b.is_ascii_digit())
        && let Ok(number) = text.parse::<i64>()
    {
        let since_1970 = match text.len() {
            10 => Some(Timestamp::from_second(number)),
            13 => Some(Timestamp::from_millisecond(number)),
            _ => None,
        };
        if let Some(time) = since_1970 {
            return time.map_err(|_| refuse());
        }
    }
    // Fractions of a second decide nothing.
    let whole = match text.rsplit_once('.') {
        Some((whole, fraction))
            if whole.contains(':') && fraction.bytes().all(|b| b.is_ascii_digit()) =>
        {
            whole
        }
        _ => text,
    };
    let moment = Moment::parse(whole).ok_or_else(refuse)?;
    let time = timezone.to_timestamp(moment.start());
    time.map_err(|_| refuse())
}

/// A rating: 1 to 5, `4分`, or the usual words. None where nobody rated.
pub(super) fn rating(text: &str) -> Result<Option<Rating>, String> {
    let stars = match text.trim() {
        "" | "-" | "无" | "未评价" | "未评分" | "未评" | "0" => return Ok(None),
        "非常满意" | "很满意" => 5,
        "满意" | "比较满意" => 4,
        "一般" => 3,
        "不满意" => 2,
        "非常不满意" | "很不满意" => 1,
        number => number
            .trim_end_matches(['分', '星'])
            .trim()
            .trim_end_matches(".0")
            .parse()
            .unwrap_or_default(),
    };
    Rating::new(stars)
        .map(Some)
        .map_err(|_| format!("“{text}”不是评分，评分是 1 到 5 的整数"))
}

/// What a label of a table says; none where nothing is labelled.
pub(super) fn expected(
    decision: &str,
    faq: &str,
    reason: &str,
) -> Result<Option<Expected>, String> {
    if decision.is_empty() && faq.is_empty() {
        return Ok(None);
    }
    let act = match fold_header(decision).as_str() {
        "" | "reply" | "autoreply" | "回复" | "自动回复" => Act::Reply,
        "clarify" | "反问" | "澄清" => Act::Clarify,
        "handoff" | "handover" | "转人工" => Act::Handoff,
        "smalltalk" | "寒暄" => Act::Smalltalk,
        "silent" | "沉默" | "不回复" => Act::Silent,
        _ => {
            return Err(format!(
                "不认识应有的处理“{decision}”，可用：回复、反问、转人工、寒暄、沉默（或 reply、clarify、handoff、smalltalk、silent）"
            ));
        }
    };
    let faq = match faq {
        "" if act == Act::Reply => return Err("应有的处理是回复，却没有写是哪条常见问题".into()),
        "" => None,
        id => Some(FaqId::new(id).map_err(|_| format!("“{id}”不能用作常见问题的编号"))?),
    };
    let reason = match reason {
        "" => None,
        name => {
            let parsed: Result<ExpectedReason, _> = serde_json::from_value(name.into());
            Some(parsed.map_err(|_| format!("不认识转人工的原因“{name}”"))?)
        }
    };
    Ok(Some(Expected {
        decision: act,
        faq,
        reason,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_and_systems_write_them() {
        let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
        let expected: Timestamp = "2026-11-11T12:00:05Z".parse().unwrap();
        for text in [
            "2026-11-11T12:00:05Z",
            "2026-11-11T20:00:05+08:00",
            "2026-11-11 20:00:05",
            "2026/11/11 20:00:05",
            "2026-11-11 20:00:05.250",
            "2026年11月11日 20:00:05",
            "1794398405",
            "1794398405000",
        ] {
            let read = time(text, &shanghai).unwrap();
            assert_eq!(read.as_second(), expected.as_second(), "{text}");
        }
        for text in ["昨天", "2026-13-01", "20:00", "12345"] {
            assert!(time(text, &shanghai).is_err(), "{text}");
        }
    }

    #[test]
    fn ratings_roles_and_labels() {
        assert_eq!(rating("4分").unwrap().map(Rating::get), Some(4));
        assert_eq!(rating("非常不满意").unwrap().map(Rating::get), Some(1));
        assert_eq!(rating("未评价"), Ok(None));
        assert!(rating("6").is_err() && rating("好").is_err());
        assert_eq!(Role::parse(" 人工客服 "), Ok(Role::Agent));
        assert_eq!(Role::parse("USER"), Ok(Role::Customer));
        assert!(Role::parse("小王").unwrap_err().contains("小王"));
        assert_eq!(expected("", "", ""), Ok(None));
        let reply = expected("", "ec-001", "").unwrap().unwrap();
        assert_eq!(reply.decision, Act::Reply);
        let handoff = expected("转人工", "", "complaint").unwrap().unwrap();
        assert_eq!(handoff.decision, Act::Handoff);
        assert!(expected("回复", "", "").is_err());
        assert!(expected("转人工", "", "because").is_err());
    }
}
