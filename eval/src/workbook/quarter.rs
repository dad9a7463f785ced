//! The workbook of a quarter.

use rust_xlsxwriter::{Workbook, XlsxError};

use super::{
    WorkbookError,
    sheet::{Cell, Sheet},
    tables::{agents, agreement, groups, suggestions, unit},
};
use crate::monthly::{Allocation, FigureKind, MonthOfQuarter, Quarterly};

/// Sheets 汇总, 技能组, 坐席, 建议; a column or rows for each month. Percentages are numbers, times are seconds.
///
/// # Errors
/// [`WorkbookError`].
pub fn quarterly_workbook(quarterly: &Quarterly) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = Workbook::new();
    let months = &quarterly.months;
    summary(&mut workbook, quarterly)?;
    groups(
        &mut workbook,
        months.iter().map(|m| (m.month.to_string(), &m.groups[..])),
    )?;
    agents(
        &mut workbook,
        months.iter().map(|m| (m.month.to_string(), &m.agents[..])),
    )?;
    suggestions(&mut workbook, &quarterly.suggestions)?;
    Ok(workbook.save_to_buffer()?)
}

/// A figure of a month.
type OfAllocation = fn(&Allocation) -> Cell;

fn summary(workbook: &mut Workbook, q: &Quarterly) -> Result<(), XlsxError> {
    let names: Vec<String> = q.months.iter().map(|m| m.month.to_string()).collect();
    let mut heads = vec![("指标", 26.0), ("单位", 10.0)];
    heads.extend(names.iter().map(|name| (name.as_str(), 14.0)));
    let mut sheet = Sheet::new(workbook, "汇总", &heads)?;
    let rows: [(&str, &str, OfAllocation); 7] = [
        ("坐席接起", "次", |a| a.accepted.into()),
        ("技能匹配率", "%", |a| a.skill_match.into()),
        ("负荷基尼系数", "0–1", |a| a.load_gini.into()),
        ("分给上次接待的坐席", "%", |a| {
            a.by_last_contact.into()
        }),
        ("别的组代接", "%", |a| a.by_overflow.into()),
        ("拒接", "次", |a| a.refused.into()),
        ("无人应答", "次", |a| a.missed.into()),
    ];
    for (name, unit, of) in rows {
        let cells = [Cell::from(name), unit.into()].into_iter();
        sheet.row(cells.chain(q.months.iter().map(|month| of(&month.allocation))))?;
    }
    for kind in FigureKind::ALL {
        let of = |month: &MonthOfQuarter| {
            let figure = month.service.iter().find(|figure| figure.kind == kind);
            figure.and_then(|figure| figure.now)
        };
        let values: Vec<_> = q.months.iter().map(of).collect();
        let Some(known) = values.iter().flatten().next() else {
            continue;
        };
        let cells = [Cell::from(kind.name()), unit(*known).into()].into_iter();
        sheet.row(cells.chain(values.into_iter().map(Cell::from)))?;
    }
    let mut sheet = Sheet::new(
        workbook,
        "服务协议",
        &[
            ("目标", 26.0),
            ("单位", 10.0),
            ("实际", 12.0),
            ("", 4.0),
            ("应达到", 12.0),
            ("达标", 12.0),
            ("说明", 60.0),
        ],
    )?;
    agreement(&mut sheet, q.agreement.as_ref())?;
    for missing in &q.missing {
        let mut cells = vec![Cell::from(format!("缺：{}", missing.part.name()))];
        cells.extend((1..6).map(|_| Cell::Nothing));
        cells.push(missing.why.clone().into());
        sheet.row(cells)?;
    }
    Ok(())
}
