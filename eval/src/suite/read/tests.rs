use super::*;

/// The knowledge base and truth files of a sample, from the crate's folder upwards.
const RUN: &str = "[[run]]\nname = \"r\"\nkind = \"retrieval\"\nkb = \"kb-samples/banking\"\n\
                   queries = \"eval/truth/banking/queries.jsonl\"\n";

fn read(text: &str) -> Result<Suite, Vec<String>> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.toml");
    fs::write(&path, text).unwrap();
    Suite::read(&path).map_err(|faults| {
        let places = faults.errors.iter();
        places
            .map(|p| {
                let (row, column) = (p.row.unwrap_or(0), p.column.unwrap_or(0));
                format!("{row}:{column} {}", p.message)
            })
            .collect()
    })
}

#[test]
fn a_suite_is_read_with_its_defaults() {
    let suite = read(&format!("name = \"s\"\n{RUN}")).unwrap();
    assert_eq!(suite.name, "s");
    assert_eq!(
        suite.tolerance.of("recall@1"),
        super::super::DEFAULT_TOLERANCE
    );
    let run = &suite.runs[0];
    assert_eq!(run.figures, ["recall@1", "recall@3", "recall@10", "mrr@10"]);
    assert!(matches!(
        run.work,
        Work::Retrieval {
            split: None,
            mode: SearchMode::Hybrid,
            ..
        }
    ));
}

#[test]
fn figures_and_tolerances_are_taken_as_wanted() {
    let suite = read(&format!(
        "name = \"s\"\n[tolerance]\ndefault = 0.1\nece = 0\n{RUN}metrics = [\"mrr@10\", \"recall@1\"]\n\
         split = \"test\"\nmode = \"bm25\"\n"
    ))
    .unwrap();
    assert_eq!(suite.tolerance.of("recall@1"), 0.1);
    assert_eq!(suite.tolerance.of("ece"), 0.0);
    // In the order in which they are shown.
    assert_eq!(suite.runs[0].figures, ["recall@1", "mrr@10"]);
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_place() {
    let faults = read(&format!(
        "nam = \"s\"\n[tolerance]\nspeed = 1\nece = 2.5\n{RUN}split = \"tests\"\nmetrics = [\"f1\"]\nfast = true\n\
         [[run]]\nname = \"a/b\"\nkind = \"speed\"\nkb = \"nowhere\"\n"
    ))
    .unwrap_err();
    let expected = [
        "1:1 缺少 name",
        "1:1 不认识的键 nam",
        "3:1 不认识的指标 speed",
        "4:1 ece 应当是 0 到 1 之间的数",
        "10:1 split 有误",
        "11:12 retrieval 没有指标 f1",
        "12:1 不认识的键 fast",
        "14:1 run 的名字 a/b 要用作文件名",
        "15:1 不认识的 kind speed",
        "16:1 nowhere 不存在",
    ];
    assert_eq!(faults.len(), expected.len(), "{faults:#?}");
    for (fault, expected) in faults.iter().zip(expected) {
        assert!(fault.starts_with(expected), "{fault}: {expected}");
    }
}

#[test]
fn names_are_unique_and_there_is_something_to_do() {
    let twice = read(&format!("name = \"s\"\n{RUN}{RUN}")).unwrap_err();
    assert_eq!(twice, ["7:1 有两个 run 都叫 r"]);
    assert_eq!(
        read("name = \"s\"\n").unwrap_err(),
        ["1:1 没有任何 [[run]]"]
    );
    let broken = read("name = \n[[run]\n").unwrap_err();
    assert!(
        broken.iter().any(|f| f.contains("不是合法的 TOML")),
        "{broken:?}"
    );
}
