//! A handover package and an agent's help, for people.

use std::io::Write;

use jieda::types::{
    Availability, EntityKind, Handover, HandoverFaq, HandoverIntent, SimilarCase, SuggestedFaq,
    TicketDraft, TryOutcome, Urgency,
};

use crate::{
    paint::{self, paint},
    table::{Align, Table},
};

/// What the human gets.
pub(crate) fn print(out: &mut impl Write, package: &Handover) -> std::io::Result<()> {
    writeln!(out, "\n{}", paint(paint::DIM, "── 转给人工的内容 ──"))?;
    let mut facts = vec![format!("原因 {}", package.reason)];
    facts.extend(
        package
            .customer
            .tier
            .iter()
            .map(|t| format!("客户等级 {t}")),
    );
    facts.extend(package.customer.channel.iter().map(|c| format!("渠道 {c}")));
    facts.extend(package.satisfaction.map(|r| format!("满意度 {r} 分")));
    if package.availability == Availability::Callback {
        facts.push("不在服务时间，需要回访".into());
    }
    writeln!(out, "{}", facts.join(" · "))?;
    ticket(out, &package.ticket, package.skill.as_deref())?;
    intents(out, &package.intents)?;
    tried(out, &package.tried)?;
    suggestions(out, &package.faqs, &package.similar)
}

/// A drafted ticket.
pub(crate) fn ticket(
    out: &mut impl Write,
    ticket: &TicketDraft,
    skill: Option<&str>,
) -> std::io::Result<()> {
    let style = match ticket.urgency {
        Urgency::Normal => paint::GOOD,
        Urgency::Urgent => paint::WARN,
        Urgency::Critical => paint::BAD,
    };
    let skill = skill.map_or(String::new(), |skill| format!(" · 技能 {skill}"));
    writeln!(
        out,
        "工单：{} · {}{skill}",
        ticket.kind,
        paint(style, ticket.urgency.as_str())
    )?;
    writeln!(out, "摘要：{}", ticket.summary)?;
    for field in &ticket.fields {
        writeln!(out, "  {}：{}", field_name(&field.name), field.value)?;
    }
    Ok(())
}

/// Intents, likeliest first.
pub(crate) fn intents(out: &mut impl Write, intents: &[HandoverIntent]) -> std::io::Result<()> {
    if intents.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = intents
        .iter()
        .map(|i| format!("{} {}", i.name, i.confidence))
        .collect();
    writeln!(out, "意图：{}", named.join("、"))
}

fn tried(out: &mut impl Write, tried: &[HandoverFaq]) -> std::io::Result<()> {
    if tried.is_empty() {
        return Ok(());
    }
    writeln!(out, "试过的问题：")?;
    let mut table = Table::new(&[
        ("编号", Align::Left),
        ("结果", Align::Left),
        ("置信度", Align::Right),
        ("问题", Align::Left),
    ]);
    for faq in tried {
        table.row([
            faq.id.to_string(),
            outcome(faq.outcome).to_owned(),
            faq.confidence.to_string(),
            faq.question.clone(),
        ]);
    }
    write!(out, "{}", table.render(2))
}

/// FAQs and conversations that may help.
pub(crate) fn suggestions(
    out: &mut impl Write,
    faqs: &[SuggestedFaq],
    similar: &[SimilarCase],
) -> std::io::Result<()> {
    if !faqs.is_empty() {
        writeln!(out, "可能有用的问题：")?;
    }
    for faq in faqs {
        writeln!(out, "  {} {}\n    {}", faq.id, faq.question, faq.answer)?;
    }
    if !similar.is_empty() {
        writeln!(out, "相似的已解决会话：")?;
    }
    for case in similar {
        let id = &case.conversation;
        writeln!(
            out,
            "  {id}（{:.2}）{}\n    {}",
            case.similarity, case.summary, case.solution
        )?;
    }
    Ok(())
}

fn outcome(outcome: TryOutcome) -> &'static str {
    match outcome {
        TryOutcome::Replied => "已回复",
        TryOutcome::RatedLow => "回复后不满意",
        TryOutcome::Offered => "反问中",
        TryOutcome::NotChosen => "客户没有选",
        TryOutcome::Unsure => "没有把握",
        TryOutcome::LacksValue => "缺少信息",
    }
}

fn field_name(name: &str) -> &str {
    EntityKind::from_name(name).map_or(name, |kind| kind.label())
}
