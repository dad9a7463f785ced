//! How follow-ups are read: weights and calibrator, from conversations.
//!
//! With the scores sₐ of a text alone, sⱼ of the text joined to its topic, and who answered last, the likelihood of FAQ
//! r is softmax(score / T)ᵣ, the score being that of [`FollowUpWeights`]; T is the fusion's temperature. Gradient
//! ascent on the mean log-likelihood of the right FAQ finds the five weights. It learns from all turns of conversations
//! that an FAQ answers, marked as follow-ups or not, and from pairs of train queries as two turns, so that a change of
//! topic is not taken for a follow-up.
//!
//! The calibrator is fitted on the turns that are then read with their topic, those among them that no FAQ answers
//! included.

use jieda::{
    Answered, Calibrator, EngineError, Features, FollowUpWeights, NearestIntents, Searcher,
    types::{Candidates, Confidence, FaqId, Segmented},
};
use serde::Serialize;

use super::calibration;
use crate::{
    calibrators::{Example, Quality},
    metrics::Forecast,
    transcripts::{Act, ExpectedReason, Retrieved, Transcript},
    truth::LabelledQuery,
};

const STEPS: usize = 800;
const RATE: f64 = 0.5;
/// Pull towards 0.
const RIDGE: f64 = 2e-3;
/// A few hundred turns, a tenth of what the calibrator of single queries has.
const CALIBRATOR_RIDGE: f64 = 10.0;
/// Pairs of queries, beside the conversations, of an industry.
const PAIRS: usize = 500;
/// As many candidates as a decision looks at by default.
const CANDIDATES: usize = 50;
/// All FAQs of a knowledge base to learn from.
const EVERY: usize = 1000;

/// One industry's conversations, and queries of its train split.
pub struct Conversations {
    /// Its name, for reports.
    pub name: String,
    /// Its knowledge base.
    pub searcher: Searcher,
    /// Its conversations.
    pub transcripts: Vec<Transcript>,
    /// Its queries.
    pub queries: Vec<LabelledQuery>,
}

/// What reads and judges a text that stands alone.
pub struct Basis<'a> {
    /// The confidence in it.
    pub calibrator: &'a Calibrator,
    /// From this confidence on it is answered alone.
    pub reply: Confidence,
    /// Temperature of the scores.
    pub temperature: f64,
}

/// What was learned, and how far it can be trusted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FollowUpReport {
    /// Weights learned on all industries: what ships.
    pub weights: FollowUpWeights,
    /// Calibrator fitted on all industries: what ships.
    pub calibrator: Calibrator,
    /// Turns that the weights were learned from.
    pub samples: usize,
    /// Each industry, with what was learned on the others.
    pub held_out: Vec<HeldOutFollowUps>,
    /// Calibration over all left-out industries together.
    pub pooled: Quality,
}

/// An industry and what the others taught.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldOutFollowUps {
    /// Its name.
    pub industry: String,
    /// Turns that can't be understood without those before.
    pub follow_ups: Retrieved,
    /// Other turns of conversations.
    pub others: Retrieved,
    /// Queries that change the topic.
    pub switches: Retrieved,
    /// Of the calibrator, on turns that were read with their topic.
    pub calibration: Quality,
}

