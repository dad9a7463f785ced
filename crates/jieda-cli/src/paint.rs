//! Colours; `anstream` drops them where there is no terminal, and when NO_COLOR is set.

use anstyle::{AnsiColor, Style};

/// An answer was given.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// Something is asked back.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default().bold();
/// A human is needed, or something failed.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Of little weight.
pub(crate) const DIM: Style = Style::new().dimmed();

/// A text in a style.
pub(crate) fn paint(style: Style, text: &str) -> String {
    format!("{}{text}{}", style.render(), style.render_reset())
}
