//! What must not be found in an app that anybody can take apart, wherever it stands.

use std::fs;
use std::path::Path;

use crate::bindings::{files, unusable};
use crate::failure::Failure;

/// Names, keys and addresses of the loyalty server's, which only the gateway knows.
const FORBIDDEN: &[&str] = &[
    "find_by_phone",
    "insert_by_template",
    "get_balance_extended",
    "register_check",
    "api/v0",
    ":6896",
    "probonus",
    "api_token",
    "-----BEGIN",
];
/// What is in it for certain, and where: a search that does not find these has not looked.
const CERTAIN: &[(&str, &str)] = &[
    ("classes.dex", "loyalty_ffi"),
    ("classes.dex", "app/loyalty/android/MainActivity"),
    ("resources.arsc", "network_security_config"),
    ("assets/licences.tsv", "Apache-2.0"),
    ("AndroidManifest.xml", "MainActivity"),
];

/// Looks through every file of an unpacked app.
pub(super) fn search(app: &Path) -> Result<(), Failure> {
    let mut faults = Vec::new();
    let mut certain: Vec<&(&str, &str)> = CERTAIN.iter().collect();
    for file in files(app)? {
        let name = file.strip_prefix(app).unwrap_or(&file).display().to_string();
        let bytes = fs::read(&file).map_err(|error| unusable(&file, &error))?;
        faults.extend(forbidden(&bytes).into_iter().map(|text| format!("{text} is in {name}")));
        certain.retain(|(place, text)| *place != name || !holds(&bytes, text));
    }
    faults.extend(
        certain.iter().map(|(place, text)| format!("{text} is not in {place}: is it the right app?")),
    );
    for fault in &faults {
        println!("{fault}");
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Checks) }
}

fn forbidden(bytes: &[u8]) -> Vec<&'static str> {
    FORBIDDEN.iter().filter(|text| holds(bytes, text)).copied().collect()
}

/// Whether a text is in there, in letters of either size: one byte a letter, as dex and most tables have it, or two, as
/// the manifest has it.
fn holds(bytes: &[u8], text: &str) -> bool {
    let narrow = text.to_ascii_lowercase().into_bytes();
    let wide: Vec<u8> = narrow.iter().flat_map(|byte| [*byte, 0]).collect();
    [narrow, wide]
        .iter()
        .any(|needle| bytes.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle)))
}

#[cfg(test)]
mod tests {
    use super::{FORBIDDEN, forbidden, holds};

    #[test]
    fn everything_forbidden_is_found_in_the_middle_of_other_things() {
        for text in FORBIDDEN {
            let found = forbidden(format!("\0\u{1}xx{text}yy\0").as_bytes());
            assert!(found.contains(text), "{text}: {found:?}");
            let wide: Vec<u8> = text.to_uppercase().encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert!(forbidden(&wide).contains(text), "{text}");
        }
        assert_eq!(forbidden(b"find by phone, api v0, 6896"), [""; 0]);
    }

    #[test]
    fn a_text_is_not_found_in_a_shorter_one() {
        assert!(!holds(b"api", "api/v0"));
        assert!(!holds(b"", "x"));
    }
}
