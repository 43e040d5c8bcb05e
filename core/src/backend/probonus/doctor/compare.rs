//! The comparison of an instance's own description with our contract.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::description::{Description, Method, Parameter, Place, list_items};
use super::difference::{Difference, DifferenceKind, Mend, Severity};
use super::fields::{Field, Fields, Found, pair};
use super::matching::{self, Match};
use super::prefix::{below, within_api};
use super::schema::{Kind, Shape};
use super::settings::Settings;
use super::types::{Direction, type_severity};
use super::words::meant_value;
use crate::backend::probonus::method::REGISTER_CHECK;

/// How deep records within records are compared; ours are two deep.
const DEEPEST: usize = 4;

/// Everything in which the description of an instance (OpenAPI 3 or Swagger 2.0) differs from `contract` (OpenAPI 3),
/// in a stable order. `base` is the path of the address that the instance is reached by, empty for none: paths are
/// compared from there on. Never panics and always ends, whatever the documents hold: a document that makes itself too
/// intricate is compared in part.
#[must_use]
pub fn compare(contract: &Value, instance: &Value, base: &str) -> Vec<Difference> {
    compare_in_part(contract, instance, base).differences
}

/// The same, and whether everything was compared.
pub(super) fn compare_in_part(contract: &Value, instance: &Value, base: &str) -> Comparison {
    let ours = Description::read(contract);
    let mut theirs = Description::read(instance);
    let elsewhere = below(&mut theirs.methods, base);
    let mut comparison = Run::new(&ours, &theirs);
    if let Some(path) = elsewhere {
        let kind = DifferenceKind::Address;
        comparison.add(Difference::new("probonus.url", kind, Severity::Breaks, base, &path));
    }
    for (method, found) in ours.methods.iter().zip(matching::pair(&ours, &theirs)) {
        comparison.method(method, &found);
    }
    let differences = comparison.finish();
    Comparison { differences, complete: !theirs.reader.is_exhausted() }
}

/// What a comparison came to.
#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) differences: Vec<Difference>,
    /// Whether the document was simple enough to be looked at as a whole.
    pub(super) complete: bool,
}

struct Run<'d, 'o, 't> {
    ours: &'d Description<'o>,
    theirs: &'d Description<'t>,
    found: BTreeSet<Difference>,
    /// What each of our fields is called in the records that were compared; more than one name cannot be mended.
    names: BTreeMap<(String, String), BTreeSet<String>>,
    /// Pairs of records that were compared already, by where their schemas stand in memory.
    seen: BTreeSet<(usize, usize, Direction)>,
    settings: Settings,
    /// Whether the sums of the method that is compared are in the unit that the instance has chosen.
    unit_is_chosen: bool,
}

impl<'d, 'o, 't> Run<'d, 'o, 't> {
    fn new(ours: &'d Description<'o>, theirs: &'d Description<'t>) -> Self {
        Self {
            ours,
            theirs,
            found: BTreeSet::new(),
            names: BTreeMap::new(),
            seen: BTreeSet::new(),
            settings: Settings::default(),
            unit_is_chosen: true,
        }
    }

    fn add(&mut self, difference: Difference) {
        self.found.insert(difference);
    }

    fn method(&mut self, ours: &Method<'o>, found: &Match) {
        let name = within_api(&ours.path).unwrap_or(&ours.path).to_owned();
        let index = match found {
            Match::Same(index) | Match::Alike(index) => *index,
            Match::Missing => {
                return self.add(Difference::new(
                    &name,
                    DifferenceKind::MethodMissing,
                    Severity::Breaks,
                    &name,
                    "",
                ));
            }
            Match::Unclear(several) => {
                let paths: Vec<&str> = several
                    .iter()
                    .filter_map(|index| self.theirs.methods.get(*index))
                    .map(|method| method.path.as_str())
                    .collect();
                let (kind, paths) = (DifferenceKind::MethodUnclear, paths.join(", "));
                return self.add(Difference::new(&name, kind, Severity::Breaks, &name, &paths));
            }
        };
        let Some(theirs) = self.theirs.methods.get(index) else { return };
        // The vendor's word is kopecks there, whatever the unit elsewhere.
        self.unit_is_chosen = name != REGISTER_CHECK.name;
        self.address(&name, ours, theirs);
        self.request(&name, ours, theirs);
        self.reply(&name, ours, theirs);
    }

