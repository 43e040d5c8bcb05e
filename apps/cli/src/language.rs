//! Which language to speak.

use loyalty_core::domain::wording::Lang;

use crate::args::LangArg;

/// The asked language, else the user's, else English.
pub(crate) fn choose(asked: Option<LangArg>) -> Lang {
    match asked {
        Some(LangArg::Ru) => Lang::Ru,
        Some(LangArg::En) => Lang::En,
        None => of_locale(|name| std::env::var(name).ok()),
    }
}

/// As POSIX orders them: the first that is set and not empty decides.
fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()))
        .unwrap_or_default();
    match locale.split(['_', '.', '@', '-']).next() {
        Some("ru") => Lang::Ru,
        _ => Lang::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(set: &[(&str, &str)]) -> Lang {
        of_locale(|name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_locale_decides_in_posix_order() {
        assert_eq!(with(&[("LANG", "ru_RU.UTF-8")]), Lang::Ru);
        assert_eq!(with(&[("LC_ALL", "en_GB.UTF-8"), ("LANG", "ru_RU.UTF-8")]), Lang::En);
        assert_eq!(with(&[("LC_ALL", ""), ("LANG", "ru")]), Lang::Ru);
        assert_eq!(with(&[("LANG", "run_NOWHERE")]), Lang::En);
        assert_eq!(with(&[]), Lang::En);
    }

    #[test]
    fn what_is_asked_beats_the_locale() {
        assert_eq!(choose(Some(LangArg::Ru)), Lang::Ru);
        assert_eq!(choose(Some(LangArg::En)), Lang::En);
    }
}
