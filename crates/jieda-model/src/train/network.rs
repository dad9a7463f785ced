//! The network with parameters that can be learned, and one step over a batch of texts.

use candle_core::{Device, Result, Tensor, Var, backprop::GradStore};

use super::{
    ops::{self, Texts},
    workers::Workers,
};
use crate::{
    Pooling,
    config::BertConfig,
    cpu::attention::Heads,
    weights::{Weights, WordEmbeddings},
};

/// A named parameter. Names are those of Hugging Face's `BertModel`, but for query, key and value,
/// which are one.
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) var: Var,
}

/// Name of the fused parameters of a layer, without `.weight` or `.bias`.
pub(super) const FUSED: &str = "attention.self.query_key_value";
/// What they are made of, in this order.
pub(super) const FUSED_PARTS: [&str; 3] = [
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
];

/// The network in training. Word and position embeddings are fixed: their rows are shipped in four
/// bits, and most of them are never seen in training.
pub(super) struct Trainee {
    pub(super) config: BertConfig,
    pooling: Pooling,
    device: Device,
    words: WordEmbeddings,
    /// `[positions, hidden]`, token type 0 added.
    positions: Tensor,
    parameters: Vec<Parameter>,
    /// Layers at the bottom that are not trained; with one or more, neither is the embeddings' norm.
    frozen: usize,
}

/// Places of a layer's parameters among all of them.
const PER_LAYER: usize = 12;
const EMBEDDINGS: usize = 2;

impl Trainee {
    /// Takes some layers of a model, in order.
    pub(super) fn load(
        weights: &mut Weights,
        config: &BertConfig,
        pooling: Pooling,
        (layers, frozen): (&[usize], usize),
        device: &Device,
    ) -> Result<Self> {
        weights.place(device, candle_core::DType::F32);
        let mut parameters = Vec::new();
        let mut keep = |name: String, tensor: Tensor| -> Result<()> {
            let var = Var::from_tensor(&tensor.to_device(device)?)?;
            parameters.push(Parameter { name, var });
            Ok(())
        };
        for part in ["weight", "bias"] {
            let name = format!("embeddings.LayerNorm.{part}");
            keep(name.clone(), weights.dense(&name)?)?;
        }
        for (to, from) in layers.iter().enumerate() {
            let (to, from) = (
                format!("encoder.layer.{to}"),
                format!("encoder.layer.{from}"),
            );
            for part in ["weight", "bias"] {
                let parts: Vec<Tensor> = FUSED_PARTS
                    .iter()
                    .map(|name| weights.dense(&format!("{from}.{name}.{part}")))
                    .collect::<Result<_>>()?;
                keep(format!("{to}.{FUSED}.{part}"), Tensor::cat(&parts, 0)?)?;
            }
            for module in [
                "attention.output.dense",
                "attention.output.LayerNorm",
                "intermediate.dense",
                "output.dense",
                "output.LayerNorm",
            ] {
                for part in ["weight", "bias"] {
                    let tensor = weights.dense(&format!("{from}.{module}.{part}"))?;
                    keep(format!("{to}.{module}.{part}"), tensor)?;
                }
            }
        }
        let mut config = config.clone();
        config.num_hidden_layers = layers.len();
        Ok(Self {
            pooling,
            device: device.clone(),
            words: config.word_embeddings(weights)?,
            positions: config.position_embeddings(weights)?.to_device(device)?,
            parameters,
            frozen: frozen.min(layers.len()),
            config,
        })
    }

    /// All of them.
    pub(super) fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// Those that are trained.
    pub(super) fn trainable(&self) -> &[Parameter] {
        match self.frozen {
            0 => &self.parameters,
            layers => &self.parameters[EMBEDDINGS + layers * PER_LAYER..],
        }
    }

    /// Unit vectors, `[texts, hidden]`, with the graph that made them.
    fn forward(&self, texts: &[&[u32]]) -> Result<Tensor> {
        let layout = Texts {
            lengths: texts.iter().map(|ids| ids.len()).collect(),
        };
        let p = |i: usize| self.parameters[i].var.as_tensor();
        let eps = self.config.layer_norm_eps;
        let heads = Heads {
            heads: self.config.num_attention_heads,
            width: self.config.hidden_size / self.config.num_attention_heads,
        };
        let mut hidden = ops::norm(&self.embed(texts)?, p(0), p(1), eps)?;
        for layer in 0..self.config.num_hidden_layers {
            let p = |i: usize| p(EMBEDDINGS + layer * PER_LAYER + i);
            if layer == self.frozen {
                // Nothing below is to learn: no gradient goes there.
                hidden = if layer > 0 { hidden.detach() } else { hidden };
            }
            let fused = ops::linear(&hidden, p(0), p(1))?;
            let mixed = ops::attention(&fused, &layout, heads)?;
            let update = ops::linear(&mixed, p(2), p(3))?;
            hidden = ops::norm(&(hidden + update)?, p(4), p(5), eps)?;
            let inner = ops::linear(&hidden, p(6), p(7))?;
            let inner = ops::activate(&inner, self.config.hidden_act)?;
            let update = ops::linear(&inner, p(8), p(9))?;
            hidden = ops::norm(&(hidden + update)?, p(10), p(11), eps)?;
        }
        let pooled = match self.pooling {
            Pooling::Mean => layout.mean(&hidden)?,
            Pooling::Cls => layout.first(&hidden)?,
        };
        let length = (pooled.sqr()?.sum_keepdim(1)? + 1e-12)?.sqrt()?;
        pooled.broadcast_div(&length)
    }

