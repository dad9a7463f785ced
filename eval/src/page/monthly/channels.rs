//! Channel by channel.

use maud::html;

use super::{super::frame::Section, cells::cell};
use crate::monthly::Monthly;

pub(super) fn section(m: &Monthly) -> Option<Section> {
    (!m.channels.is_empty()).then(|| {
        let body = html! {
            div.wide { table {
                thead { tr {
                    th { "渠道" } th.n { "机器人会话" } th.n { "转人工率" } th.n { "人工会话" } th.n { "接起率" } th.n { "ASA" }
                    th.n { "放弃率" } th.n { "人工满意度" }
                } }
                tbody {
                    @for row in &m.channels {
                        tr {
                            td { (row.channel.as_deref().unwrap_or("没有写渠道")) }
                            (cell(row.conversations)) (cell(row.handoff_rate)) (cell(row.contacts)) (cell(row.service_level))
                            (cell(row.asa)) (cell(row.abandonment)) (cell(row.csat))
                        }
                    }
                }
            } }
        };
        Section::new("channels", "渠道", body)
    })
}
