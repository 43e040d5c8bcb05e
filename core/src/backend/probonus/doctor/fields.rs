//! Which field of an instance's record is which of ours.

use std::collections::BTreeSet;

use super::difference::is_plain;
use super::pairing::{Pairing, Score, surest};
use super::schema::{Kind, Reader, Shape};
use super::words::{Meaning, flat, meant_value};

/// How alike two names must be, in thousandths. "Bonus balance" for "balance" is; "name" for "first name" is not.
const LIKELY: u32 = 620;
/// By how much the best candidate must beat the next.
const MARGIN: u32 = 60;
/// What it costs a field to stand one record deeper: more than the margin, so that it is no rival.
const DEEPER: u32 = 65;
/// How deep a field is looked for.
const DEEPEST: usize = 3;
/// How many fields of one record are compared.
const FIELDS_AT_MOST: usize = 256;

/// A field by its name, or by its dotted path.
#[derive(Debug, Clone)]
pub(super) struct Field<'a> {
    pub(super) path: String,
    pub(super) shape: Shape<'a>,
    pub(super) required: bool,
    /// Whether the path can be written into the configuration.
    pub(super) plain: bool,
    last: String,
    depth: usize,
}

impl<'a> Field<'a> {
    pub(super) fn new(name: &str, shape: Shape<'a>, required: bool) -> Self {
        let plain = is_plain(name);
        Self { path: name.to_owned(), shape, required, plain, last: name.to_owned(), depth: 0 }
    }

    fn below(&self, name: &str, shape: Shape<'a>) -> Self {
        Self {
            path: format!("{}.{name}", self.path),
            shape,
            required: false,
            plain: self.plain && is_plain(name),
            last: name.to_owned(),
            depth: self.depth.saturating_add(1),
        }
    }
}

/// A document's fields, and the document they are from.
#[derive(Debug)]
pub(super) struct Fields<'r, 'a> {
    pub(super) reader: &'r Reader<'a>,
    pub(super) fields: Vec<Field<'a>>,
}

impl<'r, 'a> Fields<'r, 'a> {
    /// The fields of a record.
    pub(super) fn of(reader: &'r Reader<'a>, record: &Shape<'a>) -> Self {
        let field = |(name, schema): (&&'a str, &&'a serde_json::Value)| {
            Field::new(name, reader.shape(schema), record.required.contains(name))
        };
        Self { reader, fields: record.properties.iter().take(FIELDS_AT_MOST).map(field).collect() }
    }

    /// The fields within the records that `open` lets be looked into, but not those themselves.
    fn deeper(&self, open: impl Fn(usize) -> bool) -> Vec<Field<'a>> {
        let mut found = Vec::new();
        let mut level: Vec<Field<'a>> = self
            .fields
            .iter()
            .enumerate()
            .filter(|(index, _)| open(*index))
            .map(|(_, field)| field.clone())
            .collect();
        for _ in 0..DEEPEST {
            let mut next = Vec::new();
            for parent in level.iter().filter(|parent| parent.shape.is_only(Kind::Object)) {
                for (name, schema) in &parent.shape.properties {
                    if found.len() < FIELDS_AT_MOST {
                        let field = parent.below(name, self.reader.shape(schema));
                        found.push(field.clone());
                        next.push(field);
                    }
                }
            }
            level = next;
        }
        found
    }
}

