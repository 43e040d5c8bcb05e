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

/// Which calls from outside reach what is open, and which of the system's reach what is closed, with what they have to
/// bring.
const CALLS: &[(&str, &str)] = &[
    ("app.loyalty.android.MainActivity", "action android.intent.action.MAIN"),
    ("app.loyalty.android.MainActivity", "category android.intent.category.LAUNCHER"),
    ("app.loyalty.android.MainActivity", "action android.intent.action.VIEW"),
    ("app.loyalty.android.MainActivity", "category android.intent.category.DEFAULT"),
    ("app.loyalty.android.MainActivity", "category android.intent.category.BROWSABLE"),
    ("app.loyalty.android.MainActivity", "data loyalty://card"),
    ("app.loyalty.android.MainActivity", "data loyalty://history"),
    ("app.loyalty.android.RenewalReceiver", "action android.intent.action.BOOT_COMPLETED"),
    ("app.loyalty.android.RenewalReceiver", "action android.intent.action.MY_PACKAGE_REPLACED"),
    ("app.loyalty.android.RenewalReceiver", "action android.intent.action.TIMEZONE_CHANGED"),
    ("app.loyalty.android.RenewalReceiver", "action android.intent.action.TIME_SET"),
    ("app.loyalty.android.RenewalReceiver", "action android.intent.action.LOCALE_CHANGED"),
    (
        "androidx.profileinstaller.ProfileInstallReceiver",
        "action androidx.profileinstaller.action.INSTALL_PROFILE",
    ),
    ("androidx.profileinstaller.ProfileInstallReceiver", "action androidx.profileinstaller.action.SKIP_FILE"),
    (
        "androidx.profileinstaller.ProfileInstallReceiver",
        "action androidx.profileinstaller.action.SAVE_PROFILE",
    ),
    (
        "androidx.profileinstaller.ProfileInstallReceiver",
        "action androidx.profileinstaller.action.BENCHMARK_OPERATION",
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
    faults.extend(call_faults(manifest));
    faults
}

const COMPONENTS: &[&str] = &["activity", "activity-alias", "service", "receiver", "provider"];

/// Calls that reach a component without anybody having agreed to it, or that no longer do; and an activity that another
/// app could lay its own over, in the same task.
fn call_faults(manifest: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut faults = Vec::new();
    for element in COMPONENTS {
        for whole in elements(manifest, element) {
            let name = attribute(whole, "name").unwrap_or_default().to_owned();
            let opening = whole.split('>').next().unwrap_or_default();
            if *element == "activity" && attribute(opening, "taskAffinity") != Some("") {
                faults.push(format!(
                    "{name} shares its task with whoever claims it: it lacks taskAffinity=\"\""
                ));
            }
            for kind in ["action", "category", "data"] {
                for tag in elements(whole, "intent-filter").iter().flat_map(|filter| tags(filter, kind)) {
                    found.insert((name.clone(), format!("{kind} {}", called(tag))));
                }
            }
        }
    }
    let expected: BTreeSet<(String, String)> =
        CALLS.iter().map(|(name, call)| ((*name).to_owned(), (*call).to_owned())).collect();
    faults.extend(
        found
            .difference(&expected)
            .map(|(name, call)| format!("{name} takes {call}, which nobody has agreed to")),
    );
    faults.extend(expected.difference(&found).map(|(name, call)| format!("{name} does not take {call}")));
    faults
}

/// What a part of a filter matches: a name, or an address with all that it says.
fn called(tag: &str) -> String {
    if let Some(name) = attribute(tag, "name") {
        return name.to_owned();
    }
    let address = match (attribute(tag, "scheme"), attribute(tag, "host")) {
        (Some(scheme), Some(host)) => format!("{scheme}://{host}"),
        (scheme, host) => format!("{}://{}", scheme.unwrap_or("*"), host.unwrap_or("*")),
    };
    let known = tag.matches("android:").count() == 2;
    if known { address } else { format!("{address} with more: {}", tag.trim()) }
}

/// Every element of that name, from behind its name to its end.
fn elements<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    text.match_indices(open.as_str())
        .filter_map(|(at, _)| text.get(at + open.len()..))
        .filter(|rest| rest.starts_with(|next: char| next.is_whitespace() || next == '>' || next == '/'))
        .filter_map(|rest| {
            let head = rest.split('>').next()?;
            if head.ends_with('/') { Some(head) } else { rest.split(close.as_str()).next() }
        })
        .collect()
}

