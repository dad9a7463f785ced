//! Gap mining with the shipped model, and the way from a gap to an answer.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{
    fs,
    path::{Path, PathBuf},
};

use calamine::{Reader as _, Xlsx, open_workbook};
use expect_test::{Expect, expect};
use jieda::{
    Engine, EngineConfig, Import, ImportMode, Timestamp, export_suggestions,
    types::{ConversationId, ConversationState, FaqId, Utterance},
};
use jieda_gaps::{Cause, Costs, Gap, GapMiner, Gaps, MiningOptions, Miss, Proposal, Seen};
use rust_xlsxwriter::Workbook;
use tempfile::TempDir;

const FAQS: &str = concat!(
    r#"{"id":"q-001","intent":"refund","question":"退款多久到账","similar":["钱什么时候退回来","退款几天到"],"answer":"一般3个工作日到账。"}"#,
    "\n",
    r#"{"id":"q-002","intent":"return","question":"怎么申请退货","similar":["买的东西不想要了怎么退","退货流程"],"answer":"在订单页点“申请退货”。"}"#,
    "\n",
    r#"{"id":"q-003","intent":"return","question":"退货运费谁承担","similar":["退货邮费谁出"],"answer":"质量问题由商家承担。"}"#,
    "\n",
    r#"{"id":"q-004","intent":"account","question":"忘记登录密码怎么办","similar":["密码忘了怎么找回"],"answer":"点“忘记密码”。"}"#,
    "\n",
    r#"{"id":"q-005","intent":"account","question":"怎么开电子发票","similar":["发票在哪里下载"],"answer":"在订单页点“申请开票”。"}"#,
);
/// About one thing that no FAQ answers.
const BITCOIN: [&str; 4] = [
    "能不能用比特币付款",
    "可以用比特币支付吗",
    "你们收比特币吗",
    "支持比特币付钱不",
];
/// About another.
const PETS: [&str; 2] = ["门店可以带宠物进去吗", "能带狗狗进店里吗"];

struct Fixture {
    dir: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("kb")).unwrap();
        fs::write(dir.path().join("kb/faqs.jsonl"), FAQS).unwrap();
        Self { dir }
    }

    fn kb(&self) -> PathBuf {
        self.dir.path().join("kb")
    }

    fn engine(&self) -> Engine {
        let models = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let config = EngineConfig {
            model_dir: models.join("jieda-zh-small"),
            cache_dir: self.dir.path().join("cache"),
            ..EngineConfig::shipped().unwrap()
        };
        Engine::open(&config, &self.kb(), &mut |_| {}).unwrap()
    }
}

fn every_size() -> MiningOptions {
    MiningOptions {
        min_size: 1,
        ..MiningOptions::default()
    }
}

fn rephrased(texts: &[&str]) -> Vec<Miss> {
    let misses = texts.iter().map(|text| Miss::new(*text, Cause::Rephrase));
    misses.collect()
}

fn mine(engine: &Engine, misses: &[Miss], options: MiningOptions) -> Gaps {
    let miner = GapMiner::new(engine).with_options(options);
    miner.mine(misses, &mut |_, _| {}).unwrap()
}

fn gap_with<'a>(gaps: &'a Gaps, text: &str) -> &'a Gap {
    let has = |gap: &&Gap| gap.queries.iter().any(|query| query == text);
    gaps.gaps.iter().find(has).unwrap()
}

fn check(gaps: &Gaps, expected: &Expect) {
    let lines = gaps.gaps.iter().map(|gap| {
        let Gap {
            title,
            size,
            proposal,
            ..
        } = gap;
        format!("{title} ×{size} {}: {:?}\n", proposal.name(), gap.queries)
    });
    expected.assert_eq(&lines.collect::<String>());
}

