//! Where this run's outbox is.

use std::path::{Path, PathBuf};

use loyalty_core::backend::server_name;
use loyalty_core::operator::OutboxOptions;
use uuid::Uuid;

use crate::args::Cli;

/// The outbox for a server: the one that was asked for, else one in the user's data folder that belongs to this server
/// alone. `None` where there is no such folder: then the run can read and not write.
pub(crate) fn options(cli: &Cli, url: &str) -> Option<OutboxOptions> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let asked = cli.global.outbox.clone().or_else(|| set("LOYALTY_OUTBOX"));
    let data = set("XDG_DATA_HOME").or_else(|| Some(set("HOME")?.join(".local").join("share")));
    let path = asked.or_else(|| Some(own_file(&data?, url)))?;
    Some(OutboxOptions::at(path, url))
}

/// A name that follows from the server's address, because writes for one server must never reach another.
fn own_file(data: &Path, server: &str) -> PathBuf {
    let name = Uuid::new_v5(&Uuid::NAMESPACE_URL, server_name(server).as_bytes());
    data.join("loyalty").join(format!("outbox-{name}.db"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_server_has_an_outbox_of_its_own() {
        let file = |server| own_file(Path::new("/data"), server);
        assert_eq!(file("https://one"), file("https://one"));
        assert_ne!(file("https://one"), file("https://two"));
        assert_eq!(file("https://one"), file("HTTPS://One:443/."), "one server, however it is spelled");
        assert!(file("https://one").starts_with("/data/loyalty"));
    }
}