    /// Words and positions of all tokens, end to end.
    fn embed(&self, texts: &[&[u32]]) -> Result<Tensor> {
        let ids = texts.concat();
        let count = ids.len();
        let positions: Vec<u32> = texts.iter().flat_map(|ids| 0..ids.len() as u32).collect();
        let words = self
            .words
            .rows(&Tensor::from_vec(ids, count, &Device::Cpu)?)?;
        let positions = Tensor::from_vec(positions, count, &self.device)?;
        (words + self.positions.index_select(&positions, 0)?)?.contiguous()
    }

    /// Unit vectors of texts, in order, without a graph.
    pub(super) fn encode(&self, texts: &[&[u32]], workers: &Workers) -> Result<Tensor> {
        let chunks = Chunks::plan(texts);
        let parts = workers.map(&chunks.members, |members| {
            Ok(self.forward(&pick(texts, members))?.detach())
        })?;
        chunks.in_order(&parts)
    }

    /// Makes the vectors of texts, asks `loss` for its value and its gradient by the vectors, and gives
    /// the value and the gradients of all parameters, in their order.
    ///
    /// The graph of each chunk of texts is kept apart (Gao et al. 2021, arXiv 2101.06983, without the
    /// second forward pass), so that threads share nothing and negatives are shared by all.
    pub(super) fn step(
        &self,
        texts: &[&[u32]],
        workers: &Workers,
        loss: impl FnOnce(&Var) -> Result<Tensor>,
    ) -> Result<(f32, Vec<Vec<f32>>)> {
        let step = self.step_with(texts, &[], workers, loss)?;
        Ok((step.loss, step.gradients))
    }

    /// The same for a loss that has parameters of its own beside the vectors.
    pub(super) fn step_with(
        &self,
        texts: &[&[u32]],
        beside: &[Parameter],
        workers: &Workers,
        loss: impl FnOnce(&Var) -> Result<Tensor>,
    ) -> Result<Step> {
        let chunks = Chunks::plan(texts);
        let graphs = workers.map(&chunks.members, |members| {
            self.forward(&pick(texts, members))
        })?;
        let detached: Vec<Tensor> = graphs.iter().map(Tensor::detach).collect();
        let vectors = Var::from_tensor(&chunks.in_order(&detached)?)?;
        let value = loss(&vectors)?;
        let by_all = value.backward()?;
        let by_beside = beside
            .iter()
            .map(|parameter| sum(parameter, std::slice::from_ref(&by_all)))
            .collect::<Result<_>>()?;
        let Some(by_vectors) = by_all.get(&vectors) else {
            candle_core::bail!("the loss does not depend on the vectors");
        };
        let jobs: Vec<(&Tensor, &Vec<usize>)> = graphs.iter().zip(&chunks.members).collect();
        let stores = workers.map(&jobs, |(graph, members)| {
            let rows: Vec<u32> = members.iter().map(|&i| i as u32).collect();
            let rows = Tensor::from_vec(rows, members.len(), &self.device)?;
            let slope = by_vectors.index_select(&rows, 0)?.detach();
            (*graph * slope)?.sum_all()?.backward()
        })?;
        let gradients = workers.map(self.trainable(), |parameter| sum(parameter, &stores))?;
        Ok(Step {
            loss: value.to_scalar()?,
            gradients,
            beside: by_beside,
        })
    }
}

/// What one step gave.
pub(super) struct Step {
    pub(super) loss: f32,
    /// Of the trainable parameters, in their order.
    pub(super) gradients: Vec<Vec<f32>>,
    /// Of the loss's own parameters.
    pub(super) beside: Vec<Vec<f32>>,
}

/// A parameter's gradient over all chunks, always in the same order.
fn sum(parameter: &Parameter, stores: &[GradStore]) -> Result<Vec<f32>> {
    let mut sum = vec![0.0; parameter.var.elem_count()];
    for store in stores {
        if let Some(grad) = store.get(&parameter.var) {
            let grad = grad.flatten_all()?.to_vec1::<f32>()?;
            for (sum, g) in sum.iter_mut().zip(grad) {
                *sum += g;
            }
        }
    }
    Ok(sum)
}

fn pick<'a>(texts: &[&'a [u32]], members: &[usize]) -> Vec<&'a [u32]> {
    members.iter().map(|&i| texts[i]).collect()
}

/// Tokens of a chunk: fewer make more sums of gradients, more leave threads idle at the end.
const TOKENS: usize = 640;

/// Texts of like length together. Depends on the texts alone, so that the same seed gives the same
/// sums on any number of threads.
struct Chunks {
    members: Vec<Vec<usize>>,
}

impl Chunks {
    fn plan(texts: &[&[u32]]) -> Self {
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|&i| std::cmp::Reverse(texts[i].len()));
        let all: usize = texts.iter().map(|ids| ids.len()).sum();
        // An even number of like size, for the two threads of a small machine and for many.
        let count = all.div_ceil(TOKENS).next_multiple_of(2);
        let (mut members, mut done): (Vec<Vec<usize>>, _) = (Vec::new(), 0);
        for i in order {
            if members.is_empty() || done * count >= all * members.len() {
                members.push(Vec::new());
            }
            done += texts[i].len();
            if let Some(last) = members.last_mut() {
                last.push(i);
            }
        }
        Self { members }
    }

    /// Rows of all chunks as the texts were given.
    fn in_order(&self, parts: &[Tensor]) -> Result<Tensor> {
        let all = Tensor::cat(parts, 0)?;
        let mut rows = vec![0u32; all.dim(0)?];
        for (row, &text) in self.members.iter().flatten().enumerate() {
            rows[text] = row as u32;
        }
        let count = rows.len();
        all.index_select(&Tensor::from_vec(rows, count, all.device())?, 0)
    }
}
