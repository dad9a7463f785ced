//! How it was measured: with these, anybody gets the same page.

use maud::{Markup, html};

use super::{Language, Section, numbers::percent};
use crate::{
    quality::{Quality, Source, Subject},
    truth::Split,
};

pub(super) fn section(q: &Quality, l: Language) -> Section {
    let body = html! {
        p.lead {
            (l.say(
                "同样的知识库、模型、策略和文件，用同样的命令，得到的报告一字不差。客户的话都已打码。",
                "The same knowledge base, model, policy and files give the same page with the same command. Customers' words are masked.",
            ))
        }
        pre { (q.source.command) }
        (files(&q.source, l))
        h3 { (l.say("版本与阈值", "Identity and thresholds")) }
        (identity(&q.subject, &q.source, l))
        h3 { (l.say("名词", "Terms")) }
        (terms(l))
    };
    Section::new("method", l.say("怎么测的", "How it was measured"), body)
}

fn files(source: &Source, l: Language) -> Markup {
    html! {
        table {
            thead { tr {
                th { (l.say("内容", "what")) }
                th { (l.say("文件", "file")) }
                th.n { (l.say("用了", "taken")) }
                th { "sha256" }
            } }
            tbody {
                @for file in &source.files {
                    tr {
                        td { (l.role(file.role)) }
                        td.hash { (file.path) }
                        td.n { (file.lines) }
                        td.hash { code { (file.sha256) } }
                    }
                }
            }
        }
        @if let Some(split) = source.split {
            p.dim {
                @match split {
                    Split::Train => (l.say("只用了标为 train 的标注。", "Only lines of the split train were taken.")),
                    Split::Test => (l.say("只用了标为 test 的标注；会话不分，全部用上。", "Only lines of the split test were taken; conversations have no split.")),
                }
            }
        }
    }
}

fn identity(s: &Subject, source: &Source, l: Language) -> Markup {
    let t = &s.thresholds;
    html! {
        dl {
            dt { (l.say("知识版本", "knowledge")) } dd { code { (s.knowledge) } }
            dt { (l.say("策略等", "policy and the like")) } dd { code { (s.policy) } }
            @if let Some(encoder) = &s.encoder {
                dt { (l.say("编码器", "encoder")) } dd { code.hash { (encoder) } }
            }
            dt { (l.say("程序", "program")) } dd { "jieda " (s.jieda) }
            dt { (l.say("提问时间", "asked at")) }
            dd {
                @match &source.at {
                    Some(at) => (at),
                    None => (l.say("不限：不看有效期，停用的除外", "no particular time: validity doesn't count, disabled FAQs are left out")),
                }
            }
            dt { (l.say("自动回复", "reply")) }
            dd { (l.say("置信度 ≥ ", "confidence ≥ ")) (t.reply.get()) }
            dt { (l.say("反问", "clarify")) }
            dd { (l.say("置信度 ≥ ", "confidence ≥ ")) (t.clarify.get()) }
            dt { (l.say("转人工", "handoff")) }
            dd { (failures(t.failure_limit, l)) }
            dt { (l.say("阈值来历", "thresholds by")) }
            dd { (provenance(s, l)) }
        }
    }
}

fn failures(limit: u32, l: Language) -> String {
    match l {
        Language::Chinese => format!("连续 {limit} 轮没有匹配上，或规则要求"),
        Language::English => format!("after {limit} turns in a row without a match, or by a rule"),
    }
}

fn provenance(s: &Subject, l: Language) -> String {
    let Some(tuned) = &s.tuned else {
        return l
            .say(
                "策略文件里写的，没有用标注定过（jieda tune），对答错率没有承诺",
                "as written in the policy; not tuned on labels (jieda tune), and nothing is promised",
            )
            .to_owned();
    };
    let (date, n) = (&tuned.date, tuned.samples);
    let (most, sure) = (percent(tuned.max_wrong_rate), percent(tuned.confidence));
    match l {
        Language::Chinese => {
            format!("{date} 用 {n} 条标注定的（jieda tune），承诺答错不超过 {most}，把握 {sure}")
        }
        Language::English => {
            format!(
                "tuned on {n} labels on {date} (jieda tune): at most {most} wrong, with confidence {sure}"
            )
        }
    }
}

fn terms(l: Language) -> Markup {
    let terms = [
        (
            l.say("置信度", "confidence"),
            l.say(
                "校准过的概率：0.9 的回复，一百条里约有九十条是对的。",
                "A calibrated probability: of 100 replies at 0.9 about 90 are right.",
            ),
        ),
        (
            l.say("95% 区间", "95% interval"),
            l.say(
                "各句互不相关时用精确区间（Clopper & Pearson 1934）；同一会话的几句放在一起重抽（自助法，Davison & Hinkley 1997）。",
                "Exact where every text stands alone (Clopper & Pearson 1934); turns of one conversation are drawn together (bootstrap, Davison & Hinkley 1997).",
            ),
        ),
        (
            l.say("答错", "wrong reply"),
            l.say(
                "自动回复的不是标注的那一条；给没有答案的问题自动回复也算。",
                "A reply with another FAQ than the label's, or to a query that no FAQ answers.",
            ),
        ),
        (
            "recall@k, MRR@10",
            l.say(
                "正确的那一条排进前 k 条的比例；它的名次的倒数的平均，前十名以外算 0。",
                "Share of queries whose FAQ is among the first k; mean of 1 / rank, 0 beyond the tenth.",
            ),
        ),
        (
            "GT-T",
            l.say(
                "转人工的那一句离该转的那一句有多远（Liu 等 2021）：正好是 1，越远越低，该转没转是 0。",
                "How far the handover is from where it should be (Liu et al. 2021): 1 at the right turn, less beside it, 0 when there is none.",
            ),
        ),
    ];
    html! {
        dl {
            @for (term, what) in terms { dt { (term) } dd { (what) } }
        }
    }
}
