//! What no policy may say.

use std::collections::BTreeSet;

use jieda_types::{EntityKind, Rating};
use toml::value::Datetime;

use super::{Policy, problem::Problems};
use crate::Rule;

/// Most options that a clarifying question may have.
const MOST_OPTIONS: usize = 3;

pub(super) fn check(policy: &Policy, problems: &mut Problems<'_>) {
    thresholds(policy, problems);
    texts(policy, problems);
    satisfaction(policy, problems);
    hours(policy, problems);
    cases(policy, problems);
    variables(policy, problems);
    rules(policy, problems);
}

fn thresholds(policy: &Policy, problems: &mut Problems<'_>) {
    let t = &policy.thresholds;
    if t.clarify > t.reply {
        let problem = format!("高于 reply（{} > {}）", t.clarify, t.reply);
        problems.push("thresholds.clarify", problem);
    }
    if !(1..=MOST_OPTIONS).contains(&t.max_options) {
        problems.push(
            "thresholds.max_options",
            format!("应为 1 到 {MOST_OPTIONS}"),
        );
    }
    if t.failure_limit == 0 {
        problems.push("thresholds.failure_limit", "至少为 1");
    }
    if policy.vip.failure_limit == 0 {
        problems.push("vip.failure_limit", "至少为 1");
    }
    if !t.option_gap.is_finite() || t.option_gap < 0.0 {
        problems.push("thresholds.option_gap", "应为不小于 0 的数");
    }
}

fn texts(policy: &Policy, problems: &mut Problems<'_>) {
    let t = &policy.texts;
    for (key, text, needs) in [
        ("texts.clarify_one", &t.clarify_one, "{question}"),
        ("texts.ask_value", &t.ask_value, "{name}"),
    ] {
        if !text.contains(needs) {
            problems.push(key, format!("要含有 {needs}"));
        }
    }
    for (key, text) in t.all() {
        if text.trim().is_empty() {
            problems.push(format!("texts.{key}"), "是空的：客户会收到一条空消息");
        }
        let mut rest = text;
        while let Some((_, after)) = rest.split_once('{') {
            let name = after.split('}').next().unwrap_or_default();
            if !["question", "name", "hours"].contains(&name) {
                let problem = format!("里的“{{{name}}}”不是可以填的内容，客户会原样看到");
                problems.push(format!("texts.{key}"), problem);
            }
            rest = after;
        }
    }
}

fn satisfaction(policy: &Policy, problems: &mut Problems<'_>) {
    let s = &policy.satisfaction;
    if i64::from(s.handoff_at) == 5 {
        problems.push("satisfaction.handoff_at", "是 5：再满意的客户也会被转人工");
    }
    let mut seen: BTreeSet<(&str, Rating)> = BTreeSet::new();
    for (i, words) in s.words.iter().enumerate() {
        for text in words.always.iter().chain(&words.when_asked) {
            let key = format!("satisfaction.words[{i}]");
            if !is_phrase(text) {
                problems.push(&key, unfit(text));
            }
            if seen
                .iter()
                .any(|(t, rating)| t == text && *rating != words.rating)
            {
                problems.push(&key, format!("“{text}”有两个评分"));
            }
            seen.insert((text, words.rating));
        }
    }
}

fn hours(policy: &Policy, problems: &mut Problems<'_>) {
    let h = &policy.hours;
    for (key, days) in [("holidays", &h.holidays), ("workdays", &h.workdays)] {
        for day in days {
            if !is_date(day) {
                let problem = format!("“{day}”不是日期，应写成 2026-10-01");
                problems.push(format!("hours.{key}"), problem);
            }
        }
    }
    if let Some(day) = h.holidays.iter().find(|day| h.workdays.contains(day)) {
        problems.push("hours.workdays", format!("{day} 又是休息日"));
    }
    for (i, opening) in h.open.iter().enumerate() {
        if opening.days.is_empty() {
            problems.push(format!("hours.open[{i}].days"), "没有写哪几天");
        }
    }
    if !h.open.is_empty() && h.words.trim().is_empty() {
        problems.push("hours.words", "是空的：客户看不到服务时间");
    }
}

