//! A venue's brand: names, unit words, colours, logo.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::Error;

/// The colours that a palette names, in the order in which they are written.
pub(crate) const COLOURS: [&str; 15] = [
    "background",
    "surface",
    "raised",
    "text",
    "text_soft",
    "outline",
    "primary",
    "on_primary",
    "hero_start",
    "hero_end",
    "on_hero",
    "accent",
    "on_accent",
    "positive",
    "negative",
];

/// What stands on what, and the contrast it needs in hundredths.
#[cfg(test)]
pub(crate) const PAIRS: [(&str, &[&str], u32); 9] = [
    ("text", &["background", "surface", "raised"], 450),
    ("text_soft", &["background", "surface", "raised"], 450),
    ("primary", &["background", "surface", "raised"], 450),
    ("positive", &["background", "surface", "raised"], 450),
    ("negative", &["background", "surface", "raised"], 450),
    ("on_primary", &["primary"], 450),
    ("on_hero", &["hero_start", "hero_end"], 450),
    ("on_accent", &["accent"], 450),
    ("outline", &["background", "surface"], 300),
];

#[derive(Debug)]
pub(crate) struct Brand {
    pub(crate) name: InBoth,
    pub(crate) tagline: InBoth,
    pub(crate) russian_unit: RussianUnit,
    pub(crate) english_unit: EnglishUnit,
    pub(crate) light: Palette,
    pub(crate) dark: Palette,
    pub(crate) logo: Logo,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InBoth {
    pub(crate) ru: String,
    pub(crate) en: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RussianUnit {
    pub(crate) one: String,
    pub(crate) few: String,
    pub(crate) many: String,
    pub(crate) fraction: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnglishUnit {
    pub(crate) one: String,
    pub(crate) other: String,
}

/// Every one of [`COLOURS`] as `0xRRGGBB`.
#[derive(Debug)]
pub(crate) struct Palette(pub(crate) BTreeMap<&'static str, u32>);

/// Paths of absolute `M`, `L`, `C` and `Z` in a square of `side`.
#[derive(Debug)]
pub(crate) struct Logo {
    pub(crate) side: u16,
    pub(crate) paths: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    logo: String,
    name: InBoth,
    tagline: InBoth,
    unit: Units,
    light: BTreeMap<String, String>,
    dark: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Units {
    ru: RussianUnit,
    en: EnglishUnit,
}

impl Brand {
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let wrong = |what| Error::Content { path: path.to_owned(), what };
        let text = read(path)?;
        let file: File = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let logo_path = path.with_file_name(&file.logo);
        let logo =
            Logo::parse(&read(&logo_path)?).map_err(|what| Error::Content { path: logo_path, what })?;
        Ok(Self {
            name: file.name,
            tagline: file.tagline,
            russian_unit: file.unit.ru,
            english_unit: file.unit.en,
            light: Palette::parse(&file.light).map_err(wrong)?,
            dark: Palette::parse(&file.dark).map_err(wrong)?,
            logo,
        })
    }
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|cause| Error::File { path: path.to_owned(), cause })
}

impl Palette {
    fn parse(colours: &BTreeMap<String, String>) -> Result<Self, String> {
        if let Some(unknown) = colours.keys().find(|name| !COLOURS.contains(&name.as_str())) {
            return Err(format!("`{unknown}` is not a colour of the palette"));
        }
        let parse = |name: &'static str| {
            let text = colours.get(name).ok_or_else(|| format!("the colour `{name}` is missing"))?;
            let value = text.strip_prefix('#').filter(|digits| digits.len() == 6);
            value
                .and_then(|digits| u32::from_str_radix(digits, 16).ok())
                .map(|value| (name, value))
                .ok_or_else(|| format!("`{name}` is not like #RRGGBB"))
        };
        COLOURS.into_iter().map(parse).collect::<Result<_, _>>().map(Self)
    }
}

impl Logo {
    /// Reads the little of SVG that a logo may use, and refuses the rest: a logo that one shell drew and another did
    /// not would be worse than none.
    fn parse(svg: &str) -> Result<Self, String> {
        let box_of = attribute(svg, "viewBox").ok_or("no viewBox")?;
        let side = box_of
            .strip_prefix("0 0 ")
            .and_then(|rest| rest.split_once(' '))
            .filter(|(width, height)| width == height)
            .and_then(|(side, _)| side.parse().ok())
            .ok_or("the viewBox is not `0 0 SIDE SIDE`")?;
        let mut paths = Vec::new();
        for element in svg.split("<path ").skip(1) {
            let path = attribute(element, "d").ok_or("a path without `d`")?;
            let known = |word: &str| matches!(word, "M" | "L" | "C" | "Z") || word.parse::<f32>().is_ok();
            if let Some(word) = path.split(' ').find(|word| !known(word)) {
                return Err(format!(
                    "`{word}`: use absolute M, L, C, Z and numbers, separated by single spaces"
                ));
            }
            paths.push(path.to_owned());
        }
        if paths.is_empty() { Err("no paths".to_owned()) } else { Ok(Self { side, paths }) }
    }
}

fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = element.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}
