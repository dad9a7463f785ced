//! A log: checked whole, read chunk by chunk.

use std::{collections::HashSet, path::Path, vec};

use jieda::{Faults, Problem, TimeZone, Timestamp};
use jieda_types::FaqId;

use super::{Format, Recorded, Variables, lines::Lines, table};

/// How a log is read.
#[derive(Debug, Clone)]
pub struct LogOptions {
    /// Its kind; told from the file unless given.
    pub format: Option<Format>,
    /// On whose clocks times without an offset are meant.
    pub timezone: TimeZone,
    /// When it was, where the log does not say.
    pub at: Option<Timestamp>,
    /// FAQs that labels may name; any where none are given.
    pub known: Option<HashSet<FaqId>>,
}

/// Recorded conversations of one file.
#[derive(Debug)]
pub struct Log {
    format: Format,
    at: Option<Timestamp>,
    facts: LogFacts,
    source: Source,
}

/// How much there is in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct LogFacts {
    /// Conversations in which the customer does anything.
    pub conversations: usize,
    /// Turns of the customer's.
    pub turns: usize,
    /// Of these, turns without a time.
    pub untimed: usize,
    /// Of these, turns with a label.
    pub labelled: usize,
    /// Of these, turns with the decision of then.
    pub decided: usize,
    /// Messages of the customer's without a word, such as pictures: left out.
    pub blank: usize,
}

#[derive(Debug)]
enum Source {
    /// Read from the file when wanted.
    Lines(Box<Lines>),
    /// A table is held whole: its size has a limit.
    Held(vec::IntoIter<Recorded>),
}

impl LogOptions {
    /// Whether a label may name this FAQ.
    pub(super) fn knows(&self, faq: &FaqId) -> bool {
        self.known.as_ref().is_none_or(|known| known.contains(faq))
    }
}

impl Log {
    /// Opens a file and checks all of it.
    ///
    /// # Errors
    /// [`Faults`] with every problem of it, each with row and column or field.
    pub fn open(path: &Path, options: &LogOptions) -> Result<Self, Faults> {
        let format = options.format.unwrap_or_else(|| Format::of(path));
        let mut facts = LogFacts::default();
        let source = match format {
            Format::Table => {
                let read = table::read(path, options)?;
                facts.blank = read.blank;
                for conversation in &read.conversations {
                    facts.add(conversation);
                }
                Source::Held(read.conversations.into_iter())
            }
            _ => Source::Lines(Box::new(Lines::index(path, format, options, &mut facts)?)),
        };
        Ok(Self {
            format,
            at: options.at,
            facts,
            source,
        })
    }

    /// Its kind.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// How much there is in it.
    #[must_use]
    pub fn facts(&self) -> &LogFacts {
        &self.facts
    }

    /// What it knows of the values of variables.
    #[must_use]
    pub fn variables(&self) -> Variables {
        match self.format {
            Format::Export => Variables::Recorded,
            _ => Variables::AllKnown,
        }
    }

    /// The next conversations, in the order of the file, with so many turns together or a few more; none at the end.
    ///
    /// # Errors
    /// [`Faults`] when the file has changed since it was opened.
    pub fn chunk(&mut self, turns: usize) -> Result<Vec<Recorded>, Faults> {
        let mut chunk = Vec::new();
        let mut held = 0;
        while held < turns {
            let next = match &mut self.source {
                Source::Lines(lines) => lines.next().transpose()?,
                Source::Held(conversations) => conversations.next(),
            };
            let Some(mut conversation) = next else {
                break;
            };
            for turn in &mut conversation.turns {
                turn.occasion.at = turn.occasion.at.or(self.at);
            }
            held += conversation.turns.len();
            chunk.push(conversation);
        }
        Ok(chunk)
    }
}

impl LogFacts {
    pub(super) fn add(&mut self, conversation: &Recorded) {
        self.conversations += 1;
        let turns = conversation.turns.iter();
        for turn in turns.filter(|turn| turn.is_customers()) {
            self.turns += 1;
            self.untimed += usize::from(turn.occasion.at.is_none());
            self.labelled += usize::from(turn.expected.is_some());
            self.decided += usize::from(turn.decided.is_some());
        }
    }
}

pub(super) fn faults(errors: Vec<Problem>) -> Faults {
    Faults {
        errors,
        warnings: Vec::new(),
    }
}
