//! What the knowledge base lacks.

use maud::html;

use super::super::frame::Section;
use crate::monthly::GapList;

pub(super) fn section(gaps: &GapList) -> Section {
    let body = html! {
        @if gaps.gaps.is_empty() {
            p { "本月有 " (gaps.misses) " 次没有答好，没有成组的。" }
        } @else {
            p.lead {
                "本月有 " (gaps.misses) " 次没有答好，意思相近的归成 " (gaps.found) " 组；这里是前 " (gaps.gaps.len())
                " 组。可导入的建议表用 " code { "jieda kb gaps" } " 生成。"
            }
            table.roomy {
                thead { tr { th.n { "次数" } th { "问的是" } th { "客户的话" } th { "建议" } } }
                tbody {
                    @for gap in &gaps.gaps {
                        tr {
                            td.n { (gap.size) }
                            td.name { (gap.title) }
                            td { @for text in &gap.texts { div { "“" (text) "”" } } }
                            td { (gap.advice) @for faq in &gap.about { div.dim { "“" (faq) "”" } } }
                        }
                    }
                }
            }
        }
    };
    Section::new("gaps", "知识缺口", body)
}
