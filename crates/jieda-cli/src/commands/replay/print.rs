//! The report, for people.

use std::collections::{BTreeMap, BTreeSet};

use jieda::{
    Engine,
    types::{FaqId, HandoffReason},
};
use jieda_eval::{
    logs::{Decided, DecisionKind, Variables},
    replay::{
        Change, Comparison, Course, Figure, FigureDifference, Figures, ReplayReport, SideIdentity,
        SideName, SideReport, TimingReference,
    },
    transcripts::{Act, Expected, TOLERANCES, Timing},
};

use crate::{
    commands::{eval::decision::percent, log::shortened},
    names,
    table::{Align, Table},
};

/// Columns that a text or a question takes at most.
const TEXT_COLUMNS: usize = 60;
const QUESTION_COLUMNS: usize = 32;
/// From this p-value down a difference is called one.
const LEVEL: f64 = 0.05;

/// Standard questions of FAQs.
pub(super) struct Names(BTreeMap<FaqId, String>);

impl Names {
    pub(super) fn of(a: &Engine, b: Option<&Engine>) -> Self {
        let engines = [Some(a), b].into_iter().flatten();
        let faqs = engines.flat_map(|engine| &engine.searcher().kb().faqs);
        Self(
            faqs.map(|faq| (faq.id.clone(), faq.question.clone()))
                .collect(),
        )
    }

    fn question(&self, faq: &FaqId) -> String {
        match self.0.get(faq) {
            Some(question) => format!("{faq}《{}》", shortened(question, QUESTION_COLUMNS)),
            None => faq.to_string(),
        }
    }
}

/// The whole report.
pub(super) fn text(report: &ReplayReport, examples: &[Change], names: &Names) -> String {
    let mut parts = vec![head(report), figures(report)];
    parts.extend(handovers(report));
    parts.extend(timing(report));
    parts.extend(costs(report));
    if let Some(comparison) = &report.comparison {
        parts.push(changes(comparison));
        parts.extend(shown(comparison, examples, names));
    }
    parts.join("\n")
}

/// What was replayed on what.
fn head(report: &ReplayReport) -> String {
    let log = &report.log;
    let course = match report.course {
        Course::Closed => "闭环：机器人接着自己的处理往下走",
        Course::Open => "开环：每一轮都从当时的进展出发",
    };
    let mut text = format!(
        "重放 {} 个会话，客户 {} 轮（{course}）\n",
        log.conversations, log.turns
    );
    for (name, side) in sides(report) {
        if let Some(identity) = &side.identity {
            text += &format!("{}：{}\n", label(name), described(identity));
        }
    }
    let passed = &report.passed_over;
    let mut notes = Vec::new();
    if log.blank > 0 {
        notes.push(format!("没有文字的消息 {} 条，没有算入", log.blank));
    }
    if passed.unreadable > 0 {
        notes.push(format!(
            "读不了的 {} 轮（空白或过长），没有算入",
            passed.unreadable
        ));
    }
    if passed.with_human > 0 {
        notes.push(format!(
            "当时由人工接待的 {} 轮，没有算入",
            passed.with_human
        ));
    }
    if log.untimed > 0 {
        notes.push(format!(
            "日志没写时间的 {} 轮，按不限时间处理（有效期都算有效，人工都在；可用 --at 指定）",
            log.untimed
        ));
    }
    if report.variables == Variables::AllKnown {
        notes.push("日志里没有变量的值，答案里的变量都当作已知".to_owned());
    }
    for note in notes {
        text += &format!("注：{note}。\n");
    }
    text
}

fn described(identity: &SideIdentity) -> String {
    format!(
        "{}（{}），策略 {}，回复阈值 {}，反问阈值 {}",
        identity.name, identity.knowledge, identity.policy, identity.reply, identity.clarify
    )
}

/// How a figure is shown; none where a side has no such figure.
type Shown = fn(&Figures) -> Option<String>;

const ROWS: [(&str, Figure, Shown); 6] = [
    ("自动回复", Figure::Coverage, |f| {
        Some(percent(f.coverage))
    }),
    ("反问澄清", Figure::ClarifyRate, |f| {
        Some(percent(f.clarify_rate))
    }),
    ("请求换个说法", Figure::RephraseRate, |f| {
        Some(percent(f.rephrase_rate))
    }),
    ("转人工的会话", Figure::HandoverRate, |f| {
        Some(percent(f.handover_rate))
    }),
    ("处理正确（有标注的）", Figure::Accuracy, |f| {
        Some(percent(f.labels?.accuracy))
    }),
    (
        "答错（有标注的回复）",
        Figure::WrongReplyRate,
        |f| {
            let labels = f.labels?;
            let rate = percent(labels.wrong_reply_rate?);
            Some(format!("{rate}（{}/{}）", labels.wrong, labels.replies))
        },
    ),
];

