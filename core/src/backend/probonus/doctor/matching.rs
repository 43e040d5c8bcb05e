//! Which method of an instance is which of ours, where the paths differ.

use std::collections::{BTreeMap, BTreeSet};

use super::description::{Description, Method, list_items};
use super::pairing::{Pairing, Score, surest};
use super::schema::Shape;
use super::words::{Meaning, flat};

/// How many names of one answer are compared.
const NAMES_AT_MOST: usize = 96;
/// A candidate below this, in thousandths, is no candidate.
const LIKELY: u32 = 450;
/// What the same path in another spelling counts: more than anything else.
const SPELLED_ALIKE: u32 = 2_000;
/// Paths whose words are less alike than this are not looked at any further.
const RELATED: u32 = 100;
/// By how much the best candidate must beat the next.
const MARGIN: u32 = 40;
/// A read of ours is taken for a POST only when the answer is as much like ours as this.
const READ_BY_POST: u32 = 500;
/// Words of the contract that say what a method does: two that name different ones are different methods.
const ACTIONS: &[&str] = &["accrue", "insert", "list", "refresh", "update", "withdraw"];
/// Words of methods that change something and are none of ours.
const FOREIGN_ACTIONS: &[&str] = &[
    "block",
    "cancel",
    "clear",
    "delete",
    "export",
    "import",
    "merge",
    "move",
    "recalculate",
    "remove",
    "reset",
    "restore",
    "revoke",
    "rollback",
    "send",
    "unblock",
    "undo",
];

/// What stands for one of our methods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Match {
    /// Same path; the index is that of the instance's method.
    Same(usize),
    /// Another path that is most like ours.
    Alike(usize),
    /// Several that are as like ours.
    Unclear(Vec<usize>),
    Missing,
}

/// A method with what is compared of it.
struct Sketch {
    path: String,
    verb: String,
    meaning: Meaning,
    told: BTreeSet<Meaning>,
    in_path: bool,
    /// Names of the answer's fields; `None` when it is not described.
    answer: Option<BTreeSet<Meaning>>,
    is_list: bool,
}

/// For each of our methods, in their order, what stands for it.
pub(super) fn pair(ours: &Description<'_>, theirs: &Description<'_>) -> Vec<Match> {
    let own: Vec<Sketch> = ours.methods.iter().map(|method| sketch(ours, method)).collect();
    let other: Vec<Sketch> = theirs.methods.iter().map(|method| sketch(theirs, method)).collect();
    let mut matches = vec![Match::Missing; own.len()];
    let mut taken = BTreeSet::new();
    for (mine, found) in own.iter().zip(&mut matches) {
        let same = |(_, theirs): &(usize, &Sketch)| {
            let verb = theirs.verb == mine.verb || !contradicts(mine, theirs, answered_alike(mine, theirs));
            theirs.path == mine.path && verb
        };
        let mut same: Vec<(usize, &Sketch)> = other.iter().enumerate().filter(same).collect();
        same.sort_by_key(|(_, theirs)| theirs.verb != mine.verb);
        if let Some((index, _)) = same.first() {
            *found = Match::Same(*index);
            taken.insert(*index);
        }
    }
    let weights = Weights::of(&own);
    let mut scores = Vec::new();
    for (mine, sketch) in
        own.iter().enumerate().filter(|(mine, _)| matches.get(*mine) == Some(&Match::Missing))
    {
        for (index, candidate) in other.iter().enumerate().filter(|(index, _)| !taken.contains(index)) {
            let score = score(sketch, candidate, &weights);
            if score >= LIKELY {
                scores.push(Score { likeness: score, mine, theirs: index });
            }
        }
    }
    for (mine, pairing) in surest(scores, MARGIN) {
        if let Some(found) = matches.get_mut(mine) {
            *found = match pairing {
                Pairing::Sure(index) => Match::Alike(index),
                Pairing::Unclear(several) => Match::Unclear(several),
            };
        }
    }
    matches
}

/// The rarer a word in our paths, the more it tells.
struct Weights(BTreeMap<String, u32>);

impl Weights {
    fn of(own: &[Sketch]) -> Self {
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for word in own.iter().flat_map(|sketch| sketch.meaning.words()) {
            let count = counts.entry(word.to_owned()).or_default();
            *count = count.saturating_add(1);
        }
        for count in counts.values_mut() {
            *count = 12_u32.checked_div(*count).unwrap_or(1).max(1);
        }
        Self(counts)
    }

    fn weight(&self, word: &str) -> u32 {
        self.0.get(word).copied().unwrap_or(3)
    }
}

