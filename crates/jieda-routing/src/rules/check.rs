//! What no rules may say.

use std::{collections::BTreeSet, fmt::Display};

use jieda_types::Urgency;
use jiff::{SignedDuration, tz::TimeZone};

use super::{
    Alarms, Choice, Escalation, Group, Groups, Offer, Priority, Rules, Selection,
    raw::{Raw, RawChoice, RawGroup, RawPriority},
};
use crate::{
    ByUrgency, Channel, Level, Skill, Tier,
    file::{Problems, duration, positive, within},
};

/// The rules; none where a problem was told.
pub(super) fn checked(raw: Raw, problems: &mut Problems<'_>) -> Option<Rules> {
    let zone = TimeZone::get(&raw.timezone)
        .map_err(|_| format!("“{}”不是时区，应写成 Asia/Shanghai", raw.timezone));
    let timezone = problems.take("timezone", zone);
    let priority = priority(&raw.priority, problems);
    let choice = choice(&raw.choice, problems);
    let groups = groups(&raw.groups, &raw.default_group, problems);
    let offer = raw.offer;
    let timeout = positive("offer.timeout", &offer.timeout, problems);
    let misses = within("offer.misses", offer.misses, (1, 100), problems);
    let pause = duration("offer.pause", &offer.pause, problems);
    let e = raw.escalation;
    let after = durations("escalation.after", &e.after, problems);
    let refusals = within("escalation.refusals", e.refusals, (1, 100), problems);
    let senior = problems.take(
        "escalation.senior",
        Level::new(e.senior).map_err(|_| not_a_level(e.senior)),
    );
    let reserve = within("escalation.reserve", e.reserve, (0, 100), problems);
    let overflow = durations("overflow.after", &raw.overflow.after, problems);
    let after_work = duration("after_work.most", &raw.after_work.most, problems);
    let concurrent = within(
        "limits.concurrent",
        raw.limits.concurrent,
        (1, 1000),
        problems,
    );
    let key_channels = names(
        "degraded.key_channels",
        &raw.degraded.key_channels,
        Channel::new,
        problems,
    );
    let a = raw.alarms;
    let queue = within("alarms.queue", a.queue, (1, 1_000_000), problems);
    let queue_clear = within(
        "alarms.queue_clear",
        a.queue_clear,
        (0, 1_000_000),
        problems,
    );
    if a.queue_clear >= a.queue {
        let problem = format!(
            "要小于 queue（{} ≥ {}），否则会反复报警",
            a.queue_clear, a.queue
        );
        problems.push("alarms.queue_clear", problem);
    }
    let wait = durations("alarms.wait", &a.wait, problems);
    let silent = positive("alarms.silent", &a.silent, problems);
    let follow_up = positive("alarms.follow_up", &a.follow_up, problems);
    let overdue = durations("alarms.overdue", &a.overdue, problems);
    Some(Rules {
        timezone: timezone?,
        priority: priority?,
        choice: choice?,
        offer: Offer {
            timeout: timeout?,
            misses: misses?,
            pause: pause?,
        },
        escalation: Escalation {
            after: after?,
            refusals: refusals?,
            senior: senior?,
            reserve: reserve?,
        },
        overflow: overflow?,
        after_work: after_work?,
        concurrent: concurrent?,
        key_channels,
        alarms: Alarms {
            queue: queue?,
            queue_clear: queue_clear?,
            wait: wait?,
            silent: silent?,
            follow_up: follow_up?,
            overdue: overdue?,
        },
        groups: groups?,
    })
}

fn priority(raw: &RawPriority, problems: &mut Problems<'_>) -> Option<Priority> {
    let ageing = positive("priority.ageing", &raw.ageing, problems);
    let urgency = durations("priority.urgency", &raw.urgency, problems);
    let vip = duration("priority.vip", &raw.vip, problems);
    let vip_tiers = names("priority.vip_tiers", &raw.vip_tiers, Tier::new, problems);
    let (ageing, urgency, vip) = (ageing?, urgency?, vip?);
    let steps = [
        urgency.urgent - urgency.normal,
        urgency.critical - urgency.urgent,
    ];
    if steps.iter().any(SignedDuration::is_negative) {
        let problem = "更紧急的提前量不能更小：普通 ≤ 紧急 ≤ 特急";
        problems.push("priority.urgency", problem);
    } else if steps.iter().any(|step| vip > *step) {
        let problem = "大于相邻两级紧急程度之差：同时到达时，等级会压过紧急程度";
        problems.push("priority.vip", problem);
    }
    if urgency.critical + vip > ageing {
        let problem = format!(
            "小于提前量之和（特急 {:#} + VIP {:#}）：防饿死的上限守不住",
            urgency.critical, vip
        );
        problems.push("priority.ageing", problem);
    }
    Some(Priority {
        ageing,
        urgency,
        vip_tiers,
        vip,
    })
}

