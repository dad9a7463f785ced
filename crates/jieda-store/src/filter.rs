//! Which turns are wanted.

use jieda_types::{Confidence, ConversationId, FaqId};
use jiff::Timestamp;

/// Which turns are wanted: those of which everything holds that is given. By default, all. A conversation
/// is wanted when one of its turns is.
///
/// ```
/// use jieda_store::Filter;
/// use jieda_types::Confidence;
///
/// let unsure = Filter {
///     decision: Some("clarify".into()),
///     at_most: Some(Confidence::saturating(0.5)),
///     ..Filter::default()
/// };
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filter {
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Of this conversation.
    pub conversation: Option<ConversationId>,
    /// On this channel.
    pub channel: Option<String>,
    /// So decided: the name of a decision, such as `handoff`.
    pub decision: Option<String>,
    /// For this reason, such as `human_request` or `low_confidence`.
    pub reason: Option<String>,
    /// Answered with this FAQ.
    pub faq: Option<FaqId>,
    /// With this confidence or a higher one.
    pub at_least: Option<Confidence>,
    /// With this confidence or a lower one.
    pub at_most: Option<Confidence>,
    /// With this text in what was said or replied; upper and lower case of Latin letters alike. The whole
    /// time range is read.
    pub text: Option<String>,
}
