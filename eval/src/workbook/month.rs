//! The workbook of a month.

use rust_xlsxwriter::{Workbook, XlsxError};

use super::{
    WorkbookError,
    sheet::{Cell, Sheet},
    tables::{agents, agreement, groups, suggestions, unit},
};
use crate::{
    monthly::{Bot, Monthly},
    page::met_name,
};

/// Sheets 汇总, 按天, 技能组, 坐席, 渠道, 常见问题, 建议. Percentages are numbers, times are seconds.
///
/// # Errors
/// [`WorkbookError`].
pub fn monthly_workbook(monthly: &Monthly) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = Workbook::new();
    summary(&mut workbook, monthly)?;
    days(&mut workbook, monthly)?;
    groups(
        &mut workbook,
        [(monthly.month.to_string(), &monthly.groups[..])],
    )?;
    agents(
        &mut workbook,
        [(monthly.month.to_string(), &monthly.agents[..])],
    )?;
    channels(&mut workbook, monthly)?;
    faqs(&mut workbook, monthly)?;
    suggestions(&mut workbook, &monthly.suggestions)?;
    Ok(workbook.save_to_buffer()?)
}

fn summary(workbook: &mut Workbook, m: &Monthly) -> Result<(), XlsxError> {
    let heads = [
        ("指标", 26.0),
        ("单位", 10.0),
        ("本月", 12.0),
        ("上月", 12.0),
        ("目标", 12.0),
        ("达标", 12.0),
        ("说明", 60.0),
    ];
    let mut sheet = Sheet::new(workbook, "汇总", &heads)?;
    sheet.row(["月份".into(), Cell::Nothing, m.month.to_string().into()])?;
    for figure in m.service.iter().flatten() {
        let known = figure.now.or(figure.before).or(figure.target);
        sheet.row([
            figure.kind.name().into(),
            known.map(unit).into(),
            figure.now.into(),
            figure.before.into(),
            figure.target.into(),
            figure.met.map(met_name).into(),
            figure.kind.meaning().into(),
        ])?;
    }
    bot(&mut sheet, m)?;
    if let Some(now) = &m.allocation {
        let before = m.allocation_before.as_ref();
        let rows: [(&str, &str, Cell, Cell); 4] = [
            (
                "坐席接起",
                "次",
                now.accepted.into(),
                before.map(|b| b.accepted).into(),
            ),
            (
                "技能匹配率",
                "%",
                now.skill_match.into(),
                before.and_then(|b| b.skill_match).into(),
            ),
            (
                "负荷基尼系数",
                "0–1",
                now.load_gini.into(),
                before.and_then(|b| b.load_gini).into(),
            ),
            (
                "分配无人应答",
                "次",
                now.missed.into(),
                before.map(|b| b.missed).into(),
            ),
        ];
        for (name, unit, now, before) in rows {
            sheet.row([name.into(), unit.into(), now, before])?;
        }
    }
    agreement(&mut sheet, m.agreement.as_ref())?;
    if !m.missing.is_empty() {
        sheet.skip();
        for missing in &m.missing {
            let mut cells = vec![Cell::from(format!("缺：{}", missing.part.name()))];
            cells.extend((1..6).map(|_| Cell::Nothing));
            cells.push(missing.why.clone().into());
            sheet.row(cells)?;
        }
    }
    Ok(())
}

/// A figure of the engine.
type OfBot = fn(&Bot) -> Cell;

fn bot(sheet: &mut Sheet<'_>, m: &Monthly) -> Result<(), XlsxError> {
    let Some(now) = &m.bot else { return Ok(()) };
    let before = m.bot_before.as_ref();
    let rows: [(&str, &str, OfBot); 5] = [
        ("机器人会话", "个", |b| b.conversations.into()),
        ("问题", "个", |b| b.questions.into()),
        ("直接答上", "%", |b| b.coverage.into()),
        ("转人工率", "%", |b| b.handoff_rate.into()),
        ("机器人满意度", "满分 5", |b| b.satisfaction.into()),
    ];
    for (name, unit, of) in rows {
        let before = before.map_or(Cell::Nothing, of);
        sheet.row([name.into(), unit.into(), of(now), before])?;
    }
    Ok(())
}

fn days(workbook: &mut Workbook, m: &Monthly) -> Result<(), XlsxError> {
    let heads = [
        ("日期", 13.0),
        ("机器人会话", 12.0),
        ("转人工", 10.0),
        ("人工会话", 10.0),
        ("放弃", 10.0),
        ("接起率", 10.0),
        ("平均应答速度（秒）", 18.0),
    ];
    let mut sheet = Sheet::new(workbook, "按天", &heads)?;
    for day in &m.days {
        sheet.row([
            day.date.to_string().into(),
            day.conversations.into(),
            day.handed_over.into(),
            day.contacts.into(),
            day.abandoned.into(),
            day.service_level.into(),
            day.asa.into(),
        ])?;
    }
    Ok(())
}

fn channels(workbook: &mut Workbook, m: &Monthly) -> Result<(), XlsxError> {
    let heads = [
        ("渠道", 16.0),
        ("机器人会话", 12.0),
        ("转人工率", 10.0),
        ("人工会话", 10.0),
        ("接起率", 10.0),
        ("平均应答速度（秒）", 18.0),
        ("放弃率", 10.0),
        ("人工满意度", 12.0),
    ];
    let mut sheet = Sheet::new(workbook, "渠道", &heads)?;
    for row in &m.channels {
        sheet.row([
            row.channel.as_deref().unwrap_or("没有写渠道").into(),
            row.conversations.into(),
            row.handoff_rate.into(),
            row.contacts.into(),
            row.service_level.into(),
            row.asa.into(),
            row.abandonment.into(),
            row.csat.into(),
        ])?;
    }
    Ok(())
}

fn faqs(workbook: &mut Workbook, m: &Monthly) -> Result<(), XlsxError> {
    let heads = [
        ("编号", 14.0),
        ("常见问题", 44.0),
        ("回答", 10.0),
        ("上月回答", 10.0),
        ("评分次数", 10.0),
        ("平均评分", 10.0),
        ("1、2 分", 10.0),
    ];
    let mut sheet = Sheet::new(workbook, "常见问题", &heads)?;
    for row in m.problems.iter().flat_map(|problems| &problems.faqs) {
        sheet.row([
            row.faq.as_str().into(),
            row.question.clone().into(),
            row.answers.into(),
            row.before.into(),
            row.ratings.into(),
            row.satisfaction.into(),
            Some(row.low).filter(|_| row.ratings > 0).into(),
        ])?;
    }
    Ok(())
}
