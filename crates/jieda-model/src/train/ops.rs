//! What a layer is made of, with its gradient: on a processor as operations of our own over tokens end
//! to end, elsewhere as candle's.
//!
//! candle's own parts would do on a processor as well, but each takes several passes over memory on
//! one thread, and pads. They are the reference that the tests compare these with.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp1, CustomOp3, D, Layout, Result, Shape, Storage, Tensor};

use super::kernels;
use crate::{
    config::Activation,
    cpu::{
        attention::{self, Heads},
        level::Level,
        rows,
    },
};

/// `x·Wᵀ + b` of `[tokens, in]`, with W stored as `[out, in]`.
pub(super) fn linear(x: &Tensor, weight: &Tensor, bias: &Tensor) -> Result<Tensor> {
    if !x.device().is_cpu() {
        return x.matmul(&weight.t()?)?.broadcast_add(bias);
    }
    let product = x.detach().matmul(&weight.detach().t()?)?;
    x.apply_op3(weight, bias, Linear(Mutex::new(Some(product))))
}

/// LayerNorm over the last dimension of `[tokens, width]`.
pub(super) fn norm(x: &Tensor, scale: &Tensor, shift: &Tensor, eps: f64) -> Result<Tensor> {
    if x.device().is_cpu() {
        let level = Level::detect();
        let eps = eps as f32;
        return x.apply_op3(scale, shift, Norm { level, eps });
    }
    let centred = x.broadcast_sub(&x.mean_keepdim(D::Minus1)?)?;
    let variance = centred.sqr()?.mean_keepdim(D::Minus1)?;
    centred
        .broadcast_div(&(variance + eps)?.sqrt()?)?
        .broadcast_mul(scale)?
        .broadcast_add(shift)
}

/// The activation between the two products of a feed-forward layer.
pub(super) fn activate(x: &Tensor, activation: Activation) -> Result<Tensor> {
    match activation {
        Activation::Gelu if x.device().is_cpu() => x.apply_op1(Gelu(Level::detect())),
        Activation::Gelu => x.gelu_erf(),
        Activation::GeluPytorchTanh => x.gelu(),
        Activation::Relu => x.relu(),
    }
}

/// Where the texts of a batch lie among its tokens.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    pub(super) lengths: Arc<[usize]>,
}

impl Texts {
    pub(super) fn tokens(&self) -> usize {
        self.lengths.iter().sum()
    }

    /// Row numbers in which every text is as long as the longest (the first token fills up), and
    /// what to add to attention scores there.
    fn rectangle(&self, like: &Tensor) -> Result<(Tensor, Tensor)> {
        let width = self.lengths.iter().copied().max().unwrap_or(0);
        let (mut rows, mut mask, mut start) = (Vec::new(), Vec::new(), 0);
        for &length in self.lengths.iter() {
            rows.extend((0..width).map(|i| if i < length { (start + i) as u32 } else { 0 }));
            mask.extend((0..width).map(|i| if i < length { 0.0f32 } else { -1e4 }));
            start += length;
        }
        let texts = self.lengths.len();
        Ok((
            Tensor::from_vec(rows, texts * width, like.device())?,
            Tensor::from_vec(mask, (texts, 1, 1, width), like.device())?.to_dtype(like.dtype())?,
        ))
    }

    /// The rows of the rectangle that are tokens, text by text.
    fn back(&self, like: &Tensor) -> Result<Tensor> {
        let width = self.lengths.iter().copied().max().unwrap_or(0);
        let rows: Vec<u32> = self
            .lengths
            .iter()
            .enumerate()
            .flat_map(|(text, &length)| (0..length).map(move |i| (text * width + i) as u32))
            .collect();
        let count = rows.len();
        Tensor::from_vec(rows, count, like.device())
    }

