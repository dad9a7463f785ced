//! Files of every format come in alike; what is there is recognised.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod support;

use std::{fs, path::Path};

use expect_test::{Expect, expect};
use jieda_knowledge::{FaqField, Import, ImportMode, ImportReport, KnowledgeBase};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use support::{folder, workbook};

/// Imports one file into an empty folder; gives `faqs.jsonl`, and problems.
fn import(name: &str, contents: &[u8]) -> String {
    let dir = folder(&[(name, contents)]);
    let kb = dir.path().join("kb");
    let outcome = Import::new()
        .file(dir.path().join(name))
        .into_dir(&kb, ImportMode::Merge);
    let text = match outcome {
        Ok(report) => {
            let warnings: Vec<String> = report.warnings.iter().map(|w| format!("{w}\n")).collect();
            fs::read_to_string(kb.join("faqs.jsonl")).unwrap() + &warnings.concat()
        }
        Err(faults) => {
            assert!(!kb.exists(), "nothing may be written");
            faults.to_string() + "\n"
        }
    };
    text.replace(&format!("{}/", dir.path().display()), "")
}

fn check(name: &str, contents: &[u8], expected: &Expect) {
    expected.assert_eq(&import(name, contents));
}

#[test]
fn a_workbook_as_people_keep_it() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let merged = Format::new();
    sheet.set_name("售后").unwrap();
    sheet
        .merge_range(0, 0, 0, 6, "电商客服知识库（2026 版）", &merged)
        .unwrap();
    let headers = [
        "序号",
        " 分 类 ",
        "标准问题（必填）",
        "相似问1",
        "相似问2",
        "答案*",
        "失效时间",
        "备注",
        "热度",
    ];
    for (c, header) in (0..).zip(headers) {
        sheet.write(2, c, header).unwrap();
    }
    // One FAQ over three rows, its cells merged; the category spans the next FAQ, too.
    sheet.merge_range(3, 1, 6, 1, "退款", &merged).unwrap();
    sheet
        .merge_range(3, 2, 5, 2, "退款多久到账", &merged)
        .unwrap();
    sheet
        .merge_range(3, 5, 5, 5, "1 至 3 天。\n节假日顺延。", &merged)
        .unwrap();
    sheet.write(3, 3, "钱什么时候退").unwrap();
    sheet.write(4, 3, "退款要几天").unwrap();
    sheet.write(5, 4, "多久能收到退款；退款没到怎么办").unwrap();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let day = ExcelDateTime::from_ymd(2026, 12, 31).unwrap();
    sheet.write_with_format(3, 6, &day, &date).unwrap();
    sheet.write(6, 2, "能退运费吗").unwrap();
    sheet.write(6, 3, "支持微信、支付宝吗").unwrap();
    sheet.write(6, 5, 12.5).unwrap();
    sheet.write(8, 2, "怎么开发票、发票怎么寄").unwrap();
    sheet.write(8, 5, true).unwrap();
    sheet.write(8, 8, "高").unwrap();
    let hidden = book.add_worksheet();
    hidden.set_hidden(true);
    hidden.write(0, 0, "问题").unwrap();
    hidden.write(0, 1, "答案").unwrap();
    hidden.write(1, 0, "隐藏的").unwrap();
    book.add_worksheet().set_name("空").unwrap();
    let more = book.add_worksheet();
    more.set_name("待补").unwrap();
    more.write(0, 0, "问题").unwrap();
    check(
        "faqs.xlsx",
        &book.save_to_buffer().unwrap(),
        &expect![[r#"
        {"id":"faq-001","intent":"退款","question":"退款多久到账","similar":["钱什么时候退","退款要几天","多久能收到退款","退款没到怎么办"],"answer":"1 至 3 天。\n节假日顺延。","valid_until":"2026-12-31"}
        {"id":"faq-002","intent":"退款","question":"能退运费吗","similar":["支持微信、支付宝吗"],"answer":"12.5"}
        {"id":"faq-003","intent":"未分类","question":"怎么开发票、发票怎么寄","answer":"TRUE"}
        faqs.xlsx〔售后〕I3“热度”：不认识这一列，没有读入
        faqs.xlsx〔售后〕B9“分 类”：没有意图。归入“未分类”
        faqs.xlsx〔待补〕：有“问题”列而没有“答案”列，没有读入
    "#]],
    );
}

#[test]
fn tables_in_the_encodings_of_spreadsheets() {
    let text = "编号,标准问法,扩展问,答复,类目,标签,是否启用\r\n\
                a-7,怎么退货,\"退货流程？|如何退货\",点“退货”。,退换,退货、换货,启用\r\n\
                \r\n\
                ,怎么换货,怎么换货、换货要多久,\"先申请，\n再寄回。\",退换,,停用\r\n";
    let expected = expect![[r#"
        {"id":"a-7","intent":"退换","question":"怎么退货","similar":["退货流程？","如何退货"],"answer":"点“退货”。","tags":["退货","换货"]}
        {"id":"a-008","intent":"退换","question":"怎么换货","similar":["换货要多久"],"answer":"先申请，\n再寄回。","enabled":false}
    "#]];
    let (gb, _, _) = encoding_rs::GB18030.encode(text);
    check("a.csv", &gb, &expected);
    check("a.csv", text.as_bytes(), &expected);
    check("a.csv", format!("\u{FEFF}{text}").as_bytes(), &expected);
    let utf16 = |text: &str| -> Vec<u8> {
        let text = format!("\u{FEFF}{text}");
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    };
    check("a.csv", &utf16(text), &expected);
    check("a.tsv", &utf16(&text.replace(',', "\t")), &expected);
    check("a.csv", text.replace(',', ";").as_bytes(), &expected);
}

#[test]
fn a_flat_table_repeats_the_question_on_every_row() {
    let text = "问题,相似问,答案,意图\n退款多久到账,钱什么时候退,3 天。,退款\n退款多久到账,退款要几天,3 天。,退款\n";
    check(
        "a.csv",
        text.as_bytes(),
        &expect![[r#"
        {"id":"faq-001","intent":"退款","question":"退款多久到账","similar":["钱什么时候退","退款要几天"],"answer":"3 天。"}
    "#]],
    );
}

#[test]
fn yaml_with_chinese_or_english_keys() {
    let text = "\
- 编号: y-1
  问题: 退款多久到账
  相似问:
    - 钱什么时候退
    - 退款要几天
  答案: |
    1 至 3 天。
    节假日顺延。
  意图: 退款
  生效时间: 2026-01-01
  启用: no
- question: 1.10 元的券怎么用
  answer: '{hotline} 可以帮您'
  intent: 优惠
  channels: app、微信
  priority: 5
  版本: 3
";
    check(
        "a.yaml",
        text.as_bytes(),
        &expect![[r#"
        {"id":"y-1","intent":"退款","question":"退款多久到账","similar":["钱什么时候退","退款要几天"],"answer":"1 至 3 天。\n节假日顺延。","valid_from":"2026-01-01","enabled":false}
        {"id":"y-002","intent":"优惠","question":"1.10 元的券怎么用","answer":"{hotline} 可以帮您","channels":["app","微信"],"priority":5}
        a.yaml:17:3“版本”: 不认识这个键，没有读入
    "#]],
    );
    check(
        "a.yml",
        b"- question: a b\n  answer: {x}\n  similar: [[]]\n- 3\n",
        &expect![[r#"
            a.yml:2:11“answer”: 应当是一段文字。以 { 或 [ 开头的文字请加引号
            a.yml:3:13: 应当是一段文字；以 { 或 [ 开头的文字请加引号
            a.yml:4:3: 这一条应当写成“键: 值”
        "#]],
    );
    check(
        "a.yml",
        b"a: &x [1]\nb: *x\n",
        &expect![[r#"
        a.yml:2:4: 不是合法的 YAML：不支持别名（*），请把内容写出来
    "#]],
    );
    check(
        "a.yml",
        b"- a: [1\n",
        &expect![[r#"
        a.yml:2:1: 不是合法的 YAML：while parsing a flow sequence, expected ',' or ']'
    "#]],
    );
}

#[test]
fn markdown_as_people_write_it() {
    let text = "\
---
title: 帮助中心
---
# 帮助中心

## 退款

### 退款多久到账
编号: md-9
标签：退款、到账

1 至 3 天到账，
节假日顺延。详见[退款规则](https://example.com/r)。

1. 打开订单
2. 点**退款**

相似问：

- 钱什么时候退
- 退款要`几天`

### 能退运费吗
<!-- 启用: 否 -->
状态: 已发货的不退。
说明：见页面。

#### 相似问法
运费退吗

#### 答案
未发货的退。

## 发票
放错的文字
### 怎么开发票
在订单里开。
";
    check(
        "a.md",
        text.as_bytes(),
        &expect![[r#"
        {"id":"md-9","intent":"退款","question":"退款多久到账","similar":["钱什么时候退","退款要几天"],"answer":"1 至 3 天到账，\n节假日顺延。详见退款规则（https://example.com/r）。\n1. 打开订单\n2. 点退款","tags":["退款","到账"]}
        {"id":"md-010","intent":"退款","question":"能退运费吗","similar":["运费退吗"],"answer":"状态: 已发货的不退。\n说明：见页面。\n未发货的退。","enabled":false}
        {"id":"md-011","intent":"发票","question":"怎么开发票","answer":"在订单里开。"}
        a.md:35: 这段文字不在任何问题下面，没有读入。最深一级标题才是问题；请让所有问题用同一级标题
    "#]],
    );
    check(
        "a.md",
        "没有标题".as_bytes(),
        &expect![[r#"
        a.md: 没有标题，分不出问题。请把每个问题写成标题，如：## 退款多久到账
    "#]],
    );
}

#[test]
fn what_is_no_table_of_faqs_is_said_so() {
    check(
        "a.csv",
        "甲,乙\n1,2\n".as_bytes(),
        &expect![[r#"
        a.csv：没有同时写着“问题”和“答案”的表头。请在第一行写上列名，如：编号,标准问题,相似问题,答案,意图
    "#]],
    );
    check(
        "a.csv",
        "问题,答案\n\"甲,乙\n丙,丁\n".as_bytes(),
        &expect![[r#"
            a.csv 第 2 行：这一行有引号没有成对，后面的内容都被并进了这一格。请补上引号；格子里的引号要写两个
        "#]],
    );
    check(
        "a.csv",
        b"",
        &expect![[r#"
        a.csv：文件里没有任何数据行
    "#]],
    );
    check(
        "a.csv",
        b"\x81\xff\xff",
        &expect![[r#"
        a.csv：编码认不出来：不是 UTF-8、UTF-16，也不是 GB18030。请另存为 UTF-8
    "#]],
    );
    check(
        "a.xls",
        b"",
        &expect![[r#"
        a.xls: 不认识这种文件。请用 Excel 或 WPS 另存为 xlsx
    "#]],
    );
    check(
        "a.xlsx",
        b"PK\x03\x04",
        &expect![[r#"
        a.xlsx: 打不开这个工作簿：不是完整的 xlsx 文件。请用 Excel 或 WPS 打开，另存为 xlsx
    "#]],
    );
    check(
        "a.xlsx",
        b"\xD0\xCF\x11\xE0\xA1\xB1",
        &expect![[r#"
        a.xlsx: 是旧版工作簿，或者设了密码。请去掉密码，另存为 xlsx
    "#]],
    );
    check(
        "a.xlsx",
        &workbook(&[&["甲", "乙"]]),
        &expect![[r#"
        a.xlsx: 没有一张表同时有“问题”列和“答案”列。请在表头写上列名，如：编号、标准问题、相似问题、答案、意图
    "#]],
    );
}

#[test]
fn rows_without_ids_must_differ() {
    let text = "问题,答案\n退款多久到账？,3 天。\n退款多久到账,5 天。\n";
    check(
        "a.csv",
        text.as_bytes(),
        &expect![[r#"
        a.csv A3“问题”：没有编号，标准问题又与第 2 行相同，分不清是不是同一条。请合并成一条，或给两条不同的编号
    "#]],
    );
}

const KB: &str = "name = \"甲\" # 留着\n[variables]\nhotline = \"400\"\n";
const INTENTS: &str = "{\"id\":\"refund\",\"name\":\"退款\",\"description\":\"退款进度\"}\n";
const FAQS: &str = r#"{"id":"ec-007","intent":"refund","question":"退款多久到账","similar":["退款要几天"],"answer":"3天。","tags":["退款"],"valid_until":"2030-01-01"}
{"id":"ec-012","intent":"refund","question":"怎么申请退款","answer":"点退款。"}
"#;

fn existing() -> tempfile::TempDir {
    folder(&[
        ("kb.toml", KB.as_bytes()),
        ("intents.jsonl", INTENTS.as_bytes()),
        ("faqs.jsonl", FAQS.as_bytes()),
        ("dict.txt", "价保\n".as_bytes()),
    ])
}

fn into(dir: &Path, table: &str, mode: ImportMode) -> ImportReport {
    let files = folder(&[("t.csv", table.as_bytes())]);
    let import = Import::new().file(files.path().join("t.csv"));
    let planned = import.clone().dry_run().into_dir(dir, mode).unwrap();
    let report = import.into_dir(dir, mode).unwrap();
    assert!(planned.written.is_empty());
    let without_files = |report: &ImportReport| ImportReport {
        written: Vec::new(),
        ..report.clone()
    };
    assert_eq!(planned, without_files(&report), "a dry run says the same");
    report
}

#[test]
fn a_merge_keeps_what_the_files_do_not_hold() {
    let dir = existing();
    // Without id, tags and validity; one FAQ is known by its question.
    let table = "问题,相似问,答案,意图\n退款多久到账？,退款要几天,5 天。,退款\n发票怎么开,,在订单里开。,发票\n";
    let report = into(dir.path(), table, ImportMode::Merge);
    let ids = |ids: &[jieda_types::FaqId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(ids(&report.added), ["ec-013"]);
    assert_eq!(report.changed[0].id.as_str(), "ec-007");
    assert_eq!(
        report.changed[0].fields,
        [FaqField::Question, FaqField::Answer]
    );
    assert!(report.unchanged.is_empty() && report.removed.is_empty());
    assert_eq!(report.new_intents[0].name, "发票");
    let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!(
        (read("kb.toml").as_str(), read("dict.txt").as_str()),
        (KB, "价保\n")
    );
    expect![[r#"
        {"id":"refund","name":"退款","description":"退款进度"}
        {"id":"发票","name":"发票"}
        {"id":"ec-007","intent":"refund","question":"退款多久到账？","similar":["退款要几天"],"answer":"5 天。","tags":["退款"],"valid_until":"2030-01-01"}
        {"id":"ec-012","intent":"refund","question":"怎么申请退款","answer":"点退款。"}
        {"id":"ec-013","intent":"发票","question":"发票怎么开","answer":"在订单里开。"}
    "#]].assert_eq(&(read("intents.jsonl") + &read("faqs.jsonl")));

    let again = into(dir.path(), table, ImportMode::Merge);
    assert!(again.added.is_empty() && again.changed.is_empty() && again.written.is_empty());
    assert_eq!(ids(&again.unchanged), ["ec-007", "ec-013"]);
}

#[test]
fn a_replacement_removes_the_rest() {
    let dir = existing();
    let table = "问题,答案,意图\n怎么申请退款,点退款。,refund\n";
    let report = into(dir.path(), table, ImportMode::Replace);
    assert_eq!(report.removed[0].as_str(), "ec-007");
    assert_eq!(report.unchanged[0].as_str(), "ec-012");
    let kb = KnowledgeBase::load(dir.path()).unwrap();
    assert_eq!((kb.faqs.len(), kb.intents.len()), (1, 1));
}

#[test]
fn a_fault_in_one_file_writes_nothing() {
    let dir = existing();
    let files = folder(&[
        ("a.csv", "问题,答案\n好的问题,好的答案\n".as_bytes()),
        (
            "b.csv",
            "编号,问题,答案,生效时间\nec-007,甲吗,乙,2026-13-40\n".as_bytes(),
        ),
    ]);
    let faults = Import::new()
        .file(files.path().join("a.csv"))
        .file(files.path().join("b.csv"))
        .into_dir(dir.path(), ImportMode::Merge)
        .unwrap_err();
    assert_eq!(faults.errors.len(), 1, "{faults}");
    assert_eq!(
        fs::read_to_string(dir.path().join("faqs.jsonl")).unwrap(),
        FAQS
    );
}

#[test]
fn faqs_elsewhere_in_the_folder_would_be_there_twice() {
    let dir = existing();
    fs::write(
        dir.path().join("faqs-2.csv"),
        "编号,问题,答案,意图\nx,甲吗,乙,退款\n",
    )
    .unwrap();
    let table = folder(&[("t.csv", "问题,答案\n甲吗,乙\n".as_bytes())]);
    let import = Import::new().file(table.path().join("t.csv"));
    let faults = import.into_dir(dir.path(), ImportMode::Merge).unwrap_err();
    assert!(faults.to_string().contains("faqs-2.csv"), "{faults}");
}

#[test]
fn one_wide_column_of_each_name_counts() {
    let text = "标题,标准问题,答案,答案,回答\n甲,乙吗,丙,丁,戊\n";
    check(
        "a.csv",
        text.as_bytes(),
        &expect![[r#"
        a.csv D1“答案”：C 列已经是“答案”。请只留一列，或改一个列名
    "#]],
    );
}

#[test]
fn a_row_below_that_says_more_is_no_continuation() {
    let text = "问题,相似问,答案,意图,标签\n\
                退款多久到账,几天退款,3 天。,退款,到账、退款\n\
                ,钱何时退,,,\n\
                ,退款周期,,退款,到账、退款\n\
                ,退款几天,,发票,\n";
    check(
        "a.csv",
        text.as_bytes(),
        &expect![[r#"
        a.csv A5“问题”：没有标准问题。请补上，或删去这一条
        a.csv C5“答案”：没有答案。请补上，或停用这一条
    "#]],
    );
}

#[test]
fn several_questions_in_one_cell() {
    let check = |cell: &str, expected: &[&str]| {
        let table = format!("问题,相似问,答案\n标准的吗,\"{cell}\",答。\n");
        let dir = folder(&[("t.csv", table.as_bytes())]);
        let into = dir.path().join("kb");
        let import = Import::new().file(dir.path().join("t.csv"));
        import.into_dir(&into, ImportMode::Merge).unwrap();
        assert_eq!(
            KnowledgeBase::load(&into).unwrap().faqs[0].similar,
            expected,
            "{cell}"
        );
    };
    check("一行\n 两行 \n\n", &["一行", "两行"]);
    check("甲;乙；丙|丁｜戊", &["甲", "乙", "丙", "丁", "戊"]);
    check("甲;乙\n", &["甲;乙"]);
    check(
        "怎么退款、退款要多久、如何退货",
        &["怎么退款", "退款要多久", "如何退货"],
    );
    check("支持微信、支付宝吗", &["支持微信、支付宝吗"]);
    check(
        "Q、W；支持微信吗、支持支付宝吗",
        &["Q、W", "支持微信吗", "支持支付宝吗"],
    );
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions_and_a_failed_write_leaves_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let dir = existing();
    let path = dir.path().join("faqs.jsonl");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let table = "问题,答案,意图\n新的问题吗,答。,退款\n";
    into(dir.path(), table, ImportMode::Merge);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o640
    );
    let names = fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(names, 4, "no temporary file stays");

    // A file where the folder should be.
    let file = dir.path().join("dict.txt");
    let import = Import::new().file(&file);
    assert!(import.into_dir(&file, ImportMode::Merge).is_err());
    assert_eq!(fs::read_to_string(&file).unwrap(), "价保\n");
}

#[test]
fn headers_are_known_however_they_are_written() {
    let check = |header: &str| {
        let table = format!("{header}\nx-1,怎么退,如何退,点退货。,退货,2026-01-01,停用\n");
        let dir = folder(&[("t.csv", table.as_bytes())]);
        let into = dir.path().join("kb");
        let import = Import::new().file(dir.path().join("t.csv"));
        let report = import.into_dir(&into, ImportMode::Merge);
        // The only FAQ is disabled: that alone is wrong, so all columns were understood.
        let faults = report.unwrap_err().to_string();
        assert!(
            faults.ends_with("没有一条启用的常见问题"),
            "{header}: {faults}"
        );
    };
    check("编号,标准问题,相似问题,答案,意图,失效时间,启用");
    check("ＩＤ,Question,Similar Questions,ANSWER,Intent,valid_until,Enabled");
    check("FAQ ID, 标 准 问（必填）,相似问①,*答案*,类目,失效日期,是否启用");
    check("知识编号,问题标题,扩展问_1,标准答案,所属分类,有效期至,状态");
}

#[test]
fn files_may_list_the_same_intents() {
    let yaml = |id: &str, question: &str| {
        format!(
            "intents: [{{id: refund, name: 退款}}]\n\
             faqs: [{{id: {id}, question: {question}, answer: 答。, intent: 退款}}]\n"
        )
    };
    let dir = folder(&[
        ("a.yaml", yaml("a", "退款多久到账").as_bytes()),
        ("b.yaml", yaml("b", "怎么取消订单").as_bytes()),
        ("c.csv", "意图,说明\n退款,退款进度\n".as_bytes()),
    ]);
    let kb = dir.path().join("知识库");
    let import = |files: &[&str]| {
        let import = files.iter().fold(Import::new(), |import, file| {
            import.file(dir.path().join(file))
        });
        import.into_dir(&kb, ImportMode::Merge).unwrap()
    };
    let report = import(&["a.yaml", "b.yaml"]);
    assert_eq!((report.added.len(), report.warnings.len()), (2, 0));
    // A table of intents alone; known by its name.
    import(&["c.csv"]);
    let loaded = KnowledgeBase::load(&kb).unwrap();
    assert_eq!(loaded.intents.len(), 1);
    assert_eq!(loaded.intents[0].id.as_str(), "refund");
    assert_eq!(loaded.intents[0].description, "退款进度");
    assert_eq!(loaded.name, "知识库");
}

#[test]
fn a_folder_without_faqs_yet_takes_an_import() {
    for (name, contents) in [
        ("kb.toml", KB),
        ("faqs.jsonl", "\n"),
        ("intents.jsonl", INTENTS),
    ] {
        let dir = folder(&[(name, contents.as_bytes())]);
        let report = into(
            dir.path(),
            "问题,答案,意图\n甲吗,乙。,退款\n",
            ImportMode::Merge,
        );
        assert_eq!(report.added.len(), 1, "{name}");
        KnowledgeBase::load(dir.path()).unwrap();
    }
}

#[test]
fn a_list_of_something_else_is_no_list_of_intents() {
    let mut book = Workbook::new();
    for (name, rows) in [
        ("商品", [["编号", "名称"], ["p1", "雨伞"]]),
        ("问答", [["问题", "答案"], ["甲吗", "乙。"]]),
        ("意图", [["编号", "名称"], ["refund", "退款"]]),
    ] {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        for (r, row) in (0..).zip(rows) {
            sheet.write_row(r, 0, row).unwrap();
        }
    }
    let dir = folder(&[("t.xlsx", &book.save_to_buffer().unwrap())]);
    let into = dir.path().join("kb");
    let import = Import::new().file(dir.path().join("t.xlsx"));
    import.into_dir(&into, ImportMode::Merge).unwrap();
    let intents = KnowledgeBase::load(&into).unwrap().intents;
    let ids: Vec<&str> = intents.iter().map(|i| i.id.as_str()).collect();
    assert_eq!(ids, ["refund", "未分类"]);
}
