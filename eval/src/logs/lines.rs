//! Logs of JSON lines: where each conversation lies in the file is held, and nothing more.

use std::{collections::HashMap, path::Path};

use jieda::{Conversation, Faults, JsonlFile, JsonlLine, Problem, ProblemCode};
use jieda_types::FaqId;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Format, LogFacts, LogOptions, Recorded,
    assemble::{Assembled, assemble},
    export::{self, ExportedConversation},
    labelled,
    log::faults,
    messages::{self, Line},
    saved,
};
use crate::transcripts::Transcript;

/// The conversations of a file of JSON lines, in the order in which they begin.
#[derive(Debug)]
pub(super) struct Lines {
    file: JsonlFile,
    format: Format,
    options: LogOptions,
    /// The lines of each conversation: many where each is a message, scattered among those of others.
    conversations: std::vec::IntoIter<Vec<JsonlLine>>,
}

/// A problem of a line: its field, where there is one, and what is wrong.
type Fault = (Option<String>, String);

impl Lines {
    /// Reads a file once, checks it, and notes where its conversations are.
    ///
    /// # Errors
    /// [`Faults`] with every problem.
    pub(super) fn index(
        path: &Path,
        format: Format,
        options: &LogOptions,
        facts: &mut LogFacts,
    ) -> Result<Self, Faults> {
        let file = JsonlFile::open(path).map_err(|problem| Faults::from(*problem))?;
        let mut lines = Self {
            file,
            format,
            options: options.clone(),
            conversations: Vec::new().into_iter(),
        };
        let (conversations, problems) = match format {
            Format::Export => lines.whole(path, facts, &|_, raw| export::recorded(raw)),
            Format::Saved => lines.whole(path, facts, &|line, raw| Ok(saved::recorded(line, raw))),
            Format::Transcripts => {
                let is_known = |faq: &FaqId| options.knows(faq);
                lines.whole(path, facts, &|_, raw| labelled::recorded(raw, &is_known))
            }
            Format::Messages | Format::Table => lines.messages(path, facts),
        };
        if !problems.is_empty() {
            return Err(faults(problems));
        }
        if facts.turns == 0 {
            let problem = Problem::new(path, ProblemCode::Empty, "里面没有客户说的话");
            return Err(problem.into());
        }
        lines.conversations = conversations.into_iter();
        Ok(lines)
    }

    /// One conversation a line.
    fn whole<T: DeserializeOwned>(
        &mut self,
        path: &Path,
        facts: &mut LogFacts,
        convert: &dyn Fn(usize, T) -> Result<Recorded, Vec<String>>,
    ) -> (Vec<Vec<JsonlLine>>, Vec<Problem>) {
        let mut found = Vec::new();
        let mut wrong = Vec::new();
        let mut problems =
            self.file
                .each::<T>(&mut |row, line| match convert(row.line, row.value) {
                    Ok(recorded) if recorded.turns.iter().any(|turn| turn.is_customers()) => {
                        facts.add(&recorded);
                        found.push(vec![line]);
                    }
                    Ok(_) => {}
                    Err(messages) => {
                        let faults = messages.into_iter().map(|message| (None, message));
                        wrong.extend(faults.map(|fault| problem(path, row.line, fault)));
                    }
                });
        problems.extend(wrong);
        problems.sort_by_key(|problem| problem.row);
        (found, problems)
    }

    /// One message a line, or a conversation with its messages.
    fn messages(
        &mut self,
        path: &Path,
        facts: &mut LogFacts,
    ) -> (Vec<Vec<JsonlLine>>, Vec<Problem>) {
        let options = &self.options;
        let mut found: Vec<Vec<JsonlLine>> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut wrong = Vec::new();
        let mut problems = self
            .file
            .each::<Value>(
                &mut |row, line| match messages::read(row.line, &row.value, options) {
                    Ok(read) => {
                        let (Line::Message(id, _) | Line::Conversation(id, _)) = read;
                        let place = *places.entry(id).or_insert(found.len());
                        match found.get_mut(place) {
                            Some(lines) => lines.push(line),
                            None => found.push(vec![line]),
                        }
                    }
                    Err(faults) => {
                        wrong.extend(
                            faults
                                .into_iter()
                                .map(|fault| problem(path, row.line, fault)),
                        );
                    }
                },
            );
        problems.extend(wrong);
        problems.sort_by_key(|problem| problem.row);
        if !problems.is_empty() {
            return (found, problems);
        }
        // What a conversation comes to is known when it is put together.
        let mut kept = Vec::with_capacity(found.len());
        for lines in found {
            match self.put_together(&lines) {
                Ok(Assembled {
                    conversation,
                    blank,
                }) => {
                    facts.blank += blank;
                    if let Some(recorded) = conversation {
                        facts.add(&recorded);
                        kept.push(lines);
                    }
                }
                Err(faults) => problems.extend(faults.errors),
            }
        }
        (kept, problems)
    }

    fn put_together(&mut self, lines: &[JsonlLine]) -> Result<Assembled, Faults> {
        let mut whole = Vec::new();
        let mut name = String::new();
        for &line in lines {
            let value: Value = self
                .file
                .read(line)
                .map_err(|problem| Faults::from(*problem))?;
            match messages::read(line.number, &value, &self.options) {
                Ok(Line::Message(id, message)) => {
                    name = id;
                    whole.push(*message);
                }
                Ok(Line::Conversation(id, messages)) => {
                    name = id;
                    whole.extend(messages);
                }
                // It was checked: somebody has written over it.
                Err(_) => return Err(self.changed()),
            }
        }
        Ok(assemble(&name, whole))
    }

    fn changed(&self) -> Faults {
        let message = "读的时候文件变了";
        Problem::new(self.file.path(), ProblemCode::Unreadable, message).into()
    }

    fn read(&mut self, lines: &[JsonlLine]) -> Result<Option<Recorded>, Faults> {
        let Some(&line) = lines.first() else {
            return Ok(None);
        };
        let again = |problem: Box<Problem>| Faults::from(*problem);
        let read = match self.format {
            Format::Export => {
                let raw: ExportedConversation = self.file.read(line).map_err(again)?;
                export::recorded(raw).ok()
            }
            Format::Saved => {
                let raw: Conversation = self.file.read(line).map_err(again)?;
                Some(saved::recorded(line.number, raw))
            }
            Format::Transcripts => {
                let raw: Transcript = self.file.read(line).map_err(again)?;
                labelled::recorded(raw, &|_| true).ok()
            }
            Format::Messages | Format::Table => self.put_together(lines)?.conversation,
        };
        read.map(Some).ok_or_else(|| self.changed())
    }
}

impl Iterator for Lines {
    type Item = Result<Recorded, Faults>;

    fn next(&mut self) -> Option<Self::Item> {
        let lines = self.conversations.next()?;
        self.read(&lines).transpose()
    }
}

fn problem(path: &Path, line: usize, (field, message): Fault) -> Problem {
    Problem {
        row: Some(line),
        field,
        ..Problem::new(path, ProblemCode::InvalidRow, message)
    }
}
