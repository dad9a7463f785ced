//! What to do.

use maud::html;

use super::super::frame::Section;
use crate::monthly::Suggestion;

pub(super) fn section(suggestions: &[Suggestion]) -> Section {
    let body = html! {
        @if suggestions.is_empty() {
            p { "各条规则都没有发现要改的地方。" }
        } @else {
            p.lead { "由固定的规则从上面的数字得出，每条都写明依据。" }
            table {
                thead { tr { th { "类别" } th { "建议" } } }
                tbody {
                    @for suggestion in suggestions {
                        tr { td.name { (suggestion.rule.name()) } td { (suggestion.text) } }
                    }
                }
            }
        }
    };
    Section::new("suggestions", "建议", body)
}
