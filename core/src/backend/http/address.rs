//! Which server an address means, however it is spelled.

use url::Url;

/// The address without a slash at its end; `None` when it is none.
pub(crate) fn base(address: &str) -> Option<Url> {
    let mut base = Url::parse(address).ok()?;
    let path = base.path().trim_end_matches('/').to_owned();
    base.set_path(&path);
    Some(base)
}

/// One text for one server: scheme and host in small letters, no port where it is the usual one, no dots in the path,
/// no slash at the end. What is kept for a server is found again by this, and never by the address as it was typed.
/// What is no address stays as it is.
#[must_use]
pub fn server_name(address: &str) -> String {
    let name = base(address).map_or_else(|| address.to_owned(), String::from);
    name.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_one_name_however_its_address_is_spelled() {
        for spelled in [
            "https://loyalty.example",
            "https://loyalty.example/",
            "HTTPS://Loyalty.Example//",
            "https://loyalty.example:443",
            "https://loyalty.example/.",
            "https://loyalty.example/api/..",
        ] {
            assert_eq!(server_name(spelled), "https://loyalty.example", "{spelled}");
        }
        let others = [
            "http://loyalty.example",
            "https://loyalty.example:444",
            "https://loyalty.example/a",
            "https://loyalty.example/A",
            "model",
            "",
        ];
        assert_eq!(others.map(server_name), others);
    }
}
