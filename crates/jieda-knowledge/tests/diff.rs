//! What changed between two knowledge bases, and how it reads.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{fs, sync::LazyLock};

use expect_test::{Expect, expect};
use jieda_knowledge::{
    AnswerTemplate, KnowledgeBase,
    diff::{AnswerDiff, Asked, Change, FaqChange, KnowledgeDiff, SpanKind, TopAnswer},
};
use jieda_types::FaqId;
use proptest::prelude::*;

/// Loads a knowledge base with these rows of `faqs.jsonl`.
fn kb(name: &str, faqs: &[&str]) -> KnowledgeBase {
    load(
        &format!("name = \"{name}\"\ndictionary = \"d.txt\"\n[variables]\nhotline = \"400-1\"\n"),
        r#"{"id":"refund","name":"退款","description":"退款进度"}"#,
        "价保\n",
        faqs,
    )
}

fn load(toml: &str, intents: &str, words: &str, faqs: &[&str]) -> KnowledgeBase {
    let dir = tempfile::tempdir().unwrap();
    let files = [
        ("kb.toml", toml),
        ("intents.jsonl", intents),
        ("d.txt", words),
        ("faqs.jsonl", &faqs.join("\n")),
    ];
    for (file, contents) in files {
        fs::write(dir.path().join(file), contents).unwrap();
    }
    KnowledgeBase::load(dir.path()).unwrap_or_else(|e| panic!("{e}"))
}

/// Two months of a shop.
fn both() -> (KnowledgeBase, KnowledgeBase) {
    let old = load(
        "name = \"商城\"\ndictionary = \"d.txt\"\n[variables]\nhotline = \"400-800-1111\"\nold_app = \"云购\"\n",
        "{\"id\":\"refund\",\"name\":\"退款\",\"description\":\"退款进度\"}\n\
         {\"id\":\"gift\",\"name\":\"礼品卡\"}",
        "价保\n云际X200 50\n旧词\n",
        &[
            r#"{"id":"ec-001","intent":"refund","question":"退款多久到账","similar":["钱什么时候退回来","退款几天到"],"answer":"退款审核通过后，3个工作日内原路退回。超过3天没到账，请拨打{hotline}。","tags":["退款"],"skill":"售后组"}"#,
            r#"{"id":"ec-002","intent":"refund","question":"礼品卡能退吗","answer":"礼品卡售出后不能退款。"}"#,
            r#"{"id":"ec-003","intent":"refund","question":"怎么申请价保","similar":["买贵了怎么办"],"answer":"在订单页点“价保”。"}"#,
            r#"{"id":"ec-004","intent":"gift","question":"怎么用礼品卡","answer":"结算时选择“礼品卡”，输入卡号和密码。"}"#,
            r#"{"id":"ec-005","intent":"refund","question":"退货地址在哪里","answer":"请看退货单。","similar":["退到哪里","寄回哪里"]}"#,
        ],
    );
    let new = load(
        "name = \"商城\"\ndictionary = \"d.txt\"\n[variables]\nhotline = \"400-800-2222\"\nservice_hours = \"9:00-21:00\"\n",
        "{\"id\":\"refund\",\"name\":\"退款退货\",\"description\":\"退款进度\"}\n\
         {\"id\":\"gift\",\"name\":\"礼品卡\"}\n\
         {\"id\":\"invoice\",\"name\":\"发票\"}",
        "价保\n云际X200 80 nz\n以旧换新\n",
        &[
            r#"{"id":"ec-001","intent":"refund","question":"退款多久能到账","similar":["退款几天到","多久能收到退款"],"answer":"退款审核通过后，5个工作日内原路退回。超过5天没到账，请拨打{hotline}。","tags":["退款","时效"],"skill":"退款组"}"#,
            r#"{"id":"ec-101","intent":"invoice","question":"怎么开电子发票","similar":["发票在哪里下载","能开专票吗"],"answer":"订单完成后在订单页点“申请发票”。\n专票请联系客服。","tags":["发票"]}"#,
            r#"{"id":"ec-103","intent":"refund","question":"怎么申请价保","similar":["买贵了怎么办","降价了能补差价吗"],"answer":"在订单页点“价保”。"}"#,
            r#"{"id":"ec-004","intent":"gift","question":"怎么用礼品卡","answer":"打开App首页的“卡包”，绑定后付款时会自动抵扣。","skill":"会员组"}"#,
            r#"{"id":"ec-005","intent":"refund","question":"退货地址在哪里","answer":"请看退货单。","similar":["寄回哪里","退到哪里"]}"#,
        ],
    );
    (old, new)
}