    /// Path and verb.
    fn address(&mut self, name: &str, ours: &Method<'o>, theirs: &Method<'t>) {
        // With a slash in front it is taken from the address on.
        let path = within_api(&theirs.path).unwrap_or(&theirs.path);
        if path != name {
            let mend =
                is_plain_path(path).then(|| Mend::Path { method: name.to_owned(), theirs: path.to_owned() });
            let difference = Difference::new(name, DifferenceKind::Path, Severity::Breaks, name, path);
            self.add(difference.mended(mend));
        }
        if theirs.verb != ours.verb {
            let known = ["GET", "POST", "PUT"].contains(&theirs.verb.as_str());
            let mend = known.then(|| Mend::Verb { method: name.to_owned(), theirs: theirs.verb.clone() });
            let difference =
                Difference::new(name, DifferenceKind::Verb, Severity::Breaks, &ours.verb, &theirs.verb);
            self.add(difference.mended(mend));
        }
    }

    fn request(&mut self, name: &str, ours: &Method<'o>, theirs: &Method<'t>) {
        let own = Fields { reader: &self.ours.reader, fields: told(self.ours, ours) };
        let other = Fields { reader: &self.theirs.reader, fields: told(self.theirs, theirs) };
        let mut used = BTreeSet::new();
        let mut places = BTreeSet::new();
        // The family says what an "id" alone is the id of.
        let family = name.split('/').next().unwrap_or_default();
        for (field, found) in own.fields.iter().zip(pair(&own, &other, family, false)) {
            match found {
                Found::As(their) => {
                    used.insert(their.path.clone());
                    let parameter =
                        theirs.parameters.iter().find(|one| one.name == their.path && one.place.is_sent());
                    places.extend(parameter.map(|parameter| parameter.place));
                    self.parameter(name, field, &their);
                }
                Found::Unclear(several) => {
                    self.parameter_missing(name, field, &several.join(", "), other.fields.is_empty())
                }
                Found::Missing => self.parameter_missing(name, field, "", other.fields.is_empty()),
            }
        }
        self.places(name, ours, theirs, &places);
        for parameter in &theirs.parameters {
            let sent = used.contains(parameter.name) && parameter.place != Place::Path;
            if parameter.required && !sent && parameter.place != Place::Elsewhere {
                let kind = DifferenceKind::ParameterDemanded;
                self.add(Difference::new(name, kind, Severity::Breaks, "", parameter.name));
            }
        }
    }

    fn parameter(&mut self, name: &str, ours: &Field<'o>, theirs: &Field<'t>) {
        if ours.path != theirs.path {
            let mend = theirs.plain.then(|| Mend::Parameter {
                method: name.to_owned(),
                ours: ours.path.clone(),
                theirs: theirs.path.clone(),
            });
            let kind = DifferenceKind::ParameterName;
            self.add(Difference::new(name, kind, Severity::Breaks, &ours.path, &theirs.path).mended(mend));
        }
        let place = format!("{name} {}", ours.path);
        self.value(&place, None, &ours.path, &ours.shape, &theirs.shape, Direction::Request, 0);
    }

    fn parameter_missing(&mut self, name: &str, ours: &Field<'o>, could_be: &str, nothing_described: bool) {
        let severity = match (ours.required, nothing_described) {
            // Many descriptions leave the body out altogether.
            (_, true) => Severity::Unknown,
            (true, false) => Severity::Breaks,
            (false, false) => Severity::Tolerated,
        };
        self.add(Difference::new(name, DifferenceKind::ParameterMissing, severity, &ours.path, could_be));
    }

