//! `jieda kb check`: everything that is wrong, and what is worth knowing.

use std::io::Write as _;

use jieda::{CheckReport, Finding, KnowledgeBase, Problem, SearchMode, Timestamp};

use crate::{
    args::{Common, kb::CheckArgs},
    paint::{BAD, GOOD, WARN, paint},
    progress::Bar,
};

pub(super) fn run(common: &Common, args: &CheckArgs) -> anyhow::Result<()> {
    let dir = super::folder(common, args.dir.as_ref());
    // What is wrong with the files is told whether or not the model can be asked.
    let mut not_asked = None;
    let report = KnowledgeBase::check_with(&dir, Timestamp::now(), |_| {
        if args.no_model {
            return Ok(Vec::new());
        }
        Ok::<_, std::convert::Infallible>(shadowed(common, &dir).unwrap_or_else(|error| {
            not_asked = Some(error);
            Vec::new()
        }))
    });
    let report = match report {
        Ok(report) => report,
        Err(never) => match never {},
    };
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        print(&mut out, &report)?;
    }
    if let Some(error) = not_asked {
        return Err(error);
    }
    // Everything was said already.
    if report.is_sound() {
        Ok(())
    } else {
        Err(crate::exit::Said(crate::exit::INPUT).into())
    }
}

fn shadowed(common: &Common, dir: &std::path::Path) -> anyhow::Result<Vec<Finding>> {
    let searcher = common.quiet_searcher_for(dir, SearchMode::Hybrid)?;
    let mut bar = Bar::new("正在试问每个问法");
    Ok(searcher.shadowed(&mut |done, all| bar.update(done, all))?)
}

fn print(out: &mut impl std::io::Write, report: &CheckReport) -> std::io::Result<()> {
    let mut list = |style, title: &str, problems: &[Problem]| {
        for problem in problems {
            writeln!(out, "{} {problem}", paint(style, title))?;
        }
        std::io::Result::Ok(())
    };
    list(BAD, "错误", &report.errors)?;
    list(WARN, "提醒", &report.warnings)?;
    let (errors, warnings) = (report.errors.len(), report.warnings.len());
    let verdict = if report.is_sound() {
        paint(GOOD, "可以发布")
    } else {
        paint(BAD, "不能发布")
    };
    writeln!(out, "{verdict}：{errors} 个错误，{warnings} 个提醒")
}