fn asked(query: &str, old: Option<(&str, f64, &str)>, new: Option<(&str, f64, &str)>) -> Asked {
    let top = |top: Option<(&str, f64, &str)>| {
        top.map(|(faq, score, decision)| TopAnswer {
            faq: FaqId::new(faq).unwrap(),
            question: format!("{faq}的问题"),
            score,
            decision: decision.to_owned(),
        })
    };
    Asked {
        query: query.to_owned(),
        old: top(old),
        new: top(new),
    }
}

fn answers() -> AnswerDiff {
    let (old, new) = both();
    let asked = [
        asked(
            "退款几天",
            Some(("ec-001", 0.95, "直接回复")),
            Some(("ec-001", 0.95, "直接回复")),
        ),
        asked("发票怎么开", None, Some(("ec-101", 0.92, "直接回复"))),
        asked(
            "买贵了|能退差价吗",
            Some(("ec-003", 0.9, "直接回复")),
            Some(("ec-103", 0.91, "直接回复")),
        ),
        asked(
            "礼品卡退款",
            Some(("ec-002", 0.88, "直接回复")),
            Some(("ec-004", 0.4, "反问")),
        ),
        asked("卡不要了", Some(("ec-002", 0.87, "直接回复")), None),
        asked(
            "礼品卡怎么用",
            Some(("ec-004", 0.9, "直接回复")),
            Some(("ec-004", 0.8, "反问")),
        ),
        asked("今天天气", None, None),
    ];
    AnswerDiff::between(asked, &KnowledgeDiff::between(&old, &new))
}

