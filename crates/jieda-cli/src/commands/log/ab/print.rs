//! Trials, for people.

use std::io::{self, Write};

use jieda::types::VariantLabel;
use jieda_eval::{
    ab::{Goals, JudgedTrial, JudgedVariant, Metric, Verdict},
    stats::Spread,
};

use crate::{
    paint::{BAD, DIM, GOOD, WARN, paint},
    table::{Align, Table},
};

pub(super) fn print(out: &mut impl Write, trials: &[JudgedTrial], goals: &Goals) -> io::Result<()> {
    if trials.is_empty() {
        return writeln!(
            out,
            "没有答案试验的会话。在常见问题里写上备选答案（表格里的“答案B”列，或 jsonl 里的 variants），\n\
             发布后每个会话会固定得到其中一个。"
        );
    }
    for trial in trials {
        writeln!(
            out,
            "{}  {}",
            trial.faq,
            paint(
                DIM,
                &format!("试验 {}，{} 个会话", trial.experiment, trial.conversations)
            )
        )?;
        write!(out, "{}", answers(trial).render(2))?;
        for variant in &trial.variants {
            judged(out, variant, trial, goals)?;
        }
        writeln!(out)?;
    }
    writeln!(
        out,
        "目标：{}；护栏：{}。每个会话只算一次，算到另一条常见问题作答为止。p 值随时可看、随时可停（α = {}）。",
        name(goals.goal),
        name(goals.guard),
        goals.alpha
    )
}

fn answers(trial: &JudgedTrial) -> Table {
    let mut head = vec![("答案", Align::Left), ("会话", Align::Right)];
    head.extend(Metric::ALL.map(|metric| (name(metric), Align::Right)));
    let mut table = Table::new(&head);
    for answer in &trial.answers {
        let rates = Metric::ALL.map(|metric| {
            let rate = answer.rates.get(metric.name()).copied();
            percent(rate.unwrap_or_default())
        });
        let counts = [answer.label.to_string(), answer.conversations.to_string()];
        table.row(counts.into_iter().chain(rates));
    }
    table
}

fn judged(
    out: &mut impl Write,
    variant: &JudgedVariant,
    trial: &JudgedTrial,
    goals: &Goals,
) -> io::Result<()> {
    let label = variant.label;
    writeln!(
        out,
        "  {label} 比 {}：{} {}，p = {:.3}；{} {}，变差的 p = {:.3}",
        VariantLabel::A,
        name(goals.goal),
        spread(variant.goal),
        variant.goal_p,
        name(goals.guard),
        spread(variant.guard),
        variant.guard_p,
    )?;
    let (style, words) = match variant.verdict {
        Verdict::Better => (
            GOOD,
            format!("{label} 更好：可以把它改成答案，删去别的备选"),
        ),
        Verdict::Worse => (BAD, format!("{label} 更差：可以删去")),
        Verdict::Harmful => (
            BAD,
            format!("{label} 让{}变差了：请停止试它", name(goals.guard)),
        ),
        Verdict::Unbalanced => (
            BAD,
            format!(
                "各答案的会话数相差太多（p = {:.4}），有会话漏记了：数字不可信，请先查原因",
                trial.balance_p
            ),
        ),
        Verdict::Undecided => (WARN, "还分不出来：请继续，或放弃".to_owned()),
    };
    writeln!(out, "  结论：{}", paint(style, &words))
}

fn spread(spread: Spread) -> String {
    let points = |share: f64| format!("{:+.1}", share * 100.0);
    format!(
        "{} 个百分点（{} 到 {}）",
        points(spread.difference),
        points(spread.low),
        points(spread.high)
    )
}

fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

fn name(metric: Metric) -> &'static str {
    match metric {
        Metric::Resolved => "已解决",
        Metric::HandedOver => "转人工",
        Metric::AskedAgain => "又问一遍",
        Metric::RatedLow => "差评",
        Metric::RatedHigh => "好评",
    }
}
