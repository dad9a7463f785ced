//! Suites and public sets, as a user runs them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

mod industry;

use std::{fs, path::Path, process::Output};

use industry::{Industry, failed, joined, text};
use serde_json::{Value, json};

/// Ten FAQs of travel with queries, of which a suite measures all four kinds.
fn fixture() -> Industry {
    let (industry, others) = Industry::of_travel(10, "queries.jsonl");
    // Every second query is one to measure on.
    let queries = fs::read_to_string(industry.path("queries.jsonl")).unwrap();
    let split = |(i, line): (usize, &str)| {
        let mut row: Value = serde_json::from_str(line).unwrap();
        row["split"] = if i % 2 == 0 { "test" } else { "train" }.into();
        row.to_string()
    };
    let queries: Vec<String> = queries.lines().enumerate().map(split).collect();
    fs::write(
        industry.path("queries.jsonl"),
        joined(queries.iter().map(String::as_str)),
    )
    .unwrap();
    let unanswerable = others.iter().step_by(60).map(|line| {
        let row: Value = serde_json::from_str(line).unwrap();
        json!({"text": row["text"], "kind": "near", "split": "test"}).to_string()
    });
    let unanswerable: Vec<String> = unanswerable.collect();
    fs::write(
        industry.path("others.jsonl"),
        joined(unanswerable.iter().map(String::as_str)),
    )
    .unwrap();
    let handoff = [
        json!({"text": "给我转人工", "reason": "human_request", "split": "test"}),
        json!({"text": "你们人工客服几点上班", "reason": null, "split": "test"}),
    ];
    let handoff = handoff.map(|row| row.to_string());
    fs::write(
        industry.path("handoff.jsonl"),
        joined(handoff.iter().map(String::as_str)),
    )
    .unwrap();
    let first: Value = serde_json::from_str(&queries[0]).unwrap();
    let turns = json!([
        {"text": "你好", "expect": {"decision": "smalltalk"}},
        {"text": first["text"], "expect": {"decision": "reply", "faq": first["faq"]}},
        {"text": "转人工", "expect": {"decision": "handoff", "reason": "human_request"}},
    ]);
    let transcripts = [
        json!({"id": "t1", "turns": turns}),
        json!({"id": "t2", "turns": turns}),
    ];
    let transcripts = transcripts.map(|row| row.to_string());
    fs::write(
        industry.path("transcripts.jsonl"),
        joined(transcripts.iter().map(String::as_str)),
    )
    .unwrap();
    let at = |name: &str| industry.path(name).display().to_string();
    let suite = format!(
        "name = \"travel\"\n\
         [[run]]\nname = \"words\"\nkind = \"retrieval\"\nkb = '{kb}'\nqueries = '{queries}'\nsplit = \"test\"\nmode = \"bm25\"\n\
         [[run]]\nname = \"both\"\nkind = \"retrieval\"\nkb = '{kb}'\nqueries = '{queries}'\nsplit = \"test\"\n\
         [[run]]\nname = \"decision\"\nkind = \"decision\"\nkb = '{kb}'\nqueries = '{queries}'\nunanswerable = '{others}'\n\
         handoff = '{handoff}'\nsplit = \"test\"\n\
         [[run]]\nname = \"talk\"\nkind = \"transcripts\"\nkb = '{kb}'\ntranscripts = '{transcripts}'\n\
         [[run]]\nname = \"intents\"\nkind = \"intents\"\nkb = '{kb}'\nqueries = '{queries}'\nunanswerable = '{others}'\n",
        kb = at("kb"),
        queries = at("queries.jsonl"),
        others = at("others.jsonl"),
        handoff = at("handoff.jsonl"),
        transcripts = at("transcripts.jsonl"),
    );
    fs::write(industry.path("suite.toml"), suite).unwrap();
    industry
}