fn sketch(description: &Description<'_>, method: &Method<'_>) -> Sketch {
    let path = without_version(&method.path).to_owned();
    let told = method
        .parameters
        .iter()
        .filter(|parameter| parameter.place.is_sent())
        .map(|parameter| Meaning::of(parameter.name))
        .collect();
    let shape = method.reply.map(|reply| description.shape(reply)).filter(|shape| !shape.is_silent());
    let items = shape.as_ref().and_then(|shape| list_items(&description.reader, shape));
    let record = items.map(|items| description.shape(items)).or_else(|| shape.clone());
    let without_parameters: Vec<&str> = path.split('/').filter(|segment| !segment.starts_with('{')).collect();
    Sketch {
        meaning: Meaning::of(&without_parameters.join("/")),
        verb: method.verb.clone(),
        told,
        in_path: path.contains('{'),
        is_list: items.is_some(),
        answer: record.map(|record| answered(description, &record)),
        path,
    }
}

/// A path without what says which API it is of which version.
fn without_version(path: &str) -> &str {
    let mut rest = path.trim_matches('/');
    while let Some((first, below)) = rest.split_once('/') {
        let version = first.strip_prefix(['v', 'V']).is_some_and(|number| number.parse::<u16>().is_ok());
        if !version && !first.eq_ignore_ascii_case("api") {
            break;
        }
        rest = below;
    }
    rest
}

/// The names of a record's fields and of the records directly within it.
fn answered(description: &Description<'_>, record: &Shape<'_>) -> BTreeSet<Meaning> {
    let inner = record.properties.iter().flat_map(|(name, property)| {
        let inner: Vec<&str> = description.shape(property).properties.into_keys().collect();
        std::iter::once(*name).chain(inner)
    });
    inner.take(NAMES_AT_MOST).map(Meaning::of).collect()
}

/// How like our method theirs is, in thousandths; zero when it cannot be it.
fn score(own: &Sketch, theirs: &Sketch, weights: &Weights) -> u32 {
    let asked = covered(&own.told, &theirs.told);
    let answered = answered_alike(own, theirs);
    if theirs.in_path || contradicts(own, theirs, answered) {
        return 0;
    }
    if flat(&own.path) == flat(&theirs.path) {
        return SPELLED_ALIKE;
    }
    let words = own.meaning.likeness(&theirs.meaning, |word| weights.weight(word));
    if words < RELATED {
        return 0;
    }
    let parts = [(Some(words), 2_u32), (asked, 1), (answered, 1)];
    let said = parts.iter().filter_map(|(part, share)| part.map(|part| (part, *share)));
    let (sum, shares) = said.fold((0_u32, 0_u32), |(sum, shares), (part, share)| {
        (sum.saturating_add(part.saturating_mul(share)), shares.saturating_add(share))
    });
    sum.checked_div(shares).unwrap_or(0)
}

/// How much of our answer theirs has, in thousandths; `None` when one of them is not described.
fn answered_alike(own: &Sketch, theirs: &Sketch) -> Option<u32> {
    let (own_answer, answer) = (own.answer.as_ref()?, theirs.answer.as_ref()?);
    if own.is_list == theirs.is_list { covered(own_answer, answer) } else { Some(0) }
}

/// How much of ours theirs has, in thousandths; `None` when there is nothing to compare.
fn covered(own: &BTreeSet<Meaning>, theirs: &BTreeSet<Meaning>) -> Option<u32> {
    let total = u32::try_from(own.len()).ok().filter(|total| *total > 0)?;
    u32::try_from(own.intersection(theirs).count()).ok()?.saturating_mul(1_000).checked_div(total)
}

/// Whether the two cannot be the same: they do different things, or one reads and the other writes.
fn contradicts(own: &Sketch, theirs: &Sketch, answered: Option<u32>) -> bool {
    let actions = |sketch: &Sketch| -> BTreeSet<&str> {
        ACTIONS.iter().copied().filter(|action| sketch.meaning.has(action)).collect()
    };
    let (mine, other) = (actions(own), actions(theirs));
    if !mine.is_empty() && !other.is_empty() && mine.is_disjoint(&other) {
        return true;
    }
    let foreign = |sketch: &Sketch| FOREIGN_ACTIONS.iter().any(|action| sketch.meaning.has(action));
    if foreign(theirs) || theirs.verb == "DELETE" {
        return true;
    }
    match (own.verb.as_str(), theirs.verb.as_str()) {
        ("GET", "GET") => false,
        // To take a write for a read would change the instance's books.
        ("GET", _) => {
            !other.is_subset(&BTreeSet::from(["list"])) || answered.is_none_or(|part| part < READ_BY_POST)
        }
        (_, "GET") => true,
        _ => false,
    }
}
