//! `jieda log`: what was said and decided.

mod ab;
mod export;
mod list;
mod purge;
mod replay;
mod view;

use jieda::{TimeZone, Timestamp, types::Decision};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::{
    args::{
        Common,
        log::{LogArgs, LogCommand},
    },
    names,
};

pub(crate) fn run(common: &Common, args: &LogArgs) -> anyhow::Result<()> {
    match &args.command {
        None if args.list.filter.conversation.is_some() => view::run(common, &args.list),
        None => list::run(common, &args.list),
        Some(LogCommand::Ab(args)) => ab::run(common, args),
        Some(LogCommand::Export(args)) => export::run(args),
        Some(LogCommand::Purge(args)) => purge::run(common, args),
        Some(LogCommand::Replay(args)) => replay::run(common, args),
    }
}

/// A time of the machine's time zone, for people.
fn local(time: Timestamp, format: &str) -> String {
    TimeZone::system()
        .to_datetime(time)
        .strftime(format)
        .to_string()
}

/// A decision, for people.
fn decision_name(decision: &Decision) -> &'static str {
    names::decision(decision.into())
}

/// One line, no wider than so many columns.
pub(crate) fn shortened(text: &str, columns: usize) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.width() <= columns {
        return text;
    }
    let mut width = 1;
    let fits = |c: &char| {
        width += c.width().unwrap_or(0);
        width <= columns
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn long_texts_are_cut_by_columns() {
        for (text, expected) in [
            ("怎么退货", "怎么退货"),
            ("怎么退货呢", "怎么退…"),
            ("abcdefghi", "abcdefg…"),
            ("a\nb", "a b"),
            ("", ""),
        ] {
            assert_eq!(shortened(text, 8), expected);
        }
    }
}
