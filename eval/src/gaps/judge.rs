//! Gaps held against labels.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jieda_gaps::{Gap, Proposal};
use jieda_types::FaqId;
use serde::Serialize;

use crate::decision::Labelled;

/// A gap whose texts belong to one FAQ at least by this share stands for that FAQ.
const PURE: f64 = 0.8;
/// It also has at least so many different texts: one text alone is pure whatever it says.
const LEAST_TEXTS: usize = 2;

/// What a text is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Label {
    Faq(FaqId),
    /// No FAQ answers it: it belongs to no other text.
    Alone(usize),
}

/// One removal, mined.
pub(super) struct Round<'a> {
    removed: &'a BTreeSet<FaqId>,
    gaps: Vec<Gap>,
    labels: HashMap<String, Label>,
    /// Queries of each removed FAQ.
    queries: BTreeMap<&'a FaqId, usize>,
}

impl<'a> Round<'a> {
    pub(super) fn new(
        labelled: &'a Labelled,
        removed: &'a BTreeSet<FaqId>,
        gaps: Vec<Gap>,
    ) -> Self {
        // As misses have them.
        let key = |text: &str| jieda::PersonalData::mask(text.trim()).into_text();
        let mut labels = HashMap::new();
        let mut queries = BTreeMap::new();
        for (i, query) in labelled.unanswerable.iter().enumerate() {
            labels.insert(key(&query.text), Label::Alone(i));
        }
        for query in &labelled.queries {
            labels.insert(key(&query.text), Label::Faq(query.faq.clone()));
            if let Some(faq) = removed.get(&query.faq) {
                *queries.entry(faq).or_default() += 1;
            }
        }
        Self {
            removed,
            gaps,
            labels,
            queries,
        }
    }

    fn label(&self, text: &str) -> Option<&Label> {
        self.labels.get(text)
    }

    /// The label of most texts, and how many.
    fn majority(&self, gap: &Gap) -> Option<(&Label, usize)> {
        let mut counts = BTreeMap::<&Label, usize>::new();
        for label in gap.queries.iter().filter_map(|text| self.label(text)) {
            *counts.entry(label).or_default() += 1;
        }
        counts.into_iter().max_by_key(|&(_, count)| count)
    }

    /// The FAQ that a gap stands for.
    fn stands_for(&self, gap: &Gap) -> Option<&FaqId> {
        let (label, count) = self.majority(gap)?;
        let texts = gap.queries.len();
        let stands = texts >= LEAST_TEXTS && count as f64 >= PURE * texts as f64;
        match label {
            Label::Faq(faq) if stands => Some(faq),
            _ => None,
        }
    }
}

/// How well gap mining did, over all rounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GapReport {
    /// FAQs that were removed.
    pub removed: usize,
    /// Share of them that came back: a gap of at least two texts, at least 80 % of them theirs.
    pub returned: f64,
    /// The same among those of which at least two texts were missed: the others can't come back.
    pub returned_of_possible: f64,
    /// How many of them those are.
    pub possible: usize,
    /// Mean share of the missed texts of an FAQ that came back which is in its largest gap.
    pub gathered: f64,
    /// Gaps that are shown, a round.
    pub gaps: f64,
    /// Of the gaps that are shown, the share that stands for one FAQ.
    pub pure: f64,
    /// How well texts are grouped, each text of a shown or a small gap counting the same.
    pub b_cubed: BCubed,
    /// What is proposed for gaps of removed FAQs.
    pub for_removed: Advised,
    /// What is proposed for gaps of FAQs that stayed.
    pub for_kept: Advised,
    /// FAQ by FAQ.
    #[serde(skip)]
    pub fates: Vec<Removed>,
    /// Text by text.
    #[serde(skip)]
    pub texts: Vec<MinedText>,
}

/// B-cubed precision and recall (Bagga & Baldwin 1998; Amigó et al. 2009): of the texts that share a text's gap, the
/// share with its label; of the texts with its label, the share in its gap; means over texts.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct BCubed {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

/// Proposals by kind, for gaps that stand for an FAQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Advised {
    /// Write an answer.
    pub new_faq: usize,
    /// Phrasings for the FAQ that it stands for.
    pub similar_question: usize,
    /// Phrasings for another.
    pub similar_to_other: usize,
    /// Two FAQs get in each other's way.
    pub conflicting_faqs: usize,
}

/// What became of a removed FAQ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Removed {
    /// The round, from 1.
    pub round: usize,
    /// The FAQ.
    pub faq: FaqId,
    /// Its labelled queries.
    pub queries: usize,
    /// Different texts of these that were missed without it.
    pub missed: usize,
    /// What became of it.
    pub fate: Fate,
}

/// Whether a removed FAQ came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// A gap stands for it.
    Returned,
    /// Its texts are alone, or among others.
    Lost,
    /// Fewer than two texts were missed: the rest was answered, by other FAQs.
    TooFewMissed,
}

