//! Which of theirs goes with which of ours, when all that is known is how alike they are.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How alike one of ours and one of theirs are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Score {
    pub(super) likeness: u32,
    pub(super) mine: usize,
    pub(super) theirs: usize,
}

/// What was found for one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pairing {
    Sure(usize),
    /// Several are too close to choose among.
    Unclear(Vec<usize>),
}

/// Pairs the most alike first. A pair is sure only when no other with one of the two comes closer to it than
/// `margin`.
pub(super) fn surest(mut scores: Vec<Score>, margin: u32) -> BTreeMap<usize, Pairing> {
    scores.sort_by_key(|pair| (Reverse(pair.likeness), pair.mine, pair.theirs));
    let mut found = BTreeMap::new();
    while let Some(best) = scores.first().copied() {
        let rivals = |pair: &&Score| {
            (pair.mine == best.mine) != (pair.theirs == best.theirs)
                && pair.likeness.saturating_add(margin) > best.likeness
        };
        let rivals: Vec<Score> = scores.iter().filter(rivals).copied().collect();
        if rivals.is_empty() {
            found.insert(best.mine, Pairing::Sure(best.theirs));
        } else {
            for pair in std::iter::once(&best).chain(&rivals) {
                let several = found.entry(pair.mine).or_insert_with(|| Pairing::Unclear(Vec::new()));
                if let Pairing::Unclear(several) = several {
                    several.push(pair.theirs);
                }
            }
        }
        // Nobody gets what was disputed: a wrong pair costs more than a missing one.
        let settled = |pair: &Score| {
            pair.mine == best.mine
                || pair.theirs == best.theirs
                || rivals.iter().any(|rival| rival.mine == pair.mine)
        };
        scores.retain(|pair| !settled(pair));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(scores: &[(u32, usize, usize)]) -> BTreeMap<usize, Pairing> {
        let scores = scores.iter().map(|&(likeness, mine, theirs)| Score { likeness, mine, theirs });
        surest(scores.collect(), 50)
    }

    #[test]
    fn the_most_alike_are_paired_first() {
        let found = pairs(&[(900, 0, 0), (700, 0, 1), (800, 1, 0), (600, 1, 1)]);
        assert_eq!(found, BTreeMap::from([(0, Pairing::Sure(0)), (1, Pairing::Sure(1))]));
    }

    #[test]
    fn what_two_claim_nobody_gets() {
        let found = pairs(&[(900, 0, 0), (880, 1, 0)]);
        assert_eq!(found, BTreeMap::from([(0, Pairing::Unclear(vec![0])), (1, Pairing::Unclear(vec![0]))]));
        let found = pairs(&[(900, 0, 0), (880, 0, 1)]);
        assert_eq!(found, BTreeMap::from([(0, Pairing::Unclear(vec![0, 1]))]));
    }
}