    /// The mean of each text's rows, `[texts, width]`.
    pub(super) fn mean(&self, hidden: &Tensor) -> Result<Tensor> {
        let tokens = self.tokens();
        let mut weights = vec![0.0f32; self.lengths.len() * tokens];
        let mut start = 0;
        for (row, &length) in weights.chunks_exact_mut(tokens).zip(self.lengths.iter()) {
            row[start..start + length].fill(1.0 / length.max(1) as f32);
            start += length;
        }
        Tensor::from_vec(weights, (self.lengths.len(), tokens), hidden.device())?
            .to_dtype(hidden.dtype())?
            .matmul(hidden)
    }

    /// Each text's first row, `[texts, width]`.
    pub(super) fn first(&self, hidden: &Tensor) -> Result<Tensor> {
        let starts: Vec<u32> = self
            .lengths
            .iter()
            .scan(0, |start, &length| {
                let first = *start;
                *start += length as u32;
                Some(first)
            })
            .collect();
        hidden.index_select(
            &Tensor::from_vec(starts, self.lengths.len(), hidden.device())?,
            0,
        )
    }
}

/// Scaled dot-product attention within each text. `fused` is `[tokens, 3·heads·width]`: queries,
/// keys, values.
pub(super) fn attention(fused: &Tensor, texts: &Texts, heads: Heads) -> Result<Tensor> {
    if fused.device().is_cpu() {
        let level = Level::detect();
        return fused.apply_op1(Attention {
            level,
            heads,
            texts: texts.clone(),
        });
    }
    plain_attention(fused, texts, heads)
}

/// The same from candle's operations, padded.
fn plain_attention(fused: &Tensor, texts: &Texts, heads: Heads) -> Result<Tensor> {
    let (rows, mask) = texts.rectangle(fused)?;
    let count = texts.lengths.len();
    let padded = fused
        .index_select(&rows, 0)?
        .reshape((count, (), 3, heads.heads, heads.width))?
        .permute((2, 0, 3, 1, 4))?
        .contiguous()?;
    let (query, key, value) = (padded.get(0)?, padded.get(1)?, padded.get(2)?);
    let query = (query / (heads.width as f64).sqrt())?;
    let scores = query.matmul(&key.transpose(D::Minus2, D::Minus1)?.contiguous()?)?;
    let weights = candle_nn::ops::softmax(&scores.broadcast_add(&mask)?, D::Minus1)?;
    let mixed = weights.matmul(&value)?.transpose(1, 2)?.contiguous()?;
    mixed
        .reshape(((), heads.heads * heads.width))?
        .index_select(&texts.back(fused)?, 0)
}

/// Adds the bias to a product that was made before: a product inside of an operation can't use
/// candle's.
struct Linear(Mutex<Option<Tensor>>);

impl CustomOp3 for Linear {
    fn name(&self) -> &'static str {
        "linear"
    }

    fn cpu_fwd(
        &self,
        _x: &CpuStorage,
        _: &Layout,
        _weight: &CpuStorage,
        _: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let product = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(product) = product else {
            candle_core::bail!("a product is used once");
        };
        let bias = numbers(bias, bias_layout)?;
        let mut sum = with_numbers(&product, <[f32]>::to_vec)?;
        for row in sum.chunks_exact_mut(bias.len()) {
            for (x, b) in row.iter_mut().zip(bias) {
                *x += b;
            }
        }
        Ok((CpuStorage::F32(sum), product.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        _res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        let mut sums = vec![0.0; bias.elem_count()];
        with_numbers(&grad, |grad| {
            for row in grad.chunks_exact(sums.len()) {
                for (sum, g) in sums.iter_mut().zip(row) {
                    *sum += g;
                }
            }
        })?;
        Ok((
            Some(grad.matmul(&weight.detach())?),
            Some(grad.t()?.matmul(&x.detach())?),
            Some(Tensor::from_vec(sums, bias.shape(), bias.device())?),
        ))
    }
}

struct Norm {
    level: Level,
    eps: f32,
}

impl CustomOp3 for Norm {
    fn name(&self) -> &'static str {
        "norm"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        layout: &Layout,
        scale: &CpuStorage,
        scale_layout: &Layout,
        shift: &CpuStorage,
        shift_layout: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let (scale, shift) = (numbers(scale, scale_layout)?, numbers(shift, shift_layout)?);
        let mut out = numbers(x, layout)?.to_vec();
        let none = vec![0.0; out.len()];
        rows::add_and_norm(self.level, &mut out, &none, scale, shift, self.eps);
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        scale: &Tensor,
        shift: &Tensor,
        _res: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let width = scale.elem_count();
        let (mut to_x, mut to_scale, mut to_shift) = (
            vec![0.0; x.elem_count()],
            vec![0.0; width],
            vec![0.0; width],
        );
        with_three((x, scale, &grad.contiguous()?), |x, scale, grad| {
            kernels::norm_gradient(
                self.level,
                x,
                scale,
                grad,
                self.eps,
                &mut to_x,
                &mut to_scale,
                &mut to_shift,
            );
        })?;
        Ok((
            Some(Tensor::from_vec(to_x, x.shape(), x.device())?),
            Some(Tensor::from_vec(to_scale, scale.shape(), x.device())?),
            Some(Tensor::from_vec(to_shift, shift.shape(), x.device())?),
        ))
    }
}