fn choice(raw: &RawChoice, problems: &mut Problems<'_>) -> Option<Choice> {
    let seed = within("choice.seed", raw.seed, (0, i64::MAX), problems);
    let sticky_within = duration("choice.sticky_within", &raw.sticky_within, problems);
    let by = match raw.by.as_str() {
        "least_loaded" => Selection::LeastLoaded,
        "longest_idle" => Selection::LongestIdle,
        "round_robin" => Selection::RoundRobin,
        "random" => Selection::Random { seed: seed? },
        other => {
            let problem =
                format!("没有“{other}”，可以写 least_loaded、longest_idle、round_robin、random");
            problems.push("choice.by", problem);
            return None;
        }
    };
    Some(Choice {
        by,
        sticky_within: sticky_within?,
    })
}

fn groups(raw: &[RawGroup], default: &str, problems: &mut Problems<'_>) -> Option<Groups> {
    if raw.is_empty() {
        problems.push("groups", "至少要有一个技能组");
    }
    let find = |name: &str| raw.iter().position(|group| group.name == name);
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for (i, group) in raw.iter().enumerate() {
        let key = format!("groups[{i}]");
        let name = problems.take(
            format!("{key}.name"),
            Skill::new(&group.name).map_err(|_| "是空的"),
        );
        for called in group.skills.iter().chain([&group.name]) {
            if !seen.insert(called) {
                problems.push(format!("{key}.skills"), format!("“{called}”写了两次"));
            }
        }
        let level = problems.take(
            format!("{key}.level"),
            Level::new(group.level).map_err(|_| not_a_level(group.level)),
        );
        let mut overflow = Vec::new();
        for other in &group.overflow {
            match find(other) {
                Some(other) if other != i => overflow.push(other),
                Some(_) => problems.push(format!("{key}.overflow"), "是它自己"),
                None => {
                    let problem = format!("没有叫“{other}”的组");
                    problems.push(format!("{key}.overflow"), problem);
                }
            }
        }
        let skills = names(
            &format!("{key}.skills"),
            &group.skills,
            Skill::new,
            problems,
        );
        let tags = names(&format!("{key}.tags"), &group.tags, Skill::new, problems);
        all.extend(name.zip(level).map(|(name, level)| Group {
            name,
            skills,
            tags,
            level,
            overflow,
        }));
    }
    let default = find(default).ok_or_else(|| format!("没有叫“{default}”的组"));
    let default = problems.take("default_group", default)?;
    Some(Groups { all, default })
}

fn names<T, E>(
    key: &str,
    texts: &[String],
    new: impl Fn(&str) -> Result<T, E>,
    problems: &mut Problems<'_>,
) -> Vec<T> {
    let taken = texts.iter().enumerate().map(|(i, text)| {
        let name = new(text).map_err(|_| "是空的");
        problems.take(format!("{key}[{i}]"), name)
    });
    taken.collect::<Vec<_>>().into_iter().flatten().collect()
}

fn durations(
    key: &str,
    texts: &ByUrgency<String>,
    problems: &mut Problems<'_>,
) -> Option<ByUrgency<SignedDuration>> {
    let mut read =
        |urgency: Urgency, text: &str| duration(&format!("{key}.{urgency}"), text, problems);
    let normal = read(Urgency::Normal, &texts.normal);
    let urgent = read(Urgency::Urgent, &texts.urgent);
    let critical = read(Urgency::Critical, &texts.critical);
    Some(ByUrgency {
        normal: normal?,
        urgent: urgent?,
        critical: critical?,
    })
}

fn not_a_level(level: i64) -> impl Display {
    format!("级别应为 1 到 5，不是 {level}")
}
