//! Checks of when and where an FAQ is served.

use super::RowChecker;
use crate::{
    Channel, Moment, ProblemCode,
    check::values::{parse_enabled, parse_priority},
    source::{Cell, FaqRecord},
};

impl RowChecker<'_> {
    pub(super) fn channels(&mut self, record: &FaqRecord) -> Option<Vec<Channel>> {
        let mut channels = Vec::new();
        let mut sound = true;
        for cell in record.channels.iter().flatten() {
            match cell.text().map(Channel::new) {
                None => sound = false,
                Some(Ok(channel)) => {
                    let listed = &self.settings.channels;
                    if !listed.is_empty() && !listed.contains_key(&channel) {
                        let message = format!("kb.toml 里没有渠道“{channel}”");
                        let problem = cell.place.problem(ProblemCode::UnknownChannel, message);
                        let names: Vec<&str> = listed.keys().map(Channel::as_str).collect();
                        let names = names.join("、");
                        self.problems
                            .push(problem.suggest(format!("已有：{names}")));
                    }
                    if !channels.contains(&channel) {
                        channels.push(channel);
                    }
                }
                Some(Err(_)) => {
                    let message = "渠道名不可用：不能为空，最多 40 个字";
                    let problem = cell.place.problem(ProblemCode::InvalidChannel, message);
                    self.problems.push(problem);
                    sound = false;
                }
            }
        }
        sound.then_some(channels)
    }

    /// The outer option is none for a fault, the inner one for an empty cell.
    pub(super) fn moment(&mut self, cell: Option<&Cell>) -> Option<Option<Moment>> {
        let Some(cell) = cell.filter(|cell| cell.is_filled()) else {
            return Some(None);
        };
        let text = cell.text()?;
        let moment = Moment::parse(text);
        if moment.is_none() {
            let message = format!("“{text}”不是日期，或没有这一天");
            let problem = cell.place.problem(ProblemCode::InvalidDate, message);
            self.problems
                .push(problem.suggest("请写成 2026-01-31 或 2026-01-31 18:00"));
        }
        moment.map(Some)
    }

    pub(super) fn validity(
        &mut self,
        record: &FaqRecord,
        from: Option<Moment>,
        until: Option<Moment>,
    ) -> bool {
        let (Some(from), Some(until), Some(cell)) = (from, until, &record.valid_until) else {
            return true;
        };
        if !until.is_over(from.start()) {
            return true;
        }
        let message = format!("失效时间 {until} 不晚于生效时间 {from}，这一条永远不会生效");
        let problem = cell.place.problem(ProblemCode::NeverValid, message);
        self.problems.push(problem.suggest("请改正其中一个"));
        false
    }

    pub(super) fn enabled(&mut self, cell: Option<&Cell>) -> Option<bool> {
        let Some(cell) = cell else {
            return Some(true);
        };
        let text = cell.text()?;
        let enabled = parse_enabled(text);
        if enabled.is_none() {
            let message = format!("看不懂“{text}”");
            let problem = cell.place.problem(ProblemCode::InvalidEnabled, message);
            self.problems.push(problem.suggest("请写“是”或“否”"));
        }
        enabled
    }

    pub(super) fn priority(&mut self, cell: Option<&Cell>) -> Option<i32> {
        let Some(cell) = cell else {
            return Some(0);
        };
        let text = cell.text()?;
        let priority = parse_priority(text);
        if priority.is_none() {
            let message = format!("优先级“{text}”不是整数");
            let problem = cell.place.problem(ProblemCode::InvalidPriority, message);
            self.problems
                .push(problem.suggest("请写整数，数字大的优先"));
        }
        priority
    }
}
