//! Fitting an adapter: contrast over the phrasings of one knowledge base.

use std::{
    collections::{HashMap, HashSet},
    num::NonZeroUsize,
};

use candle_core::{D, Device, Result, Tensor, Var};
use jieda_types::{Embedding, EncoderId};

use super::{Adapter, AdapterInfo};
use crate::{
    ModelError,
    train::{AdamW, Moments, Parameter, Workers},
};

/// Queries of one step.
const MAX_ROWS: usize = 1024;
/// Phrasings that they are compared with; at least two for each of the queries.
const MAX_PHRASINGS: usize = 4096;
/// Steps in all, however much there is to learn from.
const MAX_STEPS: usize = 600;

/// A vector and the FAQ that it belongs to, by number.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledVector {
    /// Any number that is the FAQ's own.
    pub faq: usize,
    /// The vector.
    pub vector: Embedding,
}

/// What an adapter is fitted on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AdapterExamples {
    /// Everything that the knowledge base says of itself. Phrasings are asked as well, each for the
    /// others of its FAQ: without that, an adapter of few labels unlearns FAQs that have none.
    pub phrasings: Vec<LabelledVector>,
    /// Queries of customers.
    pub queries: Vec<LabelledVector>,
}

/// How it is fitted. The defaults were chosen on industries that no encoder of ours has learned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdapterOptions {
    /// Of the softmax.
    pub temperature: f64,
    /// Weight of ½‖A‖² in the loss: how strongly vectors are held where they were.
    pub penalty: f64,
    /// Highest step size; it falls to 0 in equal steps.
    pub learning_rate: f32,
    /// Passes over everything.
    pub passes: usize,
    /// Same seed and data, same adapter.
    pub seed: u64,
}

impl Default for AdapterOptions {
    fn default() -> Self {
        Self {
            temperature: 0.05,
            penalty: 0.03,
            learning_rate: 3e-3,
            passes: 60,
            seed: 1,
        }
    }
}

impl Adapter {
    /// Fits an adapter to labelled queries. The loss is InfoNCE (van den Oord et al. 2018,
    /// arXiv 1807.03748) with all phrasings of an FAQ as its positives:
    /// −log Σ_own exp(cos / T) + log Σ_all exp(cos / T), plus the penalty.
    ///
    /// # Errors
    /// [`ModelError`] when the vectors are not all of one length, or the computation fails.
    pub fn fit(
        encoder: EncoderId,
        examples: &AdapterExamples,
        options: &AdapterOptions,
    ) -> std::result::Result<Self, ModelError> {
        let all = || examples.phrasings.iter().chain(&examples.queries);
        let dimensions = all().next().map_or(0, |v| v.vector.as_slice().len());
        if all().any(|v| v.vector.as_slice().len() != dimensions) {
            return Err(candle_core::Error::msg("vectors of several lengths").into());
        }
        let matrix = Fit::new(examples, options, dimensions)?.run()?;
        Ok(Self {
            encoder,
            matrix,
            dimensions,
            info: AdapterInfo {
                queries: examples.queries.len(),
                recall_before: None,
                recall_after: None,
            },
        })
    }
}

/// What is asked: a vector, its FAQ, and which phrasing it is itself.
struct Asked<'a> {
    what: &'a LabelledVector,
    itself: Option<usize>,
}

struct Fit<'a> {
    phrasings: &'a [LabelledVector],
    asked: Vec<Asked<'a>>,
    options: &'a AdapterOptions,
    dimensions: usize,
    parameters: [Parameter; 1],
}

impl<'a> Fit<'a> {
    fn new(
        examples: &'a AdapterExamples,
        options: &'a AdapterOptions,
        dimensions: usize,
    ) -> Result<Self> {
        let phrasings = &examples.phrasings;
        let has_another = |i: usize| {
            let of_same = phrasings.iter().enumerate();
            of_same
                .filter(|(_, p)| p.faq == phrasings[i].faq)
                .any(|(j, _)| i != j)
        };
        let known = |q: &&LabelledVector| phrasings.iter().any(|p| p.faq == q.faq);
        let queries = examples.queries.iter().filter(known);
        let asked = queries.map(|what| Asked { what, itself: None });
        let themselves = (0..phrasings.len())
            .filter(|&i| has_another(i))
            .map(|i| Asked {
                what: &phrasings[i],
                itself: Some(i),
            });
        let zeros = Var::zeros(
            (dimensions, dimensions),
            candle_core::DType::F32,
            &Device::Cpu,
        )?;
        Ok(Self {
            phrasings,
            asked: asked.chain(themselves).collect(),
            options,
            dimensions,
            parameters: [Parameter {
                name: "adapter".into(),
                var: zeros,
            }],
        })
    }

