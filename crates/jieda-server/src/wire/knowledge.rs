//! The knowledge base, its draft and its releases.

use std::collections::BTreeMap;

use jieda::{FaqField, ImportReport, Problem as FileProblem, Timestamp, release::ReleaseInfo};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    auth::Role,
    knowledge::{Changes, FaqDoc},
};

/// The knowledge base at a glance.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KnowledgeBody {
    /// Its name.
    pub name: String,
    /// One sentence on it.
    pub description: String,
    /// `data`: releases and a draft; `folder`: read only.
    pub mode: &'static str,
    /// FAQs that are served.
    pub faqs: usize,
    /// Intents.
    pub intents: Vec<IntentDoc>,
    /// Channels that `kb.toml` names.
    pub channels: Vec<String>,
    /// Variables of answers with a value in `kb.toml`.
    pub variables: BTreeMap<String, String>,
    /// The release that answers.
    pub release: Option<ReleaseBody>,
    /// The draft, if there is one.
    pub draft: Option<DraftBody>,
}

/// An intent of the knowledge base.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IntentDoc {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What belongs to it.
    pub description: String,
}

/// A draft in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DraftBody {
    /// Changes with every change; goes into `If-Match`.
    pub revision: String,
    /// How many changes it has against what is served.
    pub changes: usize,
    /// The release that it was begun from, when another one is served by now: publishing takes back what that brought.
    pub outdated: Option<String>,
}

/// A release.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReleaseBody {
    /// Its id.
    pub id: String,
    /// When it was made; none when it is damaged.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created: Option<Timestamp>,
    /// What is new, in the publisher's words.
    pub note: String,
    /// FAQs.
    pub faqs: usize,
    /// Phrasings.
    pub phrasings: usize,
    /// Whether it answers now.
    pub current: bool,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub damaged: Option<String>,
}

impl ReleaseBody {
    /// Converts a release.
    #[must_use]
    pub fn of(info: &ReleaseInfo, current: Option<&jieda::release::ReleaseId>) -> Self {
        let about = info.manifest.as_ref().ok().map(|manifest| &manifest.about);
        Self {
            id: info.id.to_string(),
            created: about.map(|about| about.created),
            note: about.map(|about| about.note.clone()).unwrap_or_default(),
            faqs: about.map_or(0, |about| about.faqs),
            phrasings: about.map_or(0, |about| about.phrasings),
            current: current == Some(&info.id),
            damaged: info.manifest.as_ref().err().map(ToString::to_string),
        }
    }
}

/// Releases, the newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReleaseList {
    /// All of them.
    pub items: Vec<ReleaseBody>,
}

/// FAQs of a page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FaqList {
    /// The FAQs.
    pub items: Vec<FaqDoc>,
    /// How many there are in all.
    pub total: usize,
    /// The revision of the draft; for what is served, its release.
    pub revision: String,
}

/// An FAQ that was changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EditedBody {
    /// As it is now.
    pub faq: FaqDoc,
    /// The revision of the draft.
    pub revision: String,
    /// What is worth knowing.
    pub warnings: Vec<FileProblemBody>,
}

/// What a draft changes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DraftDiffBody {
    /// The revision of the draft: publishing with it as `If-Match` publishes just this.
    pub revision: String,
    /// What differs from what is served.
    #[serde(flatten)]
    pub changes: Changes,
}

/// A draft that was changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RevisionBody {
    /// Its revision.
    pub revision: String,
}

/// Similar questions to add.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SimilarRequest {
    /// One line each.
    #[schema(min_items = 1, max_items = 200)]
    pub texts: Vec<String>,
}

