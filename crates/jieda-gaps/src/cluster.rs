//! Grouping by meaning.

use jieda_types::Embedding;
use kodama::{Method, linkage};

/// Agglomerative clustering with average linkage (UPGMA, Sokal & Michener 1958) on cosine distance: the two nearest
/// groups are joined as long as the mean cosine between their members is at least `least`. Gives the positions of each
/// group's members, in order; groups in the order of their first members.
///
/// Takes n(n−1)/2 distances of 4 bytes and O(n²) time; the outcome depends on the order of the vectors in exact ties
/// alone.
pub(crate) fn clusters(vectors: &[&Embedding], least: f32) -> Vec<Vec<usize>> {
    let n = vectors.len();
    let mut distances = Vec::with_capacity(n * n.saturating_sub(1) / 2);
    for (i, a) in vectors.iter().enumerate() {
        distances.extend(vectors[i + 1..].iter().map(|b| 1.0 - a.cosine(b)));
    }
    // Cluster n + i is what step i makes.
    let mut members: Vec<Vec<usize>> = (0..n).map(|i| vec![i]).collect();
    for step in linkage(&mut distances, n, Method::Average).steps() {
        if step.dissimilarity > 1.0 - least {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(degrees: f32) -> Embedding {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Embedding::normalized(vec![cos, sin])
    }

    fn check(degrees: &[f32], least: f32, expected: &[&[usize]]) {
        let vectors: Vec<Embedding> = degrees.iter().copied().map(at).collect();
        let found = clusters(&vectors.iter().collect::<Vec<_>>(), least);
        assert_eq!(found, expected, "{degrees:?} at {least}");
    }

    #[test]
    fn what_is_near_on_average_is_together() {
        check(&[], 0.9, &[]);
        check(&[7.0], 0.9, &[&[0]]);
        check(&[0.0, 90.0, 5.0, 85.0], 0.9, &[&[0, 2], &[1, 3]]);
        // A chain of steps of 20° would be one group by single linkage.
        check(&[0.0, 20.0, 40.0, 60.0], 0.9, &[&[0, 1], &[2, 3]]);
        check(&[0.0, 90.0], -1.0, &[&[0, 1]]);
    }

    proptest! {
        #[test]
        fn every_text_is_in_one_group_and_groups_are_near_on_average(
            degrees in prop::collection::vec(0.0f32..180.0, 0..40),
            least in -0.5f32..1.0,
        ) {
            let vectors: Vec<Embedding> = degrees.iter().copied().map(at).collect();
            let all: Vec<&Embedding> = vectors.iter().collect();
            let groups = clusters(&all, least);
            let mut seen: Vec<usize> = groups.iter().flatten().copied().collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..degrees.len()).collect::<Vec<_>>());
            // Two groups that are near enough would have been joined.
            for (i, a) in groups.iter().enumerate() {
                for b in &groups[i + 1..] {
                    let sum: f32 = a.iter().flat_map(|&x| b.iter().map(move |&y| (x, y)))
                        .map(|(x, y)| all[x].cosine(all[y]))
                        .sum();
                    prop_assert!(sum / ((a.len() * b.len()) as f32) < least + 1e-3);
                }
            }
        }
    }
}
