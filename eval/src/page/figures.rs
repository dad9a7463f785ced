//! The headline figures, each with its interval and one sentence.

use maud::{Markup, html};

use super::{
    Language, Section,
    numbers::{of_hundred, percent, plot, range},
};
use crate::quality::{Figure, Quality};

/// A figure and how it is told.
struct Row {
    name: &'static str,
    figure: Figure,
    /// A mean of reciprocal ranks is no percentage.
    as_share: Unit,
    what: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Percent,
    Number,
}

pub(super) fn section(q: &Quality, l: Language) -> Section {
    let groups = [
        (l.say("找得准不准", "Finding"), finding(q, l)),
        (l.say("回得对不对", "Replying"), replying(q, l)),
        (l.say("该转的转了没有", "Handing over"), handing_over(q, l)),
        (l.say("整段会话", "Whole conversations"), solving(q, l)),
    ];
    let body = html! {
        p.lead {
            (l.say(
                "横线是 95% 区间：同样的客户换一批来问，真实水平多半落在里面。样本越多，线越短；两次测的线大半重叠，就不能说变好或变差了。",
                "The bar is the 95% interval: where the true figure most likely lies for customers like these. More labels make it shorter; two runs whose bars overlap widely don't differ for certain.",
            ))
        }
        table.figures {
            thead { tr {
                th { (l.say("指标", "figure")) }
                th.n { (l.say("数值", "value")) }
                th aria-hidden="true" {}
                th.n { (l.say("95% 区间", "95% interval")) }
                th.n { (l.say("样本", "n")) }
                th { (l.say("意思是", "which means")) }
            } }
            @for (name, rows) in groups.iter().filter(|(_, rows)| !rows.is_empty()) {
                tbody {
                    tr.group { th colspan="6" { (name) } }
                    @for row in rows { (line(row)) }
                }
            }
        }
    };
    Section::new("figures", l.say("关键指标", "Headline figures"), body)
}

fn line(row: &Row) -> Markup {
    let Row { figure, .. } = row;
    let (value, range) = match row.as_share {
        Unit::Percent => (percent(figure.value), range(&figure.interval)),
        Unit::Number => {
            let i = &figure.interval;
            let range = format!("{:.3}–{:.3}", i.low, i.high);
            (format!("{:.3}", figure.value), range)
        }
    };
    html! {
        tr {
            td.name { (row.name) }
            td.n.value { (value) }
            td.plot { (plot(figure)) }
            td.n.dim { (range) }
            td.n.dim { (figure.n) }
            td.what { (row.what) }
        }
    }
}

fn row(
    name: &'static str,
    figure: Option<Figure>,
    what: impl Fn(&Figure) -> String,
) -> Option<Row> {
    let figure = figure?;
    Some(Row {
        name,
        what: what(&figure),
        as_share: Unit::Percent,
        figure,
    })
}

fn finding(q: &Quality, l: Language) -> Vec<Row> {
    let h = &q.headline;
    let hundred = |f: &Figure| of_hundred(f.value, l);
    let zh = l == Language::Chinese;
    let rows = [
        row("recall@1", h.recall_at_1, |f| {
            let n = hundred(f);
            if zh {
                format!("每 100 个有答案的问题，{n} 个第一条就找对。")
            } else {
                format!("Of 100 queries that have an answer, {n} find it first.")
            }
        }),
        row("recall@3", h.recall_at_3, |f| {
            let n = hundred(f);
            if zh {
                format!("{n} 个在前三条里有正确答案：反问时客户选得到。")
            } else {
                format!("Among the first three, {n} have it: what a clarifying question can offer.")
            }
        }),
        row("recall@10", h.recall_at_10, |f| {
            let n = hundred(f);
            match (f.hits() == f.n, l) {
                (true, Language::Chinese) => {
                    "正确答案全在前十条里：都找得到，差在排序。".to_owned()
                }
                (true, Language::English) => {
                    "All have it among the first ten: what is missing is the order.".to_owned()
                }
                (false, Language::Chinese) => {
                    format!("{n} 个在前十条里有；其余的基本找不到，要补相似问法。")
                }
                (false, Language::English) => {
                    format!("Among the first ten, {n} have it; the others need phrasings.")
                }
            }
        }),
        row("MRR@10", h.mrr_at_10, |_| {
            l.say(
                "正确答案排得多靠前：全排第一是 1，全排第二是 0.5。",
                "How far up the right answer comes: 1 if always first, 0.5 if always second.",
            )
            .to_owned()
        })
        .map(|row| Row {
            as_share: Unit::Number,
            ..row
        }),
    ];
    rows.into_iter().flatten().collect()
}

