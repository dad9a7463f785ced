//! Results that are written, read again, checked and compared.

use std::collections::BTreeMap;

use super::*;
use crate::stats::Bootstrap;

fn suite(runs: &[&str]) -> Suite {
    Suite {
        name: "s".into(),
        tolerance: Tolerance {
            default: 0.02,
            by_figure: BTreeMap::from([("mrr@10".to_owned(), 0.5)]),
        },
        runs: runs
            .iter()
            .map(|name| Run {
                name: (*name).to_owned(),
                kb: "kb".into(),
                work: Work::Retrieval {
                    queries: "q.jsonl".into(),
                    split: None,
                    mode: SearchMode::Hybrid,
                },
                figures: figure_names(Kind::Retrieval),
            })
            .collect(),
    }
}

/// 100 queries of which the first `right` are found first; two to a conversation if they are `turns`.
fn cases(right: usize, turns: usize) -> Cases {
    let case = |i: usize| RetrievalCase {
        conversation: if turns > 1 {
            (i / turns).to_string()
        } else {
            String::new()
        },
        style: ["口语", "简短"][i % 2].into(),
        expected: format!("f-{i}"),
        found: if i < right {
            format!("f-{i}")
        } else {
            "f-0".into()
        },
        rank: Some(if i < right { 1 } else { 2 }),
        right: i < right,
        text: format!("第 {i} 句，“带引号”,\n还换行"),
    };
    Cases::Retrieval((0..100).map(case).collect())
}

fn recorded(runs: &[(&str, Cases)]) -> Recorded {
    let names: Vec<&str> = runs.iter().map(|(name, _)| *name).collect();
    let measured = runs.iter().map(|(_, cases)| Measured {
        engine: EngineParts::default(),
        counts: BTreeMap::from([("queries".to_owned(), 100)]),
        cases: cases.clone(),
    });
    Recorded::of(&suite(&names), measured.collect(), &Bootstrap::default())
}

fn check(now: &[(&str, Cases)], before: &[(&str, Cases)]) -> Check {
    Check::of(&recorded(now), &recorded(before), &suite(&[]).tolerance)
}

#[test]
fn figures_have_intervals_and_groups() {
    let run = &recorded(&[("r", cases(90, 1))]).results.runs[0];
    let recall = run.figures["recall@1"];
    let ends = recall.interval.unwrap();
    assert_eq!((recall.value, recall.n), (0.9, Some(100)));
    assert!(ends.low > 0.8 && ends.low < 0.9 && ends.high > 0.9 && ends.high < 1.0);
    // All are among the first three: the exact interval, since no draw can move it.
    let sure = run.figures["recall@3"].interval.unwrap();
    assert_eq!((sure.low, sure.high), (0.9638, 1.0));
    assert_eq!(run.groups["口语"].cases, 50);
    assert_eq!(run.groups["口语"].figures["recall@1"], 0.9);
    assert_eq!(run.clusters, 100);
    let together = &recorded(&[("r", cases(90, 10))]).results.runs[0];
    assert_eq!(together.clusters, 10);
    let wider = together.figures["recall@1"].interval.unwrap();
    assert!(wider.high - wider.low > ends.high - ends.low);
}

#[test]
fn what_is_written_is_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let first = recorded(&[("a", cases(90, 1)), ("b", cases(50, 2))]);
    first.write(dir.path()).unwrap();
    assert_eq!(Recorded::read(dir.path()).unwrap(), first);
    assert!(dir.path().join("a.csv").is_file());
    // A run that is no more takes its cases along; files of others stay.
    std::fs::write(dir.path().join("note.csv"), "x").unwrap();
    recorded(&[("b", cases(50, 2))]).write(dir.path()).unwrap();
    assert!(!dir.path().join("a.csv").exists());
    assert!(dir.path().join("note.csv").exists());
}

#[test]
fn faulty_results_are_told_with_their_place() {
    let dir = tempfile::tempdir().unwrap();
    let told = || Recorded::read(dir.path()).unwrap_err().to_string();
    assert!(told().contains("results.json: 文件不存在"), "{}", told());
    recorded(&[("a", cases(90, 1)), ("b", cases(90, 1))])
        .write(dir.path())
        .unwrap();
    std::fs::remove_file(dir.path().join("b.csv")).unwrap();
    let text = std::fs::read_to_string(dir.path().join("a.csv")).unwrap();
    std::fs::write(dir.path().join("a.csv"), text.replacen("true", "maybe", 1)).unwrap();
    let told = told();
    assert!(told.contains("a.csv") && told.contains("2 行"), "{told}");
    assert!(told.contains("b.csv"), "{told}");
}

