//! The Kotlin that the phone and the kiosk compile.

use std::fmt::Write as _;

use crate::brand::{Brand, COLOURS, Palette};
use crate::table::{Part, Shape, Signature, Table, Template, Text, camel, pascal};

const HEADER: &str = "// Written by `cargo xtask strings`. Change apps/strings or apps/brand instead.\n\npackage app.loyalty.words\n";

/// The plural rules of CLDR for our languages.
pub(crate) const PLURAL: &str = r#"// Written by `cargo xtask strings`. Change apps/strings or apps/brand instead.

package app.loyalty.words

/** A language that the screens speak. */
enum class Language(
    /** As in BCP 47. */
    val code: String,
) {
    RU("ru"),
    EN("en"),
    ;

    /** Every word of the screens in this language. */
    val words: Words
        get() = when (this) {
            RU -> Russian
            EN -> English
        }

    /** The form that goes with a number of which [whole] stands before the point and [decimals] digits behind it. */
    fun plural(whole: Long, decimals: Int = 0): Plural = when {
        this == EN -> if (whole == 1L && decimals == 0) Plural.ONE else Plural.OTHER
        decimals > 0 -> Plural.OTHER
        whole % 100 in 11..14 -> Plural.MANY
        whole % 10 == 1L -> Plural.ONE
        whole % 10 in 2..4 -> Plural.FEW
        else -> Plural.MANY
    }
}

/** Forms of a word beside a number, by CLDR's names. */
enum class Plural { ONE, FEW, MANY, OTHER }
"#;

/// `Words` with an interface for each group.
pub(crate) fn interface(shape: &Shape) -> String {
    let mut code = format!(
        "{HEADER}\n/** Every word that a screen says itself. */\ninterface Words {{\n    val language: Language\n"
    );
    for group in shape.0.keys() {
        let _ = writeln!(code, "    val {}: {}", camel(group), pascal(group));
    }
    for (group, keys) in &shape.0 {
        let _ = writeln!(code, "\n    interface {} {{", pascal(group));
        for (key, signature) in keys {
            let _ = writeln!(code, "        {}", declaration(key, signature));
        }
        code.push_str("    }\n");
    }
    code.push_str("}\n");
    code
}

/// One language's implementation of `Words`.
pub(crate) fn language(table: &Table, object: &str, language: &str) -> String {
    let mut code = format!(
        "{HEADER}\n/** See [Words]. */\nobject {object} : Words {{\n    override val language = Language.{language}\n"
    );
    for (group, texts) in &table.groups {
        let _ = writeln!(code, "\n    override val {} = object : Words.{} {{", camel(group), pascal(group));
        for (key, text) in texts {
            let _ = write!(code, "        override {} = ", declaration(key, &text.signature()));
            match text {
                Text::One(template) => {
                    let _ = writeln!(code, "{}", literal(template));
                }
                Text::Counted(forms) => {
                    let _ = writeln!(code, "when (language.plural(count.toLong())) {{");
                    for (form, template) in forms.iter().filter(|(form, _)| *form != "other") {
                        let _ = writeln!(
                            code,
                            "            Plural.{} -> {}",
                            form.to_uppercase(),
                            literal(template)
                        );
                    }
                    if let Some(other) = forms.get("other") {
                        let _ = writeln!(code, "            else -> {}", literal(other));
                    }
                    code.push_str("        }\n");
                }
            }
        }
        code.push_str("    }\n");
    }
    code.push_str("}\n");
    code
}

/// The venue's brand and the samples.
pub(crate) fn brands(venue: &Brand, samples: &[Brand]) -> String {
    let mut code = format!(
        "{HEADER}
/** Colours as `0xAARRGGBB`; tests hold text on each to its contrast. */
class Palette(
{}
)

/** A venue's looks and names. */
class Brand(
    val russianName: String,
    val englishName: String,
    val russianTagline: String,
    val englishTagline: String,
    /** For 1, 2, 5 and 1.5, in this order. */
    val russianUnit: List<String>,
    /** For 1 and 2, in this order. */
    val englishUnit: List<String>,
    val light: Palette,
    val dark: Palette,
    /** The side of the square that [logoPaths] are drawn in. */
    val logoSide: Int,
    /** Of absolute `M`, `L`, `C` and `Z`, separated by single spaces. */
    val logoPaths: List<String>,
) {{
    fun name(language: Language): String = if (language == Language.RU) russianName else englishName

    fun tagline(language: Language): String = if (language == Language.RU) russianTagline else englishTagline

    companion object {{
        /** The venue that these shells are for. */
        val VENUE = {}

        /** Other venues, for pictures and tests. */
        val SAMPLES = listOf(
",
        COLOURS.map(|name| format!("    val {}: Long,", camel(name))).join("\n"),
        brand(venue),
    );
    for sample in samples {
        let _ = writeln!(code, "            {},", brand(sample));
    }
    code.push_str("        )\n    }\n}\n");
    code
}

fn brand(brand: &Brand) -> String {
    let list = |items: &[&str]| {
        format!("listOf({})", items.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", "))
    };
    let ru = &brand.russian_unit;
    let en = &brand.english_unit;
    let paths: Vec<&str> = brand.logo.paths.iter().map(String::as_str).collect();
    [
        quoted(&brand.name.ru),
        quoted(&brand.name.en),
        quoted(&brand.tagline.ru),
        quoted(&brand.tagline.en),
        list(&[&ru.one, &ru.few, &ru.many, &ru.fraction]),
        list(&[&en.one, &en.other]),
        palette(&brand.light),
        palette(&brand.dark),
        brand.logo.side.to_string(),
        list(&paths),
    ]
    .iter()
    .fold("Brand(".to_owned(), |code, argument| code + argument + ", ")
        + ")"
}

fn palette(palette: &Palette) -> String {
    let colours: Vec<String> = COLOURS
        .iter()
        .filter_map(|name| palette.0.get(name).map(|value| format!("{} = 0xFF{value:06X}", camel(name))))
        .collect();
    format!("Palette({})", colours.join(", "))
}

fn declaration(key: &str, signature: &Signature) -> String {
    let count = signature.counted.then(|| "count: Int".to_owned());
    let parameters: Vec<String> =
        count.into_iter().chain(signature.parameters.iter().map(|name| format!("{name}: String"))).collect();
    if parameters.is_empty() {
        format!("val {}: String", camel(key))
    } else {
        format!("fun {}({}): String", camel(key), parameters.join(", "))
    }
}

fn literal(template: &Template) -> String {
    let mut code = String::new();
    for part in &template.0 {
        match part {
            Part::Literal(text) => code.push_str(&escaped(text)),
            Part::Parameter(name) => {
                let _ = write!(code, "${{{name}}}");
            }
        }
    }
    format!("\"{code}\"")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$").replace('\n', "\\n")
}
