//! How long answers took, where that was asked for.

use maud::html;

use super::{Language, Section};
use crate::quality::{Quality, Stage};

pub(super) fn section(q: &Quality, l: Language) -> Option<Section> {
    (!q.latency.is_empty()).then(|| {
        let body = html! {
            p.lead {
                (l.say(
                    "本机实测，一句接一句地问，不含网络；换一台机器、再跑一次，数字都会不同。",
                    "As this machine had it, one text after the other, without any network; no two runs are the same.",
                ))
            }
            table.fit {
                thead { tr {
                    th { (l.say("步骤", "stage")) }
                    th.n { (l.say("p50，毫秒", "p50, ms")) }
                    th.n { (l.say("p95，毫秒", "p95, ms")) }
                } }
                tbody {
                    @for time in &q.latency {
                        tr.present[time.stage == Stage::Total] {
                            td { (l.stage(time.stage)) }
                            td.n { (format!("{:.2}", time.p50_ms)) }
                            td.n { (format!("{:.2}", time.p95_ms)) }
                        }
                    }
                }
            }
        };
        Section::new("latency", l.say("响应时间", "Latency"), body)
    })
}
