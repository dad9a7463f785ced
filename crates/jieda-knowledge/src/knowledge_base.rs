//! A checked knowledge base.

use std::{collections::BTreeMap, path::Path};

use jieda_text::UserDictionary;
use jieda_types::{FaqId, IntentId};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use sha2::{Digest, Sha256};

use crate::{
    Channel, ChannelLimits, CheckReport, Faq, Faults, Finding, Intent, Problem, Served,
    check::{advice, near_duplicates, placed},
    loader::Folder,
};

/// A knowledge base whose files were found sound.
///
/// Invariants: FAQ ids and intent ids are unique; every FAQ's intent is listed; every phrasing has
/// text, in one line; every enabled FAQ's answer has text; at least one FAQ is enabled. FAQs that are
/// disabled or out of date are in it: whether one is served depends on time and channel of the query
/// ([`Faq::served`], [`KnowledgeBase::servable`]).
#[derive(Debug, Clone, PartialEq)]
pub struct KnowledgeBase {
    /// Its name: `kb.toml`'s, else the folder's.
    pub name: String,
    /// One sentence on it.
    pub description: String,
    /// Words that segmentation keeps whole.
    pub dictionary: UserDictionary,
    /// Values for variables that the caller does not supply.
    pub variables: BTreeMap<String, String>,
    /// In which the FAQs' dates are meant.
    pub timezone: TimeZone,
    /// What `kb.toml` says of channels.
    pub channels: BTreeMap<Channel, ChannelLimits>,
    /// Intents, in the order of the file.
    pub intents: Vec<Intent>,
    /// All FAQs, disabled ones too, in the order of the files.
    pub faqs: Vec<Faq>,
    /// What was noticed that does no harm.
    pub warnings: Vec<Problem>,
}

impl KnowledgeBase {
    /// Loads and checks a folder.
    ///
    /// # Errors
    /// [`Faults`] with every problem of every file.
    pub fn load(dir: &Path) -> Result<Self, Faults> {
        let folder = Folder::read(dir);
        let warnings = CheckReport::of(folder.problems).into_warnings()?;
        Ok(Self {
            warnings,
            ..folder.kb
        })
    }

    /// Checks a folder for whoever edits it: all that [`KnowledgeBase::load`] finds, and what is worth
    /// knowing besides, such as FAQs that are out of date `now`, or hardly differ.
    #[must_use]
    pub fn check(dir: &Path, now: Timestamp) -> CheckReport {
        let nothing = |_: &Self| Ok::<_, std::convert::Infallible>(Vec::new());
        match Self::check_with(dir, now, nothing) {
            Ok(report) => report,
            Err(never) => match never {},
        }
    }

    /// The same with what `examine` finds out about a knowledge base without errors.
    ///
    /// # Errors
    /// Those of `examine`.
    pub fn check_with<E>(
        dir: &Path,
        now: Timestamp,
        examine: impl FnOnce(&Self) -> Result<Vec<Finding>, E>,
    ) -> Result<CheckReport, E> {
        let mut folder = Folder::read(dir);
        let now = folder.kb.local_time(now);
        let mut problems = std::mem::take(&mut folder.problems);
        if problems.iter().all(|p| p.code.is_warning()) {
            problems.extend(placed(examine(&folder.kb)?, &folder.rows));
        }
        problems.extend(near_duplicates(&folder.rows, &folder.pairs));
        problems.extend(advice(&folder.rows, &folder.settings, now));
        Ok(CheckReport::of(problems))
    }

    /// A time as the clocks of its customers show it.
    #[must_use]
    pub fn local_time(&self, time: Timestamp) -> DateTime {
        self.timezone.to_datetime(time)
    }

    /// The day of its customers in which a time lies: its first moment, and that of the next day.
    #[must_use]
    pub fn day_around(&self, time: Timestamp) -> (Timestamp, Timestamp) {
        let begins = |date: jiff::civil::Date| {
            let begun = self.timezone.to_timestamp(date.at(0, 0, 0, 0));
            begun.unwrap_or(time)
        };
        let day = self.local_time(time).date();
        (begins(day), begins(day.tomorrow().unwrap_or(day)))
    }

    /// The FAQs that are served at a local time on a channel, see [`Faq::served`].
    pub fn servable<'a>(
        &'a self,
        at: DateTime,
        channel: Option<&'a Channel>,
    ) -> impl Iterator<Item = &'a Faq> {
        let is_served = move |faq: &&Faq| faq.served(at, channel) == Served::Yes;
        self.faqs.iter().filter(is_served)
    }

    /// The FAQ with this id.
    #[must_use]
    pub fn faq(&self, id: &FaqId) -> Option<&Faq> {
        self.faqs.iter().find(|faq| faq.id == *id)
    }

    /// The intent with this id.
    #[must_use]
    pub fn intent(&self, id: &IntentId) -> Option<&Intent> {
        self.intents.iter().find(|intent| intent.id == *id)
    }

    /// SHA-256, in hex, over all that an index of this knowledge base depends on: dictionary,
    /// ids, intents, phrasings and answers. Whether, when and where an FAQ is served, its priority and
    /// its tags don't count: they are looked at when it has been found. Two folders with the same
    /// contents have the same hash.
    #[must_use]
    pub fn content_hash(&self) -> String {
        let mut hash = Sha256::new();
        let mut field = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        };
        for word in &self.dictionary.words {
            field(&word.word);
            field(&word.frequency.map_or(String::new(), |f| f.to_string()));
        }
        for faq in &self.faqs {
            field("faq");
            field(faq.id.as_str());
            field(faq.intent.as_str());
            faq.phrasings().for_each(&mut field);
            field("answer");
            field(faq.answer.source());
        }
        hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
    }
}