/// `jieda eval …` without a knowledge base of its own.
fn eval(industry: &Industry, args: &[&str]) -> Output {
    industry.run_on(&[], &[&["eval"], args].concat())
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn files(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn a_suite_is_measured_recorded_checked_and_compared() {
    let f = fixture();
    let (suite, one, two) = (f.path("suite.toml"), f.path("one"), f.path("two"));
    let run = |out: &Path, threads: &str| {
        let args = ["eval", "run", "--suite", text(&suite), "--out", text(out)];
        f.command(&args)
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap()
    };
    let shown = printed(&run(&one, "1"));
    assert!(shown.contains("recall@1") && shown.contains("–"), "{shown}");
    printed(&run(&two, "4"));
    assert_eq!(files(&one), files(&two));
    let names: Vec<String> = files(&one).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "both.csv",
            "decision.csv",
            "intents.csv",
            "results.json",
            "talk.csv",
            "words.csv"
        ]
    );
    let json = fs::read_to_string(one.join("results.json")).unwrap();
    let results: Value = serde_json::from_str(&json).unwrap();
    assert!(!json.contains(text(&f.path(""))), "no path is written");
    let figures = |run: usize| results["runs"][run]["figures"].as_object().unwrap();
    assert_eq!(
        figures(1)["recall@1"]["n"],
        results["runs"][1]["counts"]["queries"]
    );
    assert!(figures(2).contains_key("wrong_rate") && figures(2).contains_key("handoff_macro_f1"));
    assert_eq!(figures(3)["transfer_recall"]["value"], 1.0);
    assert!(figures(4).contains_key("macro_f1") && figures(4).contains_key("oos_auroc"));

    // As recorded: passes.
    let check = ["run", "--suite", text(&suite), "--check", text(&one)];
    let shown = printed(&eval(&f, &check));
    assert!(shown.contains("没有指标变差"), "{shown}");
    let same = printed(&eval(&f, &["compare", text(&one), text(&two)]));
    assert!(same.matches("没有差别").count() == 5, "{same}");

    // Recorded as better than it is: fails, with the case that changed.
    let csv = fs::read_to_string(one.join("words.csv")).unwrap();
    let (wrong, right): (Vec<&str>, Vec<&str>) =
        csv.lines().skip(1).partition(|l| l.contains(",false,"));
    assert!(!wrong.is_empty() && !right.is_empty(), "{csv}");
    fs::write(one.join("words.csv"), csv.replace(",false,", ",true,")).unwrap();
    let mut better = results.clone();
    better["runs"][0]["figures"]["recall@1"]["value"] = 1.0.into();
    fs::write(one.join("results.json"), better.to_string()).unwrap();
    let output = eval(&f, &check);
    assert_eq!(output.status.code(), Some(1));
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("变差的指标 1 项"), "{shown}");
    assert!(
        shown.contains(&format!("由对变错 {} 条", wrong.len())),
        "{shown}"
    );
    // Recorded as worse: asks to be recorded, and succeeds.
    better["runs"][0]["figures"]["recall@1"]["value"] = 0.0.into();
    fs::write(one.join("results.json"), better.to_string()).unwrap();
    let shown = printed(&eval(&f, &check));
    assert!(
        shown.contains("变好的指标 1 项") && shown.contains("一起提交"),
        "{shown}"
    );

    let compared = printed(&eval(&f, &["compare", text(&one), text(&two), "--json"]));
    let compared: Value = serde_json::from_str(&compared).unwrap();
    let words = &compared["runs"][0];
    assert_eq!(words["lost"].as_array().unwrap().len(), wrong.len());
    assert_eq!(words["figures"][0]["test"], "mcnemar");
}

