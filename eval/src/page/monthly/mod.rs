//! The monthly report and the quarterly one on allocation, in Chinese. Each file is a section, in the order of the page.

mod cells;
mod names;

mod summary;

mod service;

mod agreement;

mod bot;

mod problems;

mod pairs;

mod gaps;

mod allocation;

mod channels;

mod suggestions;

mod method;

mod quarter;

pub(crate) use names::met as met_name;

#[cfg(test)]
mod tests;

use super::{
    Language,
    frame::{Frame, Section},
};
use crate::{
    charts::ChartError,
    monthly::{Monthly, Quarterly},
};

/// Sets the page of a month.
///
/// # Errors
/// [`ChartError`] when a chart can't be drawn.
pub fn monthly_page(monthly: &Monthly) -> Result<String, ChartError> {
    let m = monthly;
    let sections: Vec<Section> = [
        Some(summary::section(m)),
        service::section(m)?,
        m.agreement.as_ref().map(agreement::section),
        bot::section(m)?,
        m.problems.as_ref().map(problems::section),
        pairs::section(&m.pairs),
        m.gaps.as_ref().map(gaps::section),
        allocation::section(m)?,
        channels::section(m),
        Some(suggestions::section(&m.suggestions)),
        Some(method::section(&m.sources, m.within)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let frame = frame(
        format!("客服月报：{}", m.month.in_words()),
        m.name.as_deref(),
        &m.timezone,
    );
    Ok(frame.around(&sections).into_string())
}

/// Sets the page of a quarter.
///
/// # Errors
/// [`ChartError`] when a chart can't be drawn.
pub fn quarterly_page(quarterly: &Quarterly) -> Result<String, ChartError> {
    let q = quarterly;
    let sections: Vec<Section> = [
        Some(summary::of_quarter(q)),
        quarter::allocation(q),
        quarter::service(q),
        quarter::groups(q)?,
        quarter::agents(q),
        q.agreement.as_ref().map(agreement::section),
        Some(suggestions::section(&q.suggestions)),
        Some(method::section(&q.sources, q.within)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let frame = frame(
        format!("分配质量季报：{}", q.quarter.in_words()),
        q.name.as_deref(),
        &q.timezone,
    );
    Ok(frame.around(&sections).into_string())
}

fn frame(title: String, knowledge: Option<&str>, timezone: &str) -> Frame {
    let knowledge = knowledge.map(|name| format!("知识库“{name}” · "));
    Frame {
        language: Language::Chinese,
        title,
        about: format!("{}时间按 {timezone}", knowledge.unwrap_or_default()),
        footer: format!("jieda {}", env!("CARGO_PKG_VERSION")),
    }
}