/// A text that was missed, and where it went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MinedText {
    /// The round, from 1.
    pub round: usize,
    /// The gap, from 1, as they are ranked.
    pub gap: usize,
    /// The text.
    pub text: String,
    /// The FAQ that answers it; none if there never was one.
    pub faq: Option<FaqId>,
    /// The FAQ that comes first without the removed ones.
    pub found: Option<FaqId>,
    /// The probability that it answers the text.
    pub confidence: f64,
    /// What is proposed for the gap.
    pub proposal: &'static str,
}

impl GapReport {
    /// Judges rounds; gaps that were asked less often than `min_size` are not shown.
    pub(super) fn of(rounds: &[Round<'_>], min_size: usize) -> Self {
        let mut report = Self {
            removed: 0,
            returned: 0.0,
            returned_of_possible: 0.0,
            possible: 0,
            gathered: 0.0,
            gaps: 0.0,
            pure: 0.0,
            b_cubed: BCubed::default(),
            for_removed: Advised::default(),
            for_kept: Advised::default(),
            fates: Vec::new(),
            texts: Vec::new(),
        };
        let mut gathered = Vec::new();
        let (mut shown, mut pure) = (0, 0);
        for (round, number) in rounds.iter().zip(1..) {
            // By FAQ: the most texts in one gap that stands for it.
            let mut largest = BTreeMap::<&FaqId, usize>::new();
            for gap in round.gaps.iter().filter(|gap| gap.size >= min_size) {
                shown += 1;
                let Some(faq) = round.stands_for(gap) else {
                    continue;
                };
                pure += 1;
                let own = round.majority(gap).map_or(0, |(_, count)| count);
                let most = largest.entry(faq).or_default();
                *most = own.max(*most);
                let advised = if round.removed.contains(faq) {
                    &mut report.for_removed
                } else {
                    &mut report.for_kept
                };
                advised.count(&gap.proposal, faq);
            }
            let missed = round.missed();
            for faq in round.removed {
                let missed = missed.get(faq).copied().unwrap_or(0);
                let most = largest.get(faq);
                gathered.extend(most.map(|&most| most as f64 / missed as f64));
                report.fates.push(Removed {
                    round: number,
                    faq: faq.clone(),
                    queries: round.queries.get(faq).copied().unwrap_or(0),
                    missed,
                    fate: match most {
                        Some(_) => Fate::Returned,
                        None if missed < LEAST_TEXTS => Fate::TooFewMissed,
                        None => Fate::Lost,
                    },
                });
            }
            report.texts.extend(round.texts(number));
        }
        let returned = gathered.len();
        let too_few = |r: &&Removed| r.fate == Fate::TooFewMissed;
        report.removed = report.fates.len();
        report.possible = report.removed - report.fates.iter().filter(too_few).count();
        report.returned = share(returned, report.removed);
        report.returned_of_possible = share(returned, report.possible);
        report.gathered = mean(&gathered);
        report.gaps = shown as f64 / rounds.len().max(1) as f64;
        report.pure = share(pure, shown);
        report.b_cubed = BCubed::of(rounds);
        report
    }
}

impl Round<'_> {
    /// Different texts of each FAQ that were missed.
    fn missed(&self) -> BTreeMap<&FaqId, usize> {
        let mut missed = BTreeMap::new();
        for text in self.gaps.iter().flat_map(|gap| &gap.queries) {
            if let Some(Label::Faq(faq)) = self.label(text) {
                *missed.entry(faq).or_default() += 1;
            }
        }
        missed
    }

    fn texts(&self, round: usize) -> impl Iterator<Item = MinedText> + '_ {
        self.gaps.iter().zip(1..).flat_map(move |(gap, number)| {
            gap.evidence.iter().map(move |evidence| MinedText {
                round,
                gap: number,
                text: evidence.text.clone(),
                faq: match self.label(&evidence.text) {
                    Some(Label::Faq(faq)) => Some(faq.clone()),
                    _ => None,
                },
                found: evidence.faq.clone(),
                confidence: evidence.confidence.get(),
                proposal: gap.proposal.name(),
            })
        })
    }
}

impl Advised {
    fn count(&mut self, proposal: &Proposal, stands_for: &FaqId) {
        match proposal {
            Proposal::NewFaq(_) => self.new_faq += 1,
            Proposal::SimilarQuestion { faq, .. } if faq == stands_for => {
                self.similar_question += 1;
            }
            Proposal::SimilarQuestion { .. } => self.similar_to_other += 1,
            Proposal::ConflictingFaqs { .. } => self.conflicting_faqs += 1,
            // Nothing was rated here.
            Proposal::ReviewAnswer { .. } => {}
        }
    }
}

