//! Arguments of `jieda kb gaps` and `jieda eval gaps`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use jieda_gaps::{Costs, MiningOptions, Nearness};

use super::tune::{LabelArgs, cost, share};

pub(crate) const HELP: &str = "\
Examples:
  jieda log export --store conversations.db --since 2026-11-01 --out november.jsonl
  jieda kb gaps --kb my-kb --log november.jsonl --out gaps.xlsx
  jieda kb gaps --data data --queries asked.txt --cost handover=5,wrong=8 --json

--log takes what jieda log export and jieda chat --save write: what had to be said again, near-ties, handovers for lack
of an answer, and answers that were rated low. --queries takes texts, one a line, or {\"text\"} lines (.jsonl): each is
answered first, and what gets no answer counts. Texts that the knowledge base answers by now are no gaps.

Texts that mean about the same are one gap. It is named by the text in its middle, and ranked by how often it was
asked, times what a miss costs. The proposal is new_faq (its answer is yours to write), similar_question,
conflicting_faqs or review_answer.

--out: fill in the answers, delete what you don't want, and import it: jieda kb import gaps.xlsx --into my-kb

With --json: {\"gaps\":[{\"title\",\"queries\":[…],\"size\",\"cost\",\"causes\",\"cohesion\",\"nearest\":[{\"faq\",\"question\",
\"count\",\"support\"}],\"proposal\":{\"kind\",…},\"evidence\":[{\"text\",\"count\",\"causes\",\"faq\",\"confidence\",\"seen\"}]}],
\"misses\",\"texts\",\"settled\",\"left_out\",\"too_small\"}";

pub(crate) const EVAL_HELP: &str = "\
Example:
  jieda eval gaps --kb kb-samples/telecom --queries eval/truth/telecom/queries.jsonl --split test --remove 20% --rounds 5

FAQs are removed, all queries are put to what is left, and what is missed is mined. An FAQ comes back when a gap of at
least two texts belongs to it by 80 %. Every further round removes others: with 20 % and five rounds, each FAQ once.";

/// What gaps are looked for in.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("from").required(true))]
pub(crate) struct GapsArgs {
    /// Conversations, one JSON object a line, as jieda log export or jieda chat --save writes them
    #[arg(long, value_name = "FILE", group = "from")]
    pub(crate) log: Option<PathBuf>,
    /// Texts that are answered first: one a line, or {"text"} a line in a .jsonl file
    #[arg(long, value_name = "FILE", group = "from")]
    pub(crate) queries: Option<PathBuf>,
    /// Write a workbook that can be imported when its answers are filled in
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Leave out gaps that were asked less often
    #[arg(long, value_name = "N", default_value_t = MiningOptions::default().min_size)]
    pub(crate) min_size: usize,
    /// What a miss costs, in any unit: rephrase (said again), clarify (a near-tie), handover, wrong (rated low); 1
    /// unless named
    #[arg(long, value_name = "NAME=COST", value_delimiter = ',', value_parser = named_cost)]
    cost: Vec<NamedCost>,
}

impl GapsArgs {
    /// As the miner wants them.
    pub(crate) fn options(&self) -> MiningOptions {
        let mut costs = Costs::default();
        for NamedCost { of, cost } in &self.cost {
            *of(&mut costs) = *cost;
        }
        MiningOptions {
            min_size: self.min_size,
            costs,
            ..MiningOptions::default()
        }
    }
}

/// One cost, and which.
#[derive(Debug, Clone, Copy)]
struct NamedCost {
    of: fn(&mut Costs) -> &mut f64,
    cost: f64,
}

fn named_cost(text: &str) -> Result<NamedCost, String> {
    let expected = "expected NAME=COST, NAME one of rephrase, clarify, handover, wrong";
    let (name, value) = text.split_once('=').ok_or(expected)?;
    let of: fn(&mut Costs) -> &mut f64 = match name.trim() {
        "rephrase" => |costs| &mut costs.rephrase,
        "clarify" => |costs| &mut costs.clarify,
        "handover" => |costs| &mut costs.handover,
        "wrong" => |costs| &mut costs.wrong,
        _ => return Err(expected.into()),
    };
    Ok(NamedCost {
        of,
        cost: cost(value.trim())?,
    })
}

/// What `jieda eval gaps` runs.
#[derive(Debug, Args)]
pub(crate) struct EvalGapsArgs {
    #[command(flatten)]
    pub(crate) labels: LabelArgs,
    /// Share of the FAQs that is removed
    #[arg(long, value_name = "SHARE", default_value = "20%", value_parser = share)]
    pub(crate) remove: f64,
    /// Which are removed
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Ask at most so many queries of each FAQ, drawn by the seed: a smaller log
    #[arg(long, value_name = "N")]
    pub(crate) per_faq: Option<usize>,
    /// Ask the queries of the removed FAQs alone: nothing is in the way
    #[arg(long)]
    pub(crate) only_removed: bool,
    /// Rounds, each of which removes others
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) rounds: u16,
    /// Try these least cosines of texts in one gap, instead of the shipped one
    #[arg(long, value_name = "COSINE", value_delimiter = ',')]
    least_cosine: Vec<f32>,
    /// Try so many nearest neighbours, instead of the shipped number: with each cosine, each of them
    #[arg(long, value_name = "N", value_delimiter = ',')]
    neighbours: Vec<usize>,
    /// Write what became of each missed text to this file (tab-separated), for one choice
    #[arg(long, value_name = "FILE")]
    pub(crate) cases: Option<PathBuf>,
}

impl EvalGapsArgs {
    /// Every choice.
    pub(crate) fn options(&self) -> Vec<MiningOptions> {
        let shipped = MiningOptions::default();
        let Nearness {
            neighbours,
            least_cosine,
        } = shipped.nearness;
        let cosines = or(&self.least_cosine, least_cosine);
        let numbers = or(&self.neighbours, neighbours);
        let choices = cosines.iter().flat_map(|&least_cosine| {
            numbers.iter().map(move |&neighbours| Nearness {
                neighbours,
                least_cosine,
            })
        });
        choices
            .map(|nearness| MiningOptions {
                nearness,
                ..shipped
            })
            .collect()
    }
}

/// What was given, or the one that ships.
fn or<T: Copy>(given: &[T], shipped: T) -> Vec<T> {
    if given.is_empty() {
        vec![shipped]
    } else {
        given.to_vec()
    }
}
