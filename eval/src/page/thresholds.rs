//! What the confidence is worth, and what other thresholds would do.

use maud::{Markup, html};

use super::{Language, Section, frame::chart, numbers::percent};
use crate::{
    charts::{
        ChartError, Marks, ReliabilityLabels, RiskCoverageLabels, reliability_diagram,
        risk_coverage_chart,
    },
    quality::{Calibration, Quality},
    risk::Recheck,
};

pub(super) fn section(q: &Quality, l: Language) -> Result<Option<Section>, ChartError> {
    let Some(calibration) = &q.calibration else {
        return Ok(None);
    };
    let marks = Marks {
        threshold: Some(q.subject.thresholds.reply.get()),
        max_wrong_rate: q.subject.tuned.as_ref().map(|tuned| tuned.max_wrong_rate),
    };
    let (curve, reliability) = match l {
        Language::Chinese => (RiskCoverageLabels::CHINESE, ReliabilityLabels::CHINESE),
        Language::English => (RiskCoverageLabels::ENGLISH, ReliabilityLabels::ENGLISH),
    };
    let curve = risk_coverage_chart(&calibration.curve, &marks, &curve)?;
    let reliability = reliability_diagram(&calibration.forecasts, &reliability)?;
    let body = html! {
        p.lead {
            (l.say(
                "阈值定得越低，自动回复越多，答错也越多。下图从左到右是把阈值一点点放低，橙点是现在的位置。",
                "The lower the threshold, the more replies, and the more of them are wrong. From left to right the threshold falls; the orange dot is where it stands.",
            ))
        }
        div.beside {
            (chart(&curve, l.say(
                "横轴：自动回复占全部问题（没有答案的也算）；纵轴：其中答错的比例。",
                "Across: share of all queries that get a reply, those without an answer included. Up: share of the replies that is wrong.",
            )))
            div {
                (other_thresholds(calibration, l))
                @if let Some(recheck) = &calibration.recheck { (promise(recheck, l)) }
            }
        }
        h3 { (l.say("置信度可信吗", "Is the confidence to be trusted?")) }
        div.beside {
            (chart(&reliability, l.say(
                "点落在虚线上最好；低于虚线是过于自信，高于虚线是过于谨慎。下面的柱子是各段有多少问题。",
                "Dots on the dashed line are best; those below it are too sure, those above too careful. The bars count the queries.",
            )))
            (scores(calibration, l))
        }
    };
    let title = l.say("阈值与置信度", "Thresholds and confidence");
    Ok(Some(Section::new("thresholds", title, body)))
}

fn other_thresholds(calibration: &Calibration, l: Language) -> Markup {
    html! {
        table.fit {
            thead { tr {
                th.n { (l.say("阈值", "threshold")) }
                th.n { (l.say("自动回复", "replies")) }
                th.n { (l.say("占全部", "of all")) }
                th.n { (l.say("答错", "wrong")) }
                th.n { (l.say("答错率", "rate")) }
            } }
            tbody {
                @for row in &calibration.thresholds {
                    tr.present[row.is_present] {
                        td.n {
                            @if row.is_present { (l.say("现用 ", "present ")) }
                            (row.threshold)
                        }
                        td.n { (row.replies) }
                        td.n { (percent(row.answered)) }
                        td.n { (row.wrong) }
                        td.n { (percent(row.wrong_rate)) }
                    }
                }
            }
        }
        p.dim {
            (l.say(
                "只供了解。不要照着这张表挑阈值：挑出来的数字会偏好看。请用 jieda tune 在另一批标注上定。",
                "To understand, not to choose by: a threshold that was picked from this table looks better than it is. Choose with jieda tune, on other labels.",
            ))
        }
    }
}

fn promise(recheck: &Recheck, l: Language) -> Markup {
    let most = percent(recheck.promise.max_wrong_rate());
    let sure = percent(recheck.promise.confidence());
    let (bound, kept) = (percent(recheck.upper_bound), recheck.is_kept());
    html! {
        p {
            @match l {
                Language::Chinese => {
                    "定阈值时的承诺：答错不超过 " (most) "（把握 " (sure) "）。这批样本算出的上限是 " (bound) "，"
                    @if kept { b { "守住了" } "。" } @else { b.tag { "没有守住" } "：样本太少，或知识库、客户的问法已经变了。" }
                }
                Language::English => {
                    "Promised with these thresholds: at most " (most) " wrong, with confidence " (sure)
                    ". The bound on this sample is " (bound) ": "
                    @if kept { b { "kept" } "." } @else {
                        b.tag { "not borne out" } ". The sample is too small, or knowledge base or customers have changed."
                    }
                }
            }
        }
    }
}

fn scores(calibration: &Calibration, l: Language) -> Markup {
    let Calibration {
        ece, brier, auc, ..
    } = calibration;
    let rows = [
        (
            "ECE",
            ece,
            l.say(
                "置信度与实际答对比例平均差多少，0 最好。",
                "Mean distance of confidence and truth; 0 is best.",
            ),
        ),
        (
            "Brier",
            brier,
            l.say(
                "置信度的均方误差，0 最好；一律说一半是 0.25。",
                "Mean squared error; 0 is best, 0.25 is a coin.",
            ),
        ),
        (
            "AUC",
            auc,
            l.say(
                "对的比错的置信度高的机会，1 最好，0.5 等于没用。",
                "Chance that a right one is surer than a wrong one; 1 is best, 0.5 is nothing.",
            ),
        ),
        (
            "AURC",
            &calibration.aurc,
            l.say(
                "上面那条曲线下的面积，越小越好。",
                "Area under the curve above; the less the better.",
            ),
        ),
        (
            l.say("覆盖率", "coverage"),
            &calibration.coverage,
            l.say(
                "全部自动回复 ÷ 有答案的问题，jieda tune 和 eval decision 的口径。",
                "All replies / answerable queries, as jieda tune and eval decision have it.",
            ),
        ),
    ];
    html! {
        table.fit.short {
            tbody {
                @for (name, value, what) in rows {
                    tr {
                        th scope="row" { (name) }
                        td.n { (format!("{value:.3}")) }
                        td.dim { (what) }
                    }
                }
            }
        }
    }
}
