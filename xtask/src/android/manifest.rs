//! What the merged manifest may say. A library can add to it without asking, so all of it is listed, with its reason.

use std::collections::BTreeSet;

/// Each permission that the app asks for, and the feature that needs it. What begins with a point is the app's own.
const PERMISSIONS: &[(&str, &str)] = &[
    ("android.permission.INTERNET", "the gateway"),
    ("android.permission.POST_NOTIFICATIONS", "reminders of what burns, which the guest turns on"),
    ("android.permission.RECEIVE_BOOT_COMPLETED", "the system forgets alarms when it starts anew"),
    (
        ".DYNAMIC_RECEIVER_NOT_EXPORTED_PERMISSION",
        "androidx.core: the app's own, so that receivers which it registers hear nobody else below Android 13",
    ),
];

/// What other apps can start, with the permission that they need for it.
const OPEN: &[(&str, Option<&str>, &str)] = &[
    ("app.loyalty.android.MainActivity", None, "the launcher, and links"),
    (
        "androidx.profileinstaller.ProfileInstallReceiver",
        Some("android.permission.DUMP"),
        "androidx.profileinstaller: asked over adb only",
    ),
];

/// What is the app's alone.
const CLOSED: &[&str] = &[
    "app.loyalty.android.ReminderReceiver",
    "app.loyalty.android.RenewalReceiver",
    "androidx.startup.InitializationProvider",
];

/// What the application as a whole must say, and what it must not.
const SAYS: &[(&str, &str)] = &[
    ("allowBackup", "false"),
    ("dataExtractionRules", "@xml/data_extraction_rules"),
    ("fullBackupContent", "@xml/backup_rules"),
    ("networkSecurityConfig", "@xml/network_security_config"),
];
const NEVER_SAYS: &[&str] = &["usesCleartextTraffic=\"true\"", "debuggable=\"true\"", "testOnly=\"true\""];

/// Everything in which a merged manifest is not as it has to be.
pub(super) fn faults(manifest: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let id = tags(manifest, "manifest").first().and_then(|tag| quoted(tag, "package")).unwrap_or_default();
    let expected: BTreeSet<&str> = PERMISSIONS.iter().map(|(name, _)| *name).collect();
    let asked: BTreeSet<&str> = ["uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m"]
        .iter()
        .flat_map(|element| tags(manifest, element))
        .filter_map(|tag| attribute(tag, "name"))
        .map(|name| name.strip_prefix(id).unwrap_or(name))
        .collect();
    faults.extend(
        asked.difference(&expected).map(|name| format!("{name} is asked for, and no feature needs it")),
    );
    faults.extend(expected.difference(&asked).map(|name| format!("{name} is not asked for")));

    let application = tags(manifest, "application").first().copied().unwrap_or_default();
    for (name, value) in SAYS {
        if attribute(application, name) != Some(value) {
            faults.push(format!("the application does not say {name}=\"{value}\""));
        }
    }
    faults.extend(
        NEVER_SAYS.iter().filter(|never| manifest.contains(**never)).map(|never| format!("it says {never}")),
    );
    faults.extend(component_faults(manifest));
    faults
}

/// Components that are unknown, missing, or open to others than they should be.
fn component_faults(manifest: &str) -> Vec<String> {
    let open: BTreeSet<(&str, Option<&str>)> = OPEN.iter().map(|(name, who, _)| (*name, *who)).collect();
    let closed: BTreeSet<(&str, Option<&str>)> = CLOSED.iter().map(|name| (*name, None)).collect();
    let mut found_open = BTreeSet::new();
    let mut found_closed = BTreeSet::new();
    for element in ["activity", "activity-alias", "service", "receiver", "provider"] {
        for tag in tags(manifest, element) {
            let component = (attribute(tag, "name").unwrap_or_default(), attribute(tag, "permission"));
            // Without a word, what has a filter was open until Android 12.
            let is_closed = attribute(tag, "exported") == Some("false");
            if is_closed {
                found_closed.insert(component)
            } else {
                found_open.insert(component)
            };
        }
    }
    let mut faults = Vec::new();
    for (expected, found, state) in
        [(open, found_open, "open to other apps"), (closed, found_closed, "closed")]
    {
        faults.extend(found.difference(&expected).map(|(name, who)| {
            format!("{name} is {state} (to {}), which nobody has agreed to", who.unwrap_or("everybody"))
        }));
        faults.extend(
            expected.difference(&found).map(|(name, _)| format!("{name} is not {state}, or not there")),
        );
    }
    faults
}