/// The figures of all sides, and how they differ.
fn figures(report: &ReplayReport) -> String {
    let mut head = vec![("指标", Align::Left)];
    head.extend(sides(report).map(|(name, _)| (label(name), Align::Right)));
    let title = report.comparison.as_ref().map(difference_title);
    if let Some(title) = &title {
        head.extend([(title.as_str(), Align::Right), ("p", Align::Right)]);
    }
    let mut table = Table::new(&head);
    for (name, figure, shown) in ROWS {
        let values: Vec<Option<String>> = sides(report)
            .map(|(_, side)| shown(&side.figures))
            .collect();
        if values.iter().all(Option::is_none) {
            continue;
        }
        let or_dash = |value: Option<String>| value.unwrap_or_else(|| "—".to_owned());
        let mut cells = vec![name.to_owned()];
        cells.extend(values.into_iter().map(or_dash));
        if let Some(comparison) = &report.comparison {
            let mut all = comparison.figures.iter();
            let found = all.find(|found| found.figure == figure);
            let cells_of = found.map(difference_cells);
            cells.extend(cells_of.unwrap_or_else(|| ["—", "—"].map(str::to_owned)));
        }
        table.row(cells);
    }
    let mut text = table.render(0);
    text += "占客户全部轮次的比例；转人工按会话算。";
    if report.comparison.is_some() {
        text += &format!("差的区间和 p 按会话整体重抽样得出（95%），p < {LEVEL} 才算有差别。");
    }
    text + "\n"
}

fn difference_title(comparison: &Comparison) -> String {
    let (from, to) = (label(comparison.from), label(comparison.to));
    format!("{to} − {from}（百分点）")
}

fn difference_cells(found: &FigureDifference) -> [String; 2] {
    let points = |share: f64| format!("{:+.1}", 100.0 * share);
    let difference = &found.difference;
    let interval = &difference.interval;
    [
        format!(
            "{}（{} 到 {}）",
            points(difference.difference),
            points(interval.low),
            points(interval.high)
        ),
        format!("{:.3}", difference.p),
    ]
}

/// Why conversations went to a human.
fn handovers(report: &ReplayReport) -> Option<String> {
    let reasons: BTreeSet<HandoffReason> = sides(report)
        .flat_map(|(_, side)| side.figures.handovers_by_reason.keys().copied())
        .collect();
    if reasons.is_empty() {
        return None;
    }
    let mut head = vec![("转人工的原因", Align::Left)];
    head.extend(sides(report).map(|(name, _)| (label(name), Align::Right)));
    let mut table = Table::new(&head);
    for reason in reasons {
        let counts = sides(report).map(|(_, side)| {
            let count = side.figures.handovers_by_reason.get(&reason);
            count.copied().unwrap_or_default().to_string()
        });
        table.row([names::reason(reason).to_owned()].into_iter().chain(counts));
    }
    Some(table.render(0))
}

/// Whether conversations went to a human too early or too late.
fn timing(report: &ReplayReport) -> Option<String> {
    let timed: Vec<_> = sides(report)
        .filter_map(|(name, side)| Some((name, side.figures.timing?)))
        .collect();
    let (_, first) = timed.first()?;
    let against = match first.reference {
        TimingReference::Labels => "以标注为准",
        TimingReference::Recorded => "与当时转人工的那一轮比，当时未必对",
    };
    let title = format!("转人工的时机（{against}）");
    let mut head = vec![(title.as_str(), Align::Left)];
    head.extend(timed.iter().map(|(name, _)| (label(*name), Align::Right)));
    let mut table = Table::new(&head);
    let counts: [(&str, Count); 5] = [
        ("应转的会话", |t| t.expected),
        ("正好在那一轮转的", |t| t.right),
        ("转早了，或不该转", |t| t.early),
        ("转晚了", |t| t.late),
        ("该转没转", |t| t.missed),
    ];
    for (name, count) in counts {
        let cells = timed
            .iter()
            .map(|(_, figures)| count(&figures.timing).to_string());
        table.row([name.to_owned()].into_iter().chain(cells));
    }
    for (i, tolerance) in TOLERANCES.into_iter().enumerate() {
        let cells = timed
            .iter()
            .map(|(_, figures)| format!("{:.3}", figures.gt_t[i]));
        let name = format!("GT-T，容忍 {tolerance} 轮");
        table.row([name].into_iter().chain(cells));
    }
    Some(table.render(0))
}

/// A number of conversations.
type Count = fn(&Timing) -> usize;

