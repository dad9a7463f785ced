//! A check finds every fault once, where it is, and nothing that follows from it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use expect_test::{Expect, expect};
use jieda_knowledge::{KnowledgeBase, ProblemCode};
use proptest::prelude::*;
use rust_xlsxwriter::{Formula, Workbook};
use support::{check_now, folder, lines, workbook};

fn check(files: &[(&str, &[u8])], expected: &Expect) {
    let dir = folder(files);
    expected.assert_eq(&lines(&check_now(dir.path()), dir.path()));
}

const HEADER: [&str; 11] = [
    "编号",
    "标准问题",
    "相似问题",
    "答案",
    "意图",
    "标签",
    "渠道",
    "生效时间",
    "失效时间",
    "启用",
    "优先级",
];

/// A workbook with twenty faults, each named above its row.
fn planted() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("常见问题").unwrap();
    let rows: &[[&str; 11]] = &[
        HEADER,
        [
            "f1",
            "退款多久到账",
            "退款要几天",
            "1 至 3 天到账。",
            "退款",
            "",
            "",
            "",
            "",
            "是",
            "1",
        ],
        // 1: no id
        [
            "",
            "怎么申请退款",
            "退款入口在哪",
            "在订单里点退款。",
            "退款",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        // 2: an id that was used
        [
            "f1",
            "退款去哪了",
            "钱退到哪里",
            "原路退回。",
            "退款",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        // 3: no question
        [
            "f3",
            "",
            "发票怎么开呀",
            "在订单里开。",
            "发票",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        // 4: no answer
        [
            "f4",
            "发票抬头写错了",
            "抬头能改吗",
            "",
            "发票",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        // 5: an intent that isn't listed
        [
            "f5",
            "发票什么时候寄",
            "纸质发票多久到",
            "七天内寄出。",
            "发嫖",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        // 6: no intent
        [
            "f6",
            "电子发票在哪下载",
            "怎么下载发票",
            "在订单里下载。",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        // 7, 8: dates
        [
            "f7",
            "会员怎么开通",
            "开会员",
            "点开通。",
            "会员",
            "",
            "",
            "2026-13-40",
            "下周",
            "",
            "",
        ],
        // 9: until before from
        [
            "f8",
            "会员怎么续费",
            "续会员",
            "点续费。",
            "会员",
            "",
            "",
            "2026-05-02",
            "2026-05-01",
            "",
            "",
        ],
        // 10: a variable that nobody has
        [
            "f9",
            "会员有效期多久",
            "会员几时到期",
            "到期日是{expire}。",
            "会员",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        // 11: a brace
        [
            "f10",
            "会员能退吗",
            "退会员",
            "{余额}可退。",
            "会员",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        // 12: neither yes nor no; 13: no number
        [
            "f11",
            "会员折扣多少",
            "打几折",
            "九五折。",
            "会员",
            "",
            "",
            "",
            "",
            "也许",
            "很高",
        ],
        // 14: too long for a channel
        [
            "f12",
            "会员生日有礼吗",
            "生日礼物",
            "会员生日当月可以领取一份生日礼包，先到先得，领完为止。",
            "会员",
            "",
            "sms",
            "",
            "",
            "",
            "",
        ],
        // 15: an invisible character in the answer
        [
            "f13",
            "积分怎么用",
            "积分抵现金",
            "下单时\u{1}抵扣。",
            "积分",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        // 16: one phrasing (a warning)
        [
            "f14",
            "积分会过期吗",
            "",
            "年底清零。",
            "积分",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        // 17: out of date (a warning)
        [
            "f15",
            "五一活动有哪些",
            "五一优惠",
            "满减。",
            "活动",
            "",
            "",
            "",
            "2026-05-05",
            "",
            "",
        ],
        // 18: the phrasing of f1, another answer (a warning)
        [
            "f16",
            "退款几时到",
            "退款要几天？",
            "当天。",
            "退款",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        // 19: almost the phrasing of f18 (a warning)
        [
            "f17",
            "双十一活动什么时候开始呢",
            "双十一何时",
            "十一月一日零点。",
            "活动",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        [
            "f18",
            "双十一活动什么时候开始",
            "双十一哪天",
            "十一月一日零点。",
            "活动",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        // 20: a failed formula
        [
            "f19",
            "活动能叠加吗",
            "优惠叠加",
            "",
            "活动",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        // A disabled FAQ may be unfinished.
        [
            "f20",
            "退款要几天",
            "",
            "",
            "退款",
            "",
            "",
            "",
            "",
            "停用",
            "",
        ],
    ];
    for (r, row) in (0..).zip(rows) {
        for (c, text) in (0..).zip(row) {
            if !text.is_empty() {
                sheet.write_string(r, c, *text).unwrap();
            }
        }
    }
    let row = u32::try_from(rows.len() - 2).unwrap();
    let formula = Formula::new("=Sheet9!A1").set_result("#REF!");
    sheet.write_formula(row, 3, formula).unwrap();
    let intents = book.add_worksheet();
    intents.set_name("意图").unwrap();
    for (r, name) in (0..).zip(["名称", "退款", "发票", "会员", "积分", "活动"]) {
        intents.write(r, 0, name).unwrap();
        intents
            .write(r, 1, if r == 0 { "说明" } else { "" })
            .unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn twenty_planted_faults_are_twenty_problems() {
    let dir = folder(&[
        (
            "kb.toml",
            b"supplied = [\"order_id\"]\n[channels.SMS]\nmax_answer_chars = 20\n",
        ),
        ("faqs.xlsx", &planted()),
    ]);
    let report = check_now(dir.path());
    assert_eq!((report.errors.len(), report.warnings.len()), (16, 4));
    expect![[r#"
        faqs.xlsx〔常见问题〕A3“编号”：没有编号。请填一个不重复的编号；用导入命令会自动编号
        faqs.xlsx〔常见问题〕A4“编号”：编号“f1”重复，A2已经用过。请换一个编号，或删去其中一条
        faqs.xlsx〔常见问题〕B5“标准问题”：没有标准问题。请补上，或删去这一条
        faqs.xlsx〔常见问题〕D6“答案”：没有答案。请补上，或停用这一条
        faqs.xlsx〔常见问题〕E7“意图”：没有“发嫖”这个意图，已有：退款、发票、会员、积分、活动。请改成已有的意图，或把它加进意图列表
        faqs.xlsx〔常见问题〕E8“意图”：没有意图。请填上意图的编号或名称
        faqs.xlsx〔常见问题〕H9“生效时间”：“2026-13-40”不是日期，或没有这一天。请写成 2026-01-31 或 2026-01-31 18:00
        faqs.xlsx〔常见问题〕I9“失效时间”：“下周”不是日期，或没有这一天。请写成 2026-01-31 或 2026-01-31 18:00
        faqs.xlsx〔常见问题〕I10“失效时间”：失效时间 2026-05-01 不晚于生效时间 2026-05-02，这一条永远不会生效。请改正其中一个
        faqs.xlsx〔常见问题〕D11“答案”：变量 expire 没有人给值：kb.toml 的 [variables] 和 supplied 里都没有。请改正变量名，或在 kb.toml 里加上
        faqs.xlsx〔常见问题〕D12“答案”：第 1 个字：变量没有写完整，应为 {字母、数字或下划线}；要显示大括号请写两个
        faqs.xlsx〔常见问题〕J13“启用”：看不懂“也许”。请写“是”或“否”
        faqs.xlsx〔常见问题〕K13“优先级”：优先级“很高”不是整数。请写整数，数字大的优先
        faqs.xlsx〔常见问题〕D14“答案”：答案有 27 个字，渠道“sms”最多 20 个。请缩短答案，或改“渠道”
        faqs.xlsx〔常见问题〕D15“答案”：第 4 个字是看不见的控制字符。请删去，或重新输入这段文字
        faqs.xlsx〔常见问题〕D21“答案”：公式出错：#REF!。请改好公式，或直接填写内容
        faqs.xlsx〔常见问题〕B16“标准问题”：只有一种问法。请加上几个相似问题，客户才更容易问到
        faqs.xlsx〔常见问题〕I17“失效时间”：2026-05-05 已经失效。请改失效时间，或停用这一条
        faqs.xlsx〔常见问题〕C18“相似问题”：“退款要几天？”与C2“f1”的问法相同，答案不同。客户这样问只会得到其中一个答案，请改成一致，或删去一处问法
        faqs.xlsx〔常见问题〕B20“标准问题”：“双十一活动什么时候开始”与B19“f17”的“双十一活动什么时候开始呢”几乎一样。请考虑合并成一条
    "#]].assert_eq(&lines(&report, dir.path()));
    let json = serde_json::to_value(&report.errors[3]).unwrap();
    let fields: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(
        fields,
        [
            "code",
            "column",
            "field",
            "file",
            "message",
            "row",
            "sheet",
            "suggestion"
        ]
    );
}

#[test]
fn a_table_without_ids_is_told_once() {
    let table = "问题,答案,意图\n甲吗,乙。,丙\n丁吗,戊。,丙\n".as_bytes();
    check(
        &[("faqs.csv", table)],
        &expect![[r#"
        faqs.csv：没有“编号”列。请加上“编号”列；用导入命令会自动编号
    "#]],
    );
}

#[test]
fn several_files_are_one_knowledge_base() {
    let csv = "编号,问题,相似问,答案,意图\na,退款多久到账,几天退款,3 天。,退款\n".as_bytes();
    let yaml = "- {id: a, question: 换货多久, similar: [几天换货], answer: 5 天。, intent: 换货}\n";
    check(
        &[
            ("faqs-1.csv", csv),
            ("faqs_2.yaml", yaml.as_bytes()),
            ("other.csv", b"x"),
        ],
        &expect![[r#"
            faqs_2.yaml:1:8“id”: 编号“a”重复，faqs-1.csv 第 2 行已经用过。请换一个编号，或删去其中一条
        "#]],
    );
    let toml = "faqs = [\"other.csv\", \"../x.csv\"]\ntimezone = \"Mars/North\"\n[channels.\"\"]\n";
    check(
        &[
            ("kb.toml", toml.as_bytes()),
            ("faqs.csv", b"x"),
            ("other.csv", csv),
        ],
        &expect![[r#"
            kb.toml: timezone“Mars/North”不是时区，应写成 Asia/Shanghai 这样
            kb.toml: faqs 里的“../x.csv”应当是知识库目录里的文件名，不能带路径
            kb.toml: 渠道名“”不可用：不能为空，最多 40 个字
        "#]],
    );
}

#[test]
fn variables_need_a_source() {
    let faq = r#"{"id":"f","intent":"i","question":"余额多少","similar":["还剩多少"],"answer":"{name}，余额{balance}元，热线{hotline}。"}"#;
    let with = |toml: &str, expected: &Expect| {
        let toml = format!("{toml}\n[variables]\nhotline = \"400\"\n");
        check(
            &[("kb.toml", toml.as_bytes()), ("faqs.jsonl", faq.as_bytes())],
            expected,
        );
    };
    with(
        "",
        &expect![[r#"
        faqs.jsonl:1“answer”: 变量 name、balance 在 kb.toml 的 [variables] 里没有。如果由调用方提供，请写进 kb.toml 的 supplied
    "#]],
    );
    with(
        "supplied = [\"name\"]",
        &expect![[r#"
        faqs.jsonl:1“answer”: 变量 balance 没有人给值：kb.toml 的 [variables] 和 supplied 里都没有。请改正变量名，或在 kb.toml 里加上
    "#]],
    );
    with("supplied = [\"name\", \"balance\"]", &expect![[""]]);
}

#[test]
fn numbers_and_names_tell_questions_apart() {
    let rows: &[&[&str]] = &[
        &["编号", "问题", "相似问", "答案", "意图"],
        &["a", "5G畅享套餐怎么办理流程是什么", "办5G", "甲。", "套餐"],
        &["b", "4G畅享套餐怎么办理流程是什么", "办4G", "乙。", "套餐"],
        &[
            "c",
            "怎么修改收货人的手机号码呢",
            "改收货电话",
            "在订单里修改。",
            "订单",
        ],
        &[
            "d",
            "怎么修改收货人手机号码呢",
            "换收货电话",
            "请联系客服处理。",
            "订单",
        ],
        &[
            "e",
            "怎么修改收货人手机号码？？",
            "换收件电话",
            "请联系客服处理。",
            "订单",
        ],
    ];
    check(
        &[("faqs.xlsx", &workbook(rows))],
        &expect![[r#"
        faqs.xlsx〔Sheet1〕B5“问题”：“怎么修改收货人手机号码呢”与B4“c”的“怎么修改收货人的手机号码呢”几乎一样，答案却不同。请让问法分得开，或改成一致的答案
        faqs.xlsx〔Sheet1〕B6“问题”：“怎么修改收货人手机号码？？”与B5“d”的“怎么修改收货人手机号码呢”几乎一样。请考虑合并成一条
    "#]],
    );
}

#[test]
fn ten_thousand_faqs_are_checked_in_a_moment() {
    let words = [
        "退款",
        "发票",
        "会员",
        "积分",
        "物流",
        "换货",
        "订单",
        "支付",
        "优惠券",
        "客服",
    ];
    let ways = [
        "怎么办理",
        "多久能好",
        "在哪里看",
        "可以取消吗",
        "要收费吗",
        "有什么条件",
        "失败了怎么办",
    ];
    let mut table = "编号,问题,相似问,答案,意图\n".to_owned();
    for i in 0..10_000 {
        let (a, b, way) = (words[i % 10], words[i / 10 % 10], ways[i % 7]);
        let name: String = i
            .to_string()
            .chars()
            .map(|c| char::from_u32(0x4E00 + 97 * (c as u32 - 47)).unwrap())
            .collect();
        table += &format!(
            "q{i},{name}{a}{b}{way},\"请问{name}{b}{way}\n{way}{name}的{a}\",答案{name}。,意图\n"
        );
    }
    let dir = folder(&[("faqs.csv", table.as_bytes())]);
    let started = Instant::now();
    let report = check_now(dir.path());
    let elapsed = started.elapsed();
    assert!(report.is_sound(), "{}", lines(&report, dir.path()));
    // Far above what it takes, so that a busy machine doesn't fail it; quadratic it would be minutes.
    assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
    println!("{elapsed:?}");
}

#[test]
fn the_samples_are_sound_under_the_strictest_check() {
    for name in ["ecommerce", "banking", "telecom"] {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../kb-samples")
            .join(name);
        let report = check_now(&dir);
        let serious = |code| {
            matches!(
                code,
                ProblemCode::DuplicateQuestion | ProblemCode::UncheckedVariable
            )
        };
        let lines = lines(&report, &dir);
        assert!(
            report.is_sound() && !report.warnings.iter().any(|w| serious(w.code)),
            "{lines}"
        );
        assert!(KnowledgeBase::load(&dir).unwrap().warnings.is_empty());
    }
}

/// Bigrams, each once.
fn grams(text: &str) -> BTreeSet<(char, char)> {
    text.chars().zip(text.chars().skip(1)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// The index finds just those pairs that a comparison of all with all finds.
    #[test]
    fn no_near_duplicate_is_missed(texts in proptest::collection::vec("[甲乙丙]{3,9}|甲乙丙丁戊己[甲乙庚]{6,7}", 2..40)) {
        let rows = texts.iter().enumerate().map(|(i, text)| format!("q{i},{text},答案一样。,意图\n"));
        let table = "编号,问题,答案,意图\n".to_owned() + &rows.collect::<String>();
        let dir = folder(&[("faqs.csv", table.as_bytes())]);
        let found: BTreeSet<usize> = check_now(dir.path())
            .warnings
            .iter()
            .filter(|w| matches!(w.code, ProblemCode::NearDuplicate | ProblemCode::DuplicateQuestion))
            .filter_map(|w| w.row)
            .collect();
        let alike = |a: &String, b: &String| {
            let (x, y) = (grams(a), grams(b));
            let dice = 2.0 * x.intersection(&y).count() as f64 / (x.len() + y.len()) as f64;
            a == b || (x.len() > 1 && y.len() > 1 && dice >= 0.85)
        };
        let expected: BTreeSet<usize> = (0..texts.len())
            .filter(|&i| texts[..i].iter().any(|other| alike(other, &texts[i])))
            .map(|i| i + 2)
            .collect();
        prop_assert_eq!(found, expected);
    }
}