    /// Whether the parameters travel where we send them: in the query of a GET, in the body of the rest.
    fn places(&mut self, name: &str, ours: &Method<'o>, theirs: &Method<'t>, places: &BTreeSet<Place>) {
        let usual = |verb: &str| if verb == "GET" { Place::Query } else { Place::Body };
        let expected = BTreeSet::from([usual(&ours.verb)]);
        // Another verb moves the parameters by itself, so that it has to be said when they stay.
        if places.is_empty() || (*places == expected && usual(&theirs.verb) == usual(&ours.verb)) {
            return;
        }
        let word = |place: &Place| if *place == Place::Query { "query" } else { "body" };
        let single = places.first().filter(|_| places.len() == 1);
        let mend = single.map(|place| Mend::Send { method: name.to_owned(), theirs: word(place) });
        let their: Vec<&str> = places.iter().map(word).collect();
        let own = word(&usual(&ours.verb));
        let difference =
            Difference::new(name, DifferenceKind::Send, Severity::Breaks, own, &their.join(" and "));
        self.add(difference.mended(mend));
    }

    fn reply(&mut self, name: &str, ours: &Method<'o>, theirs: &Method<'t>) {
        let Some(own) = ours.reply.map(|reply| self.ours.shape(reply)) else { return };
        let their = theirs.reply.map(|reply| self.theirs.shape(reply)).filter(|shape| !shape.is_silent());
        let form = |list: bool| if list { "a list" } else { "one record" };
        let own_items = own.is_only(Kind::Array);
        let Some(their) = their else {
            let kind = DifferenceKind::ReplyForm;
            return self.add(Difference::new(
                name,
                kind,
                Severity::Unknown,
                form(own_items),
                "nothing described",
            ));
        };
        let items =
            list_items(&self.theirs.reader, &their).filter(|_| own_items || their.is_only(Kind::Array));
        if items.is_some() != own_items {
            // A guest who is looked for may come in a list: that is how some say that there is none.
            let read_anyway = name == "accounts/find_by_phone" && items.is_some();
            let severity = if read_anyway { Severity::Tolerated } else { Severity::Breaks };
            let kind = DifferenceKind::ReplyForm;
            self.add(Difference::new(name, kind, severity, form(own_items), form(items.is_some())));
        }
        let own = own.items.filter(|_| own_items).map_or(own, |items| self.ours.shape(items));
        let their = items.map_or(their, |items| self.theirs.shape(items));
        self.record(&own, &their, Direction::Reply, 0);
    }

    /// Compares a record of ours, known by the name of its schema, with theirs.
    fn record(&mut self, ours: &Shape<'o>, theirs: &Shape<'t>, direction: Direction, depth: usize) {
        let Some(record) = ours.name.filter(|_| depth < DEEPEST && !ours.properties.is_empty()) else {
            return;
        };
        if !self.seen.insert((identity(ours), identity(theirs), direction)) {
            return;
        }
        let own = Fields::of(&self.ours.reader, ours);
        let other = Fields::of(&self.theirs.reader, theirs);
        for (field, found) in own.fields.iter().zip(pair(&own, &other, record, direction == Direction::Reply))
        {
            let place = format!("{record}.{}", field.path);
            match found {
                Found::As(their) => {
                    self.field(record, field, &their);
                    let at = Some(record);
                    self.value(&place, at, &field.path, &field.shape, &their.shape, direction, depth);
                }
                Found::Unclear(several) => self.field_missing(&place, field, &several.join(", ")),
                Found::Missing => self.field_missing(&place, field, ""),
            }
        }
    }

    fn field(&mut self, record: &str, ours: &Field<'o>, theirs: &Field<'t>) {
        let key = (record.to_owned(), ours.path.clone());
        self.names.entry(key).or_default().insert(theirs.path.clone());
        if ours.path == theirs.path {
            return;
        }
        let mend = theirs.plain.then(|| Mend::Field {
            record: record.to_owned(),
            ours: ours.path.clone(),
            theirs: theirs.path.clone(),
        });
        let place = format!("{record}.{}", ours.path);
        let (kind, severity) = (DifferenceKind::FieldName, Severity::Breaks);
        self.add(Difference::new(&place, kind, severity, &ours.path, &theirs.path).mended(mend));
    }

