//! Where an instance's methods stand below the address that it is reached by.

use std::collections::BTreeSet;

use super::description::Method;

/// Where the methods of the API begin.
const API: &str = "/api/v0/";

/// What a path has behind `/api/v0/`.
pub(super) fn within_api(path: &str) -> Option<&str> {
    path.strip_prefix(API)
}

/// Takes from the methods' paths what the address's own path, `base`, says already, so that they begin where requests
/// do, and leaves out what cannot be reached from there. Gives the path that the address should have had, if that is
/// another: then the methods are taken from that one on.
pub(super) fn below(methods: &mut Vec<Method<'_>>, base: &str) -> Option<String> {
    let base = base.trim_end_matches('/');
    let homes: BTreeSet<&str> =
        methods.iter().filter_map(|method| method.path.split_once(API)).map(|(home, _)| home).collect();
    // What stands behind a proxy that takes the prefix off does not know of it.
    let unsaid = homes.contains("") && !format!("{base}/").ends_with(API);
    let elsewhere = homes.first().filter(|_| homes.len() == 1 && !homes.contains(base) && !unsaid);
    let elsewhere = elsewhere.map(|home| (*home).to_owned());
    let home = elsewhere.as_deref().unwrap_or(base);
    let reached = |method: &Method<'_>| beneath(&method.path, home).is_some();
    if methods.iter().any(reached) {
        methods.retain(reached);
    }
    for method in methods.iter_mut() {
        if let Some(path) = beneath(&method.path, home) {
            method.path = path.to_owned();
        }
    }
    // Another version of the API is looked at only where this one is not described at all.
    if methods.iter().any(|method| within_api(&method.path).is_some()) {
        methods.retain(|method| within_api(&method.path).is_some());
    }
    elsewhere
}

fn beneath<'p>(path: &'p str, home: &str) -> Option<&'p str> {
    path.strip_prefix(home).filter(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paths that are left, and the path that the address lacks.
    fn below_base(base: &str, paths: &[&str]) -> (Vec<String>, Option<String>) {
        let method = |path: &&str| Method {
            verb: "GET".to_owned(),
            path: (*path).to_owned(),
            parameters: Vec::new(),
            reply: None,
        };
        let mut methods = paths.iter().map(method).collect();
        let elsewhere = below(&mut methods, base);
        (methods.into_iter().map(|method| method.path).collect(), elsewhere)
    }

    #[test]
    fn paths_begin_where_requests_do() {
        for (base, path, left, elsewhere) in [
            ("", "/api/v0/a", "/api/v0/a", None),
            ("/", "/api/v0/a", "/api/v0/a", None),
            ("/bonus", "/bonus/api/v0/a", "/api/v0/a", None),
            ("/bonus/", "/bonus/api/v0/a", "/api/v0/a", None),
            ("/bonus", "/bonus/rest/a", "/rest/a", None),
            ("", "/bonus/rest/a", "/bonus/rest/a", None),
            // Behind a proxy that takes the prefix off.
            ("/bonus", "/api/v0/a", "/api/v0/a", None),
            ("/bonus", "/rest/a", "/rest/a", None),
            // Elsewhere.
            ("", "/bonus/api/v0/a", "/api/v0/a", Some("/bonus")),
            ("/bon", "/bonus/api/v0/a", "/api/v0/a", Some("/bonus")),
            ("/x", "/x/bonus/api/v0/a", "/api/v0/a", Some("/x/bonus")),
            ("/api/v0", "/api/v0/a", "/api/v0/a", Some("")),
            ("/x/api/v0/", "/x/api/v0/a", "/api/v0/a", Some("/x")),
        ] {
            let expected = (vec![left.to_owned()], elsewhere.map(str::to_owned));
            assert_eq!(below_base(base, &[path]), expected, "{base} {path}");
        }
    }

    #[test]
    fn what_stands_beside_the_address_is_not_reached() {
        let paths = ["/bonus/rest/a", "/other/rest/b"];
        assert_eq!(below_base("/bonus", &paths), (vec!["/rest/a".to_owned()], None));
        let paths = ["/bonus/api/v0/a", "/other/api/v0/b"];
        assert_eq!(below_base("/bonus", &paths), (vec!["/api/v0/a".to_owned()], None));
        // Of two that could be meant neither is.
        let (left, elsewhere) = below_base("", &paths);
        assert_eq!((left.len(), elsewhere), (2, None));
    }
}
