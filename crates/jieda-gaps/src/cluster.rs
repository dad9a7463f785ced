//! Grouping by meaning.

use jieda_types::Embedding;
use kodama::{Method, linkage};

/// When texts are near enough to be in one group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearness {
    /// How many of a text's nearest neighbours say how near others must be to it.
    pub neighbours: usize,
    /// How near they must be at least, as a cosine: in a sparse place the neighbours are far off.
    pub least_cosine: f32,
}

/// Agglomerative clustering with average linkage (UPGMA, Sokal & Michener 1958): the two nearest groups are joined as
/// long as the texts of one are on average as near to those of the other as texts are to their nearest neighbours. That
/// is cross-domain similarity local scaling (CSLS, Conneau et al. 2018, arXiv 1710.04087) on one set of texts:
///
/// s(a, b) = cos(a, b) − (r(a) + r(b)) / 2, with r(a) = max(mean cosine of a with its nearest neighbours, least cosine),
///
/// joined while the mean of s is at least 0. A fixed cosine would be too strict where few texts are alike, and too lax
/// where many are.
///
/// Gives the positions of each group's members, in order; groups in the order of their first members. Takes n(n−1)/2
/// distances of 4 bytes and O(n²) time; the outcome depends on the order of the vectors in exact ties alone.
pub(crate) fn clusters(vectors: &[&Embedding], nearness: &Nearness) -> Vec<Vec<usize>> {
    let n = vectors.len();
    let mut pairs = Vec::with_capacity(n * n.saturating_sub(1) / 2);
    let mut nearest: Vec<Nearest> = (0..n).map(|_| Nearest::new(nearness)).collect();
    for (i, a) in vectors.iter().enumerate() {
        for (j, b) in vectors.iter().enumerate().skip(i + 1) {
            let cosine = a.cosine(b);
            nearest[i].offer(cosine);
            nearest[j].offer(cosine);
            pairs.push(cosine);
        }
    }
    let wanted: Vec<f32> = nearest.iter().map(|n| n.wanted(nearness)).collect();
    let mut left = pairs.iter_mut();
    for (i, a) in wanted.iter().enumerate() {
        for (b, pair) in wanted[i + 1..].iter().zip(&mut left) {
            *pair = (a + b) / 2.0 - *pair;
        }
    }
    // Cluster n + i is what step i makes.
    let mut members: Vec<Vec<usize>> = (0..n).map(|i| vec![i]).collect();
    for step in linkage(&mut pairs, n, Method::Average).steps() {
        if step.dissimilarity > 0.0 {
            break;
        }
        let mut joined = std::mem::take(&mut members[step.cluster1]);
        joined.append(&mut members[step.cluster2]);
        members.push(joined);
    }
    members.retain(|group| !group.is_empty());
    for group in &mut members {
        group.sort_unstable();
    }
    members.sort_unstable();
    members
}

/// The highest cosines of one text, ascending.
struct Nearest {
    cosines: Vec<f32>,
    most: usize,
}

impl Nearest {
    fn new(nearness: &Nearness) -> Self {
        Self {
            cosines: Vec::new(),
            most: nearness.neighbours.max(1),
        }
    }

    fn offer(&mut self, cosine: f32) {
        let at = self.cosines.partition_point(|&known| known < cosine);
        if self.cosines.len() < self.most {
            self.cosines.insert(at, cosine);
        } else if at > 0 {
            self.cosines.insert(at, cosine);
            self.cosines.remove(0);
        }
    }

    /// How near another text must be.
    fn wanted(&self, nearness: &Nearness) -> f32 {
        let mean = self.cosines.iter().sum::<f32>() / self.cosines.len().max(1) as f32;
        mean.max(nearness.least_cosine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(degrees: f32) -> Embedding {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Embedding::normalized(vec![cos, sin])
    }

    fn groups(degrees: &[f32], nearness: &Nearness) -> Vec<Vec<usize>> {
        let vectors: Vec<Embedding> = degrees.iter().copied().map(at).collect();
        clusters(&vectors.iter().collect::<Vec<_>>(), nearness)
    }

    fn check(degrees: &[f32], nearness: &Nearness, expected: &[&[usize]]) {
        let found = groups(degrees, nearness);
        assert_eq!(found, expected, "{degrees:?} {nearness:?}");
    }

    #[test]
    fn what_is_near_on_average_is_together() {
        let one = Nearness {
            neighbours: 1,
            least_cosine: 0.9,
        };
        check(&[], &one, &[]);
        check(&[7.0], &one, &[&[0]]);
        check(&[0.0, 90.0, 5.0, 85.0], &one, &[&[0, 2], &[1, 3]]);
        // Nearest neighbours of each other, and yet far off.
        check(&[0.0, 60.0], &one, &[&[0], &[1]]);
        let lax = Nearness {
            least_cosine: 0.3,
            ..one
        };
        check(&[0.0, 60.0], &lax, &[&[0, 1]]);
        // As near as 30° is near in a sparse place, and far in a dense one.
        check(&[0.0, 30.0, 90.0], &lax, &[&[0, 1], &[2]]);
        check(&[0.0, 1.0, 30.0, 31.0], &lax, &[&[0, 1], &[2, 3]]);
    }

    proptest! {
        #[test]
        fn every_text_is_in_one_group_whatever_the_vectors(
            degrees in prop::collection::vec(0.0f32..360.0, 0..40),
            neighbours in 0usize..8,
            least_cosine in -1.0f32..1.0,
        ) {
            let nearness = Nearness { neighbours, least_cosine };
            let found = groups(&degrees, &nearness);
            let mut seen: Vec<usize> = found.iter().flatten().copied().collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..degrees.len()).collect::<Vec<_>>());
            // No two groups are left that should have been joined, by the formula as it is written.
            let vectors: Vec<Embedding> = degrees.iter().copied().map(at).collect();
            let wanted = |i: usize| {
                let others = (0..vectors.len()).filter(|&j| j != i);
                let mut cosines: Vec<f32> = others.map(|j| vectors[i].cosine(&vectors[j])).collect();
                cosines.sort_by(|a, b| b.total_cmp(a));
                cosines.truncate(neighbours.max(1));
                (cosines.iter().sum::<f32>() / cosines.len().max(1) as f32).max(least_cosine)
            };
            for (i, a) in found.iter().enumerate() {
                for b in &found[i + 1..] {
                    let pairs = a.iter().flat_map(|&x| b.iter().map(move |&y| (x, y)));
                    let nearness = |(x, y): (usize, usize)| {
                        vectors[x].cosine(&vectors[y]) - (wanted(x) + wanted(y)) / 2.0
                    };
                    let sum: f32 = pairs.map(nearness).sum();
                    prop_assert!(sum / ((a.len() * b.len()) as f32) < 1e-3);
                }
            }
        }
    }
}
