//! One language's words as they stand in its file, and the shape that all languages share.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::Error;

/// Every word of one language, by group and key.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) groups: BTreeMap<String, BTreeMap<String, Text>>,
}

/// One text: always the same, or chosen by a number.
#[derive(Debug)]
pub(crate) enum Text {
    One(Template),
    /// By CLDR's names of the forms: `one`, `few`, `many`, `other`.
    Counted(BTreeMap<String, Template>),
}

/// A text with places to fill in.
#[derive(Debug)]
pub(crate) struct Template(pub(crate) Vec<Part>);

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    Parameter(String),
}

/// What a text asks for: whether it is counted, and its parameters in alphabetical order without `count`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) counted: bool,
    pub(crate) parameters: BTreeSet<String>,
}

/// The groups and signatures of all languages together. A key that only one of them has is part of it, so that the
/// other's code does not compile.
#[derive(Debug)]
pub(crate) struct Shape(pub(crate) BTreeMap<String, BTreeMap<String, Signature>>);

impl Table {
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let text =
            std::fs::read_to_string(path).map_err(|cause| Error::File { path: path.to_owned(), cause })?;
        Self::parse(&text).map_err(|what| Error::Content { path: path.to_owned(), what })
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let file: BTreeMap<String, BTreeMap<String, toml::Value>> =
            toml::from_str(text).map_err(|error| error.to_string())?;
        let mut groups = BTreeMap::new();
        for (group, keys) in file {
            let mut texts = BTreeMap::new();
            for (key, value) in keys {
                let text = Text::parse(&value).map_err(|what| format!("{group}.{key}: {what}"))?;
                texts.insert(key, text);
            }
            groups.insert(group, texts);
        }
        Ok(Self { groups })
    }
}

impl Text {
    fn parse(value: &toml::Value) -> Result<Self, String> {
        match value {
            toml::Value::String(text) => Template::parse(text).map(Self::One),
            toml::Value::Table(forms) => {
                let mut counted = BTreeMap::new();
                for (form, text) in forms {
                    if !["one", "few", "many", "other"].contains(&form.as_str()) {
                        return Err(format!("`{form}` is not a plural form"));
                    }
                    let text = text.as_str().ok_or("a form is a text")?;
                    counted.insert(form.clone(), Template::parse(text)?);
                }
                if counted.contains_key("other") {
                    Ok(Self::Counted(counted))
                } else {
                    Err("`other` is missing".to_owned())
                }
            }
            _ => Err("neither a text nor plural forms".to_owned()),
        }
    }

    pub(crate) fn signature(&self) -> Signature {
        let (counted, templates) = match self {
            Self::One(template) => (false, vec![template]),
            Self::Counted(forms) => (true, forms.values().collect()),
        };
        let parameters = templates
            .into_iter()
            .flat_map(|template| &template.0)
            .filter_map(|part| match part {
                Part::Parameter(name) if !(counted && name == "count") => Some(name.clone()),
                Part::Parameter(_) | Part::Literal(_) => None,
            })
            .collect();
        Signature { counted, parameters }
    }
}

impl Template {
    fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, tail) = after.split_once('}').ok_or("a `{` is not closed")?;
            if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_lowercase()) {
                return Err(format!("`{{{name}}}` is not a parameter"));
            }
            if !before.is_empty() {
                parts.push(Part::Literal(before.to_owned()));
            }
            parts.push(Part::Parameter(name.to_owned()));
            rest = tail;
        }
        if rest.contains('}') {
            return Err("a `}` was not opened".to_owned());
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        if parts.is_empty() { Err("empty".to_owned()) } else { Ok(Self(parts)) }
    }
}

impl Shape {
    /// Where languages differ, the first decides, and the others' code does not compile.
    pub(crate) fn of<'a>(tables: impl IntoIterator<Item = &'a Table>) -> Self {
        let mut shape: BTreeMap<String, BTreeMap<String, Signature>> = BTreeMap::new();
        for table in tables {
            for (group, texts) in &table.groups {
                let keys = shape.entry(group.clone()).or_default();
                for (key, text) in texts {
                    keys.entry(key.clone()).or_insert_with(|| text.signature());
                }
            }
        }
        Self(shape)
    }
}

/// `sign_in` as `signIn`.
pub(crate) fn camel(snake: &str) -> String {
    let mut words = snake.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &capital(word))
}

/// `sign_in` as `SignIn`.
pub(crate) fn pascal(snake: &str) -> String {
    capital(&camel(snake))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}
