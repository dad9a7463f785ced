//! Importing FAQ files into a knowledge base folder.

mod identify;
mod merge;
mod write;

use std::path::{Path, PathBuf};

use jieda_types::FaqId;
use serde::Serialize;

use crate::{
    CheckReport, FaqField, Faults, Intent, Problem, ProblemCode,
    check::{
        CheckedRow, IntentBook, OtherIntents, RowChecker, intents_of_files, near_duplicates,
        same_phrasings,
    },
    loader::{FAQS_FILE, Folder, faq_files},
    source::Source,
};
use merge::Merged;

/// What becomes of FAQs that the files don't hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImportMode {
    /// They stay, and so does what a table has no column for.
    #[default]
    Merge,
    /// They are removed: the files are the whole truth. Ids and intents stay.
    Replace,
}

/// Whether an import writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Effect {
    #[default]
    Write,
    /// It only says what it would do.
    Report,
}

/// An import: files of any format (`xlsx`, `csv`, `tsv`, `jsonl`, `yaml`, `md`) into one folder.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use jieda_knowledge::{Import, ImportMode};
/// # let dir = tempfile::tempdir()?;
/// # let (table, kb) = (dir.path().join("faqs.csv"), dir.path().join("kb"));
/// # std::fs::write(&table, "问题,答案,分类\n退款多久到账,3 天。,退款")?;
/// let report = Import::new().file(&table).into_dir(&kb, ImportMode::Merge)?;
/// assert_eq!(report.added[0].as_str(), "faq-001");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Import {
    files: Vec<PathBuf>,
    effect: Effect,
}

/// An FAQ that an import changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedFaq {
    /// Its id.
    pub id: FaqId,
    /// The fields that differ.
    pub fields: Vec<FaqField>,
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ImportReport {
    /// New FAQs, in the order of the files.
    pub added: Vec<FaqId>,
    /// FAQs that differ from what was there.
    pub changed: Vec<ChangedFaq>,
    /// FAQs of the files that were there already, just so.
    pub unchanged: Vec<FaqId>,
    /// FAQs that are no more.
    pub removed: Vec<FaqId>,
    /// Intents that weren't there.
    pub new_intents: Vec<Intent>,
    /// What else was noticed.
    pub warnings: Vec<Problem>,
    /// The files that were written; none in a dry run or when nothing has changed.
    pub written: Vec<PathBuf>,
}

impl Import {
    /// An import of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.files.push(path.into());
        self
    }

    /// The same import, which only reports what it would do.
    #[must_use]
    pub fn dry_run(self) -> Self {
        Self {
            effect: Effect::Report,
            ..self
        }
    }

    /// Imports into a folder, which is made if it isn't there. An FAQ is recognised by its id, one
    /// without an id by its standard question; the rest is new and gets the next free id.
    ///
    /// `faqs.jsonl` and `intents.jsonl` are written anew, `kb.toml` only if there is none, the
    /// dictionary never. Each appears whole or not at all, in an order in which the folder is sound at
    /// any time; the FAQs come last, so that a crash leaves either all of the old or all of the new.
    ///
    /// # Errors
    /// [`Faults`] with every problem of the files and of the folder: then nothing was written. Only a
    /// file that can't be written ([`ProblemCode::Unwritable`]) may leave new intents behind.
    pub fn into_dir(&self, dir: &Path, mode: ImportMode) -> Result<ImportReport, Faults> {
        if self.files.is_empty() {
            return Err(Problem::new(dir, ProblemCode::Empty, "没有给出要导入的文件").into());
        }
        let folder = existing(dir)?;
        let mut problems = Vec::new();
        let (incoming, intents) = self.read(&folder, mode, &mut problems);
        let merged = Merged::new(folder.rows, incoming, mode);
        let (found, pairs) = same_phrasings(&merged.rows);
        problems.extend(found);
        problems.extend(near_duplicates(&merged.rows, &pairs));
        let faqs = merged.faqs();
        let is_sound = problems.iter().all(|p| p.code.is_warning());
        if is_sound && !faqs.iter().any(|faq| faq.enabled) {
            let file = self.files.first().map_or(dir, PathBuf::as_path);
            let problem = Problem::new(file, ProblemCode::Empty, "没有一条启用的常见问题");
            problems.push(problem);
        }
        let warnings = CheckReport::of(problems).into_warnings()?;
        let was_there = |intent: &&Intent| folder.kb.intents.iter().any(|i| i.id == intent.id);
        Ok(ImportReport {
            warnings,
            new_intents: intents.iter().filter(|i| !was_there(i)).cloned().collect(),
            written: match self.effect {
                Effect::Write => write::folder(dir, &intents, &faqs)?,
                Effect::Report => Vec::new(),
            },
            ..merged.report(&folder.kb.faqs)
        })
    }

    /// The rows of the files, checked, and all intents that there are then.
    fn read(
        &self,
        folder: &Folder,
        mode: ImportMode,
        problems: &mut Vec<Problem>,
    ) -> (Vec<CheckedRow>, Vec<Intent>) {
        let mut source = Source::default();
        self.files.iter().for_each(|path| source.read(path));
        problems.append(&mut source.problems);
        identify::give_ids(&mut source.faqs, &folder.kb.faqs, mode, problems);

        let known = &folder.kb.intents;
        let listed = intents_of_files(&source.intents, known, problems);
        let others = if known.is_empty() && listed.is_empty() {
            OtherIntents::Added
        } else {
            OtherIntents::AddedWithWarning
        };
        let mut intents = IntentBook::new(known.clone(), others);
        listed.into_iter().for_each(|intent| intents.add(intent));

        let mut checker = RowChecker::new(&folder.settings, intents);
        let records = source.faqs.into_iter();
        let rows = records.map(|record| checker.check(record)).collect();
        problems.append(&mut checker.problems);
        (rows, checker.intents.intents)
    }
}

/// What is in the folder already; it must be sound, and hold no FAQs but in `faqs.jsonl`.
fn existing(dir: &Path) -> Result<Folder, Faults> {
    let folder = Folder::read_to_import(dir);
    let listed = folder.settings.faqs.as_deref();
    let other = |path: &PathBuf| path.file_name().is_none_or(|name| name != FAQS_FILE);
    let conflicts = faq_files(dir, listed)
        .into_iter()
        .filter(other)
        .map(|path| {
            let message = format!("目录里的常见问题不只在 {FAQS_FILE} 里，导入后会有两份");
            Problem::new(path, ProblemCode::ImportConflict, message)
                .suggest("请把这个文件移出目录，和其他文件一起导入；kb.toml 里如有 faqs 也请删去")
        });
    let problems = conflicts.chain(folder.problems.iter().cloned()).collect();
    CheckReport::of(problems).into_warnings()?;
    Ok(folder)
}
