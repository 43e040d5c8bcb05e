//! Secrets in the keyring of a person's desktop.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};
use secrecy::{ExposeSecret, SecretSlice};
use zbus_secret_service_keyring_store::Store;
use zeroize::Zeroizing;

use crate::ports::{SecretStore, SecretStoreError};

/// The desktop's keyring: whatever answers as the Secret Service on the session bus (GNOME Keyring, KWallet,
/// KeePassXC). It is first spoken to by the first call.
///
/// A locked keyring asks its owner, so a call may take as long as a person does; where nobody can be asked it is
/// [`SecretStoreError::Refused`]. Without a session bus or a keyring on it every call answers
/// [`SecretStoreError::Unavailable`]; nothing is kept elsewhere instead.
pub struct Keyring {
    service: String,
    store: Mutex<Option<Arc<Store>>>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("service", &self.service).finish_non_exhaustive()
    }
}

impl Keyring {
    /// The entries that `service`, the program's name, has in the keyring.
    pub fn of(service: impl Into<String>) -> Self {
        Self { service: service.into(), store: Mutex::default() }
    }

    fn entry(&self, key: &str) -> Result<Entry, SecretStoreError> {
        let mut connected = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let store = match &*connected {
            Some(store) => Arc::clone(store),
            // Where there is no bus or nothing answers on it, there is no keyring.
            None => Store::new().map_err(|_| SecretStoreError::Unavailable)?,
        };
        *connected = Some(Arc::clone(&store));
        let label = format!("{}: {key}", self.service);
        let labelled = [("label", label.as_str())].into();
        store.build(&self.service, key, Some(&labelled)).map_err(failed)
    }
}

impl SecretStore for Keyring {
    fn get(&self, key: &str) -> Result<Option<SecretSlice<u8>>, SecretStoreError> {
        let text = match self.entry(key)?.get_secret() {
            Err(Error::NoEntry) => return Ok(None),
            read => Zeroizing::new(read.map_err(failed)?),
        };
        let secret = STANDARD.decode(&*text).map_err(|_| SecretStoreError::Damaged)?;
        Ok(Some(secret.into()))
    }

    fn set(&self, key: &str, secret: &SecretSlice<u8>) -> Result<(), SecretStoreError> {
        // As text, because KWallet keeps nothing else.
        let text = Zeroizing::new(STANDARD.encode(secret.expose_secret()));
        self.entry(key)?.set_secret(text.as_bytes()).map_err(failed)
    }

    fn delete(&self, key: &str) -> Result<(), SecretStoreError> {
        match self.entry(key)?.delete_credential() {
            Err(Error::NoEntry) => Ok(()),
            deleted => deleted.map_err(failed),
        }
    }
}

#[allow(clippy::needless_pass_by_value)] // Handed to `map_err`.
fn failed(error: Error) -> SecretStoreError {
    match error {
        Error::NoStorageAccess(_) => SecretStoreError::Refused,
        // Two entries where we keep one, or bytes that are no secret: somebody else wrote them.
        Error::Ambiguous(_) | Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            SecretStoreError::Damaged
        }
        _ => SecretStoreError::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// Runs one of the journeys below as a process of its own, on a session bus of its own. `keyring` is what is
    /// started on the bus beforehand.
    fn on_a_bus(journey: &str, keyring: &str) {
        let script = format!("{keyring}\nexec \"$0\" \"$@\"");
        let mut command = Command::new("dbus-run-session");
        command.args(["--", "sh", "-euc", &script]).arg(std::env::current_exe().unwrap());
        succeeds(journey, command);
    }

    fn succeeds(journey: &str, mut command: Command) {
        let home = tempfile::tempdir().unwrap();
        let output = command
            .args(["--exact", &format!("system::keyring::tests::{journey}"), "--ignored"])
            .env("HOME", home.path())
            .env("XDG_DATA_HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path())
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .output()
            .expect("dbus-run-session is missing: run `cargo xtask setup`");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(told.contains("1 passed"), "{told}");
    }

    const UNLOCKED: &str = "printf 'pw\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null";

    #[test]
    fn a_real_keyring_keeps_secrets_until_they_are_removed() {
        on_a_bus("keeping", UNLOCKED);
    }

    #[test]
    fn a_locked_keyring_with_nobody_to_ask_refuses() {
        let locked = format!(
            "{UNLOCKED}\n\
             dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
             org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null"
        );
        on_a_bus("being_refused", &locked);
    }

    #[test]
    fn without_a_session_bus_there_is_no_keyring() {
        succeeds("missing", Command::new(std::env::current_exe().unwrap()));
    }

    fn secret(text: &str) -> SecretSlice<u8> {
        text.as_bytes().to_vec().into()
    }

    #[test]
    #[ignore = "a journey of the tests above, which give it a session bus"]
    fn keeping() {
        let keyring = Keyring::of("loyalty-test");
        assert!(keyring.get("a").unwrap().is_none());
        keyring.delete("a").unwrap();
        keyring.set("a", &secret("one")).unwrap();
        keyring.set("b", &secret("\u{0}\u{fffd}два")).unwrap();
        keyring.set("a", &secret("three")).unwrap();
        // Another connection, as another process has it, and another program's view.
        let again = Keyring::of("loyalty-test");
        assert_eq!(again.get("a").unwrap().unwrap().expose_secret(), b"three");
        assert_eq!(again.get("b").unwrap().unwrap().expose_secret(), "\u{0}\u{fffd}два".as_bytes());
        assert!(Keyring::of("other").get("a").unwrap().is_none());
        again.delete("a").unwrap();
        assert!(keyring.get("a").unwrap().is_none() && keyring.get("b").unwrap().is_some());
        keyring.entry("a").unwrap().set_secret(b"not ours!").unwrap();
        assert_eq!(keyring.get("a").unwrap_err(), SecretStoreError::Damaged);
    }

    #[test]
    #[ignore = "a journey of the tests above, which give it a session bus"]
    fn being_refused() {
        let keyring = Keyring::of("loyalty-test");
        assert_eq!(keyring.set("a", &secret("one")), Err(SecretStoreError::Refused));
    }

    #[test]
    #[ignore = "a journey of the tests above, which give it a session bus"]
    fn missing() {
        let keyring = Keyring::of("loyalty-test");
        assert_eq!(keyring.set("a", &secret("one")), Err(SecretStoreError::Unavailable));
        assert_eq!(keyring.get("a").unwrap_err(), SecretStoreError::Unavailable);
    }
}