/// The inner part of every opening tag of that name.
fn tags<'t>(text: &'t str, element: &str) -> Vec<&'t str> {
    let open = format!("<{element}");
    text.split(open.as_str())
        .skip(1)
        .filter(|rest| rest.starts_with(|next: char| next.is_whitespace() || next == '>' || next == '/'))
        .filter_map(|rest| rest.split('>').next())
        .collect()
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    quoted(tag, &format!("android:{name}"))
}

fn quoted<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    tag.split_once(&format!("{name}=\""))?.1.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::faults;

    const AS_IT_IS: &str = r#"<manifest package="com.example.venue">
        <uses-permission android:name="android.permission.INTERNET" />
        <uses-permission android:name="android.permission.POST_NOTIFICATIONS" />
        <uses-permission android:name="android.permission.RECEIVE_BOOT_COMPLETED" />
        <permission android:name="com.example.venue.DYNAMIC_RECEIVER_NOT_EXPORTED_PERMISSION" />
        <uses-permission android:name="com.example.venue.DYNAMIC_RECEIVER_NOT_EXPORTED_PERMISSION" />
        <application
            android:allowBackup="false"
            android:dataExtractionRules="@xml/data_extraction_rules"
            android:fullBackupContent="@xml/backup_rules"
            android:networkSecurityConfig="@xml/network_security_config" >
            <activity android:name="app.loyalty.android.MainActivity" android:exported="true" />
            <receiver android:name="app.loyalty.android.ReminderReceiver" android:exported="false" />
            <receiver android:name="app.loyalty.android.RenewalReceiver" android:exported="false" />
            <provider android:name="androidx.startup.InitializationProvider" android:exported="false" />
            <receiver
                android:name="androidx.profileinstaller.ProfileInstallReceiver"
                android:exported="true"
                android:permission="android.permission.DUMP" />
        </application></manifest>"#;

    #[test]
    fn the_manifest_as_agreed_has_no_fault() {
        assert_eq!(faults(AS_IT_IS), [""; 0]);
    }

    /// What is said of the manifest with one text in the place of another.
    fn said(was: &str, is: &str) -> String {
        assert!(AS_IT_IS.contains(was), "{was}");
        faults(&AS_IT_IS.replacen(was, is, 1)).join("\n")
    }

    #[test]
    fn a_permission_that_a_library_adds_is_seen() {
        let one_more = "<uses-permission android:name=\"android.permission.READ_CONTACTS\" />\n<application";
        assert_eq!(
            said("<application", one_more),
            "android.permission.READ_CONTACTS is asked for, and no feature needs it"
        );
        assert!(
            said("android.permission.INTERNET", "android.permission.CAMERA")
                .contains("INTERNET is not asked for")
        );
    }

    #[test]
    fn a_component_that_opens_or_appears_is_seen() {
        let opened = said("android:exported=\"false\"", "android:exported=\"true\"");
        assert!(opened.contains("is open to other apps (to everybody)"), "{opened}");
        assert!(opened.contains("is not closed, or not there"), "{opened}");
        let silent = said("android:exported=\"false\"", "");
        assert!(silent.contains("is open to other apps (to everybody)"), "{silent}");
        let unguarded = said("android:permission=\"android.permission.DUMP\"", "");
        assert!(
            unguarded.contains("ProfileInstallReceiver is open to other apps (to everybody)"),
            "{unguarded}"
        );
        let new = said(
            "</application>",
            "<service android:name=\"x.Y\" android:exported=\"false\" /></application>",
        );
        assert_eq!(new, "x.Y is closed (to everybody), which nobody has agreed to");
    }

    #[test]
    fn backup_and_cleartext_are_seen() {
        assert!(
            said("android:allowBackup=\"false\"", "android:allowBackup=\"true\"").contains("allowBackup")
        );
        assert!(said("android:dataExtractionRules", "android:ignored").contains("dataExtractionRules"));
        assert!(
            said("<application", "<application android:usesCleartextTraffic=\"true\"")
                .contains("usesCleartextTraffic")
        );
    }
}
