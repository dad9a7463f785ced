//! A new FAQ, but for its answer.

use jieda_types::{Embedding, IntentId};
use serde::Serialize;

/// Similar questions that are proposed, at most.
const MOST_SIMILAR: usize = 8;
/// A text that is nearer than this to one that was picked adds nothing.
const SAME: f32 = 0.98;

/// What a person starts from: the answer is his to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Draft {
    /// The standard question: the text in the middle.
    pub question: String,
    /// Other ways to ask it, as different as the group allows.
    pub similar: Vec<String>,
    /// The intent that it most likely belongs to, if the knowledge base has any.
    pub intent: Option<IntentId>,
}

/// Picks texts that stand for a group beside its middle: near the middle and unlike one another, by maximal marginal
/// relevance (Carbonell & Goldstein, SIGIR 1998), both weighing the same. Gives positions.
pub(crate) fn diverse(vectors: &[&Embedding], middle: usize) -> Vec<usize> {
    let mut picked = vec![middle];
    while picked.len() <= MOST_SIMILAR {
        let nearest_picked = |i: usize| {
            let cosines = picked.iter().map(|&p| vectors[p].cosine(vectors[i]));
            cosines.fold(f32::NEG_INFINITY, f32::max)
        };
        let best = (0..vectors.len())
            .map(|i| (i, nearest_picked(i)))
            .filter(|&(i, cosine)| cosine < SAME && !picked.contains(&i))
            .map(|(i, cosine)| (i, vectors[i].cosine(vectors[middle]) - cosine))
            // Of equals the first, which was asked most often.
            .reduce(|a, b| if b.1 > a.1 { b } else { a });
        match best {
            Some((i, _)) => picked.push(i),
            None => break,
        }
    }
    picked.split_off(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_questions_are_near_the_middle_and_unlike_one_another() {
        let at = |degrees: f32| {
            let (sin, cos) = degrees.to_radians().sin_cos();
            Embedding::normalized(vec![cos, sin])
        };
        let vectors = [0.0, 1.0, 30.0, 31.0, -30.0].map(at);
        let picked = diverse(&vectors.each_ref(), 0);
        // The copies at 1° and 31° are left out.
        assert_eq!(picked, [2, 4]);
        assert!(diverse(&vectors.each_ref()[..1], 0).is_empty());
    }
}