#[test]
fn faults_are_told_before_the_work_begins() {
    let f = fixture();
    let suite = f.path("suite.toml");
    let run = |more: &[&str]| eval(&f, &[&["run", "--suite", text(&suite)], more].concat());
    let with_kb = f.run(&["eval", "run", "--suite", text(&suite)]);
    failed(&with_kb, 1, "不能再用 --kb");
    failed(
        &run(&["--check", text(&f.path("nowhere"))]),
        1,
        "results.json: 文件不存在",
    );
    let queries = f.path("queries.jsonl");
    let lines = fs::read_to_string(&queries).unwrap();
    fs::write(
        &queries,
        format!("{lines}{{\"text\":\"x\",\"faq\":\"nobody\"}}\n"),
    )
    .unwrap();
    fs::write(f.path("handoff.jsonl"), "{\"text\":1}\n").unwrap();
    let output = run(&[]);
    failed(&output, 1, "nobody");
    failed(&output, 1, "handoff.jsonl:1");
    failed(&output, 1, "有 2 处问题");
    fs::write(&suite, "name = \"s\"\nspeed = 1\n[[run]]\nname = \"r\"\n").unwrap();
    let output = run(&[]);
    for part in ["suite.toml:2:1", "不认识的键 speed", "缺少 kind", "缺少 kb"] {
        failed(&output, 1, part);
    }
}

#[test]
fn public_sets_are_measured_where_they_are() {
    let f = fixture();
    let data = f.path("public");
    let write = |name: &str, rows: &[Value]| {
        let path = data.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let rows: Vec<String> = rows.iter().map(Value::to_string).collect();
        fs::write(path, joined(rows.iter().map(String::as_str))).unwrap();
    };
    let faq = |id: &str, question: &str| json!({"faq_id": id, "question": question, "similar": []});
    write(
        "faq_retrieval/bq_similar_faqs.jsonl",
        &[
            faq("a", "怎么修改密码"),
            faq("b", "借款\u{7f}什么时候到账"),
            faq("c", "为什么{额度}变少了"),
        ],
    );
    let query = |text: &str, id: &str| json!({"query": text, "faq_id": id});
    write(
        "faq_retrieval/bq_similar_queries.jsonl",
        &[
            query("密码怎么改", "a"),
            query("钱多久能到账上", "b"),
            query("额度怎么少了", "c"),
        ],
    );
    // Word 7 calls for a human.
    let dialogue = |seed: usize| {
        let turn = |i: usize| {
            let word = 1 + (seed * 5 + i * 3) % 9;
            json!({"role": i % 2, "tokens": [word, 20 + i], "senti": 0.0, "label": u8::from(word == 7)})
        };
        json!({"turns": (0..9).map(turn).collect::<Vec<_>>()})
    };
    let dialogues: Vec<Value> = (0..30).map(dialogue).collect();
    write("mhch_dami/clothing_eval.jsonl", &dialogues[..20]);
    write("mhch_dami/clothing_test.jsonl", &dialogues[20..]);

    let page = f.path("public.md");
    let args = [
        "eval",
        "public",
        "--data",
        text(&data),
        "--out",
        text(&page),
        "--json",
    ];
    let output = f.run_on(&[], &args);
    let shown = printed(&output);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("跳过 smp2017-ecdt"), "{told}");
    let results: Value = serde_json::from_str(&shown).unwrap();
    let sets: Vec<&str> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["set"].as_str().unwrap())
        .collect();
    assert_eq!(sets, ["bq-similar", "mhch-dami-clothing"]);
    assert_eq!(results[0]["figures"][0]["name"], "recall@1");
    assert_eq!(results[0]["figures"][0]["value"], 1.0);
    assert_eq!(results[1]["figures"][0]["name"], "f1");
    assert!(
        results[1]["figures"][0]["value"].as_f64().unwrap() > 0.95,
        "{shown}"
    );
    let page = fs::read_to_string(page).unwrap();
    assert!(
        page.contains("| bq-similar | 3 faqs, 3 queries | 1.000"),
        "{page}"
    );
    assert!(!page.contains("密码"), "no text of a set is written");

    let set = ["--set", "kuake-qic"];
    let args = [&["eval", "public", "--data", text(&data)], &set[..]].concat();
    failed(&f.run_on(&[], &args), 1, "没有任何评测集");
    failed(
        &f.run_on(&[], &["eval", "public", "--data", "x", "--set", "y"]),
        2,
        "unknown set",
    );
}