/// For each of our fields what stands for it, in our order. `record` is what the record is called: its words tell
/// nothing within it.
pub(super) fn pair<'a>(
    own: &Fields<'_, '_>,
    theirs: &Fields<'_, 'a>,
    record: &str,
    nested: bool,
) -> Vec<Found<'a>> {
    let record = Meaning::of(record);
    let mut found: Vec<Found<'a>> = vec![Found::Missing; own.fields.len()];
    let mut taken = BTreeSet::new();
    // The same name needs no likeness; then the same name in another spelling; then the same meaning.
    let exact = |mine: &Field<'_>, other: &Field<'_>| mine.path == other.path;
    let spelled = |mine: &Field<'_>, other: &Field<'_>| {
        flat(&mine.path) == flat(&other.path) && fits(&mine.shape, &other.shape)
    };
    for same in [&exact as &dyn Fn(&Field<'_>, &Field<'_>) -> bool, &spelled] {
        for (mine, slot) in
            own.fields.iter().zip(&mut found).filter(|(_, slot)| matches!(slot, Found::Missing))
        {
            let other = theirs
                .fields
                .iter()
                .enumerate()
                .find(|(index, other)| !taken.contains(index) && same(mine, other));
            if let Some((index, other)) = other {
                *slot = found_as(other.clone());
                taken.insert(index);
            }
        }
    }
    let mut candidates: Vec<Field<'a>> = Vec::new();
    let free = |index: usize| !taken.contains(&index);
    candidates.extend(
        theirs.fields.iter().enumerate().filter(|(index, _)| free(*index)).map(|(_, field)| field.clone()),
    );
    if nested {
        candidates.extend(theirs.deeper(free));
    }
    take_alike(own, theirs.reader, &candidates, &record, &mut found);
    take_last_left(own, &candidates, &record, &mut found);
    found
}

/// What stands for one of our fields.
#[derive(Debug, Clone)]
pub(super) enum Found<'a> {
    As(Box<Field<'a>>),
    /// Names that could be it.
    Unclear(Vec<String>),
    Missing,
}