#[test]
fn a_drop_beyond_the_tolerance_fails() {
    let before = [("r", cases(90, 1))];
    let same = check(&before, &before);
    assert!(same.is_passed() && !same.asks_to_be_recorded() && same.flips.is_empty());
    // 2 of 100 are within the tolerance, 3 are not; mrr@10 has a tolerance of its own.
    let within = check(&[("r", cases(88, 1))], &before);
    assert!(within.is_passed() && !within.asks_to_be_recorded());
    let fell = check(&[("r", cases(87, 1))], &before);
    let names: Vec<&str> = fell.fallen().map(|c| c.figure.as_str()).collect();
    assert_eq!(names, ["recall@1"]);
    assert!(!fell.is_passed());
    assert_eq!(fell.flips[0].flips.lost.len(), 3);
    assert_eq!(fell.flips[0].flips.lost[0].expected, "f-87");
    let rose = check(&[("r", cases(95, 1))], &before);
    assert!(rose.is_passed() && rose.asks_to_be_recorded());
    assert_eq!(rose.flips[0].flips.won.len(), 5);
}

#[test]
fn runs_come_and_go() {
    let check = check(
        &[("new", cases(90, 1)), ("kept", cases(90, 1))],
        &[("kept", cases(90, 1)), ("old", cases(90, 1))],
    );
    assert_eq!(check.unrecorded, ["new"]);
    assert_eq!(check.not_run, ["old"]);
    assert!(!check.is_passed() && check.asks_to_be_recorded());
    // A smaller suite is checked against the results of a larger one.
    let both = [("a", cases(90, 1)), ("b", cases(90, 1))];
    let smaller = self::check(&both[..1], &both);
    assert!(smaller.is_passed() && !smaller.asks_to_be_recorded());
}

#[test]
fn results_of_another_suite_are_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let mut other = recorded(&[("a", cases(90, 1))]);
    other.write(dir.path()).unwrap();
    other.results.suite = "other".into();
    let e = other.write(dir.path()).unwrap_err();
    assert_eq!(e.kind(), std::io::ErrorKind::AlreadyExists);
}

#[test]
fn single_queries_are_compared_by_mcnemar() {
    let (a, b) = (
        recorded(&[("r", cases(80, 1))]),
        recorded(&[("r", cases(90, 1))]),
    );
    let comparison = Comparison::of(&a, &b, &Bootstrap::default());
    let run = &comparison.runs[0];
    assert_eq!(
        (run.paired, run.flips.won.len(), run.flips.lost.len()),
        (100, 10, 0)
    );
    let recall = &run.figures[0];
    assert_eq!((recall.first, recall.second), (0.8, 0.9));
    assert!(matches!(recall.test, Test::McNemar(test) if test.won == 10 && test.lost == 0));
    assert_eq!(recall.difference.p, 0.001);
    assert!(recall.difference.interval.low > 0.0);
    // A result and itself do not differ.
    let same = Comparison::of(&a, &a, &Bootstrap::default());
    for figure in &same.runs[0].figures {
        assert_eq!(
            (figure.difference.difference, figure.difference.p),
            (0.0, 1.0)
        );
    }
}

#[test]
fn turns_are_compared_by_conversation() {
    // Ten better turns of one conversation are one piece of evidence.
    let (a, b) = (
        recorded(&[("r", cases(80, 10))]),
        recorded(&[("r", cases(90, 10))]),
    );
    let comparison = Comparison::of(&a, &b, &Bootstrap::default());
    let recall = &comparison.runs[0].figures[0];
    assert_eq!(recall.test, Test::Bootstrap);
    assert!(recall.difference.p > 0.05, "{recall:?}");
    assert_eq!(comparison.runs[0].clusters, 10);
}

#[test]
fn only_common_cases_and_runs_are_compared() {
    let Cases::Retrieval(rows) = cases(90, 1) else {
        unreachable!()
    };
    let fewer = Cases::Retrieval(rows[..60].to_vec());
    let (a, b) = (
        recorded(&[("r", cases(90, 1)), ("x", cases(90, 1))]),
        recorded(&[("y", cases(90, 1)), ("r", fewer)]),
    );
    let comparison = Comparison::of(&a, &b, &Bootstrap::default());
    assert_eq!(comparison.runs.len(), 1);
    let run = &comparison.runs[0];
    assert_eq!((run.paired, run.only_first, run.only_second), (60, 40, 0));
    assert_eq!(
        (&*comparison.only_first[0], &*comparison.only_second[0]),
        ("x", "y")
    );
}
