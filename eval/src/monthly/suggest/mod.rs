//! What to do: small rules, each with the numbers that made it speak.

mod desk;
mod knowledge;
mod staffing;

#[cfg(test)]
mod tests;

use serde::Serialize;

use super::{Agreement, Monthly, Quarterly};

/// A rule of suggestions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A target was missed so often in a row that a plan is owed.
    ImprovementPlan,
    /// The service level is below the target at some hours.
    MoreAgents,
    /// A group's customers wait twice as long as those of the others.
    SlowGroup,
    /// Too many contacts go to agents without the skill.
    SkillMatch,
    /// The load is uneven within a group.
    UnevenGroup,
    /// An agent has far more to do than the others.
    BusyAgent,
    /// A group passes much on.
    Transfers,
    /// Agents leave many offers unanswered.
    MissedOffers,
    /// An FAQ's answers are rated low.
    LowRatedFaq,
    /// Two FAQs are offered together often.
    ConfusedPair,
    /// Many conversations go to a human for want of a value.
    MissingVariable,
    /// Many conversations go to a human for want of an answer.
    RepeatedFailure,
    /// Something is asked often that nothing answers.
    Gap,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// The rule that says so.
    pub rule: Rule,
    /// What and why, for people, with the numbers.
    pub text: String,
}

impl Suggestion {
    fn new(rule: Rule, text: String) -> Self {
        Self { rule, text }
    }
}

/// What all rules say of a month, in the order of the rules.
pub(super) fn of_month(m: &Monthly) -> Vec<Suggestion> {
    let mut all = Vec::new();
    all.extend(m.agreement.iter().flat_map(plans));
    all.extend(staffing::more_agents(&m.hours, &m.agents, &wanted(m)));
    all.extend(desk::of_groups(&m.groups));
    all.extend(desk::of_agents(&m.agents));
    all.extend(m.allocation.iter().filter_map(desk::missed_offers));
    all.extend(
        m.problems
            .iter()
            .flat_map(|p| knowledge::low_rated(&p.faqs)),
    );
    all.extend(knowledge::confused(&m.pairs));
    all.extend(m.bot.iter().flat_map(knowledge::handoffs));
    all.extend(m.gaps.iter().flat_map(knowledge::gaps));
    all.sort_by_key(|suggestion| suggestion.rule);
    all
}

/// What the rules on allocation say of the last month of a quarter, in the order of the rules.
pub(super) fn of_quarter(q: &Quarterly) -> Vec<Suggestion> {
    let mut all: Vec<Suggestion> = q.agreement.iter().flat_map(plans).collect();
    if let Some(last) = q.months.last() {
        let wanted = staffing::Wanted {
            level: q.wanted,
            within: q.within,
            handling: staffing::handling(&last.service),
        };
        all.extend(staffing::more_agents(&last.hours, &last.agents, &wanted));
        all.extend(desk::of_groups(&last.groups));
        all.extend(desk::of_agents(&last.agents));
        all.extend(desk::missed_offers(&last.allocation));
    }
    all.sort_by_key(|suggestion| suggestion.rule);
    all
}

fn wanted(m: &Monthly) -> staffing::Wanted {
    staffing::Wanted {
        level: m.wanted,
        within: m.within,
        handling: staffing::handling(m.service.as_deref().unwrap_or_default()),
    }
}

fn plans(agreement: &Agreement) -> Vec<Suggestion> {
    let plan = |owed: &super::OwedPlan| {
        let months: Vec<String> = owed
            .months
            .iter()
            .map(|missed| format!("{} {}", missed.month, missed.reached))
            .collect();
        let text = format!(
            "“{}”连续 {} 个月没有达到目标 {}（{}）：按服务协议要提交改进计划。",
            owed.target,
            owed.months.len(),
            owed.at,
            months.join("，")
        );
        Suggestion::new(Rule::ImprovementPlan, text)
    };
    agreement.plan.iter().map(plan).collect()
}