#[test]
fn as_text() {
    let (old, new) = both();
    expect![[r#"
        知识库对比：商城（5 条，10 个问法） → 商城（5 条，13 个问法）
        常见问题：新增 1 条，删除 1 条，修改 3 条，改编号 1 条

        【修改】ec-001 退款多久能到账
            标准问题：退款多久〔+能+〕到账
            相似问题：
              - 钱什么时候退回来
              + 多久能收到退款
            答案：退款审核通过后，〔-3-〕〔+5+〕个工作日内原路退回。超过〔-3-〕〔+5+〕天没到账，请拨打{hotline}。
            标签：
              + 时效
            技能组：售后组 → 退款组

        【新增】ec-101 怎么开电子发票
            相似问题：发票在哪里下载；能开专票吗
            答案：订单完成后在订单页点“申请发票”。
                专票请联系客服。
            意图：invoice
            标签：发票

        【改编号】ec-003 → ec-103 怎么申请价保
            相似问题：
              + 降价了能补差价吗

        【修改】ec-004 怎么用礼品卡
            答案：〔-结算时选择“礼品卡”，输入卡号和密码。-〕〔+打开App首页的“卡包”，绑定后付款时会自动抵扣。+〕
            技能组：（无） → 会员组

        【修改】ec-005 退货地址在哪里
            相似问题：只改了顺序

        【删除】ec-002 礼品卡能退吗
            答案：礼品卡售出后不能退款。
            意图：refund

        意图：
            ~ refund：退款：退款进度 → 退款退货：退款进度
            + invoice：发票

        词典：
            ~ 云际X200：50 → 80 nz
            + 以旧换新
            - 旧词

        变量：
            ~ hotline：400-800-1111 → 400-800-2222
            + service_hours：9:00-21:00
            - old_app：云购
    "#]].assert_eq(&KnowledgeDiff::between(&old, &new).to_text());
}

#[test]
fn as_markdown() {
    let (old, new) = both();
    expect![[r#"
        # 知识库对比

        | | 旧 | 新 |
        |---|---:|---:|
        | 知识库 | 商城 | 商城 |
        | 常见问题 | 5 | 5 |
        | 问法 | 10 | 13 |

        | 变化 | 新增 | 删除 | 修改 | 改编号 |
        |---|---:|---:|---:|---:|
        | 常见问题 | 1 | 1 | 3 | 1 |
        | 意图 | 1 | 0 | 1 | |
        | 词典 | 1 | 1 | 1 | |
        | 变量 | 1 | 1 | 1 | |
        | 设置 | 0 | 0 | 0 | |

        ## 删除（1 条）

        ### ec-002 礼品卡能退吗

        - **答案**：礼品卡售出后不能退款。
        - **意图**：refund

        ## 修改（3 条）

        ### ec-001 退款多久能到账

        - **标准问题**：退款多久<ins>能</ins>到账
        - **相似问题**：
          - <del>钱什么时候退回来</del>
          - <ins>多久能收到退款</ins>
        - **答案**：退款审核通过后，<del>3</del><ins>5</ins>个工作日内原路退回。超过<del>3</del><ins>5</ins>天没到账，请拨打\{hotline\}。
        - **标签**：
          - <ins>时效</ins>
        - **技能组**：售后组 → 退款组

        ### ec-004 怎么用礼品卡

        - **答案**：<del>结算时选择“礼品卡”，输入卡号和密码。</del><ins>打开App首页的“卡包”，绑定后付款时会自动抵扣。</ins>
        - **技能组**：（无） → 会员组

        ### ec-005 退货地址在哪里

        - **相似问题**：只改了顺序

        ## 新增（1 条）

        ### ec-101 怎么开电子发票

        - **相似问题**：发票在哪里下载；能开专票吗
        - **答案**：订单完成后在订单页点“申请发票”。<br>专票请联系客服。
        - **意图**：invoice
        - **标签**：发票

        ## 改编号（1 条）

        ### ec-003 → ec-103 怎么申请价保

        - **相似问题**：
          - <ins>降价了能补差价吗</ins>

        ## 意图（2 处）

        - refund：退款：退款进度 → 退款退货：退款进度
        - <ins>invoice：发票</ins>

        ## 词典（3 处）

        - 云际X200：50 → 80 nz
        - <ins>以旧换新</ins>
        - <del>旧词</del>

        ## 变量（3 处）

        - hotline：400-800-1111 → 400-800-2222
        - <ins>service\_hours：9:00-21:00</ins>
        - <del>old\_app：云购</del>
    "#]].assert_eq(&KnowledgeDiff::between(&old, &new).to_markdown());
}

#[test]
fn as_json() {
    let (old, new) = both();
    let diff = KnowledgeDiff::between(&old, &new);
    let compact: Vec<String> = diff
        .faqs
        .iter()
        .map(|change| serde_json::to_string(change).unwrap() + "\n")
        .collect();
    expect![[r#"
        {"change":"changed","id":"ec-001","question":"退款多久能到账","fields":[{"field":"question","label":"标准问题","kind":"edited","spans":[{"kind":"same","text":"退款多久"},{"kind":"added","text":"能"},{"kind":"same","text":"到账"}]},{"field":"similar","label":"相似问题","kind":"items","added":["多久能收到退款"],"removed":["钱什么时候退回来"]},{"field":"answer","label":"答案","kind":"edited","spans":[{"kind":"same","text":"退款审核通过后，"},{"kind":"removed","text":"3"},{"kind":"added","text":"5"},{"kind":"same","text":"个工作日内原路退回。超过"},{"kind":"removed","text":"3"},{"kind":"added","text":"5"},{"kind":"same","text":"天没到账，请拨打{hotline}。"}]},{"field":"tags","label":"标签","kind":"items","added":["时效"],"removed":[]},{"field":"skill","label":"技能组","kind":"replaced","old":"售后组","new":"退款组"}]}
        {"change":"added","id":"ec-101","question":"怎么开电子发票","fields":[{"field":"question","label":"标准问题","value":"怎么开电子发票"},{"field":"similar","label":"相似问题","value":["发票在哪里下载","能开专票吗"]},{"field":"answer","label":"答案","value":"订单完成后在订单页点“申请发票”。\n专票请联系客服。"},{"field":"intent","label":"意图","value":"invoice"},{"field":"tags","label":"标签","value":["发票"]}]}
        {"change":"renamed","from":"ec-003","to":"ec-103","question":"怎么申请价保","fields":[{"field":"similar","label":"相似问题","kind":"items","added":["降价了能补差价吗"],"removed":[]}]}
        {"change":"changed","id":"ec-004","question":"怎么用礼品卡","fields":[{"field":"answer","label":"答案","kind":"edited","spans":[{"kind":"removed","text":"结算时选择“礼品卡”，输入卡号和密码。"},{"kind":"added","text":"打开App首页的“卡包”，绑定后付款时会自动抵扣。"}]},{"field":"skill","label":"技能组","kind":"replaced","old":"","new":"会员组"}]}
        {"change":"changed","id":"ec-005","question":"退货地址在哪里","fields":[{"field":"similar","label":"相似问题","kind":"reordered"}]}
        {"change":"removed","id":"ec-002","question":"礼品卡能退吗","fields":[{"field":"question","label":"标准问题","value":"礼品卡能退吗"},{"field":"answer","label":"答案","value":"礼品卡售出后不能退款。"},{"field":"intent","label":"意图","value":"refund"}]}
    "#]].assert_eq(&compact.concat());
    expect![[r#"
        [{"change":"changed","key":"云际X200","old":"50","new":"80 nz"},{"change":"added","key":"以旧换新","value":""},{"change":"removed","key":"旧词","value":""}]
    "#]].assert_eq(&(serde_json::to_string(&diff.words).unwrap() + "\n"));
}

#[test]
fn answers_as_text() {
    expect![[r#"
        答案对比：7 个问句，不变 3，不再有答案 1，换了答案 1，处理方式变了 1，新有答案 1

        【不再有答案】
            卡不要了
                旧：ec-002 ec-002的问题（直接回复，0.87）
                新：（无答案）

        【换了答案】
            礼品卡退款
                旧：ec-002 ec-002的问题（直接回复，0.88）
                新：ec-004 ec-004的问题（反问，0.40）

        【处理方式变了】
            礼品卡怎么用
                旧：ec-004 ec-004的问题（直接回复，0.90）
                新：ec-004 ec-004的问题（反问，0.80）

        【新有答案】
            发票怎么开
                旧：（无答案）
                新：ec-101 ec-101的问题（直接回复，0.92）
    "#]]
    .assert_eq(&answers().to_text());
}

#[test]
fn answers_as_markdown() {
    expect![[r#"
        # 答案对比

        | 问句 | 不变 | 不再有答案 | 换了答案 | 处理方式变了 | 新有答案 |
        |---:|---:|---:|---:|---:|---:|
        | 7 | 3 | 1 | 1 | 1 | 1 |

        | 变化 | 问句 | 旧 | 新 |
        |---|---|---|---|
        | 不再有答案 | 卡不要了 | ec-002 ec-002的问题（直接回复，0.87） | （无答案） |
        | 换了答案 | 礼品卡退款 | ec-002 ec-002的问题（直接回复，0.88） | ec-004 ec-004的问题（反问，0.40） |
        | 处理方式变了 | 礼品卡怎么用 | ec-004 ec-004的问题（直接回复，0.90） | ec-004 ec-004的问题（反问，0.80） |
        | 新有答案 | 发票怎么开 | （无答案） | ec-101 ec-101的问题（直接回复，0.92） |
    "#]]
    .assert_eq(&answers().to_markdown());
}

#[test]
fn answers_as_json() {
    let diff = answers();
    expect![[r#"
        {"queries":7,"same":3,"lost":1,"other_faq":1,"other_decision":1,"gained":1}
    "#]]
    .assert_eq(&(serde_json::to_string(&diff.counts).unwrap() + "\n"));
    expect![[r#"
        {"change":"lost","query":"卡不要了","old":{"faq":"ec-002","question":"ec-002的问题","score":0.87,"decision":"直接回复"},"new":null}
    "#]].assert_eq(&(serde_json::to_string(&diff.changed[0]).unwrap() + "\n"));
}

#[test]
fn the_same_is_no_change() {
    let (old, _) = both();
    let mut moved = old.clone();
    moved.faqs.reverse();
    let diff = KnowledgeDiff::between(&old, &moved);
    assert!(diff.is_empty());
    expect![[r#"
        知识库对比：商城（5 条，10 个问法） → 商城（5 条，10 个问法）
        内容相同。
        # 知识库对比

        | | 旧 | 新 |
        |---|---:|---:|
        | 知识库 | 商城 | 商城 |
        | 常见问题 | 5 | 5 |
        | 问法 | 10 | 10 |

        内容相同。
    "#]]
    .assert_eq(&(diff.to_text() + &diff.to_markdown()));
}

/// A knowledge base with one answer.
fn with_answer(answer: &str) -> KnowledgeBase {
    static ONE: LazyLock<KnowledgeBase> = LazyLock::new(|| {
        let mut kb = both().0;
        kb.faqs.truncate(1);
        kb
    });
    let mut kb = ONE.clone();
    kb.faqs[0].answer = AnswerTemplate::parse(answer).unwrap();
    kb
}

/// The answer goes from one text to another.
fn check(old: &str, new: &str, expected: &Expect) {
    let (old, new) = (with_answer(old), with_answer(new));
    let text = KnowledgeDiff::between(&old, &new).to_text();
    let (_, changes) = text.split_once("【修改】ec-001 退款多久到账\n").unwrap();
    expected.assert_eq(changes.trim_start());
}

#[test]
fn edits_are_shown_where_they_are() {
    check(
        "3天内到账。",
        "5天内到账。",
        &expect![[r#"
                答案：〔-3-〕〔+5+〕天内到账。
        "#]],
    );
    check(
        "请在订单页申请退款。",
        "请在“我的订单”页申请退款或换货。",
        &expect![[r#"
                答案：请在〔+“我的+〕订单〔+”+〕页申请退款〔+或换货+〕。
        "#]],
    );
    check(
        "运费12.50元，满99元包邮。",
        "运费8.00元，满99元包邮，偏远地区除外。",
        &expect![[r#"
                答案：运费〔-12.50-〕〔+8.00+〕元，满99元包邮〔+，偏远地区除外+〕。
        "#]],
    );
    check(
        "支持iPhone 15。",
        "支持iPhone 16 Pro。",
        &expect![[r#"
                答案：支持iPhone 〔-15-〕〔+16 Pro+〕。
        "#]],
    );
    // Nothing in common but a full stop.
    check(
        "请联系客服。",
        "打开App，点“设置”查看。",
        &expect![[r#"
                答案：〔-请联系客服。-〕〔+打开App，点“设置”查看。+〕
        "#]],
    );
    check(
        "第一步：登录。\n第二步：申请。",
        "第一步：登录。\n第二步：提交。\n第三步：等待。",
        &expect![[r#"
            答案：第一步：登录。
                    第二步：〔-申请-〕〔+提交。
                    第三步：等待+〕。
        "#]],
    );
    check(
        "安全提示\u{1b}[31m",
        "安全提示\u{1b}[32m",
        &expect![[r#"
                答案：安全提示�[〔-31m-〕〔+32m+〕
        "#]],
    );
}

#[test]
fn markdown_in_texts_stays_text() {
    let faq = |q: &str, a: &str| {
        format!(r#"{{"id":"a_b","intent":"refund","question":"{q}","answer":"{a}"}}"#)
    };
    let old = kb("甲|乙", &[&faq("*问*", "<b>3</b> 天，见 [这里](x) &lt;")]);
    let new = kb("甲", &[&faq("*问*", "<b>5</b> 天，见 [这里](x) &lt;")]);
    expect![[r#"
        # 知识库对比

        | | 旧 | 新 |
        |---|---:|---:|
        | 知识库 | 甲\|乙 | 甲 |
        | 常见问题 | 1 | 1 |
        | 问法 | 1 | 1 |

        | 变化 | 新增 | 删除 | 修改 | 改编号 |
        |---|---:|---:|---:|---:|
        | 常见问题 | 0 | 0 | 1 | 0 |
        | 意图 | 0 | 0 | 0 | |
        | 词典 | 0 | 0 | 0 | |
        | 变量 | 0 | 0 | 0 | |
        | 设置 | 0 | 0 | 0 | |

        ## 修改（1 条）

        ### a\_b \*问\*

        - **答案**：\<b\><del>3</del><ins>5</ins>\</b\> 天，见 \[这里\](x) \&lt;
    "#]]
    .assert_eq(&KnowledgeDiff::between(&old, &new).to_markdown());
}

#[test]
fn two_with_the_same_contents_are_renamed_in_order() {
    let row =
        |id: &str| format!(r#"{{"id":"{id}","intent":"refund","question":"问","answer":"答"}}"#);
    let rows = |ids: &[&str]| {
        let rows: Vec<String> = ids.iter().map(|id| row(id)).collect();
        kb("甲", &rows.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let diff = KnowledgeDiff::between(&rows(&["a", "b", "c"]), &rows(&["x", "b", "y", "z"]));
    let told: Vec<String> = diff
        .faqs
        .iter()
        .map(|change| match change {
            FaqChange::Renamed { from, to, .. } => format!("{from} → {to}"),
            FaqChange::Added { id, .. } => format!("+ {id}"),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, ["a → x", "c → y", "+ z"]);
}

proptest! {
    #[test]
    fn the_spans_make_up_both_texts(old in "[退款天3五。 a\n]{1,30}", new in "[退款天3五。 a\n]{1,30}") {
        let (old, new) = (with_answer(&old), with_answer(&new));
        let diff = KnowledgeDiff::between(&old, &new);
        let source = |kb: &KnowledgeBase| kb.faqs[0].answer.source().to_owned();
        let [FaqChange::Changed { fields, .. }] = diff.faqs.as_slice() else {
            prop_assert_eq!(source(&old), source(&new));
            return Ok(());
        };
        let [field] = fields.as_slice() else { panic!("{fields:?}") };
        let Change::Edited { spans } = &field.change else { panic!("{fields:?}") };
        let without = |kind: SpanKind| -> String {
            let kept = spans.iter().filter(|span| span.kind != kind);
            kept.map(|span| span.text.as_str()).collect()
        };
        prop_assert_eq!(without(SpanKind::Added), source(&old));
        prop_assert_eq!(without(SpanKind::Removed), source(&new));
    }
}
