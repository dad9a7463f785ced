//! Whole conversations.

use maud::{Markup, html};

use super::{
    Language, Section,
    numbers::{cell_heads, cells, percent, range},
};
use crate::quality::{Conversations, Kind, Quality, WrongTurn};

pub(super) fn section(q: &Quality, l: Language) -> Option<Section> {
    let conversations = q.conversations.as_ref()?;
    let body = html! {
        p.lead { (lead(conversations, l)) }
        (acts(conversations, l))
        h3 { (l.say("转人工的时机", "When they were handed over")) }
        (transfers(conversations, l))
        @if !conversations.solved_by_channel.is_empty() {
            h3 { (l.say("各渠道的自动解决率", "Automatic resolution by channel")) }
            (channels(&conversations.solved_by_channel, l))
        }
        @if !conversations.wrong.is_empty() {
            h3 { (l.say("第一次处理错的地方", "Where they first went wrong")) (count(conversations, l)) }
            (wrong_turns(&conversations.wrong, l))
        }
    };
    Some(Section::new(
        "conversations",
        l.say("完整会话", "Whole conversations"),
        body,
    ))
}

fn lead(c: &Conversations, l: Language) -> String {
    let r = &c.report;
    let (conversations, turns) = (r.conversations, r.turns);
    let (share, range) = (percent(c.turns_right.value), range(&c.turns_right.interval));
    let (n, recall) = (r.context.n, percent(r.context.recall));
    match l {
        Language::Chinese => format!(
            "{conversations} 段会话，客户说了 {turns} 句，处理对的 {share}（95% 区间 {range}）。其中 {n} 句是要看上文才懂的追问，第一条就找对的 {recall}。机器人接着自己的处理往下走：转早了，后面的句子都算错。"
        ),
        Language::English => format!(
            "{conversations} conversations, {turns} turns, {share} of them right (95% interval {range}). Of {n} follow-ups that need the turns before, {recall} find their FAQ first. The engine goes on from its own decisions: after a handover that came too early all turns count as wrong."
        ),
    }
}

fn acts(c: &Conversations, l: Language) -> Markup {
    html! {
        table.fit {
            thead { tr {
                th { (l.say("应有的处理", "what is expected")) }
                th.n { (l.say("句数", "turns")) }
                th.n { (l.say("该做时做了", "recall")) }
                th.n { (l.say("做了的该做", "precision")) }
                th.n { "F1" }
            } }
            tbody {
                // What is expected nowhere has no share; an early handover tells of it below.
                @for (act, class) in c.report.decision.iter().filter(|(_, class)| class.n > 0) {
                    tr {
                        td { (l.act(*act)) }
                        td.n { (class.n) }
                        td.n { (percent(class.recall)) }
                        td.n { (percent(class.precision)) }
                        td.n { (format!("{:.3}", class.f1)) }
                    }
                }
            }
        }
    }
}

fn transfers(c: &Conversations, l: Language) -> Markup {
    let h = &c.report.handoff;
    let right = h.expected as f64 * h.recall;
    let rows = [
        (
            l.say(
                "应该转人工的会话",
                "conversations that should go to a human",
            ),
            h.expected.to_string(),
        ),
        (
            l.say("正好在该转的那一句转的", "went at the right turn"),
            format!("{right:.0}"),
        ),
        (
            l.say(
                "转早了（含不该转的）",
                "went too early, or should not have gone",
            ),
            h.early.to_string(),
        ),
        (l.say("转晚了", "went too late"), h.late.to_string()),
        (l.say("一直没转", "never went"), h.missed.to_string()),
        (
            l.say(
                "GT-T，容忍 1、2、3 句（1 最好）",
                "GT-T, tolerance 1, 2, 3 turns (1 is best)",
            ),
            h.gt_t.map(|value| format!("{value:.3}")).join(" · "),
        ),
    ];
    html! {
        table.fit {
            tbody {
                @for (name, value) in rows {
                    tr { th scope="row" { (name) } td.n { (value) } }
                }
            }
        }
    }
}

fn channels(channels: &[Kind], l: Language) -> Markup {
    html! {
        div.wide { table.fit {
            thead { tr {
                th { (l.say("渠道", "channel")) }
                th.n { (l.say("会话", "n")) }
                (cell_heads(l.say("自动解决率", "solved"), l))
            } }
            tbody {
                @for channel in channels {
                    tr {
                        td { (channel.name.as_deref().unwrap_or(l.say("未标注", "not labelled"))) }
                        td.n { (channel.share.n) }
                        (cells(&channel.share))
                    }
                }
            }
        } }
    }
}

fn count(c: &Conversations, l: Language) -> String {
    let (shown, all) = (c.wrong.len(), c.with_wrong_turns);
    match l {
        Language::Chinese if shown < all => format!(" · 共 {all} 段，列出 {shown}"),
        Language::Chinese => format!(" · 共 {all} 段"),
        Language::English if shown < all => format!(" · {shown} of {all}"),
        Language::English => format!(" · {all}"),
    }
}

fn wrong_turns(turns: &[WrongTurn], l: Language) -> Markup {
    html! {
        table {
            thead { tr {
                th { (l.say("会话", "conversation")) }
                th { (l.say("客户的话", "the customer's words")) }
                th { (l.say("应当", "expected")) }
                th { (l.say("实际", "what was done")) }
            } }
            tbody {
                @for turn in turns {
                    tr {
                        td {
                            (turn.conversation)
                            " " span.id { @match l {
                                Language::Chinese => { "第 " (turn.number) " 句" }
                                Language::English => { "turn " (turn.number) }
                            } }
                        }
                        td {
                            @if turn.said.as_str().is_empty() { (l.say("（按钮评分）", "(rates by a button)")) }
                            @else { "“" (turn.said) "”" }
                        }
                        td { (l.act(turn.expected)) (question(turn.expected_question.as_deref())) }
                        td {
                            (l.act(turn.reached)) (question(turn.sent_question.as_deref()))
                            @if let Some(reason) = turn.reason { span.dim { " · " (l.reason(reason.as_str())) } }
                        }
                    }
                }
            }
        }
    }
}

fn question(question: Option<&str>) -> Markup {
    html! {
        @if let Some(question) = question { "“" (question) "”" }
    }
}
