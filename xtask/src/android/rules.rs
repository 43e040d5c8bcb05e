//! What the files say that the manifest points at: nothing is backed up, and nothing is sent in the clear.

/// Every place that Android would back up.
const PLACES: &[&str] = &["root", "file", "database", "sharedpref", "external"];
/// The same in the storage that is there before the phone is unlocked; Android 11 and older backs it up nowhere.
const LOCKED_PLACES: &[&str] = &["device_root", "device_file", "device_database", "device_sharedpref"];

/// Everything in which the rules for backups, new and old, let something out.
pub(super) fn backup_faults(extraction: &str, full_backup: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let all = [PLACES, LOCKED_PLACES].concat();
    for (text, element, places) in [
        (extraction, "cloud-backup", all.as_slice()),
        (extraction, "device-transfer", all.as_slice()),
        (full_backup, "full-backup-content", PLACES),
    ] {
        let section = text
            .split_once(&format!("<{element}>"))
            .and_then(|(_, rest)| rest.split_once(&format!("</{element}>")))
            .map(|(section, _)| section)
            .unwrap_or_default();
        for place in places {
            if !section.contains(&format!("<exclude domain=\"{place}\" path=\".\"/>")) {
                faults.push(format!("{element} takes {place} along"));
            }
        }
        if section.contains("<include") {
            faults.push(format!("{element} includes something"));
        }
    }
    faults
}

/// Everything in which the network's rules allow what is not encrypted, or certificates that a user has added.
pub(super) fn network_faults(rules: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if !rules.contains("<base-config cleartextTrafficPermitted=\"false\"") {
        faults.push("cleartext is not forbidden".to_owned());
    }
    for never in ["cleartextTrafficPermitted=\"true\"", "src=\"user\"", "<debug-overrides"] {
        if rules.contains(never) {
            faults.push(format!("the rules for the network say {never}"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::{backup_faults, network_faults};

    const EXTRACTION: &str =
        include_str!("../../../apps/kotlin/android/src/main/res/xml/data_extraction_rules.xml");
    const FULL_BACKUP: &str = include_str!("../../../apps/kotlin/android/src/main/res/xml/backup_rules.xml");
    const NETWORK: &str =
        include_str!("../../../apps/kotlin/android/src/main/res/xml/network_security_config.xml");

    #[test]
    fn nothing_of_the_app_is_backed_up() {
        assert_eq!(backup_faults(EXTRACTION, FULL_BACKUP), [""; 0]);
    }

    #[test]
    fn a_place_that_is_forgotten_is_seen() {
        let forgotten = EXTRACTION.replacen("<exclude domain=\"device_file\" path=\".\"/>", "", 1);
        assert_eq!(backup_faults(&forgotten, FULL_BACKUP), ["cloud-backup takes device_file along"]);
        let included = FULL_BACKUP.replacen(
            "<full-backup-content>",
            "<full-backup-content><include domain=\"file\" path=\"x\"/>",
            1,
        );
        assert_eq!(backup_faults(EXTRACTION, &included), ["full-backup-content includes something"]);
        assert_eq!(backup_faults("", "").len(), 23);
    }

    #[test]
    fn everything_is_sent_encrypted() {
        assert_eq!(network_faults(NETWORK), [""; 0]);
        let open = NETWORK.replace("\"false\"", "\"true\"");
        assert_eq!(network_faults(&open).len(), 2, "{open}");
        let trusting = NETWORK.replace(
            "</network-security-config>",
            "<trust-anchors><certificates src=\"user\"/></trust-anchors></network-security-config>",
        );
        assert_eq!(network_faults(&trusting).len(), 1, "{trusting}");
    }
}