impl BCubed {
    fn of(rounds: &[Round<'_>]) -> Self {
        let (mut precisions, mut recalls) = (Vec::new(), Vec::new());
        for round in rounds {
            let mut of_label = HashMap::<&Label, usize>::new();
            for label in round
                .gaps
                .iter()
                .flat_map(|g| &g.queries)
                .filter_map(|t| round.label(t))
            {
                *of_label.entry(label).or_default() += 1;
            }
            for gap in &round.gaps {
                let labels: Vec<&Label> =
                    gap.queries.iter().filter_map(|t| round.label(t)).collect();
                for label in &labels {
                    let alike = labels.iter().filter(|other| other == &label).count();
                    precisions.push(share(alike, labels.len()));
                    recalls.push(share(alike, of_label[label]));
                }
            }
        }
        let (precision, recall) = (mean(&precisions), mean(&recalls));
        Self {
            precision,
            recall,
            f1: 2.0 * precision * recall / (precision + recall).max(f64::MIN_POSITIVE),
        }
    }
}

fn share(part: usize, all: usize) -> f64 {
    part as f64 / all.max(1) as f64
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::{LabelledQuery, UnanswerableQuery};
    use jieda_gaps::{Causes, Draft, Evidence};
    use jieda_types::Confidence;

    fn faq(id: &str) -> FaqId {
        FaqId::new(id).unwrap()
    }

    /// Queries are named by their FAQ: `a1` belongs to `a`, `-1` to none.
    fn labelled(texts: &[&str]) -> Labelled {
        let (none, some): (Vec<&str>, Vec<&str>) = texts.iter().partition(|t| t.starts_with('-'));
        Labelled {
            queries: some
                .into_iter()
                .map(|text| LabelledQuery {
                    text: text.into(),
                    faq: faq(&text[..1]),
                    style: None,
                    split: None,
                    conversation: None,
                    channel: None,
                })
                .collect(),
            unanswerable: none
                .into_iter()
                .map(|text| UnanswerableQuery {
                    text: text.into(),
                    kind: None,
                    split: None,
                    conversation: None,
                })
                .collect(),
            handoff: Vec::new(),
        }
    }

    fn gap(texts: &[&str], proposal: Proposal) -> Gap {
        let queries: Vec<String> = texts.iter().map(|t| (*t).to_owned()).collect();
        let evidence = |text: &String| Evidence {
            text: text.clone(),
            count: 1,
            causes: Causes::default(),
            faq: None,
            confidence: Confidence::ZERO,
            seen: None,
        };
        Gap {
            title: queries[0].clone(),
            size: queries.len(),
            cost: queries.len() as f64,
            causes: Causes::default(),
            cohesion: 1.0,
            nearest: Vec::new(),
            proposal,
            evidence: queries.iter().map(evidence).collect(),
            queries,
        }
    }

    fn new_faq() -> Proposal {
        Proposal::NewFaq(Draft {
            question: "?".into(),
            similar: Vec::new(),
            intent: None,
        })
    }

    fn similar(to: &str) -> Proposal {
        Proposal::SimilarQuestion {
            faq: faq(to),
            similar: Vec::new(),
        }
    }

    #[test]
    fn a_removed_faq_comes_back_as_a_pure_gap_of_two_texts() {
        // a: pure by 80 %. b: one text alone, the other among strangers. c: one text was missed. d stayed.
        let labelled = labelled(&[
            "a1", "a2", "a3", "a4", "b1", "b2", "c1", "c2", "d1", "d2", "-1",
        ]);
        let removed = BTreeSet::from(["a", "b", "c"].map(faq));
        let gaps = vec![
            gap(&["a1", "a2", "a3", "a4", "-1"], new_faq()),
            gap(&["b1", "c1"], new_faq()),
            gap(&["b2"], new_faq()),
            gap(&["d1", "d2"], similar("d")),
        ];
        let report = GapReport::of(&[Round::new(&labelled, &removed, gaps)], 2);
        let fates: Vec<_> = report
            .fates
            .iter()
            .map(|f| (f.queries, f.missed, f.fate))
            .collect();
        let expected = [
            (4, 4, Fate::Returned),
            (2, 2, Fate::Lost),
            (2, 1, Fate::TooFewMissed),
        ];
        assert_eq!(fates, expected);
        let shares = [
            (report.returned, 1.0 / 3.0),
            (report.returned_of_possible, 0.5),
            (report.gathered, 1.0),
            (report.gaps, 3.0),
            (report.pure, 2.0 / 3.0),
            // By text: 4 of 5 for each a, and so on; b and c are split, or with another.
            (
                report.b_cubed.precision,
                (4.0 * 0.8 + 0.2 + 0.5 + 0.5 + 1.0 + 2.0) / 10.0,
            ),
            (
                report.b_cubed.recall,
                (4.0 + 1.0 + 0.5 + 1.0 + 0.5 + 2.0) / 10.0,
            ),
        ];
        for (found, expected) in shares {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert_eq!(report.for_removed.new_faq, 1);
        assert_eq!(report.for_kept.similar_question, 1);
        assert_eq!(report.texts.len(), 10);
    }

    #[test]
    fn phrasings_for_another_faq_are_told_apart() {
        let labelled = labelled(&["a1", "a2", "d1", "d2"]);
        let removed = BTreeSet::from([faq("a")]);
        let gaps = vec![
            gap(&["a1", "a2"], similar("d")),
            gap(&["d1", "d2"], similar("e")),
        ];
        let report = GapReport::of(&[Round::new(&labelled, &removed, gaps)], 2);
        assert_eq!(report.for_removed.similar_to_other, 1);
        assert_eq!(report.for_kept.similar_to_other, 1);
    }
}