fn found_as(field: Field<'_>) -> Found<'_> {
    Found::As(Box::new(field))
}

fn take_alike<'a>(
    own: &Fields<'_, '_>,
    reader: &Reader<'a>,
    candidates: &[Field<'a>],
    record: &Meaning,
    found: &mut [Found<'a>],
) {
    let meant: Vec<Candidate<'_, '_>> = candidates
        .iter()
        .map(|field| Candidate {
            field,
            last: Meaning::of(&field.last).within(record),
            whole: Meaning::of(&field.path),
        })
        .collect();
    let mut scores = Vec::new();
    for (mine, field) in
        own.fields.iter().enumerate().filter(|(mine, _)| matches!(found.get(*mine), Some(Found::Missing)))
    {
        let meaning = Meaning::of(&field.path).within(record);
        let parts = parts(own.reader, &field.shape);
        for (theirs, candidate) in
            meant.iter().enumerate().filter(|(_, other)| fits(&field.shape, &other.field.shape))
        {
            let likeness = candidate.likeness(&meaning, &parts, reader);
            if likeness >= LIKELY {
                scores.push(Score { likeness, mine, theirs });
            }
        }
    }
    let path = |index: &usize| candidates.get(*index).map(|field| field.path.clone());
    for (mine, pairing) in surest(scores, MARGIN) {
        let Some(slot) = found.get_mut(mine) else { continue };
        *slot = match pairing {
            Pairing::Sure(theirs) => candidates.get(theirs).cloned().map_or(Found::Missing, found_as),
            Pairing::Unclear(several) => Found::Unclear(several.iter().filter_map(path).take(4).collect()),
        };
    }
}

struct Candidate<'c, 'a> {
    field: &'c Field<'a>,
    last: Meaning,
    whole: Meaning,
}

impl<'a> Candidate<'_, 'a> {
    /// How much it is like a field of ours with this meaning and these parts, in thousandths.
    fn likeness(&self, meaning: &Meaning, own_parts: &BTreeSet<Meaning>, reader: &Reader<'a>) -> u32 {
        let by_name = meaning.field_likeness(&self.last).max(meaning.field_likeness(&self.whole));
        // A list or a record is also known by what it holds, if less surely than by its name.
        let by_parts = if own_parts.is_empty() || by_name >= LIKELY {
            0
        } else {
            share(own_parts, &parts(reader, &self.field.shape)).saturating_sub(200)
        };
        let depth = u32::try_from(self.field.depth).unwrap_or(u32::MAX);
        by_name.max(by_parts).saturating_sub(depth.saturating_mul(DEEPER))
    }
}

/// The names within a record or within a list's records.
fn parts(reader: &Reader<'_>, shape: &Shape<'_>) -> BTreeSet<Meaning> {
    let items = shape.items.map(|items| reader.shape(items));
    let record = items.as_ref().unwrap_or(shape);
    record.properties.keys().take(32).map(|name| Meaning::of(name)).collect()
}

fn share(own: &BTreeSet<Meaning>, theirs: &BTreeSet<Meaning>) -> u32 {
    let common = u32::try_from(own.intersection(theirs).count()).unwrap_or(0);
    let total = u32::try_from(own.len()).unwrap_or(u32::MAX);
    common.saturating_mul(1_000).checked_div(total).unwrap_or(0)
}

/// Two of a class that are left over on both sides are the same if there is a sign of it.
fn take_last_left<'a>(
    own: &Fields<'_, '_>,
    candidates: &[Field<'a>],
    record: &Meaning,
    found: &mut [Found<'a>],
) {
    let used: BTreeSet<String> = found
        .iter()
        .filter_map(|found| if let Found::As(field) = found { Some(field.path.clone()) } else { None })
        .collect();
    for class in [Class::Date, Class::Enumeration, Class::Id] {
        let mine: Vec<usize> = own
            .fields
            .iter()
            .enumerate()
            .filter(|(mine, field)| {
                field.required && matches!(found.get(*mine), Some(Found::Missing)) && class.has(field)
            })
            .map(|(mine, _)| mine)
            .collect();
        let left: Vec<&Field<'a>> = candidates
            .iter()
            .filter(|field| field.depth == 0 && !used.contains(&field.path) && class.has(field))
            .collect();
        if let ([mine], [theirs]) = (mine.as_slice(), left.as_slice()) {
            let field = own.fields.get(*mine).filter(|field| class.agrees(field, theirs, record));
            if let Some(slot) = found.get_mut(*mine).filter(|_| field.is_some()) {
                *slot = found_as((*theirs).clone());
            }
        }
    }
}

/// Kinds of which a record has few enough for a lonely one to be told. Sums are none: a wrong one costs money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Date,
    Enumeration,
    Id,
}

impl Class {
    fn has(self, field: &Field<'_>) -> bool {
        let shape = &field.shape;
        match self {
            Self::Date => shape.is_date(),
            Self::Enumeration => shape.is_only(Kind::String) && !shape.words.is_empty(),
            Self::Id => shape.is_only(Kind::Integer) && Meaning::of(&field.last).has("id"),
        }
    }

    fn agrees(self, own: &Field<'_>, theirs: &Field<'_>, record: &Meaning) -> bool {
        let meaning = Meaning::of(&theirs.last).within(record);
        match self {
            Self::Date => meaning.is_vaguer_than(&Meaning::of(&own.path)),
            Self::Enumeration => {
                let known =
                    theirs.shape.words.iter().filter(|word| meant_value(word, &own.shape.words).is_some());
                known.count().saturating_mul(2) >= theirs.shape.words.len()
            }
            Self::Id => meaning == Meaning::of("id"),
        }
    }
}

/// Whether a value of the one could be one of the other: a list is no record, a record no text.
fn fits(own: &Shape<'_>, theirs: &Shape<'_>) -> bool {
    let form = |shape: &Shape<'_>| match () {
        () if shape.is_silent() => None,
        () if shape.is_only(Kind::Array) => Some(2),
        () if shape.is_only(Kind::Object) => Some(1),
        () if shape.is_only(Kind::Boolean) => Some(3),
        () => Some(0),
    };
    match (form(own), form(theirs)) {
        (Some(own), Some(theirs)) => own == theirs,
        _ => true,
    }
}
