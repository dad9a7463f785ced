//! Arguments of `jieda eval run`, `compare` and `public`.

use std::path::PathBuf;

use clap::Args;
use jieda_eval::public::Set;

pub(crate) const RUN_HELP: &str = "\
Examples:
  jieda eval run --suite eval/suites/samples.toml --out eval/results/samples
  jieda eval run --suite eval/suites/ci.toml --check eval/results/samples
  jieda eval run --suite mine.toml --out after && jieda eval compare before after

A suite is a TOML file:
  name = \"mine\"
  [tolerance]                # optional; how far a figure may fall in --check
  default = 0.005            # of every figure that is not named
  ece = 0.01
  [[run]]
  name = \"banking-retrieval\"
  kind = \"retrieval\"
  kb = \"kb-samples/banking\" # paths are looked for from the working directory upwards
  queries = \"eval/truth/banking/queries.jsonl\"
  split = \"test\"           # optional: only these labels
  mode = \"hybrid\"          # optional: or vector, bm25
  metrics = [\"recall@1\"]   # optional: all of the kind

kind         takes                                  metrics
retrieval    queries, split, mode                   recall@1, recall@3, recall@10, mrr@10
decision     queries, unanswerable, handoff, split  coverage, wrong_rate, answered_right,
                                                    oos_answered_rate, handoff_recall,
                                                    handoff_false_rate, handoff_macro_f1,
                                                    ece, brier, auc, aurc
transcripts  transcripts                            turn_accuracy, decision_macro_f1,
                                                    context_recall@1, others_recall@1,
                                                    transfer_precision, transfer_recall,
                                                    gt_t@1, gt_t@2, gt_t@3,
                                                    solved_without_human
intents      queries, unanswerable                  accuracy, macro_f1, intent_ece, oos_auroc,
             (learned: phrasings and all but the    fpr95
             test split; asked: the test split)

--out writes results.json and one CSV a run, with what was expected of each text and what came.
The same suite gives the same bytes, on any number of threads. Intervals (95 %) come from the
cluster bootstrap by conversation.

--check compares with such a folder. A figure that is worse by more than its tolerance fails (exit
code 1), and the cases that changed sides are shown; one that is better by more asks to be recorded
with --out, and succeeds. Recorded runs that the suite does not have are left alone, so that a
smaller suite can be checked against the results of a larger one.";

pub(crate) const COMPARE_HELP: &str = "\
Example:
  jieda eval compare eval/results/samples after

Both folders were written by `jieda eval run --out`. Only cases that both have count. Shares of the
same cases are tested by McNemar's test (mid-p), everything else, and turns of conversations, by the
paired bootstrap by conversation. Many p-values are looked at here: one below 0.05 among twenty is to
be expected by chance.";

pub(crate) const PUBLIC_HELP: &str = "\
Examples:
  jieda eval public --data public
  jieda eval public --data public --set smp2017-ecdt,kuake-qic --json

--data names the folder of the sets here, one JSON object a line in each file:
  smp2017_ecdt_task1/{train,develop,test}.jsonl    {\"text\",\"intent\"}
  cblue_kuake_qic/{train,dev}.jsonl                {\"text\",\"intent\"}
  faq_retrieval/NAME_faqs.jsonl                    {\"faq_id\",\"question\",\"similar\"}
  faq_retrieval/NAME_queries.jsonl                 {\"query\",\"faq_id\"}
    with NAME bq_similar, lcqmc_multi, afqmc_multi
  mhch_dami/{clothing,makeup}_{eval,test}.jsonl    {\"turns\":[{\"role\",\"tokens\",\"senti\",\"label\"}]}
  mhch_rssn_makeup/{eval,test}.jsonl               the same
Sets that are not there are named and passed over. FAQs of the larger ones take minutes to encode
the first time, and kuake-qic takes minutes to learn.

Intents: a head on the frozen encoder learns the set's train split. Retrieval: hybrid search as it
ships. Handoff (mhch-*): words are numbers there, so it says nothing of the text engine; a head on
these numbers is learned and asked.";

#[derive(Debug, Args)]
pub(crate) struct EvalPublicArgs {
    /// Only these sets
    #[arg(long = "set", value_name = "NAME", value_delimiter = ',')]
    pub(crate) sets: Vec<Set>,
    /// Write the figures to this file (Markdown)
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct EvalRunArgs {
    /// What to measure (TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) suite: PathBuf,
    /// Write results.json and a CSV of each run into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Compare with the results in this folder: a drop beyond the tolerance fails
    #[arg(long, value_name = "DIR")]
    pub(crate) check: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct EvalCompareArgs {
    /// Results before
    #[arg(value_name = "DIR")]
    pub(crate) first: PathBuf,
    /// Results after
    #[arg(value_name = "DIR")]
    pub(crate) second: PathBuf,
}
