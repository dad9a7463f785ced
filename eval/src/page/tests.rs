//! What a supervisor reads.

use expect_test::{Expect, expect};
use jieda::{Policy, Tuned, types::MaskedText};

use super::*;
use crate::quality::{
    Answers, Asked, Source, Subject,
    tests::{kb, sample},
};

fn quality(asked: Vec<Asked>, tuned: Option<Tuned>) -> Quality {
    let policy = Policy::shipped().unwrap();
    let subject = Subject {
        name: "测试".into(),
        faqs: 3,
        intents: 2,
        knowledge: "folder-1".into(),
        policy: "2".into(),
        encoder: None,
        thresholds: policy.thresholds,
        tuned,
        jieda: "0",
    };
    let source = Source {
        command: "jieda report".into(),
        files: Vec::new(),
        split: None,
        at: None,
    };
    let answers = Answers {
        asked,
        transcripts: &[],
        played: Vec::new(),
    };
    Quality::of(&answers, subject, source, &kb())
}

/// The texts of a section, a line for each paragraph, row or item.
pub(super) fn read(page: &str, section: &str) -> String {
    let start = page.find(&format!("<section id=\"{section}\"")).unwrap();
    let section = &page[start..];
    let section = &section[..section.find("</section>").unwrap()];
    let mut text = String::new();
    for piece in section.split('<') {
        let (tag, words) = piece.split_once('>').unwrap_or_default();
        match tag {
            "/p" | "/div" | "br" | "/tr" | "/h2" | "/h3" | "/li" => text.push('\n'),
            "/td" | "/th" => text.push_str(" | "),
            _ => {}
        }
        text.push_str(words);
    }
    text
}

fn check(page: &str, section: &str, expected: &Expect) {
    let text = read(page, section);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn the_summary_in_both_languages() {
    let quality = quality(sample(), None);
    let chinese = page(&quality, Language::Chinese).unwrap();
    check(
        &chinese,
        "summary",
        &expect![[r#"
        1 一眼看完
        6 个有答案的问题，33.3% 第一条就找对；机器人自己回复了其中的 33.3%。
        3 条自动回复里答错 2 条：66.7%（95% 区间 9.4–99.2%）。
        2 个知识库答不了的问题，被硬答的有 1 个（50.0%），已算在答错里。
        2 句应该马上转人工的话，转了 50.0%，漏掉 1 句。

        从哪里改起
        先看漏转的 1 句话（投诉）：把里面的说法加进策略（policy.toml）的规则（清单）。
        分清“怎么退货”和“怎么换货”：有 3 个问题在这两条之间认错（全部）。
        给被硬答的 1 个问题补上常见问题；不打算回答的，用 jieda tune 把阈值调严（例子）。"#]],
    );
    let english = page(&quality, Language::English).unwrap();
    check(
        &english,
        "summary",
        &expect![[r#"
        1 At a glance
        Of 6 queries that have an answer, 33.3% find it in the first place, and 33.3% get an automatic reply.
        Of 3 automatic replies 2 are wrong: 66.7% (95% interval 9.4–99.2%).
        Of 2 queries that nothing answers 1 got a reply all the same (50.0%); they count as wrong.
        Of 2 texts that belong to a human at once 50.0% were handed over (1 missed).

        Where to begin
        First read what should have reached a human and didn't (1: complaint), and add its words to the rules of policy.toml (list).
        Set “怎么退货” and “怎么换货” apart: 3 queries were taken for the other (all pairs).
        Write FAQs for what got a reply though nothing answers it (1), or choose a higher threshold with jieda tune (examples)."#]],
    );
}

#[test]
fn figures_and_pairs_in_words() {
    let page = page(&quality(sample(), None), Language::Chinese).unwrap();
    check(
        &page,
        "figures",
        &expect![[r#"
        2 关键指标
        横线是 95% 区间：同样的客户换一批来问，真实水平多半落在里面。样本越多，线越短；两次测的线大半重叠，就不能说变好或变差了。
        指标 | 数值 |  | 95% 区间 | 样本 | 意思是 |
        找得准不准 |
        recall@1 | 33.3% |  | 4.3–77.7% | 6 | 每 100 个有答案的问题，约 33 个第一条就找对。 |
        recall@3 | 100.0% |  | 54.1–100.0% | 6 | 100 个在前三条里有正确答案：反问时客户选得到。 |
        recall@10 | 100.0% |  | 54.1–100.0% | 6 | 正确答案全在前十条里：都找得到，差在排序。 |
        MRR@10 | 0.667 |  | 0.500–0.833 | 6 | 正确答案排得多靠前：全排第一是 1，全排第二是 0.5。 |
        回得对不对 |
        自动回复率 | 33.3% |  | 4.3–77.7% | 6 | 每 100 个有答案的问题，约 33 个由机器人自己回复；其余的反问、请客户换个说法或转人工。 |
        答错率 | 66.7% |  | 9.4–99.2% | 3 | 每 100 条自动回复，约 67 条答错（这批 3 条里错 2 条）。 |
        硬答率 | 50.0% |  | 1.3–98.7% | 2 | 每 100 个知识库答不了的问题，约 50 个还是被自动回复了。 |
        该转的转了没有 |
        转人工召回率 | 50.0% |  | 1.3–98.7% | 2 | 每 100 句应该马上转人工的话（投诉、诈骗、人身安全等），约 50 句转了。 |
        误转率 | 0.0% |  | 0.0–97.5% | 1 | 每 100 句只是看着像、其实机器人能处理的话，0 句误转了。 |"#]],
    );
    check(
        &page,
        "pairs",
        &expect![[r#"
        5 容易混淆的常见问题
        问的是这一条，先找到的却是那一条：共 4 次，涉及 2 对；这里是最多的 2 对。
        认错 | 两条常见问题 | 客户的话（例） | 建议 |
        3 次 | 怎么退货 a1
        3 问里 2 次认成另一条，1 次答错
        怎么换货 a2
        1 问里 1 次认成另一条
         | “a1怎么说”
        “a2怎么说”
         | 互相认错。答案能合就合成一条；不能合，把差别（对象、条件、渠道）写进两条的标准问题。 |
        1 次 | 怎么开发票 b1
        2 问里 1 次认成另一条
        怎么退货 a1
         | “b1怎么说”
         | 给前一条补上这类相似问法。 |
        用来评测的话不要原样抄进知识库，否则下次评测会虚高；请换成意思相同的说法，或用线上真实的问法。"#]],
    );
}

#[test]
fn a_promise_that_is_not_borne_out_is_told() {
    let tuned = Tuned {
        date: "2026-11-29".into(),
        knowledge: "测试".into(),
        encoder: "e".into(),
        samples: 100,
        unanswerable: 10,
        max_wrong_rate: 0.05,
        confidence: 0.95,
        coverage: 0.5,
        wrong_rate: 0.0,
        wrong_rate_bound: 0.04,
    };
    let page = page(&quality(sample(), Some(tuned)), Language::Chinese).unwrap();
    assert!(read(&page, "thresholds").contains("没有守住"));
    assert!(read(&page, "method").contains("承诺答错不超过 5.0%，把握 95.0%"));
}

#[test]
fn words_are_never_markup() {
    let mut asked = sample();
    for text in &mut asked {
        text.said = MaskedText::assume_masked("<script>alert('&')</script>");
    }
    let page = page(&quality(asked, None), Language::Chinese).unwrap();
    assert!(!page.contains("<script"));
    for section in ["pairs", "misses", "intents", "boundaries"] {
        let text = read(&page, section);
        assert!(text.contains("&lt;script&gt;alert('&amp;')"), "{section}");
    }
}
