//! How it was counted, and from what.

use maud::html;

use super::super::frame::Section;
use crate::monthly::{FigureKind, Origin, Seconds};

pub(super) fn section(sources: &[Origin], within: Seconds) -> Section {
    let terms = [
        (
            "算在哪个月",
            "机器人会话连同其中的评分，按会话开始的时间；人工的等待按结束（接起或放弃）的时间，通话按结束的时间，评分按给出的时间；占用率按时段切开。",
        ),
        (
            "负荷",
            "本月结束的会话的通话时间之和 ÷（在岗时间 × 接待位数）。",
        ),
        (
            "基尼系数",
            "Σ(2i − n − 1)·xᵢ ÷ (n·Σxᵢ)，xᵢ 是从小到大的负荷（Gini 1912）。",
        ),
        (
            "人力估算",
            "Erlang C：每个接待位算一条线，忙时不超过 85%；客户会放弃，所以偏保守。",
        ),
    ];
    let body = html! {
        @if !sources.is_empty() {
            h3 { "数据来源" }
            dl {
                @for source in sources { dt { (source.what) } dd.hash { (source.path) } }
            }
        }
        h3 { "口径" }
        dl {
            @for (term, meaning) in terms { dt { (term) } dd { (meaning) } }
            @for kind in FigureKind::ALL {
                dt { (kind.name()) }
                dd { (kind.meaning()) @if kind == FigureKind::ServiceLevel { "规定时间是 " (within) "。" } }
            }
        }
    };
    Section::new("method", "口径与来源", body)
}
