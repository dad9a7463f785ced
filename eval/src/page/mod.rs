//! Reports as self-contained pages: HTML with its style and charts inside, readable without a script, on a small screen
//! and on paper. The same figures give the same bytes.
//!
//! [`page`] sets a [`Quality`], each file a section, in the order of the page; [`monthly_page`] and [`quarterly_page`] set
//! the reports of [`crate::monthly`] in the same frame.
//!
//! Made with `maud`: templates are Rust, checked by the compiler, and whatever is set into them is escaped.

mod frame;
mod language;
mod monthly;
mod names;
mod numbers;

mod summary;

mod figures;

mod outcomes;

mod thresholds;

mod pairs;

mod misses;

mod intents;

mod groups;

mod boundaries;

mod conversations;

mod latency;

mod method;

#[cfg(test)]
mod tests;

use crate::{charts::ChartError, quality::Quality};

use frame::{Frame, Section};

pub use language::Language;
pub(crate) use monthly::met_name;
pub use monthly::{monthly_page, quarterly_page};

/// Sets the page.
///
/// # Errors
/// [`ChartError`] when a chart can't be drawn.
pub fn page(quality: &Quality, language: Language) -> Result<String, ChartError> {
    let (q, l) = (quality, language);
    let sections: Vec<Section> = [
        Some(summary::section(q, l)),
        Some(figures::section(q, l)),
        outcomes::section(q, l),
        thresholds::section(q, l)?,
        pairs::section(q, l),
        misses::section(q, l),
        intents::section(q, l),
        groups::section(q, l),
        boundaries::section(q, l),
        conversations::section(q, l),
        latency::section(q, l),
        Some(method::section(q, l)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let title = l.say("应答质量报告：", "Answer quality: ");
    let frame = Frame {
        language: l,
        title: format!("{title}{}", q.subject.name),
        about: about(q, l),
        footer: format!("jieda {}", q.subject.jieda),
    };
    Ok(frame.around(&sections).into_string())
}

fn about(q: &Quality, l: Language) -> String {
    let s = &q.subject;
    let reply = s.thresholds.reply.get();
    match l {
        Language::Chinese => format!(
            "{} 条常见问题，{} 个意图 · 知识版本 {} · 置信度达到 {reply} 自动回复",
            s.faqs, s.intents, s.knowledge
        ),
        Language::English => format!(
            "{} FAQs, {} intents · knowledge {} · replies from confidence {reply}",
            s.faqs, s.intents, s.knowledge
        ),
    }
}
