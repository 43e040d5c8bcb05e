//! What Android shows by itself, before and outside of the app: its name, the label of its shortcut, its icon and the
//! colours of its window. The words of the screens are code, and do not stand here a second time.

use std::path::PathBuf;

use crate::Error;
use crate::brand::{Brand, Logo, Palette};
use crate::table::{Part, Table, Template, Text};

const HEADER: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- Written by `cargo xtask strings`. Change apps/strings or apps/brand instead. -->\n";

/// The side of an adaptive icon, of which launchers cut off up to a third.
const ICON: u16 = 108;
/// The side of the logo within it: its corners stay inside the circle that every launcher leaves.
const LOGO: u16 = 46;

/// The files of a resource folder, by path.
pub(crate) fn files(
    russian: &Table,
    english: &Table,
    venue: &Brand,
) -> Result<Vec<(PathBuf, String)>, Error> {
    let icon = icon(&venue.logo);
    let mut files = vec![
        // Whoever speaks neither language is spoken to in Russian, as the app does.
        ("values/words.xml", words(&venue.name.ru, russian)?),
        ("values-en/words.xml", words(&venue.name.en, english)?),
        ("values/brand.xml", colours(&venue.light, true)),
        ("values-night/brand.xml", colours(&venue.dark, false)),
        ("drawable/ic_launcher_foreground.xml", icon.clone()),
        ("drawable/ic_launcher_monochrome.xml", icon),
    ];
    files.push(("drawable/ic_logo.xml", drawing(&venue.logo, 96, "@color/brand_primary")));
    files.push(("drawable/ic_notification.xml", drawing(&venue.logo, 24, "#FFFFFFFF")));
    Ok(files.into_iter().map(|(path, text)| (PathBuf::from(path), text)).collect())
}

fn words(name: &str, table: &Table) -> Result<String, Error> {
    let shortcut = text(table, "home", "card_button").ok_or_else(|| Error::Content {
        path: PathBuf::from("strings"),
        what: "home.card_button: is shown by the system, and has to be one text".to_owned(),
    })?;
    let strings = [("app_name", name), ("card_shortcut", shortcut.as_str())];
    let lines = strings.map(|(key, text)| format!("  <string name=\"{key}\">{}</string>\n", escaped(text)));
    Ok(resources(&lines.concat()))
}

fn text(table: &Table, group: &str, key: &str) -> Option<String> {
    match table.groups.get(group)?.get(key)? {
        Text::One(Template(parts)) => parts
            .iter()
            .map(|part| match part {
                Part::Literal(text) => Some(text.as_str()),
                Part::Parameter(_) => None,
            })
            .collect(),
        Text::Counted(_) => None,
    }
}

/// As a resource's text: XML, and what Android's own reader takes for something else.
fn escaped(text: &str) -> String {
    let xml = text.replace('&', "&amp;").replace('<', "&lt;");
    let plain = xml.replace('\\', "\\\\").replace('\'', "\\'").replace('"', "\\\"");
    if plain.starts_with(['@', '?']) { format!("\\{plain}") } else { plain }
}

/// The icon's ground is the same by day and by night.
fn colours(palette: &Palette, with_icon: bool) -> String {
    let colour = |name: &str, from: &str| {
        let rgb = palette.0.get(from).copied().unwrap_or_default();
        format!("  <color name=\"{name}\">#FF{rgb:06X}</color>\n")
    };
    let mut lines = colour("brand_background", "background") + &colour("brand_primary", "primary");
    if with_icon {
        lines += &colour("icon_ground", "primary");
        lines += &colour("icon_ink", "on_primary");
    }
    resources(&lines)
}

fn resources(lines: &str) -> String {
    format!("{HEADER}<resources>\n{lines}</resources>\n")
}

/// The logo in the middle of an adaptive icon's layer; as the monochrome layer only its shape counts.
#[allow(clippy::float_arithmetic, reason = "a drawing, not money")]
fn icon(logo: &Logo) -> String {
    let scale = f32::from(LOGO) / f32::from(logo.side);
    let margin = f32::from(ICON - LOGO) / 2.0;
    let group = format!(
        "  <group android:scaleX=\"{scale}\" android:scaleY=\"{scale}\" android:translateX=\"{margin}\" android:translateY=\"{margin}\">\n{}  </group>\n",
        paths(logo, "@color/icon_ink")
    );
    vector(ICON, ICON, &group)
}

/// The logo alone, as large as it is shown.
fn drawing(logo: &Logo, side: u16, colour: &str) -> String {
    vector(side, logo.side, &paths(logo, colour))
}

fn paths(logo: &Logo, colour: &str) -> String {
    let path =
        |data: &String| format!("    <path android:fillColor=\"{colour}\" android:pathData=\"{data}\"/>\n");
    logo.paths.iter().map(path).collect()
}

fn vector(side: u16, viewport: u16, content: &str) -> String {
    format!(
        "{HEADER}<vector xmlns:android=\"http://schemas.android.com/apk/res/android\" android:width=\"{side}dp\" android:height=\"{side}dp\" android:viewportWidth=\"{viewport}\" android:viewportHeight=\"{viewport}\">\n{content}</vector>\n"
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{escaped, files};
    use crate::brand::Brand;
    use crate::table::Table;

    #[test]
    fn every_brand_has_its_name_its_colours_and_its_own_logo() {
        let apps = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let table = |name: &str| Table::read(&apps.join("strings").join(name)).unwrap();
        for brand in ["brand.toml", "samples/taiga.toml", "samples/lantern.toml"] {
            let brand = Brand::read(&apps.join("brand").join(brand)).unwrap();
            let files = files(&table("ru.toml"), &table("en.toml"), &brand).unwrap();
            let file = |name: &str| &files.iter().find(|(path, _)| path.ends_with(name)).unwrap().1;
            assert!(file("values/words.xml").contains(&escaped(&brand.name.ru)));
            assert!(file("values-en/words.xml").contains(&escaped(&brand.name.en)));
            assert!(file("values/brand.xml").contains(&format!("#FF{:06X}", brand.light.0["primary"])));
            assert!(file("values-night/brand.xml").contains(&format!("#FF{:06X}", brand.dark.0["primary"])));
            for drawing in ["ic_launcher_foreground.xml", "ic_launcher_monochrome.xml", "ic_notification.xml"]
            {
                for path in &brand.logo.paths {
                    assert!(file(drawing).contains(path), "{drawing}");
                }
            }
        }
    }

    #[test]
    fn what_a_resource_reader_would_misread_is_escaped() {
        assert_eq!(escaped("Tom's & \"Co\" <1>"), "Tom\\'s &amp; \\\"Co\\\" &lt;1>");
        assert_eq!(escaped("@home"), "\\@home");
    }
}