struct Gelu(Level);

impl CustomOp1 for Gelu {
    fn name(&self) -> &'static str {
        "gelu"
    }

    fn cpu_fwd(&self, x: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let mut out = numbers(x, layout)?.to_vec();
        rows::gelu(self.0, &mut out);
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }

    fn bwd(&self, x: &Tensor, _res: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let mut out = with_numbers(&grad.contiguous()?, <[f32]>::to_vec)?;
        with_numbers(x, |x| kernels::gelu_gradient(self.0, x, &mut out))?;
        Tensor::from_vec(out, x.shape(), x.device()).map(Some)
    }
}

struct Attention {
    level: Level,
    heads: Heads,
    texts: Texts,
}

impl CustomOp1 for Attention {
    fn name(&self) -> &'static str {
        "attention"
    }

    fn cpu_fwd(&self, fused: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let hidden = self.heads.heads * self.heads.width;
        let mut fused = numbers(fused, layout)?;
        let mut mixed = vec![0.0; self.texts.tokens() * hidden];
        let mut rest = mixed.as_mut_slice();
        let mut scratch = attention::Scratch::default();
        for &tokens in self.texts.lengths.iter() {
            let (text, others) = fused.split_at(tokens * 3 * hidden);
            let (out, others_out) = rest.split_at_mut(tokens * hidden);
            attention::attend(self.level, text, self.heads, out, &mut scratch);
            (fused, rest) = (others, others_out);
        }
        let shape = Shape::from((self.texts.tokens(), hidden));
        Ok((CpuStorage::F32(mixed), shape))
    }

    fn bwd(&self, fused: &Tensor, _res: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let hidden = self.heads.heads * self.heads.width;
        let mut out = vec![0.0; fused.elem_count()];
        let grad = grad.contiguous()?;
        with_three((fused, fused, &grad), |fused, _, grad| {
            let mut start = 0;
            for &tokens in self.texts.lengths.iter() {
                let (from, to) = (start * hidden, (start + tokens) * hidden);
                let text = &fused[3 * from..3 * to];
                let out = &mut out[3 * from..3 * to];
                kernels::attention_gradient(self.level, text, &grad[from..to], self.heads, out);
                start += tokens;
            }
        })?;
        Tensor::from_vec(out, fused.shape(), fused.device()).map(Some)
    }
}

fn numbers<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&storage.as_slice::<f32>()?[start..end]),
        None => candle_core::bail!("an operation of training needs numbers in one piece"),
    }
}

/// Shows a tensor's numbers, which lie in one piece on the processor.
fn with_numbers<T>(tensor: &Tensor, look: impl FnOnce(&[f32]) -> T) -> Result<T> {
    let (storage, layout) = tensor.storage_and_layout();
    match &*storage {
        Storage::Cpu(storage) => Ok(look(numbers(storage, layout)?)),
        _ => candle_core::bail!("an operation of the processor's on another device"),
    }
}