/// What it costs.
fn costs(report: &ReplayReport) -> Option<String> {
    let priced: Vec<_> = sides(report)
        .filter(|(_, side)| !side.figures.costs.is_empty())
        .collect();
    let (_, first) = priced.first()?;
    let titles: Vec<[String; 2]> = priced
        .iter()
        .map(|(name, _)| {
            let name = label(*name);
            [
                format!("{name} 现在的阈值"),
                format!("{name} 最省的（回复阈值）"),
            ]
        })
        .collect();
    let mut head = vec![("答错一次抵几次转人工", Align::Right)];
    head.extend(
        titles
            .iter()
            .flatten()
            .map(|title| (title.as_str(), Align::Right)),
    );
    let mut table = Table::new(&head);
    for (i, point) in first.figures.costs.iter().enumerate() {
        let mut cells = vec![format!("{}", point.wrong_reply)];
        for (_, side) in &priced {
            if let Some(point) = side.figures.costs.get(i) {
                let threshold = point
                    .cheapest_reply
                    .map_or_else(|| "全转人工".to_owned(), |reply| format!("{reply:.2}"));
                cells.push(format!("{:.0}", point.in_force));
                cells.push(format!("{:.0}（{threshold}）", point.cheapest));
            }
        }
        table.row(cells);
    }
    Some(
        table.render(0)
            + "每 1000 个有标注的问题折合多少次转人工：不自动回复的都算转人工。最省的阈值是在这份日志上挑的，会显得略好。\n",
    )
}

/// How many decisions change, and into what.
fn changes(comparison: &Comparison) -> String {
    let changed = &comparison.changed;
    let (from, to) = (label(comparison.from), label(comparison.to));
    if changed.turns == 0 {
        return format!("{from} 和 {to} 处理的 {} 轮全部一致。\n", changed.compared);
    }
    let share = percent(changed.turns as f64 / changed.compared.max(1) as f64);
    let mut text = format!(
        "{} 轮里有 {} 轮处理不同（{share}），在 {} 个会话里。",
        changed.compared, changed.turns, changed.conversations
    );
    if let Some(p) = changed.p {
        let whole = &changed.whole_conversations;
        text += &format!(
            "按标注，{to} 改对 {} 轮，改错 {} 轮；整个会话都处理对的，{to} 多出 {} 个，少了 {} 个（McNemar p = {p:.3}）。",
            changed.better, changed.worse, whole.won, whole.lost
        );
    }
    text.push('\n');
    let mut table = Table::new(&[
        (from, Align::Left),
        (to, Align::Left),
        ("轮数", Align::Right),
    ]);
    for transition in &changed.transitions {
        let into = match (transition.from == transition.to, transition.to) {
            (true, DecisionKind::AutoReply) => "自动回复，换了答案",
            (true, DecisionKind::Handoff) => "转人工，换了原因",
            (_, kind) => names::decision(kind),
        };
        table.row([
            names::decision(transition.from).to_owned(),
            into.to_owned(),
            transition.turns.to_string(),
        ]);
    }
    text + &table.render(0)
}

/// Some of the changes, in the order of the log.
fn shown(comparison: &Comparison, examples: &[Change], names: &Names) -> Option<String> {
    if examples.is_empty() {
        return None;
    }
    let (from, to) = (label(comparison.from), label(comparison.to));
    let all = comparison.changed.turns;
    let mut text = if examples.len() < all {
        format!(
            "前 {} 处（共 {all} 处，全部写在 --out 的 changed.jsonl 里）：\n",
            examples.len()
        )
    } else {
        format!("全部 {all} 处：\n")
    };
    for change in examples {
        let said = match change.text.as_str() {
            "" => "（评分）".to_owned(),
            said => shortened(said, TEXT_COLUMNS),
        };
        let mark = match change.better {
            Some(true) => "  改对了",
            Some(false) => "  改错了",
            None => "",
        };
        text += &format!(
            "{} 第 {} 轮：{said}{mark}\n",
            change.conversation, change.turn
        );
        text += &format!("  {from}：{}\n", told(&change.from, names));
        text += &format!("  {to}：{}\n", told(&change.to, names));
        if let Some(expected) = &change.expected {
            text += &format!("  应有：{}\n", label_told(expected, names));
        }
    }
    Some(text)
}

fn label_told(expected: &Expected, names: &Names) -> String {
    let act = match expected.decision {
        Act::Reply => "自动回复",
        Act::Clarify => "反问",
        Act::Handoff => "转人工",
        Act::Smalltalk => "寒暄",
        Act::Silent => "不回复",
    };
    let faq = expected.faq.as_ref().map(|faq| names.question(faq));
    [Some(act.to_owned()), faq]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

fn told(decided: &Decided, names: &Names) -> String {
    let mut facts = vec![names::decision(decided.decision).to_owned()];
    facts.extend(
        decided
            .reason
            .map(|reason| names::reason(reason).to_owned()),
    );
    facts.extend(decided.faq.as_ref().map(|faq| names.question(faq)));
    facts.extend(decided.rule.as_ref().map(|rule| format!("规则 {rule}")));
    facts.extend(decided.confidence.map(|c| format!("置信度 {c:.2}")));
    facts.join(" · ")
}

fn sides(report: &ReplayReport) -> impl Iterator<Item = (SideName, &SideReport)> {
    [
        (SideName::Recorded, report.recorded.as_ref()),
        (SideName::A, Some(&report.a)),
        (SideName::B, report.b.as_ref()),
    ]
    .into_iter()
    .filter_map(|(name, side)| Some((name, side?)))
}

fn label(name: SideName) -> &'static str {
    match name {
        SideName::Recorded => "当时",
        SideName::A => "A",
        SideName::B => "B",
    }
}
