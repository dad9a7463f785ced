//! Which texts of a batch go through the network together.

use std::ops::Range;

/// Tokens of a shard that fill the tiles and still leave its activations in a core's own cache.
const TOKENS: usize = 256;

/// Cuts texts, given by their numbers of tokens, into shards of neighbours: as many for every
/// thread, of like size. A text is never cut.
pub(crate) fn plan(lengths: &[usize], threads: usize) -> Vec<Range<usize>> {
    let all: usize = lengths.iter().sum();
    let shards = all
        .div_ceil(TOKENS)
        .next_multiple_of(threads.max(1))
        .min(lengths.len());
    let mut plan = Vec::with_capacity(shards);
    let (mut first, mut done) = (0, 0);
    for (i, length) in lengths.iter().enumerate() {
        done += length;
        // The text whose end is nearest to the shard's share of all tokens is its last.
        let share = all * (plan.len() + 1) / shards.max(1);
        let next = lengths.get(i + 1).map_or(0, |n| n / 2);
        if done + next >= share || i + 1 == lengths.len() {
            plan.push(first..i + 1);
            first = i + 1;
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_in_one_shard() {
        for texts in 0..70 {
            for threads in 1..5 {
                let lengths: Vec<usize> = (0..texts).map(|i| 2 + i * 7919 % 60).collect();
                let plan = plan(&lengths, threads);
                let mut next = 0;
                for shard in plan {
                    assert_eq!(shard.start, next);
                    assert!(shard.end > shard.start);
                    next = shard.end;
                }
                assert_eq!(next, texts);
            }
        }
    }

    #[test]
    fn threads_get_like_shares() {
        let check = |lengths: &[usize], threads: usize, expected: &[usize]| {
            let ends: Vec<usize> = plan(lengths, threads).iter().map(|s| s.end).collect();
            assert_eq!(ends, expected);
        };
        check(&[20; 32], 2, &[8, 16, 24, 32]);
        check(&[20; 4], 2, &[2, 4]);
        check(&[20], 2, &[1]);
        check(&[20; 4], 1, &[4]);
    }
}
