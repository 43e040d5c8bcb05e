//! The tables are complete and readable, the brands can be read on, and what is written is code.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::brand::{Brand, PAIRS, Palette};
use crate::table::{Shape, Table, Text};
use crate::{kotlin, swift};

fn apps() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn table(language: &str) -> Table {
    Table::read(&apps().join(format!("strings/{language}.toml"))).unwrap()
}

fn brands() -> Vec<(String, Brand)> {
    let read = |name: &str| (name.to_owned(), Brand::read(&apps().join("brand").join(name)).unwrap());
    ["brand.toml", "samples/taiga.toml", "samples/lantern.toml"].map(read).into()
}

#[test]
fn both_languages_have_the_same_keys_and_ask_for_the_same_parameters() {
    let russian = Shape::of([&table("ru")]).0;
    let english = Shape::of([&table("en")]).0;
    for (group, keys) in &russian {
        assert_eq!(Some(keys), english.get(group), "[{group}]");
    }
    assert_eq!(russian.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>());
}

#[test]
fn a_counted_text_has_every_form_of_its_language() {
    for (language, forms) in [("ru", vec!["few", "many", "one", "other"]), ("en", vec!["one", "other"])] {
        for (group, texts) in table(language).groups {
            for (key, text) in texts {
                if let Text::Counted(counted) = text {
                    assert_eq!(counted.keys().collect::<Vec<_>>(), forms, "{language}: {group}.{key}");
                }
            }
        }
    }
}

#[test]
fn each_language_is_written_in_its_own_letters() {
    let cyrillic = |letter: char| ('\u{400}'..='\u{4FF}').contains(&letter);
    // The keyboard's key shows the letters that it leads to, and nobody translates PIN, QR or e-mail addresses.
    for (language, wrong) in [("ru", false), ("en", true)] {
        let text = std::fs::read_to_string(apps().join(format!("strings/{language}.toml"))).unwrap();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.starts_with("other_letters")) {
            let Some((_, value)) = line.split_once(" = ") else { continue };
            let bare = value.replace("PIN", "").replace("QR", "");
            let outside: String = bare.split(['{', '}']).step_by(2).collect();
            let foreign = outside.chars().any(|letter| letter.is_alphabetic() && cyrillic(letter) == wrong);
            assert!(!foreign, "{language}: {line}");
        }
    }
}

#[test]
fn a_text_with_an_open_brace_or_an_unknown_form_is_refused_by_its_key() {
    for (wrong, named) in [
        ("[a]\nb = \"{name\"", "a.b"),
        ("[a]\nb = \"name}\"", "a.b"),
        ("[a]\nb = \"{Name}\"", "a.b"),
        ("[a]\nb = \"\"", "a.b"),
        ("[a]\nb.one = \"x\"", "other"),
        ("[a]\nb.other = \"x\"\nb.two = \"x\"", "two"),
    ] {
        let error = Table::parse(wrong).unwrap_err();
        assert!(error.contains(named), "{wrong}: {error}");
    }
}

#[test]
fn a_key_that_a_language_lacks_is_still_asked_of_it() {
    let full = Table::parse("[a]\nx = \"1\"\ny = \"{name}\"").unwrap();
    let lacking = Table::parse("[a]\nx = \"1\"").unwrap();
    let shape = Shape::of([&full, &lacking]);
    assert!(kotlin::interface(&shape).contains("fun y(name: String): String"));
    assert!(!kotlin::language(&lacking, "English", "EN").contains("fun y"));
    assert!(swift::interface(&shape).contains("func y(name: String) -> String"));
    assert!(!swift::language(&lacking, "English", "en").contains("func y"));
}

#[test]
fn quotes_and_dollars_do_not_end_a_literal() {
    let table = Table::parse(
        r#"[a]
x = 'say "$x" \ {name}'"#,
    )
    .unwrap();
    assert!(kotlin::language(&table, "O", "RU").contains(r#""say \"\$x\" \\ ${name}""#));
    assert!(swift::language(&table, "O", "ru").contains(r#""say \"$x\" \\ \(name)""#));
}

#[test]
fn text_can_be_read_on_every_surface_of_every_brand() {
    for (name, brand) in brands() {
        for (theme, palette) in [("light", &brand.light), ("dark", &brand.dark)] {
            let poor = poor_pairs(palette);
            assert!(poor.is_empty(), "{name}, {theme}: {poor:?}");
        }
    }
}

#[test]
fn a_palette_that_cannot_be_read_is_noticed() {
    let (_, mut brand) = brands().remove(0);
    brand.light.0.insert("text_soft", 0x00B0_A090);
    assert_eq!(poor_pairs(&brand.light).len(), 3);
}

/// Pairs below the contrast that they need.
#[allow(clippy::float_arithmetic)]
fn poor_pairs(palette: &Palette) -> Vec<(&'static str, &'static str, f64)> {
    let mut poor = Vec::new();
    for (text, surfaces, hundredths) in PAIRS {
        for surface in surfaces {
            let contrast = contrast(palette.0[text], palette.0[surface]);
            if contrast * 100.0 < f64::from(hundredths) {
                poor.push((text, *surface, contrast));
            }
        }
    }
    poor
}

/// WCAG's contrast ratio of two colours.
#[allow(clippy::float_arithmetic)]
fn contrast(one: u32, other: u32) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[allow(clippy::float_arithmetic)]
fn luminance(colour: u32) -> f64 {
    let [_, red, green, blue] = colour.to_be_bytes().map(|channel| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[test]
fn every_brand_names_its_venue_and_draws_its_logo() {
    let by_name: BTreeMap<String, Brand> =
        brands().into_iter().map(|(_, brand)| (brand.name.en.clone(), brand)).collect();
    assert_eq!(by_name.len(), 3, "every brand has a name of its own");
    for brand in by_name.values() {
        assert_eq!(brand.logo.side, 64);
        assert!(brand.logo.paths.iter().all(|path| path.starts_with("M ") && path.ends_with('Z')));
    }
}