    fn field_missing(&mut self, place: &str, ours: &Field<'o>, could_be: &str) {
        let (severity, need) =
            if ours.required { (Severity::Breaks, "needed") } else { (Severity::Tolerated, "not needed") };
        self.add(Difference::new(place, DifferenceKind::FieldMissing, severity, need, could_be));
    }

    /// Types, null, words, and the records within.
    #[allow(clippy::too_many_arguments)] // One field on both sides, and where it stands.
    fn value(
        &mut self,
        place: &str,
        record: Option<&str>,
        field: &str,
        ours: &Shape<'o>,
        theirs: &Shape<'t>,
        direction: Direction,
        depth: usize,
    ) {
        let kind = DifferenceKind::Type;
        let mut difference = type_severity(ours, theirs, direction)
            .map(|severity| Difference::new(place, kind, severity, &ours.spoken(), &theirs.spoken()));
        if self.unit_is_chosen && ours.unit == Some("kopeck") {
            difference = self.settings.sum(theirs, difference);
        }
        self.found.extend(difference);
        if direction == Direction::Request && ours.name == Some("phone") {
            self.settings.phone(theirs);
        }
        if direction == Direction::Reply && theirs.nullable && !ours.nullable {
            self.add(Difference::new(place, DifferenceKind::FieldNullable, Severity::Unknown, "", ""));
        }
        if let Some(record) = record {
            self.words(place, record, field, ours, theirs);
        }
        let items = |shape: &Shape<'_>| shape.is_only(Kind::Array);
        let deeper = depth.saturating_add(1);
        match (ours.items.filter(|_| items(ours)), theirs.items.filter(|_| items(theirs))) {
            (Some(own), Some(their)) => {
                self.record(&self.ours.shape(own), &self.theirs.shape(their), direction, deeper);
            }
            _ => self.record(ours, theirs, direction, deeper),
        }
    }

    fn words(&mut self, place: &str, record: &str, field: &str, ours: &Shape<'o>, theirs: &Shape<'t>) {
        if ours.words.is_empty() {
            return;
        }
        for word in theirs.words.iter().filter(|word| !ours.words.contains(*word)) {
            let meant = meant_value(word, &ours.words);
            let mend = meant.map(|meant| Mend::Value {
                record: record.to_owned(),
                field: field.to_owned(),
                theirs: (*word).to_owned(),
                ours: meant.to_owned(),
            });
            let severity = if mend.is_some() { Severity::Breaks } else { Severity::Unknown };
            let own = meant.map_or_else(|| ours.words.join(", "), str::to_owned);
            self.add(Difference::new(place, DifferenceKind::Value, severity, &own, word).mended(mend));
        }
    }

    /// Takes the overrides of fields away that would mend one method and break another.
    fn finish(mut self) -> Vec<Difference> {
        self.found.extend(std::mem::take(&mut self.settings).differences());
        let disputed = |difference: &Difference| match &difference.mend {
            Some(Mend::Field { record, ours, .. }) => {
                self.names.get(&(record.clone(), ours.clone())).is_some_and(|names| names.len() > 1)
            }
            _ => false,
        };
        let settled = |difference: &Difference| {
            let mut difference = difference.clone();
            if disputed(&difference) {
                difference.mend = None;
            }
            difference
        };
        self.found.iter().map(settled).collect()
    }
}

/// Where a record's first field stands in memory: the same schema, wherever it is referred to from.
fn identity(shape: &Shape<'_>) -> usize {
    shape.properties.values().next().map_or(0, |schema| std::ptr::from_ref::<Value>(schema).addr())
}

/// What the query and the body of a method hold.
fn told<'a>(description: &Description<'a>, method: &Method<'a>) -> Vec<Field<'a>> {
    let field = |one: &Parameter<'a>| Field::new(one.name, description.shape(one.schema), one.required);
    method.parameters.iter().filter(|one| one.place.is_sent()).map(field).collect()
}

/// A path that stays on the host it is sent to, and below the place it seems to be.
fn is_plain_path(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '~' | '/');
    let below = path.strip_prefix('/').unwrap_or(path);
    let below = below.strip_suffix('/').unwrap_or(below);
    path.chars().all(plain) && below.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
