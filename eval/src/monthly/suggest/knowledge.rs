//! What conversations with the engine show.

use jieda_types::HandoffReason;

use super::{Rule, Suggestion};
use crate::monthly::{Bot, FaqUse, GapList, OfferedPair, Percent};

/// Most that one rule says.
const MOST: usize = 3;
/// Fewer ratings of an FAQ say little.
const RATINGS: usize = 5;
/// A mean rating below this is low.
const LOW: f64 = 3.0;
/// Clarifying questions about a pair from which on it is confused often.
const OFFERED: usize = 10;
/// From this percentage of choices on it is clear which of the two is meant.
const CLEAR: f64 = 80.0;
/// Handovers for a reason, from which on …
const HANDOVERS: usize = 5;
/// … and percent of all handovers from which on something can be done about it.
const HANDOVER_SHARE: f64 = 10.0;
/// The same for want of an answer, in percent.
const FAILURE_SHARE: f64 = 25.0;
/// How often a gap was asked.
const ASKED: usize = 10;

/// FAQs with the most low ratings first.
pub(super) fn low_rated(faqs: &[FaqUse]) -> Vec<Suggestion> {
    let mut low: Vec<&FaqUse> = faqs
        .iter()
        .filter(|faq| faq.ratings >= RATINGS)
        .filter(|faq| faq.satisfaction.is_some_and(|mean| mean.get() < LOW))
        .collect();
    low.sort_by_key(|faq| std::cmp::Reverse(faq.low));
    let say = |faq: &&FaqUse| {
        let mean = faq
            .satisfaction
            .map(|mean| mean.to_string())
            .unwrap_or_default();
        let text = format!(
            "“{}”的答案评分低：{} 次评分平均 {mean}，其中 {} 次是 1、2 分。请重写这条答案。",
            faq.name(),
            faq.ratings,
            faq.low
        );
        Suggestion::new(Rule::LowRatedFaq, text)
    };
    low.iter().take(MOST).map(say).collect()
}

pub(super) fn confused(pairs: &[OfferedPair]) -> Vec<Suggestion> {
    let often = pairs.iter().filter(|pair| pair.offered >= OFFERED);
    let say = |pair: &OfferedPair| {
        let (a, b) = (&pair.first, &pair.second);
        let share = Percent::of(a.chosen, pair.offered).map_or(0.0, Percent::get);
        let advice = if share >= CLEAR {
            format!("多半是问前一条：给“{}”补上这些问法。", a.question)
        } else if pair.neither * 2 > pair.offered {
            "多半哪条都不是：看看客户到底问什么，可能缺一条常见问题。".to_owned()
        } else {
            "两条都有人选：把差别写进标准问题，或合成一条。".to_owned()
        };
        let text = format!(
            "“{}”和“{}”一起反问了 {} 次，选前一条 {} 次、后一条 {} 次、都没选 {} 次。{advice}",
            a.question, b.question, pair.offered, a.chosen, b.chosen, pair.neither
        );
        Suggestion::new(Rule::ConfusedPair, text)
    };
    often.take(MOST).map(say).collect()
}

pub(super) fn handoffs(bot: &Bot) -> Vec<Suggestion> {
    let mut all = Vec::new();
    let share = |reason, least| {
        let row = bot.reasons.iter().find(|row| row.reason == reason)?;
        let share = Percent::of(row.count, bot.handed_over)?;
        (row.count >= HANDOVERS && share.get() >= least).then_some((row.count, share))
    };
    if let Some((count, share)) = share(HandoffReason::MissingVariable, HANDOVER_SHARE) {
        let text = format!(
            "因缺少信息转人工 {count} 次，占转人工的 {share}：请业务系统随问题传入订单号等变量，或让机器人先问客户。"
        );
        all.push(Suggestion::new(Rule::MissingVariable, text));
    }
    if let Some((count, share)) = share(HandoffReason::RepeatedFailure, FAILURE_SHARE) {
        let text = format!(
            "因连续答不上转人工 {count} 次，占转人工的 {share}：按知识缺口补常见问题和相似问法。"
        );
        all.push(Suggestion::new(Rule::RepeatedFailure, text));
    }
    all
}

pub(super) fn gaps(gaps: &GapList) -> Vec<Suggestion> {
    let often = gaps.gaps.iter().filter(|gap| gap.size >= ASKED);
    let say = |gap: &crate::monthly::GapRow| {
        let about = match &gap.about[..] {
            [] => String::new(),
            faqs => format!("（{}）", faqs.join("、")),
        };
        let text = format!(
            "“{}”这类问题问了 {} 次没有答好：{}{about}。",
            gap.title, gap.size, gap.advice
        );
        Suggestion::new(Rule::Gap, text)
    };
    often.take(MOST).map(say).collect()
}
