//! Figures as text, and as small plots beside it.

use maud::{Markup, html};

use super::Language;
use crate::{quality::Figure, stats::Interval};

/// 85.3%.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1}%", 100.0 * share)
}

/// 82.9–87.4%.
pub(super) fn range(interval: &Interval) -> String {
    let Interval { low, high, .. } = interval;
    format!("{:.1}–{:.1}%", 100.0 * low, 100.0 * high)
}

/// So many of a hundred, in words that don't round a few away.
pub(super) fn of_hundred(share: f64, l: Language) -> String {
    let n = 100.0 * share;
    if n <= 0.0 || n >= 100.0 {
        format!("{n:.0}")
    } else if n < 1.0 {
        l.say("不到 1", "less than 1").to_owned()
    } else if n >= 99.5 {
        l.say("99 以上", "more than 99").to_owned()
    } else {
        format!("{} {n:.0}", l.say("约", "about"))
    }
}

/// A share with its interval on a line from 0 to 100 %. Elements of a drawing need their end tags, unlike those of HTML.
pub(super) fn plot(figure: &Figure) -> Markup {
    let Figure {
        value, interval, ..
    } = figure;
    let x = |share: f64| format!("{:.1}", 4.0 + 112.0 * share.clamp(0.0, 1.0));
    html! {
        svg.plot viewBox="0 0 120 14" width="120" height="14" aria-hidden="true" {
            line.axis x1="4" y1="7" x2="116" y2="7" {}
            @for tick in [0.0, 0.5, 1.0] {
                line.axis x1=(x(tick)) y1="4" x2=(x(tick)) y2="10" {}
            }
            line.range x1=(x(interval.low)) y1="7" x2=(x(interval.high)) y2="7" {}
            circle cx=(x(*value)) cy="7" r="3" {}
        }
    }
}

/// A share, its plot and its interval: three cells of a row.
pub(super) fn cells(figure: &Figure) -> Markup {
    html! {
        td.n { (percent(figure.value)) }
        td.plot { (plot(figure)) }
        td.n.dim { (range(&figure.interval)) }
    }
}

/// The head of these cells.
pub(super) fn cell_heads(name: &str, l: Language) -> Markup {
    html! {
        th.n { (name) }
        th aria-hidden="true" {}
        th.n.dim { (l.say("95% 区间", "95% interval")) }
    }
}

/// How sure a confidence is, without ever saying certain.
pub(super) fn confidence(value: f64) -> String {
    if value > 0.995 {
        ">99%".to_owned()
    } else {
        format!("{:.0}%", 100.0 * value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_not_rounded_away() {
        let check = |share, expected| assert_eq!(of_hundred(share, Language::English), expected);
        check(0.0, "0");
        check(0.004, "less than 1");
        check(0.014, "about 1");
        check(0.994, "about 99");
        check(0.996, "more than 99");
        check(1.0, "100");
    }

    #[test]
    fn nothing_is_certain() {
        assert_eq!(confidence(0.9999), ">99%");
        assert_eq!(confidence(0.864), "86%");
    }
}