/// Learns from conversations of several industries. `None` for fewer than two, or where nothing can be learned.
/// `progress` is told (industries done, all).
///
/// # Errors
/// [`EngineError`] when a text is empty or too long, or a stage fails.
pub fn fit(
    industries: &[Conversations],
    basis: &Basis<'_>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Option<FollowUpReport>, EngineError> {
    let mut cases = Vec::with_capacity(industries.len());
    for industry in industries {
        progress(cases.len(), industries.len());
        cases.push(cases_of(industry)?);
    }
    progress(cases.len(), industries.len());
    if cases.len() < 2 || cases.iter().any(Vec::is_empty) {
        return Ok(None);
    }
    let learn = |left_out: Option<usize>| {
        let kept = cases.iter().enumerate();
        let kept = kept.filter(|(i, _)| Some(*i) != left_out);
        weights(
            &kept.flat_map(|(_, c)| c).collect::<Vec<_>>(),
            basis.temperature,
        )
    };
    // Features of an industry come from weights that have not seen it.
    let unseen: Vec<FollowUpWeights> = (0..cases.len()).map(|i| learn(Some(i))).collect();
    let read: Vec<Vec<Read>> = cases
        .iter()
        .zip(&unseen)
        .map(|(cases, weights)| cases.iter().map(|c| Read::of(c, weights, basis)).collect())
        .collect();
    let calibrate = |left_out: Option<usize>| {
        let kept = read.iter().enumerate();
        let kept = kept.filter(|(i, _)| Some(*i) != left_out);
        calibration::of_examples(
            kept.flat_map(|(_, r)| r)
                .filter_map(|r| r.example.clone())
                .collect(),
            CALIBRATOR_RIDGE,
        )
    };
    let forecasts: Vec<Vec<Forecast>> = read
        .iter()
        .enumerate()
        .map(|(i, read)| forecasts(read, &calibrate(Some(i))))
        .collect();
    let held_out = industries
        .iter()
        .zip(cases.iter().zip(read.iter().zip(&forecasts)))
        .map(|(industry, (cases, (read, forecasts)))| {
            let of = |kind| retrieved(cases.iter().zip(read).filter(|(c, _)| c.kind == kind));
            HeldOutFollowUps {
                industry: industry.name.clone(),
                follow_ups: of(Kind::FollowUp),
                others: of(Kind::Other),
                switches: of(Kind::Switch),
                calibration: Quality::of(forecasts),
            }
        })
        .collect();
    Ok(Some(FollowUpReport {
        weights: learn(None),
        calibrator: calibrate(None),
        samples: cases
            .iter()
            .flatten()
            .filter(|c| c.answer.is_some())
            .count(),
        held_out,
        pooled: Quality::of(&forecasts.concat()),
    }))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    FollowUp,
    Other,
    Switch,
}

/// A turn with one before it.
struct Case {
    kind: Kind,
    segmented: Segmented,
    alone: Candidates,
    joined: Candidates,
    last: Option<FaqId>,
    /// The right FAQ; none when no FAQ answers.
    answer: Option<FaqId>,
}

fn cases_of(industry: &Conversations) -> Result<Vec<Case>, EngineError> {
    let searcher = &industry.searcher;
    let mut cases = Vec::new();
    for transcript in &industry.transcripts {
        let (mut topic, mut last): (Option<&str>, Option<&FaqId>) = (None, None);
        for turn in &transcript.turns {
            let unmatched = turn.expect.reason
                == Some(ExpectedReason::Handoff(
                    jieda::types::HandoffReason::RepeatedFailure,
                ));
            let a_question = match turn.expect.decision {
                Act::Reply | Act::Clarify => true,
                Act::Handoff => unmatched,
                Act::Smalltalk | Act::Silent => false,
            };
            let Some(text) = turn.text.as_deref().filter(|_| a_question) else {
                continue;
            };
            if let Some(topic) = topic {
                let kind = match turn.context {
                    true => Kind::FollowUp,
                    false => Kind::Other,
                };
                cases.push(case(
                    searcher,
                    (topic, last),
                    text,
                    (kind, turn.expect.faq.as_ref()),
                )?);
            }
            // A follow-up goes on with the topic; anything else opens one.
            if !turn.context || topic.is_none() {
                topic = Some(text);
            }
            last = turn.expect.faq.as_ref().or(last);
        }
    }
    // Half the queries away stands another topic, but for what is of the same FAQ.
    let queries = &industry.queries;
    let stride = (queries.len() / PAIRS).max(1);
    for (i, query) in queries.iter().enumerate().step_by(stride) {
        let before = &queries[(i + queries.len() / 2) % queries.len()];
        if before.faq != query.faq {
            let topic = (before.text.as_str(), Some(&before.faq));
            cases.push(case(
                searcher,
                topic,
                &query.text,
                (Kind::Switch, Some(&query.faq)),
            )?);
        }
    }
    Ok(cases)
}

