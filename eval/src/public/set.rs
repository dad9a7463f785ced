//! Which public sets there are.

use std::path::{Path, PathBuf};

use serde::Serialize;

/// A public set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "&'static str")]
pub enum Set {
    /// SMP2017-ECDT task 1 (Zhang et al. 2017, arXiv 1709.10217): 31 domains of commands.
    Smp2017,
    /// KUAKE-QIC of CBLUE (Zhang et al. 2022, arXiv 2106.08087): 11 kinds of medical questions.
    KuakeQic,
    /// BQ (Chen et al. 2018, D18-1536): 468 FAQs, half of the paraphrases as similar questions.
    BqSimilar,
    /// LCQMC (Liu et al. 2018, C18-1166): FAQs with a standard question alone.
    LcqmcMulti,
    /// AFQMC (of CLUE, Xu et al. 2020, arXiv 2004.05986): FAQs with a standard question alone.
    AfqmcMulti,
    /// MHCH, clothing (Liu et al. 2021, arXiv 2012.07610).
    DamiClothing,
    /// MHCH, make-up, of the same.
    DamiMakeup,
    /// MHCH, make-up, with sentiment labels (Liu et al. 2021, arXiv 2109.08412).
    RssnMakeup,
}

impl Set {
    /// All sets.
    pub const ALL: [Self; 8] = [
        Self::Smp2017,
        Self::KuakeQic,
        Self::BqSimilar,
        Self::LcqmcMulti,
        Self::AfqmcMulti,
        Self::DamiClothing,
        Self::DamiMakeup,
        Self::RssnMakeup,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Smp2017 => "smp2017-ecdt",
            Self::KuakeQic => "kuake-qic",
            Self::BqSimilar => "bq-similar",
            Self::LcqmcMulti => "lcqmc-multi",
            Self::AfqmcMulti => "afqmc-multi",
            Self::DamiClothing => "mhch-dami-clothing",
            Self::DamiMakeup => "mhch-dami-makeup",
            Self::RssnMakeup => "mhch-rssn-makeup",
        }
    }

    /// Its files in the folder of all sets: what is learned from first, what is asked last.
    #[must_use]
    pub fn files(self) -> &'static [&'static str] {
        match self {
            Self::Smp2017 => &[
                "smp2017_ecdt_task1/train.jsonl",
                "smp2017_ecdt_task1/develop.jsonl",
                "smp2017_ecdt_task1/test.jsonl",
            ],
            // Its test split has no labels.
            Self::KuakeQic => &["cblue_kuake_qic/train.jsonl", "cblue_kuake_qic/dev.jsonl"],
            Self::BqSimilar => &[
                "faq_retrieval/bq_similar_faqs.jsonl",
                "faq_retrieval/bq_similar_queries.jsonl",
            ],
            Self::LcqmcMulti => &[
                "faq_retrieval/lcqmc_multi_faqs.jsonl",
                "faq_retrieval/lcqmc_multi_queries.jsonl",
            ],
            Self::AfqmcMulti => &[
                "faq_retrieval/afqmc_multi_faqs.jsonl",
                "faq_retrieval/afqmc_multi_queries.jsonl",
            ],
            // Train splits are not public.
            Self::DamiClothing => &[
                "mhch_dami/clothing_eval.jsonl",
                "mhch_dami/clothing_test.jsonl",
            ],
            Self::DamiMakeup => &["mhch_dami/makeup_eval.jsonl", "mhch_dami/makeup_test.jsonl"],
            Self::RssnMakeup => &["mhch_rssn_makeup/eval.jsonl", "mhch_rssn_makeup/test.jsonl"],
        }
    }

    /// The files that are missing in a folder.
    #[must_use]
    pub fn missing(self, data: &Path) -> Vec<PathBuf> {
        let files = self.files().iter().map(|file| data.join(file));
        files.filter(|file| !file.is_file()).collect()
    }

    /// What is learned from, and what is asked.
    pub(super) fn paths(self, data: &Path) -> (Vec<PathBuf>, PathBuf) {
        let mut paths: Vec<PathBuf> = self.files().iter().map(|file| data.join(file)).collect();
        let asked = paths.pop().unwrap_or_default();
        (paths, asked)
    }
}

impl From<Set> for &'static str {
    fn from(set: Set) -> Self {
        set.name()
    }
}

impl std::str::FromStr for Set {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|set| set.name() == text);
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            format!("unknown set `{text}`; known: {known}")
        })
    }
}