/// What is wrong with a file, or worth knowing.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FileProblemBody {
    /// `error` or `warning`.
    pub severity: &'static str,
    /// The stable code.
    pub code: String,
    /// What is wrong, in Chinese.
    pub message: String,
    /// What to do, in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// The file's name.
    pub file: String,
    /// The sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The row or line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// The column, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// The header or name of the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl FileProblemBody {
    /// Converts a problem.
    #[must_use]
    pub fn of(problem: &FileProblem) -> Self {
        let code = serde_json::to_value(problem.code).ok();
        let code = code.and_then(|code| code.as_str().map(str::to_owned));
        let name = problem.file.file_name().unwrap_or_default();
        Self {
            severity: if problem.code.is_warning() {
                "warning"
            } else {
                "error"
            },
            code: code.unwrap_or_default(),
            message: problem.message.clone(),
            suggestion: problem.suggestion.clone(),
            file: name.to_string_lossy().into_owned(),
            sheet: problem.sheet.clone(),
            row: problem.row,
            column: problem.column,
            field: problem.field.clone(),
        }
    }
}

/// What an import did, or would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportBody {
    /// New FAQs.
    pub added: Vec<String>,
    /// FAQs that differ.
    pub changed: Vec<ImportedBody>,
    /// FAQs that were just so.
    pub unchanged: Vec<String>,
    /// FAQs that are gone.
    pub removed: Vec<String>,
    /// New intents.
    pub new_intents: Vec<IntentDoc>,
    /// What was noticed.
    pub warnings: Vec<FileProblemBody>,
    /// The revision of the draft.
    pub revision: String,
}

/// An FAQ that an import changes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImportedBody {
    /// Its id.
    pub id: String,
    /// Which fields.
    pub fields: Vec<String>,
}

impl ImportBody {
    /// Converts a report.
    #[must_use]
    pub fn of(report: &ImportReport, revision: String) -> Self {
        let field = |field: &FaqField| {
            let name = serde_json::to_value(field).ok();
            name.and_then(|name| name.as_str().map(str::to_owned))
                .unwrap_or_default()
        };
        let ids = |ids: &[jieda::types::FaqId]| ids.iter().map(ToString::to_string).collect();
        Self {
            added: ids(&report.added),
            changed: report
                .changed
                .iter()
                .map(|changed| ImportedBody {
                    id: changed.id.to_string(),
                    fields: changed.fields.iter().map(field).collect(),
                })
                .collect(),
            unchanged: ids(&report.unchanged),
            removed: ids(&report.removed),
            new_intents: report.new_intents.iter().map(IntentDoc::of).collect(),
            warnings: report.warnings.iter().map(FileProblemBody::of).collect(),
            revision,
        }
    }
}

impl IntentDoc {
    /// Converts an intent.
    #[must_use]
    pub fn of(intent: &jieda::Intent) -> Self {
        Self {
            id: intent.id.to_string(),
            name: intent.name.clone(),
            description: intent.description.clone(),
        }
    }
}

/// What was found in the draft.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckBody {
    /// Errors first.
    pub problems: Vec<FileProblemBody>,
    /// FAQs in it.
    pub faqs: usize,
}

/// What is new, in the publisher's words.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishRequest {
    /// One line.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub note: String,
    /// Publishes a draft that was begun from another release than the one that is served.
    #[serde(default)]
    pub force: bool,
}

/// What was published.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublishBody {
    /// The release.
    pub release: ReleaseBody,
    /// `new`, or `unchanged` when it was just that already.
    pub outcome: &'static str,
    /// `current`, or `rolling_out` while one replica tries it.
    pub state: &'static str,
    /// Texts that were encoded.
    pub encoded: usize,
    /// Texts whose vectors were there.
    pub reused: usize,
    /// What is worth knowing.
    pub warnings: Vec<FileProblemBody>,
}

/// From one release to another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MovedBody {
    /// The one before.
    pub from: Option<String>,
    /// The one that answers now.
    pub to: String,
}

/// Who logs in.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// His name.
    #[schema(max_length = 128)]
    pub name: String,
    /// His password.
    #[schema(max_length = 1024, format = Password)]
    pub password: String,
}

impl std::fmt::Debug for LoginRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginRequest")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Who is logged in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionBody {
    /// The person.
    pub user: UserBody,
    /// Whether nobody needs to log in: there is no key and no user.
    pub open: bool,
    /// Goes into `X-CSRF-Token` of everything that changes something.
    pub csrf: String,
}

/// A person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserBody {
    /// His name.
    pub name: String,
    /// What he is.
    pub role: Role,
}
