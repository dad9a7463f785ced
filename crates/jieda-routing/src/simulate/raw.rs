//! A scenario as it is written. Raw → checked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil};
use serde::Deserialize;

use super::scenario::{Scenario, Stream, Team};
use crate::{
    ByUrgency, Channel, ClockTime, Language, Level, Rules, Skill, Tier,
    file::{Problems, duration, positive, within},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    name: String,
    date: String,
    #[serde(default)]
    streams: Vec<RawStream>,
    #[serde(default)]
    teams: Vec<RawTeam>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStream {
    name: String,
    skill: String,
    channel: Option<String>,
    language: Option<String>,
    per_hour: Vec<f64>,
    urgency: Option<ByUrgency<f64>>,
    vip: Option<f64>,
    vip_tier: Option<String>,
    talk: String,
    variation: Option<f64>,
    after_work: Option<String>,
    patience: Option<String>,
    returning: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTeam {
    name: String,
    agents: i64,
    skills: BTreeMap<String, i64>,
    capacity: i64,
    #[serde(default)]
    languages: BTreeSet<Language>,
    #[serde(default)]
    channels: BTreeSet<Channel>,
    from: ClockTime,
    to: ClockTime,
    rest: Option<String>,
    accept: Option<String>,
    refuse: Option<f64>,
    miss: Option<f64>,
    pace: Option<f64>,
}

/// The widest spread that is taken, as standard deviation by mean.
const WIDEST: f64 = 10.0;

impl Raw {
    /// The scenario; none where a problem was told.
    pub(super) fn checked(self, rules: &Rules, problems: &mut Problems<'_>) -> Option<Scenario> {
        let midnight = problems.take("date", midnight(&self.date, rules));
        for (key, is_empty) in [
            ("streams", self.streams.is_empty()),
            ("teams", self.teams.is_empty()),
        ] {
            if is_empty {
                problems.push(key, "至少要有一个");
            }
        }
        let mut streams = Vec::new();
        for (i, stream) in self.streams.into_iter().enumerate() {
            streams.extend(stream.checked(&format!("streams[{i}]"), rules, problems));
        }
        let mut teams = Vec::new();
        for (i, team) in self.teams.into_iter().enumerate() {
            teams.extend(team.checked(&format!("teams[{i}]"), rules, problems));
        }
        Some(Scenario {
            name: self.name,
            midnight: midnight?,
            streams,
            teams,
        })
    }
}

fn midnight(date: &str, rules: &Rules) -> Result<Timestamp, String> {
    let wrong = || format!("“{date}”不是日期，应写成 2026-11-11");
    let date: civil::Date = date.parse().map_err(|_| wrong())?;
    let midnight = date.to_datetime(civil::Time::midnight());
    rules.timezone.to_timestamp(midnight).map_err(|_| wrong())
}

impl RawStream {
    fn checked(self, at: &str, rules: &Rules, problems: &mut Problems<'_>) -> Option<Stream> {
        let key = |name: &str| format!("{at}.{name}");
        let skill = group(&key("skill"), &self.skill, rules, problems);
        let hours = self.per_hour.len();
        let fits = |rate: &f64| (0.0..=1e6).contains(rate);
        let per_hour = <[f64; 24]>::try_from(self.per_hour)
            .map_err(|_| format!("应有 24 个数（每小时一个），不是 {hours} 个"));
        let per_hour = problems.take(key("per_hour"), per_hour);
        if per_hour.is_some_and(|rates| !rates.iter().all(fits)) {
            problems.push(key("per_hour"), "应为 0 到 1000000 的数");
        }
        let only_normal = ByUrgency {
            normal: 1.0,
            ..ByUrgency::default()
        };
        let urgency = self.urgency.unwrap_or(only_normal);
        let sum: f64 = ByUrgency::<f64>::ALL.map(|u| *urgency.get(u)).iter().sum();
        for of in ByUrgency::<f64>::ALL {
            share(&key(&format!("urgency.{of}")), *urgency.get(of), problems);
        }
        if (sum - 1.0).abs() > 1e-6 {
            problems.push(key("urgency"), format!("加起来应为 1，不是 {sum}"));
        }
        let tier = self.vip_tier.as_deref().unwrap_or("VIP");
        let tier = problems.take(key("vip_tier"), Tier::new(tier).map_err(|_| "是空的"));
        let vip = share(&key("vip"), self.vip.unwrap_or(0.0), problems);
        let talk = positive(&key("talk"), &self.talk, problems);
        let variation = self.variation.unwrap_or(0.8);
        if !(0.0..=WIDEST).contains(&variation) {
            problems.push(key("variation"), format!("应为 0 到 {WIDEST}"));
        }
        let or = |text: Option<String>, default: &str| text.unwrap_or_else(|| default.to_owned());
        let after_work = duration(&key("after_work"), &or(self.after_work, "20s"), problems);
        let patience = positive(&key("patience"), &or(self.patience, "15m"), problems);
        let returning = share(&key("returning"), self.returning.unwrap_or(0.0), problems);
        Some(Stream {
            name: self.name,
            skill: skill?,
            channel: named(&key("channel"), self.channel, Channel::new, problems)?,
            language: named(&key("language"), self.language, Language::new, problems)?,
            per_hour: per_hour?,
            urgency,
            vip_tier: tier?,
            vip,
            talk: talk?,
            variation,
            after_work: after_work?,
            patience: patience?,
            returning,
        })
    }
}

impl RawTeam {
    fn checked(self, at: &str, rules: &Rules, problems: &mut Problems<'_>) -> Option<Team> {
        let key = |name: &str| format!("{at}.{name}");
        let agents = within(key("agents"), self.agents, (1, 100_000), problems);
        let capacity = within(key("capacity"), self.capacity, (1, 1000), problems);
        let mut skills = BTreeMap::new();
        for (name, level) in self.skills {
            let at = key(&format!("skills.{name}"));
            let skill = group(&at, &name, rules, problems);
            let level = Level::new(level).map_err(|_| format!("级别应为 1 到 5，不是 {level}"));
            let level = problems.take(at, level);
            skills.extend(skill.zip(level));
        }
        let or = |text: Option<String>, default: &str| text.unwrap_or_else(|| default.to_owned());
        let rest = duration(&key("rest"), &or(self.rest, "0s"), problems);
        let accept = duration(&key("accept"), &or(self.accept, "5s"), problems);
        let refuse = share(&key("refuse"), self.refuse.unwrap_or(0.0), problems);
        let miss = share(&key("miss"), self.miss.unwrap_or(0.0), problems);
        if refuse + miss > 0.9 {
            problems.push(key("refuse"), "拒接和没接的加起来不能超过 0.9");
        }
        let pace = self.pace.unwrap_or(1.0);
        if !(0.1..=10.0).contains(&pace) {
            problems.push(key("pace"), "应为 0.1 到 10");
        }
        Some(Team {
            name: self.name,
            agents: agents?,
            skills,
            capacity: capacity?,
            languages: self.languages,
            channels: self.channels,
            from: self.from,
            to: self.to,
            rest: rest?,
            accept: accept?,
            refuse,
            miss,
            pace,
        })
    }
}

/// The name of the group that is called so.
fn group(key: &str, name: &str, rules: &Rules, problems: &mut Problems<'_>) -> Option<Skill> {
    let found = Skill::new(name).ok().and_then(|s| rules.groups.named(&s));
    let found = found.ok_or_else(|| format!("规则里没有技能组“{name}”"));
    let group = problems.take(key, found)?;
    Some(rules.groups.all[group].name.clone())
}

fn named<T, E>(
    key: &str,
    text: Option<String>,
    new: impl Fn(&str) -> Result<T, E>,
    problems: &mut Problems<'_>,
) -> Option<Option<T>> {
    match text {
        None => Some(None),
        Some(text) => problems
            .take(key, new(&text).map_err(|_| "是空的"))
            .map(Some),
    }
}

fn share(key: &str, share: f64, problems: &mut Problems<'_>) -> f64 {
    if !(0.0..=1.0).contains(&share) {
        problems.push(key, format!("应为 0 到 1，不是 {share}"));
    }
    share
}
