//! A student learns its teacher's vectors.

use candle_core::{Result, Tensor};

/// Vectors of the teacher, and what they have in common.
pub(super) struct Teacher {
    /// Unit vectors, `[texts, width]`.
    pub(super) vectors: Tensor,
    /// Their mean, `[1, width]`.
    pub(super) mean: Tensor,
}

impl Teacher {
    pub(super) fn new(vectors: Tensor) -> Result<Self> {
        Ok(Self {
            mean: vectors.mean_keepdim(0)?,
            vectors,
        })
    }

    /// How far a student's vectors are from those of the same texts: by direction, by direction from
    /// the common mean (a multilingual encoder's vectors lie in a narrow cone, so that the plain
    /// cosine is near 1 for any two), and by how alike the texts of the batch are to one another
    /// (similarity-preserving distillation, Tung & Mori 2019, arXiv 1907.09682).
    pub(super) fn loss(&self, student: &Tensor, texts: &[usize]) -> Result<Tensor> {
        let rows: Vec<u32> = texts.iter().map(|&t| t as u32).collect();
        let rows = Tensor::from_vec(rows, texts.len(), self.vectors.device())?;
        let teacher = self
            .vectors
            .index_select(&rows, 0)?
            .to_device(student.device())?;
        let mean = self.mean.to_device(student.device())?;
        let direction = (student * &teacher)?.sum(1)?;
        let (s, t) = (
            unit(&student.broadcast_sub(&mean)?)?,
            unit(&teacher.broadcast_sub(&mean)?)?,
        );
        let from_mean = (&s * &t)?.sum(1)?;
        let alike = (s.matmul(&s.t()?)? - t.matmul(&t.t()?)?)?;
        let direction = (direction.mean_all()?.neg()? + 1.0)?;
        let from_mean = (from_mean.mean_all()?.neg()? + 1.0)?;
        (direction + from_mean)? + (alike.sqr()?.mean_all()? * ALIKE)?
    }
}

/// Weight of the third part: it brings its size to that of the others.
const ALIKE: f64 = 5.0;

fn unit(vectors: &Tensor) -> Result<Tensor> {
    let length = (vectors.sqr()?.sum_keepdim(1)? + 1e-12)?.sqrt()?;
    vectors.broadcast_div(&length)
}
