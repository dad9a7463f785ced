//! What the workbooks of a month and of a quarter have in common.

use rust_xlsxwriter::{Workbook, XlsxError};

use super::sheet::{Cell, Sheet};
use crate::{
    monthly::{AgentRow, Agreement, GroupRow, Suggestion, Value},
    page::met_name,
};

/// What a number of a figure is in.
pub(super) fn unit(value: Value) -> &'static str {
    match value {
        Value::Percent(_) => "%",
        Value::Seconds(_) => "秒",
        Value::Stars(_) => "满分 5",
    }
}

/// Targets and credits, with the plan that is owed.
pub(super) fn agreement(
    sheet: &mut Sheet<'_>,
    agreement: Option<&Agreement>,
) -> Result<(), XlsxError> {
    let Some((agreement, last)) = agreement.and_then(|a| Some((a, a.months.last()?))) else {
        return Ok(());
    };
    sheet.skip();
    for target in &last.targets {
        sheet.row([
            format!("协议：{}", target.target).into(),
            unit(target.at).into(),
            target.reached.into(),
            Cell::Nothing,
            target.at.into(),
            met_name(target.met).into(),
            Some(target.credit)
                .filter(|credit| credit.get() > 0.0)
                .map(|credit| format!("抵扣费用的 {credit}"))
                .into(),
        ])?;
    }
    sheet.row(["抵扣合计（占费用）".into(), "%".into(), last.credit.into()])?;
    if let Some(amount) = last.amount {
        sheet.row([
            "抵扣金额".into(),
            "元".into(),
            (amount.0 as f64 / 100.0).into(),
        ])?;
    }
    for owed in &agreement.plan {
        let months: Vec<String> = owed
            .months
            .iter()
            .map(|m| format!("{} {}", m.month, m.reached))
            .collect();
        let mut cells = vec![Cell::from(format!("改进计划：{}", owed.target))];
        cells.extend((1..6).map(|_| Cell::Nothing));
        cells.push(months.join("，").into());
        sheet.row(cells)?;
    }
    Ok(())
}

/// Groups of each of some months.
pub(super) fn groups<'r>(
    workbook: &mut Workbook,
    months: impl IntoIterator<Item = (String, &'r [GroupRow])>,
) -> Result<(), XlsxError> {
    let heads = [
        ("月份", 10.0),
        ("技能组", 16.0),
        ("会话", 10.0),
        ("坐席", 10.0),
        ("接起率", 10.0),
        ("平均应答速度（秒）", 18.0),
        ("放弃率", 10.0),
        ("平均通话（秒）", 14.0),
        ("转接率", 10.0),
        ("满意度", 10.0),
        ("技能匹配率", 12.0),
        ("负荷基尼系数", 14.0),
    ];
    let mut sheet = Sheet::new(workbook, "技能组", &heads)?;
    for (month, rows) in months {
        for row in rows {
            sheet.row([
                month.as_str().into(),
                row.group.as_str().into(),
                row.contacts.into(),
                row.agents.into(),
                row.service_level.into(),
                row.asa.into(),
                row.abandonment.into(),
                row.att.into(),
                row.transfer.into(),
                row.csat.into(),
                row.skill_match.into(),
                row.load_gini.into(),
            ])?;
        }
    }
    Ok(())
}

/// Agents of each of some months.
pub(super) fn agents<'r>(
    workbook: &mut Workbook,
    months: impl IntoIterator<Item = (String, &'r [AgentRow])>,
) -> Result<(), XlsxError> {
    let heads = [
        ("月份", 10.0),
        ("编号", 8.0),
        ("坐席", 14.0),
        ("技能组", 24.0),
        ("接起", 10.0),
        ("占比", 10.0),
        ("在岗（小时）", 12.0),
        ("占用率", 10.0),
        ("负荷", 10.0),
        ("平均通话（秒）", 14.0),
        ("话后处理（秒）", 14.0),
        ("转接率", 10.0),
        ("拒接、未应答", 12.0),
        ("满意度", 10.0),
    ];
    let mut sheet = Sheet::new(workbook, "坐席", &heads)?;
    for (month, rows) in months {
        for row in rows {
            let groups: Vec<&str> = row.groups.iter().map(|group| group.as_str()).collect();
            sheet.row([
                month.as_str().into(),
                f64::from(row.agent.0).into(),
                row.name.as_str().into(),
                groups.join("、").into(),
                row.accepted.into(),
                row.share.into(),
                (row.staffed.get() / 3600.0).into(),
                row.occupancy.into(),
                row.load.into(),
                row.att.into(),
                row.after_work.into(),
                row.transfer.into(),
                row.declined.into(),
                row.csat.into(),
            ])?;
        }
    }
    Ok(())
}

/// What to do.
pub(super) fn suggestions(
    workbook: &mut Workbook,
    suggestions: &[Suggestion],
) -> Result<(), XlsxError> {
    let heads = [("类别", 16.0), ("建议", 100.0)];
    let mut sheet = Sheet::new(workbook, "建议", &heads)?;
    for suggestion in suggestions {
        sheet.row([
            suggestion.rule.name().into(),
            suggestion.text.as_str().into(),
        ])?;
    }
    Ok(())
}
