//! Cells of tables.

use std::fmt::Display;

use jieda_routing::sla::Better;
use maud::{Markup, html};

use crate::monthly::{FigureKind, Value};

/// A number, or a dash where there is none.
pub(super) fn cell<T: Display>(value: Option<T>) -> Markup {
    html! {
        td.n { @match value { Some(value) => (value.to_string()), None => span.dim { "–" } } }
    }
}

/// A count beside an earlier one.
pub(super) fn change_of_count(now: usize, before: Option<usize>) -> Markup {
    html! {
        td.n.dim {
            @match before {
                Some(before) if now > before => { "+" (now - before) }
                Some(before) if now < before => { "−" (before - now) }
                Some(_) => "0",
                None => "–",
            }
        }
    }
}

/// How a figure has changed; what got worse is marked.
pub(super) fn change(kind: FigureKind, now: Option<Value>, before: Option<Value>) -> Markup {
    let Some((now, before)) = now.zip(before) else {
        return cell(None::<&str>);
    };
    let more = now.get() - before.get();
    let (size, unit) = match now {
        Value::Percent(_) => (format!("{:.1}", more.abs()), " 个百分点"),
        Value::Seconds(_) => (format!("{:.1}", more.abs()), " 秒"),
        Value::Stars(_) => (format!("{:.2}", more.abs()), ""),
    };
    let is_worse = match kind.better() {
        Some(Better::Higher) => more < 0.0,
        Some(Better::Lower) => more > 0.0,
        None => false,
    };
    let nothing = size.chars().all(|c| c == '0' || c == '.');
    html! {
        td.n {
            @if nothing { span.dim { "持平" } }
            @else {
                span class=(if is_worse { "tag" } else { "dim" }) {
                    (if more > 0.0 { "+" } else { "−" }) (size) (unit)
                }
            }
        }
    }
}

/// A number as a bar, beside the largest of its table. Elements of a drawing need their end tags, unlike those of HTML.
pub(super) fn bar(number: Option<f64>, largest: f64) -> Markup {
    let share = number.filter(|_| largest > 0.0).map(|n| n / largest);
    let width = share.map(|share| format!("{:.1}", 120.0 * share.clamp(0.0, 1.0)));
    html! {
        td.plot {
            @if let Some(width) = width {
                svg.plot viewBox="0 0 120 14" width="120" height="14" aria-hidden="true" {
                    rect.bar x="0" y="3" width=(width) height="8" {}
                }
            }
        }
    }
}

/// The largest of some counts.
pub(super) fn largest(counts: impl Iterator<Item = usize>) -> f64 {
    counts.max().unwrap_or(0) as f64
}
