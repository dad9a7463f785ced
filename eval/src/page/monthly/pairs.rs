//! FAQs between which the engine could not decide.

use maud::html;

use super::super::frame::Section;
use crate::monthly::OfferedPair;

/// Most pairs that are shown.
const SHOWN: usize = 15;

pub(super) fn section(pairs: &[OfferedPair]) -> Option<Section> {
    (!pairs.is_empty()).then(|| {
        let body = html! {
            p.lead {
                "机器人拿不准时会反问客户是哪一条。下面是一起反问得最多的两条，以及客户选了哪条："
                "共 " (pairs.len()) " 对，列出 " (pairs.len().min(SHOWN)) " 对。"
            }
            table.roomy {
                thead { tr {
                    th.n { "反问" } th { "选得多的一条" } th.n { "选了" } th { "另一条" } th.n { "选了" } th.n { "都没选" }
                } }
                tbody {
                    @for pair in pairs.iter().take(SHOWN) {
                        tr {
                            td.n { (pair.offered) }
                            @for side in [&pair.first, &pair.second] {
                                td { (side.question) " " span.id { (side.faq) } }
                                td.n { (side.chosen) }
                            }
                            td.n { (pair.neither) }
                        }
                    }
                }
            }
        };
        Section::new("pairs", "容易混淆的常见问题", body)
    })
}
