//! Our key in the comment of an accrual or a withdrawal: the only place where the API lets one travel along, and so
//! the only evidence in the server's history that a write of ours took effect.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// Stands between the comment and the key.
const SEPARATOR: &str = " #";
/// A UUID in base64.
const KEY_LENGTH: usize = 22;

/// The comment with the key behind it.
pub(super) fn add(comment: Option<&str>, key: Uuid) -> String {
    let key = URL_SAFE_NO_PAD.encode(key);
    match comment.unwrap_or_default() {
        // Servers trim, so a key that stands alone is written as it will be read.
        "" => format!("#{key}"),
        text => format!("{text}{SEPARATOR}{key}"),
    }
}

/// The comment without a key, and the key, if there is one. An empty comment is none.
pub(super) fn cut(comment: &str) -> (Option<String>, Option<Uuid>) {
    let filled = |text: &str| if text.is_empty() { None } else { Some(text.to_owned()) };
    match split(comment) {
        Some((text, key)) => (filled(text), Some(key)),
        None => (filled(comment), None),
    }
}

fn split(comment: &str) -> Option<(&str, Uuid)> {
    let (before, encoded) = comment.split_at_checked(comment.len().checked_sub(KEY_LENGTH)?)?;
    let text = match before {
        "#" => "",
        before => before.strip_suffix(SEPARATOR)?,
    };
    let mut key = [0; 16];
    let length = URL_SAFE_NO_PAD.decode_slice(encoded, &mut key).ok()?;
    (length == key.len()).then(|| (text, Uuid::from_bytes(key)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_that_was_added_is_cut_off_again(text in ".{1,40}", key in any::<u128>()) {
            let key = Uuid::from_u128(key);
            prop_assert_eq!(cut(&add(Some(&text), key)), (Some(text), Some(key)));
            prop_assert_eq!(cut(&add(None, key)), (None, Some(key)));
        }

        #[test]
        fn any_comment_is_survived(text in ".*") {
            cut(&text);
        }
    }

    #[test]
    fn what_only_looks_like_a_key_stays_in_the_comment() {
        for text in ["за заказ #12345", "#", "", "spaced #AAAAAAAAAAAAAAAAAAAAA", "x#AAAAAAAAAAAAAAAAAAAAAA"]
        {
            assert_eq!(cut(text).1, None, "{text}");
        }
        // The last character of a 128-bit key carries only two bits.
        assert_eq!(cut("x #AAAAAAAAAAAAAAAAAAAAAB").1, None);
        assert_eq!(cut("x #AAAAAAAAAAAAAAAAAAAAAA"), (Some("x".into()), Some(Uuid::nil())));
    }
}
