//! What iOS shows by itself, before and outside of the app: the phrases of the shortcut, the app's name, its icon and its
//! two colours. The words of the screens are code, and do not stand here a second time.

use std::path::PathBuf;

use serde_json::{Value, json};
use tiny_skia::{Color, FillRule, Paint, PathBuilder, Pixmap, Transform};

use crate::Error;
use crate::brand::{Brand, Logo};
use crate::table::{Part, Table, Template, Text};

/// The side of the icon, which the system scales and rounds.
const ICON: u16 = 1024;
/// The part of the icon's side that the logo takes, in percent.
const LOGO: u16 = 60;

/// The files of an app, by path.
pub(crate) fn files(
    russian: &Table,
    english: &Table,
    venue: &Brand,
) -> Result<Vec<(PathBuf, Vec<u8>)>, Error> {
    let say = |table: &Table, group: &str, key: &str, app: &str| {
        text(table, group, key, app).ok_or_else(|| Error::Content {
            path: PathBuf::from("strings"),
            what: format!("{group}.{key}: is shown by the system, and has to be one text"),
        })
    };
    let both = |group: &str, key: &str, app: &str| -> Result<Value, Error> {
        Ok(localizations(&say(russian, group, key, app)?, &say(english, group, key, app)?))
    };
    let name = localizations(&venue.name.ru, &venue.name.en);
    // The key of a phrase is the phrase in the code; the system puts the app's name in its place.
    let phrase = say(english, "card", "shortcut", "${applicationName}")?;
    let assets = PathBuf::from("Assets.xcassets");
    let colour = |name: &str| (venue.light.0.get(name).copied(), venue.dark.0.get(name).copied());
    let mut files = vec![
        (
            PathBuf::from("Localizable.xcstrings"),
            catalogue("card_shortcut", &both("home", "card_button", "")?),
        ),
        (
            PathBuf::from("AppShortcuts.xcstrings"),
            catalogue(&phrase, &both("card", "shortcut", "${applicationName}")?),
        ),
        (PathBuf::from("InfoPlist.xcstrings"), catalogue("CFBundleDisplayName", &name)),
        (assets.join("Contents.json"), document(&json!({"info": info()}))),
        (assets.join("AppIcon.appiconset/Contents.json"), document(&icon_set())),
        (assets.join("AppIcon.appiconset/AppIcon.png"), icon(venue)?),
    ];
    for (set, name) in [("AccentColor", "primary"), ("LaunchBackground", "background")] {
        if let (Some(light), Some(dark)) = colour(name) {
            files.push((
                assets.join(format!("{set}.colorset/Contents.json")),
                document(&colour_set(light, dark)),
            ));
        }
    }
    Ok(files)
}

fn text(table: &Table, group: &str, key: &str, app: &str) -> Option<String> {
    match table.groups.get(group)?.get(key)? {
        Text::One(Template(parts)) => Some(
            parts
                .iter()
                .map(|part| match part {
                    Part::Literal(text) => text.as_str(),
                    Part::Parameter(_) => app,
                })
                .collect(),
        ),
        Text::Counted(_) => None,
    }
}

fn localizations(russian: &str, english: &str) -> Value {
    let unit = |value: &str| json!({"stringUnit": {"state": "translated", "value": value}});
    json!({"ru": unit(russian), "en": unit(english)})
}

fn catalogue(key: &str, localizations: &Value) -> Vec<u8> {
    let entry = json!({"extractionState": "manual", "localizations": localizations});
    document(&json!({"sourceLanguage": "ru", "version": "1.0", "strings": {key: entry}}))
}