fn with_three<T>(
    tensors: (&Tensor, &Tensor, &Tensor),
    look: impl FnOnce(&[f32], &[f32], &[f32]) -> T,
) -> Result<T> {
    with_numbers(tensors.0, |a| {
        with_numbers(tensors.1, |b| with_numbers(tensors.2, |c| look(a, b, c)))
    })??
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::*;

    fn var(shape: &[usize], seed: u32) -> Var {
        let count = shape.iter().product();
        let mut state = seed;
        let numbers: Vec<f32> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        })
        .take(count)
        .collect();
        Var::from_tensor(&Tensor::from_vec(numbers, shape, &Device::Cpu).unwrap()).unwrap()
    }

    /// Two ways to the same value: results and all gradients agree.
    fn check(
        vars: &[Var],
        ours: impl Fn(&[Var]) -> Result<Tensor>,
        plain: impl Fn(&[Var]) -> Result<Tensor>,
    ) {
        let run = |way: &dyn Fn(&[Var]) -> Result<Tensor>| {
            let out = way(vars).unwrap();
            // Another weight for every number, so that no gradient hides behind a sum.
            let weights = var(out.dims(), 99);
            let grads = (&out * weights.as_tensor()).unwrap().sum_all().unwrap();
            let grads = grads.backward().unwrap();
            let grads: Vec<Tensor> = vars.iter().map(|v| grads.get(v).unwrap().clone()).collect();
            (out, grads)
        };
        let (ours, plain) = (run(&ours), run(&plain));
        let near = |a: &Tensor, b: &Tensor| {
            assert_eq!(a.dims(), b.dims());
            let (a, b) = (a.flatten_all().unwrap(), b.flatten_all().unwrap());
            let (a, b) = (a.to_vec1::<f32>().unwrap(), b.to_vec1::<f32>().unwrap());
            for (a, b) in a.iter().zip(&b) {
                assert!((a - b).abs() < 2e-4 * (1.0 + b.abs()), "{a} {b}");
            }
        };
        near(&ours.0, &plain.0);
        for (a, b) in ours.1.iter().zip(&plain.1) {
            near(a, b);
        }
    }

    #[test]
    fn a_linear_layer_and_its_gradient() {
        check(
            &[var(&[7, 20], 1), var(&[12, 20], 2), var(&[12], 3)],
            |v| linear(&v[0], &v[1], &v[2]),
            |v| v[0].matmul(&v[1].t()?)?.broadcast_add(&v[2]),
        );
    }

    #[test]
    fn norm_and_its_gradient() {
        check(
            &[var(&[5, 48], 1), var(&[48], 2), var(&[48], 3)],
            |v| norm(&v[0], &v[1], &v[2], 1e-5),
            |v| {
                let centred = v[0].broadcast_sub(&v[0].mean_keepdim(1)?)?;
                let variance = centred.sqr()?.mean_keepdim(1)?;
                centred
                    .broadcast_div(&(variance + 1e-5)?.sqrt()?)?
                    .broadcast_mul(&v[1])?
                    .broadcast_add(&v[2])
            },
        );
    }

    #[test]
    fn gelu_and_its_gradient() {
        let wide = Var::from_tensor(&(var(&[4, 50], 1).as_tensor() * 6.0).unwrap()).unwrap();
        check(
            &[wide],
            |v| activate(&v[0], Activation::Gelu),
            |v| v[0].gelu_erf(),
        );
    }

    #[test]
    fn attention_and_its_gradient() {
        for (lengths, heads, width) in [
            (vec![3], 1, 4),
            (vec![1, 5, 2], 3, 8),
            (vec![17, 40, 1], 2, 32),
        ] {
            let texts = Texts {
                lengths: lengths.into(),
            };
            let heads = Heads { heads, width };
            let fused = var(&[texts.tokens(), 3 * heads.heads * width], 5);
            check(
                &[fused],
                |v| attention(&v[0], &texts, heads),
                |v| plain_attention(&v[0], &texts, heads),
            );
        }
    }
}