fn case(
    searcher: &Searcher,
    (topic, last): (&str, Option<&FaqId>),
    text: &str,
    (kind, answer): (Kind, Option<&FaqId>),
) -> Result<Case, EngineError> {
    let alone = searcher.understand(text)?;
    let joined = searcher.understand(&format!("{topic} {text}"))?;
    Ok(Case {
        kind,
        alone: searcher.search(&alone, EVERY)?,
        joined: searcher.search(&joined, EVERY)?,
        segmented: alone.segmented,
        last: last.cloned(),
        answer: answer.cloned(),
    })
}

impl Case {
    fn characters(&self) -> usize {
        self.segmented.normalized.chars().count()
    }

    fn answered(&self) -> Answered<'_> {
        let last = self.last.as_ref();
        let mut ranked = self.alone.ranked.iter();
        Answered {
            faq: last,
            intent: last.and_then(|last| ranked.find(|c| c.faq == *last).map(|c| &c.intent)),
        }
    }
}

/// A case as the engine reads it.
struct Read {
    /// The FAQ that comes first.
    found: Option<FaqId>,
    /// The FAQ that comes first for the words alone.
    alone: Option<FaqId>,
    /// What the calibrator sees, where the turn is read with its topic.
    example: Option<Example>,
}

impl Read {
    fn of(case: &Case, weights: &FollowUpWeights, basis: &Basis<'_>) -> Self {
        let nearest = NearestIntents::new(basis.temperature);
        let features = |candidates: &Candidates| {
            let seen = first(candidates, CANDIDATES);
            Features::of(&case.segmented, &seen, &nearest.rank(&seen))
        };
        let top = |candidates: &Candidates| candidates.top().map(|c| c.faq.clone());
        let confidence = basis.calibrator.confidence(&features(&case.alone));
        let characters = case.characters();
        let alone = top(&case.alone);
        if confidence >= basis.reply || weights.likelihood(characters) < FollowUpWeights::LEAST {
            return Self {
                found: alone.clone(),
                alone,
                example: None,
            };
        }
        let blended = weights.blend(
            &first(&case.alone, CANDIDATES),
            &first(&case.joined, CANDIDATES),
            case.answered(),
            characters,
        );
        let found = top(&blended);
        let example = Example {
            features: features(&blended).0.to_vec(),
            right: case.answer.is_some() && found == case.answer,
        };
        Self {
            found,
            alone,
            example: Some(example),
        }
    }
}

fn first(candidates: &Candidates, limit: usize) -> Candidates {
    let mut first = candidates.clone();
    first.ranked.truncate(limit);
    first
}

fn retrieved<'a>(cases: impl Iterator<Item = (&'a Case, &'a Read)>) -> Retrieved {
    let cases: Vec<_> = cases.filter(|(case, _)| case.answer.is_some()).collect();
    let share = |right: usize| right as f64 / cases.len().max(1) as f64;
    Retrieved {
        n: cases.len(),
        recall: share(cases.iter().filter(|(c, r)| r.found == c.answer).count()),
        alone: share(cases.iter().filter(|(c, r)| r.alone == c.answer).count()),
    }
}

fn forecasts(read: &[Read], calibrator: &Calibrator) -> Vec<Forecast> {
    let examples = read.iter().filter_map(|r| r.example.as_ref());
    examples
        .filter_map(|example| {
            let features = Features(example.features.as_slice().try_into().ok()?);
            Some(Forecast {
                probability: calibrator.confidence(&features).get(),
                outcome: example.right,
            })
        })
        .collect()
}

/// What a case says to the weights: one entry an FAQ.
struct Columns {
    length: f64,
    alone: Vec<f64>,
    /// Joined, last, intent.
    added: Vec<[f64; 3]>,
    answer: usize,
}