#[test]
fn what_means_the_same_is_one_gap_and_the_dearest_comes_first() {
    let fixture = Fixture::new();
    let engine = fixture.engine();
    let mut misses = rephrased(&[&BITCOIN[..], &BITCOIN[..1]].concat());
    misses.extend(PETS.map(|text| Miss::new(text, Cause::Handover)));
    let gaps = mine(&engine, &misses, every_size());
    check(
        &gaps,
        &expect![[r#"
        能不能用比特币付款 ×5 new_faq: ["能不能用比特币付款", "你们收比特币吗", "可以用比特币支付吗", "支持比特币付钱不"]
        能带狗狗进店里吗 ×2 new_faq: ["能带狗狗进店里吗", "门店可以带宠物进去吗"]
    "#]],
    );
    // What a human has to answer costs more than saying it again.
    let costs = Costs {
        handover: 10.0,
        ..Costs::default()
    };
    let dear = mine(
        &engine,
        &misses,
        MiningOptions {
            costs,
            ..every_size()
        },
    );
    assert_eq!(dear.gaps[0].causes.handover, 2);
    assert!((dear.gaps[0].cost - 20.0).abs() < 1e-9);

    // The order of the log doesn't count.
    misses.reverse();
    assert_eq!(mine(&engine, &misses, every_size()), gaps);
    // Small gaps are counted and not shown; above the bound the most frequent text goes first.
    let large = mine(
        &engine,
        &misses,
        MiningOptions {
            min_size: 5,
            ..every_size()
        },
    );
    assert_eq!((large.gaps.len(), large.too_small), (1, 2));
    let few = mine(
        &engine,
        &misses,
        MiningOptions {
            most_texts: 1,
            ..every_size()
        },
    );
    assert_eq!((few.texts, few.left_out), (6, 5));
    assert_eq!(few.gaps[0].queries, [BITCOIN[0]]);
    assert!(mine(&engine, &[], every_size()).gaps.is_empty());
}

#[test]
fn what_is_answered_by_now_is_no_gap_unless_it_was_rated_low() {
    let fixture = Fixture::new();
    let engine = fixture.engine();
    let faq = FaqId::new("q-001").unwrap();
    let settled = mine(&engine, &rephrased(&["退款多久到账"]), every_size());
    assert_eq!((settled.gaps.len(), settled.settled), (0, 1));
    let rated = [Miss::new("退款多久到账", Cause::LowRating(faq.clone()))];
    let rated = mine(&engine, &rated, every_size());
    assert_eq!(rated.gaps[0].proposal, Proposal::ReviewAnswer { faq });
}

#[test]
fn a_draft_has_the_middle_as_its_question_and_the_latest_place_is_told() {
    let fixture = Fixture::new();
    let engine = fixture.engine();
    let mut misses = rephrased(&PETS);
    for (turn, at) in [(3, "2026-11-02T00:00:00Z"), (1, "2026-11-01T00:00:00Z")] {
        misses[0].seen = Some(Seen {
            conversation: ConversationId::new("c-1").unwrap(),
            turn,
            at: Some(at.parse::<Timestamp>().unwrap()),
        });
        misses.push(misses[0].clone());
    }
    let gaps = mine(&engine, &misses, every_size());
    let gap = gap_with(&gaps, PETS[0]);
    let Proposal::NewFaq(draft) = &gap.proposal else {
        panic!("{:?}", gap.proposal);
    };
    assert_eq!(draft.question, gap.title);
    assert!(!draft.similar.is_empty() && !draft.similar.contains(&gap.title));
    let evidence = gap.evidence.iter().find(|e| e.text == PETS[0]).unwrap();
    assert_eq!(
        (evidence.count, evidence.seen.as_ref().unwrap().turn),
        (3, 3)
    );
}

#[test]
fn a_gap_becomes_an_answer_by_way_of_a_spreadsheet() {
    let fixture = Fixture::new();
    let engine = fixture.engine();
    let ask = |engine: &Engine, text: &str| {
        let utterance = Utterance::new(text);
        let (reply, _) = engine
            .answer(&utterance, &ConversationState::default())
            .unwrap();
        (reply.decision.name(), reply.text)
    };
    assert_ne!(ask(&engine, BITCOIN[0]).0, "auto_reply");
    let misses = rephrased(&[&BITCOIN[..], &PETS[..]].concat());
    let gaps = mine(&engine, &misses, MiningOptions::default());
    let kb = engine.searcher().kb();
    let sheet = fixture.dir.path().join("gaps.xlsx");
    export_suggestions(kb, &gaps.suggestions(kb), &sheet).unwrap();

    // Every answer that is missing is told with its row, and nothing is imported.
    let faults = Import::new()
        .file(&sheet)
        .into_dir(&fixture.kb(), ImportMode::Merge)
        .unwrap_err();
    let told: Vec<String> = faults.errors.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), gaps.gaps.len(), "{told:?}");
    assert!(
        told.iter()
            .all(|t| t.contains("没有答案") && t.contains("新增常见问题")),
        "{told:?}"
    );

    fill_in(&sheet, "目前不支持，请以页面公布的为准。");
    let report = Import::new()
        .file(&sheet)
        .into_dir(&fixture.kb(), ImportMode::Merge)
        .unwrap();
    assert_eq!(report.added.len(), gaps.gaps.len());
    assert!(
        report.changed.is_empty() && report.removed.is_empty(),
        "{report:?}"
    );
    let engine = fixture.engine();
    for text in BITCOIN {
        let answered = ("auto_reply", "目前不支持，请以页面公布的为准。".to_owned());
        assert_eq!(ask(&engine, text), answered, "{text}");
    }
    assert!(
        mine(&engine, &misses, MiningOptions::default())
            .gaps
            .is_empty()
    );
}

/// Writes an answer into every row of the first sheet, as a person would.
fn fill_in(path: &Path, answer: &str) {
    let mut read: Xlsx<_> = open_workbook(path).unwrap();
    let mut written = Workbook::new();
    for name in read.sheet_names() {
        let sheet = written.add_worksheet().set_name(&name).unwrap();
        let range = read.worksheet_range(&name).unwrap();
        for (row, cells) in range.rows().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let (row, column) = (row as u32, column as u16);
                let is_answer = name == "新增常见问题" && row > 0 && column == 2;
                let text = if is_answer {
                    answer.to_owned()
                } else {
                    cell.to_string()
                };
                sheet.write_string(row, column, text).unwrap();
            }
        }
    }
    written.save(path).unwrap();
}
