//! What every page is set in: style, table of contents, sections.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::Language;

const STYLE: &str = include_str!("style.css");
/// Nothing is loaded and nothing runs, whatever a text in the page might try.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// A part of the page with a place in the table of contents.
pub(super) struct Section {
    id: &'static str,
    title: String,
    body: Markup,
}

impl Section {
    pub(super) fn new(id: &'static str, title: &str, body: Markup) -> Self {
        Self {
            id,
            title: title.to_owned(),
            body,
        }
    }
}

/// A page but for its sections.
pub(super) struct Frame {
    pub(super) language: Language,
    pub(super) title: String,
    /// A line below the title.
    pub(super) about: String,
    /// The last line.
    pub(super) footer: String,
}

impl Frame {
    /// Sets sections, numbered in their order.
    pub(super) fn around(&self, sections: &[Section]) -> Markup {
        let l = self.language;
        html! {
            (DOCTYPE)
            html lang=(l.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        h1 { (self.title) }
                        p.meta { (self.about) }
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
                            footer { (self.footer) }
                        }
                    }
                }
            }
        }
    }
}

/// A chart with what is to be seen in it. The library escapes the texts of its charts.
pub(super) fn chart(svg: &str, caption: &str) -> Markup {
    html! {
        figure {
            div.wide { (PreEscaped(svg)) }
            figcaption { (caption) }
        }
    }
}