fn replying(q: &Quality, l: Language) -> Vec<Row> {
    let h = &q.headline;
    let hundred = |f: &Figure| of_hundred(f.value, l);
    let zh = l == Language::Chinese;
    let rows = [
        row(
            l.say("自动回复率", "auto-reply rate"),
            h.auto_reply_rate,
            |f| {
                let n = hundred(f);
                if zh {
                    format!(
                        "每 100 个有答案的问题，{n} 个由机器人自己回复；其余的反问、请客户换个说法或转人工。"
                    )
                } else {
                    format!(
                        "Of 100 queries that have an answer, {n} get a reply; the others are asked back or handed over."
                    )
                }
            },
        ),
        row(l.say("答错率", "wrong-reply rate"), h.wrong_rate, |f| {
            let (n, hits, of) = (hundred(f), f.hits(), f.n);
            if zh {
                format!("每 100 条自动回复，{n} 条答错（这批 {of} 条里错 {hits} 条）。")
            } else {
                format!("Of 100 automatic replies {n} are wrong ({hits} of these {of}).")
            }
        }),
        row(
            l.say("硬答率", "answered in vain"),
            h.unanswerable_replied,
            |f| {
                let n = hundred(f);
                if zh {
                    format!("每 100 个知识库答不了的问题，{n} 个还是被自动回复了。")
                } else {
                    format!("Of 100 queries that no FAQ answers, {n} get a reply all the same.")
                }
            },
        ),
    ];
    rows.into_iter().flatten().collect()
}

fn handing_over(q: &Quality, l: Language) -> Vec<Row> {
    let h = &q.headline;
    let hundred = |f: &Figure| of_hundred(f.value, l);
    let zh = l == Language::Chinese;
    let rows = [
        row(
            l.say("转人工召回率", "handoff recall"),
            h.handoff_recall,
            |f| {
                let n = hundred(f);
                if zh {
                    format!("每 100 句应该马上转人工的话（投诉、诈骗、人身安全等），{n} 句转了。")
                } else {
                    format!("Of 100 texts that belong to a human at once, {n} are handed over.")
                }
            },
        ),
        row(
            l.say("误转率", "false handoffs"),
            h.handoff_false_rate,
            |f| {
                let n = hundred(f);
                if zh {
                    format!("每 100 句只是看着像、其实机器人能处理的话，{n} 句误转了。")
                } else {
                    format!("Of 100 texts that only look like it, {n} are handed over.")
                }
            },
        ),
    ];
    rows.into_iter().flatten().collect()
}

fn solving(q: &Quality, l: Language) -> Vec<Row> {
    let zh = l == Language::Chinese;
    let solved = row(
        l.say("自动解决率", "automatic resolution"),
        q.headline.solved_without_human,
        |f| {
            let n = of_hundred(f.value, l);
            if zh {
                format!(
                    "每 100 段会话，{n} 段不用人工，而且每个问题都当场答对；反问一次再答对的不算。"
                )
            } else {
                format!("Of 100 conversations, {n} need no human and get every answer at once.")
            }
        },
    );
    let contained = row(
        l.say("未转人工率", "containment"),
        q.conversations.as_ref().map(|c| c.never_with_human),
        |f| {
            let n = of_hundred(f.value, l);
            if zh {
                format!("每 100 段会话，{n} 段始终没有转人工；这不等于都解决了。")
            } else {
                format!(
                    "Of 100 conversations, {n} never come to a human; not all of them are solved."
                )
            }
        },
    );
    [solved, contained].into_iter().flatten().collect()
}