fn variables(policy: &Policy, problems: &mut Problems<'_>) {
    for (i, variable) in policy.variables.iter().enumerate() {
        if variable.kind().is_none() {
            let kinds: Vec<&str> = EntityKind::ALL.map(EntityKind::as_str).into();
            let problem = format!(
                "“{}”不是内容的类型，要写 entity，说明客户的话里有什么才算回答：{}",
                variable.variable,
                kinds.join("、")
            );
            problems.push(format!("variables[{i}].variable"), problem);
        }
    }
}

fn cases(policy: &Policy, problems: &mut Problems<'_>) {
    for (i, raise) in policy.urgency.raise.iter().enumerate() {
        let key = format!("urgency.raise[{i}].any");
        if raise.any.is_empty() {
            problems.push(&key, "没有词，永远不会命中");
        }
        for phrase in raise.any.iter().filter(|p| !is_phrase(p)) {
            problems.push(&key, unfit(phrase));
        }
    }
    for (i, ticket) in policy.tickets.iter().enumerate() {
        if ticket.kind.trim().is_empty() {
            problems.push(format!("tickets[{i}].kind"), "是空的");
        }
        if ticket.any.is_empty() && ticket.reasons.is_empty() {
            problems.push(format!("tickets[{i}]"), "没有词也没有原因，永远不会命中");
        }
        for phrase in ticket.any.iter().filter(|p| !is_phrase(p)) {
            problems.push(format!("tickets[{i}].any"), unfit(phrase));
        }
    }
    let mut seen = BTreeSet::new();
    for (i, asked) in policy.variables.iter().enumerate() {
        if !seen.insert(&asked.variable) {
            let problem = format!("“{}”写了两次", asked.variable);
            problems.push(format!("variables[{i}].variable"), problem);
        }
        if asked.name.trim().is_empty() {
            problems.push(format!("variables[{i}].name"), "是空的");
        }
    }
}

fn rules(policy: &Policy, problems: &mut Problems<'_>) {
    let mut seen = BTreeSet::new();
    for (i, rule) in policy.rules.iter().enumerate() {
        let key = format!("rules[{i}]");
        name(&rule.name, &mut seen, format!("{key}.name"), problems);
        if rule.any.is_empty() && rule.exact.is_empty() && rule.near.is_empty() {
            let problem = format!("规则“{}”没有短语，永远不会命中", rule.name);
            problems.push(&key, problem);
        }
        for phrase in Rule::phrases(rule).filter(|p| !is_phrase(p)) {
            let problem = format!("规则“{}”：{}", rule.name, unfit(phrase));
            problems.push(&key, problem);
        }
    }
    for (i, rule) in policy.intents.iter().enumerate() {
        let key = format!("intents[{i}].name");
        name(&rule.name, &mut seen, key, problems);
    }
}

fn name<'a>(name: &'a str, seen: &mut BTreeSet<&'a str>, key: String, problems: &mut Problems<'_>) {
    if name.trim().is_empty() {
        problems.push(key, "是空的");
    } else if !seen.insert(name) {
        problems.push(key, format!("“{name}”写了两次，决策记录里分不清"));
    }
}

/// Whether a phrase can occur in a text as rules see it: lower case, letters and digits alone.
fn is_phrase(phrase: &str) -> bool {
    !phrase.is_empty()
        && phrase
            .chars()
            .all(|c| c.is_alphanumeric() && c.to_lowercase().eq([c]))
}

fn unfit(phrase: &str) -> String {
    format!("短语“{phrase}”永远不会命中：文本按小写、去掉标点和空格之后比较")
}

/// Whether it is a date of the calendar, written 2026-10-01.
fn is_date(text: &str) -> bool {
    let parsed = text.parse::<Datetime>();
    parsed.is_ok_and(|at| at.date.is_some() && at.time.is_none())
}
