//! A [`Quality`] as one self-contained page: HTML with its style and charts inside, readable without a script, on a
//! small screen and on paper. The same quality gives the same bytes.
//!
//! Made with `maud`: templates are Rust, checked by the compiler, and whatever is set into them is escaped. Each file
//! is a section, in the order of the page.

mod language;
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

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{charts::ChartError, quality::Quality};

pub use language::Language;

const STYLE: &str = include_str!("style.css");
/// Nothing is loaded and nothing runs, whatever a text in the page might try.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// A part of the page with a place in the table of contents.
struct Section {
    id: &'static str,
    title: String,
    body: Markup,
}

impl Section {
    fn new(id: &'static str, title: &str, body: Markup) -> Self {
        Self {
            id,
            title: title.to_owned(),
            body,
        }
    }
}

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
    Ok(document(q, l, &sections).into_string())
}

fn document(q: &Quality, l: Language, sections: &[Section]) -> Markup {
    let title = format!(
        "{}{}",
        l.say("应答质量报告：", "Answer quality: "),
        q.subject.name
    );
    html! {
        (DOCTYPE)
        html lang=(l.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (title) }
                    p.meta { (about(q, l)) }
                }
                div.columns {
                    nav aria-label=(l.say("目录", "Contents")) {
                        ol {
                            @for (section, number) in sections.iter().zip(1..) {
                                li { a href={ "#" (section.id) } { span.no { (number) } (section.title) } }
                            }
                        }
                    }
                    main {
                        @for (section, number) in sections.iter().zip(1..) {
                            section id=(section.id) {
                                h2 { (number) " " (section.title) }
                                (section.body)
                            }
                        }
                        footer { "jieda " (q.subject.jieda) }
                    }
                }
            }
        }
    }
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
