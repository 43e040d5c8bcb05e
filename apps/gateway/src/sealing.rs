//! References that only we can make and that only one guest can use: to a receipt, to a place in the history.
//!
//! The content is encrypted and authenticated together with its purpose and the account. The same content gives the
//! same reference: a snapshot that did not change looks unchanged, and a device may use a reference as a key. So the
//! nonce is not drawn but derived from the content under a key of its own; two different contents share one with a
//! probability that 96 bits leave out of account.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use loyalty_core::domain::AccountId;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use zeroize::Zeroizing;

use crate::keys::{Derivation, digest, framed};

/// The longest reference that is looked at, in characters.
const LONGEST: usize = 512;

/// What a reference is for. One purpose's is no good for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Receipt,
    Cursor,
}

impl Purpose {
    fn word(self) -> &'static [u8] {
        match self {
            Self::Receipt => b"receipt",
            Self::Cursor => b"cursor",
        }
    }
}

/// Seals and opens references.
pub(crate) struct Sealer {
    /// `None` never happens: 32 bytes are what the cipher takes.
    cipher: Option<LessSafeKey>,
    nonces: hmac::Key,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    pub(crate) fn new(derivation: &Derivation) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        derivation.fill("references", &mut key);
        let cipher = UnboundKey::new(&CHACHA20_POLY1305, &*key).ok().map(LessSafeKey::new);
        Self { cipher, nonces: derivation.hmac("nonces of references") }
    }

    /// A reference to `content` for the guest with this account.
    pub(crate) fn seal(&self, purpose: Purpose, account: AccountId, content: &[u8]) -> Option<String> {
        let bound = bound(purpose, account);
        let digest = digest(&self.nonces, &[&bound, content]);
        let nonce = <[u8; NONCE_LEN]>::try_from(digest.get(..NONCE_LEN)?).ok()?;
        let mut sealed = content.to_vec();
        let cipher = self.cipher.as_ref()?;
        cipher
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&bound), &mut sealed)
            .ok()?;
        Some(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// The content of a reference; `None` unless we made it for this purpose and this account.
    pub(crate) fn open(&self, purpose: Purpose, account: AccountId, reference: &str) -> Option<Vec<u8>> {
        if reference.len() > LONGEST {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(reference).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let bound = bound(purpose, account);
        let content = self.cipher.as_ref()?.open_in_place(nonce, Aad::from(&bound), &mut sealed).ok()?;
        Some(content.to_vec())
    }
}

fn bound(purpose: Purpose, account: AccountId) -> Vec<u8> {
    framed(&[purpose.word(), &account.0.to_be_bytes()]).to_vec()
}

#[cfg(test)]
mod tests {
    use super::{Purpose, Sealer};
    use crate::keys::Derivation;
    use crate::options::MasterKey;
    use loyalty_core::domain::AccountId;

    const GUEST: AccountId = AccountId(17);

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&Derivation::new(&MasterKey::new(vec![byte; 32]).unwrap()))
    }

    #[test]
    fn a_reference_opens_for_its_guest_and_purpose_and_nobody_else() {
        let sealer_ = sealer(1);
        let reference = sealer_.seal(Purpose::Receipt, GUEST, b"4711").unwrap();
        assert_eq!(sealer_.open(Purpose::Receipt, GUEST, &reference).as_deref(), Some(b"4711".as_slice()));
        assert_eq!(sealer_.open(Purpose::Receipt, AccountId(18), &reference), None);
        assert_eq!(sealer_.open(Purpose::Cursor, GUEST, &reference), None);
        assert_eq!(sealer(2).open(Purpose::Receipt, GUEST, &reference), None, "another gateway opens it");
    }

    #[test]
    fn the_same_content_gives_the_same_reference_and_another_guest_a_different_one() {
        let sealer = sealer(1);
        let seal = |account, content: &[u8]| sealer.seal(Purpose::Receipt, account, content).unwrap();
        assert_eq!(seal(GUEST, b"4711"), seal(GUEST, b"4711"));
        assert_ne!(seal(GUEST, b"4711"), seal(GUEST, b"4712"));
        assert_ne!(seal(GUEST, b"4711"), seal(AccountId(18), b"4711"));
    }

    #[test]
    fn a_reference_does_not_show_what_it_refers_to() {
        let reference = sealer(1).seal(Purpose::Receipt, GUEST, b"4711471147114711").unwrap();
        assert!(!reference.contains("4711"));
        assert!(reference.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)), "{reference}");
    }

    #[test]
    fn no_changed_reference_opens() {
        let sealer = sealer(1);
        let reference = sealer.seal(Purpose::Receipt, GUEST, b"4711").unwrap();
        for place in 0..reference.len() {
            let mut changed = reference.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(sealer.open(Purpose::Receipt, GUEST, &changed), None, "place {place}");
        }
        for strange in ["", "AA", "%2e%2e", "ё", &"A".repeat(1 << 20), &reference[..20]] {
            assert_eq!(sealer.open(Purpose::Receipt, GUEST, strange), None);
        }
    }
}
