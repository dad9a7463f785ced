//! The figures of public sets, as a page.

use std::fmt::Write as _;

use super::{Set, SetResult};

const HEAD: &str = "\
# Public benchmarks

Written by `jieda eval public --data DIR --out FILE`, from a folder with the sets; none of them is in this repository.
Most come without a clear licence and are for evaluation alone. No encoder, weight or threshold of jieda was trained on
them, and nothing was chosen by what is asked here; the kind of intent head was explored on the learned splits of the two
intent sets, among others. Intervals are 95 %, from the cluster bootstrap (by dialogue where there are dialogues).
";

const INTENTS: &str = "\
## Intents

A head on the frozen encoder, fitted by `jieda eval intent` with its defaults on the set's train split (SMP2017-ECDT:
train and develop), texts that stand there twice taken once; asked is the test split. KUAKE-QIC's test split has no
labels, so its dev split is asked.
";

const RETRIEVAL: &str = "\
## Retrieval

Hybrid search as it ships. The sets are made from pairs of paraphrases: what hangs together by positive pairs is one FAQ,
its first text the standard question. BQ has half of the others as similar questions and the rest as queries; in LCQMC
and AFQMC an FAQ has its standard question alone. They have no answers, so that the question stands for its own, and the
signals that read answers add nothing. Labels are noisy: a chain of paraphrases ends far from where it began, and two
FAQs that mean the same were never paired.
";

const HANDOFF: &str = "\
## Handoff

Which utterances call for a human. **The texts are numbers of words, so that nothing of the text engine takes part**: the
head is a logistic regression over bags of these numbers (the utterance, the one before, everything earlier) and the
course of the dialogue (side, position, length, sentiment, repetition), and sees nothing later. The train splits are not
public: it learns the evaluation split, for mhch-dami an eighth of what the published models learned. Ridge and threshold
come from cross-validation there. In mhch-rssn the sentiment is a label of the set's own. F1 is of the utterances that call for a human; GT-T by the formula of Liu et al. 2021 with λ = 0.
The program that they published divides by (T + ε)² instead of (T − 1 + ε)², so that its GT-I and GT-II are
`gt_t@2` and `gt_t@3` here; its macro-F1 is another formula too.
";

/// The page: a table for each kind, of the sets that were there.
#[must_use]
pub fn page(results: &[SetResult], encoder: &str) -> String {
    let mut page = format!("{HEAD}\nEncoder: `{encoder}`.\n");
    let kinds: [(&str, &[Set]); 3] = [
        (INTENTS, &[Set::Smp2017, Set::KuakeQic]),
        (
            RETRIEVAL,
            &[Set::BqSimilar, Set::LcqmcMulti, Set::AfqmcMulti],
        ),
        (
            HANDOFF,
            &[Set::DamiClothing, Set::DamiMakeup, Set::RssnMakeup],
        ),
    ];
    for (text, sets) in kinds {
        let of_kind: Vec<&SetResult> = results.iter().filter(|r| sets.contains(&r.set)).collect();
        if !of_kind.is_empty() {
            // Writing into a String can't fail.
            let _ = write!(page, "\n{text}\n{}", table(&of_kind));
        }
    }
    page
}

/// A row a set; they have the same figures.
fn table(results: &[&SetResult]) -> String {
    let Some(first) = results.first() else {
        return String::new();
    };
    let names = first.figures.iter().map(|figure| figure.name);
    let mut head = vec!["set", "counts"];
    head.extend(names);
    let mut lines = vec![row(&head), row(&vec!["---"; head.len()])];
    for result in results {
        let counts: Vec<String> = result
            .counts
            .iter()
            .map(|(name, n)| format!("{n} {name}"))
            .collect();
        let mut cells = vec![result.set.name().to_owned(), counts.join(", ")];
        cells.extend(result.figures.iter().map(|named| {
            let figure = &named.figure;
            match figure.interval {
                Some(ends) => format!("{:.3} ({:.3}–{:.3})", figure.value, ends.low, ends.high),
                None => format!("{:.3}", figure.value),
            }
        }));
        lines.push(row(&cells));
    }
    lines.concat()
}

fn row(cells: &[impl AsRef<str>]) -> String {
    let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
    format!("| {} |\n", cells.join(" | "))
}