/// Components that are unknown, missing, or open to others than they should be.
fn component_faults(manifest: &str) -> Vec<String> {
    let open: BTreeSet<(&str, Option<&str>)> = OPEN.iter().map(|(name, who, _)| (*name, *who)).collect();
    let closed: BTreeSet<(&str, Option<&str>)> = CLOSED.iter().map(|name| (*name, None)).collect();
    let mut found_open = BTreeSet::new();
    let mut found_closed = BTreeSet::new();
    for element in COMPONENTS {
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
            <activity
                android:name="app.loyalty.android.MainActivity"
                android:exported="true"
                android:taskAffinity="" >
                <intent-filter>
                    <action android:name="android.intent.action.MAIN" />
                    <category android:name="android.intent.category.LAUNCHER" />
                </intent-filter>
                <intent-filter>
                    <action android:name="android.intent.action.VIEW" />
                    <category android:name="android.intent.category.DEFAULT" />
                    <category android:name="android.intent.category.BROWSABLE" />
                    <data android:host="card" android:scheme="loyalty" />
                    <data android:host="history" android:scheme="loyalty" />
                </intent-filter>
            </activity>
            <receiver android:name="app.loyalty.android.ReminderReceiver" android:exported="false" />
            <receiver android:name="app.loyalty.android.RenewalReceiver" android:exported="false" >
                <intent-filter>
                    <action android:name="android.intent.action.BOOT_COMPLETED" />
                    <action android:name="android.intent.action.MY_PACKAGE_REPLACED" />
                    <action android:name="android.intent.action.TIMEZONE_CHANGED" />
                    <action android:name="android.intent.action.TIME_SET" />
                    <action android:name="android.intent.action.LOCALE_CHANGED" />
                </intent-filter>
            </receiver>
            <provider android:name="androidx.startup.InitializationProvider" android:exported="false" />
            <receiver
                android:name="androidx.profileinstaller.ProfileInstallReceiver"
                android:exported="true"
                android:permission="android.permission.DUMP" >
                <intent-filter>
                    <action android:name="androidx.profileinstaller.action.INSTALL_PROFILE" />
                </intent-filter>
                <intent-filter>
                    <action android:name="androidx.profileinstaller.action.SKIP_FILE" />
                </intent-filter>
                <intent-filter>
                    <action android:name="androidx.profileinstaller.action.SAVE_PROFILE" />
                </intent-filter>
                <intent-filter>
                    <action android:name="androidx.profileinstaller.action.BENCHMARK_OPERATION" />
                </intent-filter>
            </receiver>
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
    fn a_call_that_reaches_the_app_or_no_longer_does_is_seen() {
        let browser = "<data android:host=\"card\" android:scheme=\"loyalty\" />";
        let web = said(browser, "<data android:host=\"card\" android:scheme=\"https\" />");
        assert!(web.contains("MainActivity takes data https://card, which nobody has agreed to"), "{web}");
        assert!(web.contains("MainActivity does not take data loyalty://card"), "{web}");
        let any = said(browser, "<data android:scheme=\"loyalty\" />");
        assert!(any.contains("takes data loyalty://*"), "{any}");
        let file = said(
            browser,
            "<data android:host=\"card\" android:scheme=\"loyalty\" android:pathPrefix=\"/x\" />",
        );
        assert!(file.contains("loyalty://card with more"), "{file}");
        let send = said("android.intent.action.VIEW", "android.intent.action.SEND");
        assert!(send.contains("takes action android.intent.action.SEND"), "{send}");
        let deaf = said("<action android:name=\"android.intent.action.TIME_SET\" />", "");
        assert_eq!(
            deaf,
            "app.loyalty.android.RenewalReceiver does not take action android.intent.action.TIME_SET"
        );
        let unguarded = said(
            "<receiver android:name=\"app.loyalty.android.ReminderReceiver\" android:exported=\"false\" />",
            "<receiver android:name=\"app.loyalty.android.ReminderReceiver\" android:exported=\"false\"><intent-filter><action android:name=\"x.Y\"/></intent-filter></receiver>",
        );
        assert_eq!(
            unguarded,
            "app.loyalty.android.ReminderReceiver takes action x.Y, which nobody has agreed to"
        );
    }

    #[test]
    fn an_activity_that_shares_its_task_is_seen() {
        let shared = said("android:taskAffinity=\"\"", "");
        assert!(shared.contains("MainActivity shares its task"), "{shared}");
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
