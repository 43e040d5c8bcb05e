//! What is sent to a provider: the operator's template with the message put in, escaped for the place it stands in.

use loyalty_core::domain::{Phone, PhoneFormat};
use serde::Deserialize;
use zeroize::Zeroizing;

/// What the body is, which decides how values are escaped in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyKind {
    /// JSON: values stand inside of strings.
    #[default]
    Json,
    /// A form: values are percent-encoded.
    Form,
}

impl BodyKind {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Form => "application/x-www-form-urlencoded",
        }
    }
}

/// What is put into a template.
pub(super) struct Values<'a> {
    pub(super) phone: Phone,
    pub(super) code: &'a str,
    pub(super) text: &'a str,
    pub(super) secret: &'a str,
}

/// Where a template stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Body(BodyKind),
    Query,
    Header,
}

/// The names that a template may use.
const NAMES: &[&str] = &["phone", "phone_digits", "code", "text", "secret"];

/// Puts the values in place of `{phone}` (E.164), `{phone_digits}` (without the plus), `{code}`, `{text}` and
/// `{secret}`. What is put in is not looked through again.
pub(super) fn fill(template: &str, values: &Values<'_>, place: Place) -> Zeroizing<String> {
    let mut filled = Zeroizing::new(String::with_capacity(template.len() * 2));
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        filled.push_str(before);
        let named = NAMES.iter().find_map(|name| {
            let after = behind.strip_prefix(name)?.strip_prefix('}')?;
            Some((*name, after))
        });
        match named {
            Some((name, after)) => {
                escape(&mut filled, &value(name, values), place);
                rest = after;
            }
            // A brace of JSON.
            None => {
                filled.push('{');
                rest = behind;
            }
        }
    }
    filled.push_str(rest);
    filled
}

fn value(name: &str, values: &Values<'_>) -> Zeroizing<String> {
    Zeroizing::new(match name {
        "phone" => values.phone.e164(),
        "phone_digits" => values.phone.wire(PhoneFormat::Digits),
        "code" => values.code.to_owned(),
        "secret" => values.secret.to_owned(),
        _ => values.text.replace("{code}", values.code),
    })
}

fn escape(filled: &mut String, value: &str, place: Place) {
    match place {
        Place::Body(BodyKind::Json) => {
            let quoted = Zeroizing::new(serde_json::Value::from(value).to_string());
            filled.push_str(quoted.trim_start_matches('"').strip_suffix('"').unwrap_or_default());
        }
        Place::Body(BodyKind::Form) | Place::Query => {
            for byte in value.bytes() {
                if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                    filled.push(char::from(byte));
                } else {
                    filled.push_str(&format!("%{byte:02X}"));
                }
            }
        }
        Place::Header => filled.push_str(value),
    }
}

#[cfg(test)]
mod tests {
    use super::{BodyKind, Place, Values, fill};
    use loyalty_core::domain::Phone;

    fn filled(template: &str, text: &str, place: Place) -> String {
        let phone = Phone::parse("+79123451234").unwrap();
        fill(template, &Values { phone, code: "004711", text, secret: "s\"1&{code}" }, place).to_string()
    }

    #[test]
    fn json_stays_json_whatever_the_text_holds() {
        let template = r#"{"to": "{phone}", "msg": {"text": "{text}", "key": "{secret}"}}"#;
        let text = "Код \"{code}\"\nс \\ и {phone}";
        let body = filled(template, text, Place::Body(BodyKind::Json));
        let json: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(json["to"], "+79123451234");
        assert_eq!(json["msg"]["text"], "Код \"004711\"\nс \\ и {phone}");
        assert_eq!(json["msg"]["key"], "s\"1&{code}", "what is put in is not looked through again");
    }

    #[test]
    fn a_text_of_quotes_alone_is_not_cut_short() {
        assert_eq!(filled("\"{text}\"", "\"", Place::Body(BodyKind::Json)), r#""\"""#);
        assert_eq!(filled("\"{text}\"", "", Place::Body(BodyKind::Json)), r#""""#);
    }

    #[test]
    fn forms_and_queries_are_percent_encoded() {
        for place in [Place::Body(BodyKind::Form), Place::Query] {
            let body = filled("to={phone}&d={phone_digits}&m={text}", "код & {code}=", place);
            assert_eq!(body, "to=%2B79123451234&d=79123451234&m=%D0%BA%D0%BE%D0%B4%20%26%20004711%3D");
        }
    }

    #[test]
    fn unknown_names_stay_as_they_are() {
        assert_eq!(filled("{name} {phone", "", Place::Header), "{name} {phone");
    }
}