    fn run(self) -> std::result::Result<Vec<f32>, ModelError> {
        let optimizer = AdamW {
            beta2: 0.99,
            weight_decay: 0.0,
            clip: f32::INFINITY,
            ..AdamW::default()
        };
        let workers = Workers::new(NonZeroUsize::MIN).map_err(candle_core::Error::wrap)?;
        let mut moments = Moments::new(&self.parameters);
        let mut random = fastrand::Rng::with_seed(self.options.seed);
        let mut order: Vec<usize> = (0..self.asked.len()).collect();
        let per_pass = order.len().div_ceil(MAX_ROWS);
        let steps = (self.options.passes * per_pass).min(MAX_STEPS);
        for step in 0..steps {
            if step % per_pass == 0 && per_pass > 1 {
                random.shuffle(&mut order);
            }
            let from = step % per_pass * MAX_ROWS;
            let rows = &order[from..(from + MAX_ROWS).min(order.len())];
            let among = self.among(rows, &mut random);
            let loss = self.loss(rows, &among)?;
            let gradients = loss.backward()?;
            let gradient = match gradients.get(self.parameters[0].var.as_tensor()) {
                Some(gradient) => gradient.flatten_all()?.to_vec1::<f32>()?,
                None => break,
            };
            let rate = self.options.learning_rate * (1.0 - (step + 1) as f32 / steps as f32);
            optimizer.update(
                &self.parameters,
                &[gradient],
                &mut moments,
                (rate, &workers),
            )?;
        }
        let matrix = self.parameters[0].var.flatten_all()?.to_vec1::<f32>()?;
        if matrix.iter().all(|x| x.is_finite()) {
            Ok(matrix)
        } else {
            Err(candle_core::Error::msg("the adapter's numbers are not finite").into())
        }
    }

    /// The phrasings that a step compares with: all, or those of the FAQs asked for and some of the others.
    fn among(&self, rows: &[usize], random: &mut fastrand::Rng) -> Vec<usize> {
        let mut all: Vec<usize> = (0..self.phrasings.len()).collect();
        if all.len() <= MAX_PHRASINGS {
            return all;
        }
        let wanted: HashSet<usize> = rows.iter().map(|&row| self.asked[row].what.faq).collect();
        random.shuffle(&mut all);
        // Of each FAQ that is wanted, two first: a phrasing that is asked itself needs another.
        let mut taken: HashMap<usize, usize> = HashMap::new();
        let turn = |&p: &usize| {
            let faq = self.phrasings[p].faq;
            let times = taken.entry(faq).or_default();
            *times += 1;
            match (wanted.contains(&faq), *times) {
                (true, ..=2) => 0,
                (true, _) => 1,
                (false, _) => 2,
            }
        };
        let turns: Vec<u8> = all.iter().map(turn).collect();
        let mut order: Vec<usize> = (0..all.len()).collect();
        // Stable: the random order stays within each turn.
        order.sort_by_key(|&i| turns[i]);
        order.truncate(MAX_PHRASINGS);
        order.into_iter().map(|i| all[i]).collect()
    }

    fn loss(&self, rows: &[usize], among: &[usize]) -> Result<Tensor> {
        let (n, m, d) = (rows.len(), among.len(), self.dimensions);
        let mut queries = Vec::with_capacity(n * d);
        let (mut own, mut others) = (vec![0f32; n * m], vec![1f32; n * m]);
        for (i, &row) in rows.iter().enumerate() {
            let asked = &self.asked[row];
            queries.extend_from_slice(asked.what.vector.as_slice());
            for (j, &p) in among.iter().enumerate() {
                if asked.itself == Some(p) {
                    others[i * m + j] = 0.0;
                } else if self.phrasings[p].faq == asked.what.faq {
                    own[i * m + j] = 1.0;
                }
            }
        }
        let texts = among
            .iter()
            .flat_map(|&p| self.phrasings[p].vector.as_slice());
        let texts = Tensor::from_iter(texts.copied(), &Device::Cpu)?.reshape((m, d))?;
        let queries = Tensor::from_vec(queries, (n, d), &Device::Cpu)?;
        let own = Tensor::from_vec(own, (n, m), &Device::Cpu)?;
        let counted = Tensor::from_vec(others, (n, m), &Device::Cpu)?;
        let matrix = self.parameters[0].var.as_tensor();
        let moved = (&queries + queries.matmul(&matrix.t()?)?)?;
        let length = moved.sqr()?.sum_keepdim(D::Minus1)?.sqrt()?;
        let scores = moved.broadcast_div(&length)?.matmul(&texts.t()?)?;
        // Cosines over a temperature of 0.05 stay below 20: no overflow, no need to take off the highest.
        let likelihood = (scores / self.options.temperature)?.exp()?;
        let sum = |weights: &Tensor| (&likelihood * weights)?.sum(D::Minus1)?.log();
        let contrast = (sum(&counted)? - sum(&own)?)?.mean_all()?;
        contrast + (matrix.sqr()?.sum_all()? * (self.options.penalty / 2.0))?
    }
}