impl Columns {
    fn of(case: &Case) -> Option<Self> {
        let answer = case.answer.as_ref()?;
        let answered = case.answered();
        let lowest = case.joined.ranked.last().map_or(0.0, |c| c.score.0);
        let joined: std::collections::HashMap<&FaqId, f32> = case
            .joined
            .ranked
            .iter()
            .map(|c| (&c.faq, c.score.0))
            .collect();
        let yes = |is: bool| f64::from(u8::from(is));
        let ranked = case.alone.ranked.iter();
        Some(Self {
            length: (case.characters().max(1) as f64).ln(),
            alone: ranked.clone().map(|c| f64::from(c.score.0)).collect(),
            added: ranked
                .map(|c| {
                    [
                        f64::from(*joined.get(&c.faq).unwrap_or(&lowest)),
                        yes(answered.faq == Some(&c.faq)),
                        yes(answered.intent == Some(&c.intent)),
                    ]
                })
                .collect(),
            answer: case.alone.rank_of(answer)? - 1,
        })
    }
}

/// Bias and slope of the likelihood (on standardised length), then what is added.
type Parameters = [f64; 5];

fn weights(cases: &[&Case], temperature: f64) -> FollowUpWeights {
    let columns: Vec<Columns> = cases.iter().filter_map(|c| Columns::of(c)).collect();
    let n = columns.len().max(1) as f64;
    let mean = columns.iter().map(|c| c.length).sum::<f64>() / n;
    let variance = columns
        .iter()
        .map(|c| (c.length - mean).powi(2))
        .sum::<f64>()
        / n;
    let deviation = variance.sqrt().max(1e-9);
    let mut parameters: Parameters = [0.0, 0.0, 0.3, 0.3, 0.3];
    for step in 0..STEPS {
        let rate = RATE / (1.0 + step as f64 / 200.0);
        let gradient = gradient(&columns, &parameters, (mean, deviation), temperature);
        for (i, (p, g)) in parameters.iter_mut().zip(gradient).enumerate() {
            let pull = if i == 0 { 0.0 } else { RIDGE * *p };
            *p += rate * (g / n - pull);
        }
    }
    let [bias, slope, joined, last, intent] = parameters;
    FollowUpWeights {
        bias: bias - slope * mean / deviation,
        length: slope / deviation,
        joined,
        last,
        intent,
    }
}

fn gradient(
    columns: &[Columns],
    [bias, slope, added @ ..]: &Parameters,
    (mean, deviation): (f64, f64),
    temperature: f64,
) -> Parameters {
    let mut sum: Parameters = [0.0; 5];
    for case in columns {
        let length = (case.length - mean) / deviation;
        let g = 1.0 / (1.0 + (-(bias + slope * length)).exp());
        let context = |row: &[f64; 3]| row.iter().zip(added).map(|(x, w)| x * w).sum::<f64>();
        let scores: Vec<f64> = case
            .alone
            .iter()
            .zip(&case.added)
            .map(|(alone, row)| (alone + g * context(row)) / temperature)
            .collect();
        let highest = scores.iter().copied().fold(f64::MIN, f64::max);
        let likelihoods: Vec<f64> = scores.iter().map(|s| (s - highest).exp()).collect();
        let total: f64 = likelihoods.iter().sum();
        // The right FAQ's evidence minus what is expected.
        let mut surplus = case.added[case.answer];
        for (likelihood, row) in likelihoods.iter().zip(&case.added) {
            for (s, x) in surplus.iter_mut().zip(row) {
                *s -= likelihood / total * x;
            }
        }
        let by_gate = g * (1.0 - g) * context(&surplus) / temperature;
        sum[0] += by_gate;
        sum[1] += by_gate * length;
        for (s, x) in sum[2..].iter_mut().zip(surplus) {
            *s += g * x / temperature;
        }
    }
    sum
}
