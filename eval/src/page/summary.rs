//! What a supervisor has to know, and where to begin.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::{
    Language, Section,
    numbers::{percent, range},
};
use crate::quality::{Figure, Group, Quality};

/// Most pieces of advice.
const STEPS: usize = 4;
/// Smaller groups are left alone: their share says little.
const ENOUGH: usize = 15;

pub(super) fn section(q: &Quality, l: Language) -> Section {
    let steps = steps(q, l);
    let body = html! {
        div.glance {
            @for sentence in sentences(q, l) { p { (sentence) } }
        }
        @if !steps.is_empty() {
            h3 { (l.say("从哪里改起", "Where to begin")) }
            ol.steps {
                @for step in steps { li { (step) } }
            }
        }
    };
    Section::new("summary", l.say("一眼看完", "At a glance"), body)
}

fn sentences(q: &Quality, l: Language) -> Vec<Markup> {
    let h = &q.headline;
    let answerable = h.recall_at_1.zip(h.auto_reply_rate);
    let answerable = answerable.map(|(found, replied)| retrieval(&found, &replied, l));
    let sentences = [
        answerable,
        h.wrong_rate.map(|wrong| wrong_replies(&wrong, l)),
        h.unanswerable_replied
            .map(|replied| unanswerable(&replied, l)),
        h.handoff_recall.map(|recall| handoffs(&recall, l)),
        h.solved_without_human
            .map(|solved| conversations(&solved, l)),
    ];
    sentences.into_iter().flatten().collect()
}

fn retrieval(found: &Figure, replied: &Figure, l: Language) -> Markup {
    let n = found.n;
    let (found, replied) = (percent(found.value), percent(replied.value));
    match l {
        Language::Chinese => html! {
            (n) " 个有答案的问题，" b { (found) } " 第一条就找对；机器人自己回复了其中的 " b { (replied) } "。"
        },
        Language::English => html! {
            "Of " (n) " queries that have an answer, " b { (found) } " find it in the first place, and "
            b { (replied) } " get an automatic reply."
        },
    }
}

fn wrong_replies(wrong: &Figure, l: Language) -> Markup {
    let (hits, n, range) = (wrong.hits(), wrong.n, range(&wrong.interval));
    let share = percent(wrong.value);
    match l {
        Language::Chinese => html! {
            (n) " 条自动回复里答错 " (hits) " 条：" b { (share) } "（95% 区间 " (range) "）。"
        },
        Language::English => html! {
            "Of " (n) " automatic replies " (hits) " are wrong: " b { (share) } " (95% interval " (range) ")."
        },
    }
}

fn unanswerable(replied: &Figure, l: Language) -> Markup {
    let (hits, n, share) = (replied.hits(), replied.n, percent(replied.value));
    match l {
        Language::Chinese => html! {
            (n) " 个知识库答不了的问题，被硬答的有 " (hits) " 个（" b { (share) } "），已算在答错里。"
        },
        Language::English => html! {
            "Of " (n) " queries that nothing answers " (hits) " got a reply all the same (" b { (share) }
            "); they count as wrong."
        },
    }
}

fn handoffs(recall: &Figure, l: Language) -> Markup {
    let (missed, n, share) = (recall.n - recall.hits(), recall.n, percent(recall.value));
    match l {
        Language::Chinese => html! {
            (n) " 句应该马上转人工的话，转了 " b { (share) }
            @if missed > 0 { "，漏掉 " a href="#boundaries" { (missed) " 句" } } "。"
        },
        Language::English => html! {
            "Of " (n) " texts that belong to a human at once " b { (share) } " were handed over"
            @if missed > 0 { " (" a href="#boundaries" { (missed) " missed" } ")" } "."
        },
    }
}

fn conversations(solved: &Figure, l: Language) -> Markup {
    let (n, share) = (solved.n, percent(solved.value));
    match l {
        Language::Chinese => html! {
            (n) " 段完整会话，" b { (share) } " 从头到尾不用人工，而且每个问题都当场答对。"
        },
        Language::English => html! {
            "Of " (n) " conversations " b { (share) } " were solved without a human, every question at once."
        },
    }
}

