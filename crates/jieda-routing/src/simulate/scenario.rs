//! What kind of day it is: who comes, and who works.

use std::collections::{BTreeMap, BTreeSet};

use jieda_types::Urgency;
use jiff::{SignedDuration, Timestamp};

use super::raw::Raw;
use crate::{
    ByUrgency, Channel, ClockTime, FileError, Language, Level, Rules, Skill, Tier, file::Problems,
};

/// A day of contacts and agents.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// Midnight, when it begins.
    pub midnight: Timestamp,
    /// Who comes.
    pub streams: Vec<Stream>,
    /// Who works.
    pub teams: Vec<Team>,
}

/// Contacts of one kind. They come at random, independently of each other (a Poisson process), at a rate
/// that changes from hour to hour.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// What they are called.
    pub name: String,
    /// The skill that they want.
    pub skill: Skill,
    /// Where they come from.
    pub channel: Option<Channel>,
    /// What they speak.
    pub language: Option<Language>,
    /// How many come in each hour of the day, on average.
    pub per_hour: [f64; 24],
    /// Share of each urgency; they sum to 1.
    pub urgency: ByUrgency<f64>,
    /// The tier of some …
    pub vip_tier: Tier,
    /// … and their share.
    pub vip: f64,
    /// Mean time of a contact; lognormal.
    pub talk: SignedDuration,
    /// Its standard deviation by its mean.
    pub variation: f64,
    /// Mean time of after-contact work; exponential.
    pub after_work: SignedDuration,
    /// Mean time after which a customer who waits gives up; exponential.
    pub patience: SignedDuration,
    /// Share of those who were served the day before, by anybody of the skill.
    pub returning: f64,
}

/// Agents who are alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Team {
    /// What they are called.
    pub name: String,
    /// How many.
    pub agents: u32,
    /// What they can do, and how well.
    pub skills: BTreeMap<Skill, Level>,
    /// Contacts at a time.
    pub capacity: u16,
    /// Languages; none: any.
    pub languages: BTreeSet<Language>,
    /// Channels; none: any.
    pub channels: BTreeSet<Channel>,
    /// They work from this time of day on …
    pub from: ClockTime,
    /// … up to this one; not after `from`: on the next day.
    pub to: ClockTime,
    /// A break, at a time of each one's own in the middle half of his hours.
    pub rest: SignedDuration,
    /// Mean time to accept an offer; exponential.
    pub accept: SignedDuration,
    /// Share of offers that they refuse.
    pub refuse: f64,
    /// Share of offers that they miss.
    pub miss: f64,
    /// How long they take for a contact, by the time that it takes on average.
    pub pace: f64,
}

impl Scenario {
    /// A campaign day of a shop, the one that ships.
    pub const CAMPAIGN: &'static str = include_str!("../../scenarios/ecommerce-campaign.toml");
    /// An ordinary day of a bank, the one that ships.
    pub const BANK: &'static str = include_str!("../../scenarios/bank-ordinary.toml");

    /// Reads and checks a scenario; skills must be groups of the rules.
    ///
    /// # Errors
    /// [`FileError`], with all that makes no sense and its lines.
    pub fn from_toml(text: &str, rules: &Rules) -> Result<Self, FileError> {
        let unreadable = |e: toml::de::Error| FileError::Unreadable(e.to_string());
        let raw: Raw = toml::from_str(text).map_err(unreadable)?;
        let mut problems = Problems::of(text);
        let scenario = raw.checked(rules, &mut problems);
        problems.check()?;
        scenario.ok_or_else(|| FileError::Unreadable("场景不完整".into()))
    }
}

impl Stream {
    /// The urgency of a contact for a number drawn from 0 to 1.
    pub(super) fn urgency(&self, drawn: f64) -> Urgency {
        let shares = &self.urgency;
        if drawn < shares.critical {
            Urgency::Critical
        } else if drawn < shares.critical + shares.urgent {
            Urgency::Urgent
        } else {
            Urgency::Normal
        }
    }
}

impl Team {
    /// Whether its agents have the skill, channel and language of a stream.
    pub(super) fn may_serve(&self, stream: &Stream) -> bool {
        let channel = stream.channel.as_ref();
        let language = stream.language.as_ref();
        self.skills.contains_key(&stream.skill)
            && (self.channels.is_empty() || channel.is_none_or(|c| self.channels.contains(c)))
            && (self.languages.is_empty() || language.is_none_or(|l| self.languages.contains(l)))
    }
}
