//! The Swift package that the iPhone's shell compiles.

use std::fmt::Write as _;

use crate::brand::{Brand, COLOURS, Palette};
use crate::table::{Part, Shape, Signature, Table, Template, Text, camel, pascal};

const HEADER: &str = "// Written by `cargo xtask strings`. Change apps/strings or apps/brand instead.\n";

/// The package's manifest.
pub(crate) const PACKAGE: &str = r#"// swift-tools-version:6.0
// Written by `cargo xtask strings`. Change apps/strings or apps/brand instead.

import PackageDescription

let package = Package(
    name: "Words",
    products: [.library(name: "Words", targets: ["Words"])],
    targets: [.target(name: "Words")]
)
"#;

/// The plural rules of CLDR for our languages.
pub(crate) const PLURAL: &str = r#"// Written by `cargo xtask strings`. Change apps/strings or apps/brand instead.

/// A language that the screens speak; the raw value is as in BCP 47.
public enum Language: String, Sendable, CaseIterable {
    case ru
    case en

    /// Every word of the screens in this language.
    public var words: any Words {
        switch self {
        case .ru: Russian()
        case .en: English()
        }
    }

    /// The form that goes with a number of which `whole` stands before the point and `decimals` digits behind it.
    public func plural(_ whole: Int, decimals: Int = 0) -> Plural {
        switch self {
        case .en: return whole == 1 && decimals == 0 ? .one : .other
        case .ru:
            if decimals > 0 { return .other }
            if (11...14).contains(whole % 100) { return .many }
            switch whole % 10 {
            case 1: return .one
            case 2...4: return .few
            default: return .many
            }
        }
    }
}

/// Forms of a word beside a number, by CLDR's names.
public enum Plural: String, Sendable {
    case one
    case few
    case many
    case other
}
"#;

/// `Words` with a protocol for each group.
pub(crate) fn interface(shape: &Shape) -> String {
    let mut code = format!(
        "{HEADER}\n/// Every word that a screen says itself.\npublic protocol Words: Sendable {{\n    var language: Language {{ get }}\n"
    );
    for group in shape.0.keys() {
        let _ = writeln!(code, "    var {}: any {}Words {{ get }}", camel(group), pascal(group));
    }
    code.push_str("}\n");
    for (group, keys) in &shape.0 {
        let _ = writeln!(
            code,
            "\n/// Words of one screen; see `Words`.\npublic protocol {}Words: Sendable {{",
            pascal(group)
        );
        for (key, signature) in keys {
            let getter = if is_function(signature) { "" } else { " { get }" };
            let _ = writeln!(code, "    {}{getter}", declaration(key, signature));
        }
        code.push_str("}\n");
    }
    code
}

/// One language's implementation of `Words`.
pub(crate) fn language(table: &Table, name: &str, language: &str) -> String {
    let mut code = format!(
        "{HEADER}\n/// See `Words`.\npublic struct {name}: Words {{\n    public init() {{}}\n    public var language: Language {{ .{language} }}\n"
    );
    for group in table.groups.keys() {
        let _ = writeln!(
            code,
            "    public var {}: any {}Words {{ {name}{}Words() }}",
            camel(group),
            pascal(group),
            pascal(group)
        );
    }
    code.push_str("}\n");
    for (group, texts) in &table.groups {
        let _ = writeln!(code, "\nprivate struct {name}{0}Words: {0}Words {{", pascal(group));
        for (key, text) in texts {
            let _ = write!(code, "    {} {{", declaration(key, &text.signature()));
            match text {
                Text::One(template) => {
                    let _ = writeln!(code, " {} }}", literal(template));
                }
                Text::Counted(forms) => {
                    let _ = writeln!(code, "\n        switch Language.{language}.plural(count) {{");
                    for (form, template) in forms.iter().filter(|(form, _)| *form != "other") {
                        let _ = writeln!(code, "        case .{form}: {}", literal(template));
                    }
                    if let Some(other) = forms.get("other") {
                        let _ = writeln!(code, "        default: {}", literal(other));
                    }
                    code.push_str("        }\n    }\n");
                }
            }
        }
        code.push_str("}\n");
    }
    code
}

/// The venue's brand and the samples.
pub(crate) fn brands(venue: &Brand, samples: &[Brand]) -> String {
    let mut code = format!(
        "{HEADER}
/// Colours as `0xRRGGBB`; tests hold text on each to its contrast.
public struct Palette: Sendable {{
{}
}}

/// A venue's looks and names.
public struct Brand: Sendable {{
    public let name: [Language: String]
    public let tagline: [Language: String]
    /// For 1, 2, 5 and 1.5, in this order.
    public let russianUnit: [String]
    /// For 1 and 2, in this order.
    public let englishUnit: [String]
    public let light: Palette
    public let dark: Palette
    /// The side of the square that `logoPaths` are drawn in.
    public let logoSide: Int
    /// Of absolute `M`, `L`, `C` and `Z`, separated by single spaces.
    public let logoPaths: [String]

    /// The venue that these shells are for.
    public static let venue = {}

    /// Other venues, for pictures and tests.
    public static let samples: [Brand] = [
",
        COLOURS.map(|name| format!("    public let {}: UInt32", camel(name))).join("\n"),
        brand(venue),
    );
    for sample in samples {
        let _ = writeln!(code, "        {},", brand(sample));
    }
    code.push_str("    ]\n}\n");
    code
}

fn brand(brand: &Brand) -> String {
    let list = |items: &[&str]| {
        format!("[{}]", items.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", "))
    };
    let both = |ru: &str, en: &str| format!("[.ru: {}, .en: {}]", quoted(ru), quoted(en));
    let ru = &brand.russian_unit;
    let en = &brand.english_unit;
    let paths: Vec<&str> = brand.logo.paths.iter().map(String::as_str).collect();
    let arguments = [
        ("name", both(&brand.name.ru, &brand.name.en)),
        ("tagline", both(&brand.tagline.ru, &brand.tagline.en)),
        ("russianUnit", list(&[&ru.one, &ru.few, &ru.many, &ru.fraction])),
        ("englishUnit", list(&[&en.one, &en.other])),
        ("light", palette(&brand.light)),
        ("dark", palette(&brand.dark)),
        ("logoSide", brand.logo.side.to_string()),
        ("logoPaths", list(&paths)),
    ]
    .map(|(name, value)| format!("{name}: {value}"));
    format!("Brand({})", arguments.join(", "))
}

fn palette(palette: &Palette) -> String {
    let colours: Vec<String> = COLOURS
        .iter()
        .filter_map(|name| palette.0.get(name).map(|value| format!("{}: 0x{value:06X}", camel(name))))
        .collect();
    format!("Palette({})", colours.join(", "))
}

fn is_function(signature: &Signature) -> bool {
    signature.counted || !signature.parameters.is_empty()
}

fn declaration(key: &str, signature: &Signature) -> String {
    if !is_function(signature) {
        return format!("var {}: String", camel(key));
    }
    let count = signature.counted.then(|| "_ count: Int".to_owned());
    let parameters: Vec<String> =
        count.into_iter().chain(signature.parameters.iter().map(|name| format!("{name}: String"))).collect();
    format!("func {}({}) -> String", camel(key), parameters.join(", "))
}

fn literal(template: &Template) -> String {
    let mut code = String::new();
    for part in &template.0 {
        match part {
            Part::Literal(text) => code.push_str(&escaped(text)),
            Part::Parameter(name) => {
                let _ = write!(code, "\\({name})");
            }
        }
    }
    format!("\"{code}\"")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