fn steps(q: &Quality, l: Language) -> Vec<Markup> {
    let groups = &q.groups;
    let all = [
        missed_handoffs(q, l),
        worst_pair(q, l),
        answered_in_vain(q, l),
        worst_group(&groups.by_style, q).map(|group| style(group, l)),
        worst_group(&groups.by_intent, q).map(|group| intent(group, l)),
    ];
    all.into_iter().flatten().take(STEPS).collect()
}

fn missed_handoffs(q: &Quality, l: Language) -> Option<Markup> {
    let recall = q.headline.handoff_recall?;
    let missed = recall.n - recall.hits();
    let texts = q.handoffs.iter().flat_map(|handoffs| &handoffs.missed);
    let reasons: BTreeSet<&str> = texts.filter_map(|text| text.reason.as_deref()).collect();
    let reasons: Vec<&str> = reasons.into_iter().map(|reason| l.reason(reason)).collect();
    let reasons = reasons.join(l.say("；", "; "));
    (missed > 0).then(|| match l {
        Language::Chinese => html! {
            "先看漏转的 " (missed) " 句话（" (reasons) "）：把里面的说法加进策略（" code { "policy.toml" }
            "）的规则（" a href="#boundaries" { "清单" } "）。"
        },
        Language::English => html! {
            "First read what should have reached a human and didn't (" (missed) ": " (reasons)
            "), and add its words to the rules of " code { "policy.toml" } " (" a href="#boundaries" { "list" } ")."
        },
    })
}

fn worst_pair(q: &Quality, l: Language) -> Option<Markup> {
    let pair = q.confused_pairs.first().filter(|pair| pair.lost() > 1)?;
    let (a, b, n) = (&pair.first.question, &pair.second.question, pair.lost());
    Some(match l {
        Language::Chinese => html! {
            "分清“" (a) "”和“" (b) "”：有 " (n) " 个问题在这两条之间认错（" a href="#pairs" { "全部" } "）。"
        },
        Language::English => html! {
            "Set “" (a) "” and “" (b) "” apart: " (n) " queries were taken for the other (" a href="#pairs" { "all pairs" } ")."
        },
    })
}

fn answered_in_vain(q: &Quality, l: Language) -> Option<Markup> {
    let replied = q.headline.unanswerable_replied?;
    let hits = replied.hits();
    (hits > 0).then(|| match l {
        Language::Chinese => html! {
            "给被硬答的 " (hits) " 个问题补上常见问题；不打算回答的，用 " code { "jieda tune" }
            " 把阈值调严（" a href="#misses" { "例子" } "）。"
        },
        Language::English => html! {
            "Write FAQs for what got a reply though nothing answers it (" (hits) "), or choose a higher threshold with "
            code { "jieda tune" } " (" a href="#misses" { "examples" } ")."
        },
    })
}

/// The group that finds least, if that is less than all find by more than chance.
fn worst_group<'q>(groups: &'q [Group], q: &Quality) -> Option<&'q Group> {
    let all = q.headline.recall_at_1?.value;
    let mut worst = groups
        .iter()
        .filter(|g| g.recall_at_1.n >= ENOUGH && g.name.is_some());
    worst.find(|g| g.recall_at_1.interval.high < all)
}

fn style(group: &Group, l: Language) -> Markup {
    let (name, share) = (
        group.name.as_deref().unwrap_or_default(),
        percent(group.recall_at_1.value),
    );
    match l {
        Language::Chinese => html! {
            "“" (name) "”这类说法只有 " (share) " 第一条就找对：照客户的说法，给常见问题多写相似问法（"
            a href="#groups" { "分组" } "）。"
        },
        Language::English => html! {
            "Queries of the style “" (name) "” find their FAQ first in only " (share)
            ": give the FAQs phrasings in the customers' words (" a href="#groups" { "groups" } ")."
        },
    }
}

fn intent(group: &Group, l: Language) -> Markup {
    let (name, share) = (
        group.name.as_deref().unwrap_or_default(),
        percent(group.recall_at_1.value),
    );
    match l {
        Language::Chinese => html! {
            "意图“" (name) "”只有 " (share) " 第一条就找对，是最该补问法的一组（" a href="#groups" { "分组" } "）。"
        },
        Language::English => html! {
            "The intent “" (name) "” finds only " (share) " first: its FAQs need phrasings most ("
            a href="#groups" { "groups" } ")."
        },
    }
}