fn document(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

fn info() -> Value {
    json!({"author": "xcode", "version": 1})
}

fn icon_set() -> Value {
    let image =
        json!({"filename": "AppIcon.png", "idiom": "universal", "platform": "ios", "size": "1024x1024"});
    json!({"images": [image], "info": info()})
}

fn colour_set(light: u32, dark: u32) -> Value {
    let colour = |rgb: u32| {
        let part = |shift: u32| format!("0x{:02X}", rgb >> shift & 0xFF);
        json!({"color-space": "srgb", "components": {"red": part(16), "green": part(8), "blue": part(0), "alpha": "1.000"}})
    };
    let is_dark = json!([{"appearance": "luminosity", "value": "dark"}]);
    json!({
        "colors": [
            {"idiom": "universal", "color": colour(light)},
            {"idiom": "universal", "appearances": is_dark, "color": colour(dark)},
        ],
        "info": info(),
    })
}

/// The logo on the brand's colour, as a PNG.
fn icon(brand: &Brand) -> Result<Vec<u8>, Error> {
    let unusable =
        || Error::Content { path: PathBuf::from("brand"), what: "the icon cannot be drawn".to_owned() };
    let mut picture = Pixmap::new(ICON.into(), ICON.into()).ok_or_else(unusable)?;
    let colour = |name: &str| {
        let rgb = brand.light.0.get(name).copied().unwrap_or_default();
        let [_, red, green, blue] = rgb.to_be_bytes();
        Color::from_rgba8(red, green, blue, 255)
    };
    picture.fill(colour("primary"));
    let mut paint = Paint::default();
    paint.set_color(colour("on_primary"));
    let path = outline(&brand.logo).ok_or_else(unusable)?;
    picture.fill_path(&path, &paint, FillRule::Winding, placed(&brand.logo), None);
    opaque(&picture).map_err(|_| unusable())
}

/// A picture as a PNG without an alpha channel, with which the App Store would refuse it.
fn opaque(picture: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let colours: Vec<u8> =
        picture.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&colours)?;
    writer.finish()?;
    Ok(bytes)
}

/// Puts the logo's square into the middle of the icon.
#[allow(clippy::float_arithmetic, reason = "a drawing, not money")]
fn placed(logo: &Logo) -> Transform {
    let icon = f32::from(ICON);
    let side = icon * f32::from(LOGO) / 100.0;
    let scale = side / f32::from(logo.side);
    let margin = (icon - side) / 2.0;
    Transform::from_row(scale, 0.0, 0.0, scale, margin, margin)
}

fn outline(logo: &Logo) -> Option<tiny_skia::Path> {
    let mut builder = PathBuilder::new();
    for path in &logo.paths {
        let mut words = path.split(' ');
        while let Some(command) = words.next() {
            let mut number = || words.next()?.parse::<f32>().ok();
            match command {
                "M" => builder.move_to(number()?, number()?),
                "L" => builder.line_to(number()?, number()?),
                "C" => builder.cubic_to(number()?, number()?, number()?, number()?, number()?, number()?),
                "Z" => builder.close(),
                _ => return None,
            }
        }
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::files;
    use crate::brand::Brand;
    use crate::table::Table;

    #[test]
    fn what_the_system_shows_is_there_in_both_languages_with_the_apps_name_left_open() {
        let apps = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let table = |name: &str| Table::read(&apps.join("strings").join(name)).unwrap();
        let brand = Brand::read(&apps.join("brand/brand.toml")).unwrap();
        let files = files(&table("ru.toml"), &table("en.toml"), &brand).unwrap();
        let file =
            |name: &str| files.iter().find(|(path, _)| path.ends_with(name)).map(|(_, bytes)| bytes).unwrap();
        for name in ["Localizable.xcstrings", "AppShortcuts.xcstrings", "InfoPlist.xcstrings"] {
            let catalogue: Value = serde_json::from_slice(file(name)).unwrap();
            for (key, entry) in catalogue["strings"].as_object().unwrap() {
                for language in ["ru", "en"] {
                    let text = entry["localizations"][language]["stringUnit"]["value"].as_str().unwrap();
                    assert!(
                        !text.is_empty() && !text.contains('{') || text.contains("${applicationName}"),
                        "{key}"
                    );
                }
            }
        }
        let phrases = String::from_utf8(file("AppShortcuts.xcstrings").clone()).unwrap();
        assert_eq!(phrases.matches("${applicationName}").count(), 3);
    }

    #[test]
    fn the_icon_has_the_brands_colours_and_no_alpha_channel() {
        let apps = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for name in ["brand.toml", "samples/taiga.toml", "samples/lantern.toml"] {
            let brand = Brand::read(&apps.join("brand").join(name)).unwrap();
            let icon = super::icon(&brand).unwrap();
            let mut reader = png::Decoder::new(std::io::Cursor::new(icon)).read_info().unwrap();
            let info = reader.info();
            assert_eq!(
                (info.width, info.height, info.color_type),
                (1024, 1024, png::ColorType::Rgb),
                "{name}"
            );
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut pixels).unwrap();
            let colour = |name: &str| brand.light.0[name].to_be_bytes()[1..].to_vec();
            assert_eq!(pixels[..3], colour("primary"), "{name}: the corner is the ground");
            let logo = colour("on_primary");
            let drawn = pixels.chunks_exact(3).filter(|pixel| **pixel == logo[..]).count();
            assert!(
                (1024 * 1024 / 50..1024 * 1024 / 2).contains(&drawn),
                "{name}: {drawn} pixels of the logo"
            );
        }
    }
}
