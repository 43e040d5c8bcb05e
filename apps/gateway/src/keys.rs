//! The keys that are derived from the gateway's own secret, one for each use, and what is done with them.

use std::fmt;
use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use loyalty_core::domain::Phone;
use ring::{hkdf, hmac};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::options::MasterKey;
use crate::random::{NoRandomness, Random};
use crate::sealing::Sealer;
use crate::state::{CodeHash, LimitKey, TokenHash};

/// Bytes of randomness in a token.
const TOKEN: usize = 32;

/// The derived keys.
pub(crate) struct Keys {
    codes: hmac::Key,
    tokens: hmac::Key,
    limits: hmac::Key,
    till_codes: hmac::Key,
    proof: hmac::Key,
    pub(crate) sealer: Sealer,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

/// Derives keys that tell nothing of each other.
pub(crate) struct Derivation(hkdf::Prk);

impl Derivation {
    pub(crate) fn new(master: &MasterKey) -> Self {
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"loyalty gateway 1");
        Self(salt.extract(master.0.expose_secret()))
    }

    pub(crate) fn hmac(&self, purpose: &'static str) -> hmac::Key {
        let mut bytes = Zeroizing::new([0; 32]);
        self.fill(purpose, &mut bytes);
        hmac::Key::new(hmac::HMAC_SHA256, &*bytes)
    }

    pub(crate) fn fill(&self, purpose: &'static str, key: &mut [u8; 32]) {
        let purpose = [purpose.as_bytes()];
        let expanded = self.0.expand(&purpose, hkdf::HKDF_SHA256).and_then(|okm| okm.fill(key));
        // Only a length other than SHA-256's could be refused.
        debug_assert!(expanded.is_ok());
    }
}

impl Keys {
    pub(crate) fn new(master: &MasterKey) -> Self {
        let derivation = Derivation::new(master);
        Self {
            codes: derivation.hmac("sign-in codes"),
            tokens: derivation.hmac("tokens"),
            limits: derivation.hmac("limits"),
            till_codes: derivation.hmac("till codes"),
            proof: derivation.hmac("proof"),
            sealer: Sealer::new(&derivation),
        }
    }

    /// What tells this master key from another, and nothing else of it.
    pub(crate) fn proof(&self) -> [u8; 32] {
        digest(&self.proof, &[b"master key"])
    }

    /// Which code is meant: that for a phone, on its own devices or at one kiosk.
    pub(crate) fn whose_code(&self, phone: Phone, device: Option<Uuid>) -> CodeHash {
        CodeHash(digest(&self.codes, &[b"whose", phone.e164().as_bytes(), device_bytes(device.as_ref())]))
    }

    /// How a code is kept. The phone and device are in it, so a row cannot be moved to another's place.
    pub(crate) fn code(&self, whose: CodeHash, code: &str) -> CodeHash {
        CodeHash(digest(&self.codes, &[b"code", &whose.0, code.as_bytes()]))
    }

    /// Compares a code with what was kept, in a time that does not tell how far they agree.
    pub(crate) fn is_code(&self, whose: CodeHash, code: &str, kept: &[u8]) -> bool {
        hmac::verify(&self.codes, &framed(&[b"code", &whose.0, code.as_bytes()]), kept).is_ok()
    }

    /// A token that nobody can guess, and how it is kept.
    pub(crate) fn new_token(&self, random: &dyn Random) -> Result<(SecretString, TokenHash), NoRandomness> {
        let mut bytes = Zeroizing::new([0; TOKEN]);
        random.fill(&mut *bytes)?;
        let hash = TokenHash(digest(&self.tokens, &[&*bytes]));
        Ok((SecretString::from(URL_SAFE_NO_PAD.encode(bytes.as_slice())), hash))
    }

    /// How a token is kept; `None` for what cannot be one. The database finds it by this: whoever does not have the key
    /// learns nothing from how long the search takes.
    pub(crate) fn token(&self, text: &str) -> Option<TokenHash> {
        let mut bytes = Zeroizing::new([0; TOKEN]);
        // Two characters more than fit are refused, before anything is done with a text of any length.
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut *bytes).ok()?;
        (length == TOKEN).then(|| TokenHash(digest(&self.tokens, &[&*bytes])))
    }

    /// How a code for the till is kept.
    pub(crate) fn till_code(&self, digits: &str) -> CodeHash {
        CodeHash(digest(&self.till_codes, &[digits.as_bytes()]))
    }

    /// What a limit on a phone counts under.
    pub(crate) fn phone_limit(&self, limit: &'static str, phone: Phone) -> LimitKey {
        self.limit(limit, phone.e164().as_bytes())
    }

    /// What a limit on an address counts under: of IPv6 the network, because a device can take any address in it.
    pub(crate) fn address_limit(&self, limit: &'static str, address: IpAddr) -> LimitKey {
        match address.to_canonical() {
            IpAddr::V4(address) => self.limit(limit, &address.octets()),
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64;
                self.limit(limit, &network.to_be_bytes())
            }
        }
    }

    /// What a limit on everybody whom one provider may serve counts under: of IPv6 the /48, in which a customer can
    /// have 65,536 networks. `None` for IPv4, where addresses cost something.
    pub(crate) fn provider_limit(&self, limit: &'static str, address: IpAddr) -> Option<LimitKey> {
        match address.to_canonical() {
            IpAddr::V4(_) => None,
            IpAddr::V6(address) => {
                let site = u128::from(address) >> 80;
                Some(self.limit(limit, &site.to_be_bytes()))
            }
        }
    }

    /// What a limit on a kiosk counts under.
    pub(crate) fn device_limit(&self, limit: &'static str, device: Uuid) -> LimitKey {
        self.limit(limit, device.as_bytes())
    }

    fn limit(&self, limit: &'static str, whose: &[u8]) -> LimitKey {
        let digest = digest(&self.limits, &[limit.as_bytes(), whose]);
        let mut key = [0; 16];
        for (byte, digested) in key.iter_mut().zip(digest) {
            *byte = digested;
        }
        LimitKey(key)
    }
}

fn device_bytes(device: Option<&Uuid>) -> &[u8] {
    device.map(|device| device.as_bytes().as_slice()).unwrap_or_default()
}

/// The parts one after the other, each behind its length: no two lists of parts look the same.
pub(crate) fn framed(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::new());
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

pub(crate) fn digest(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let tag = hmac::sign(key, &framed(parts));
    let mut digest = [0; 32];
    for (byte, signed) in digest.iter_mut().zip(tag.as_ref()) {
        *byte = *signed;
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::Keys;
    use crate::options::MasterKey;
    use crate::random::SystemRandom;
    use loyalty_core::domain::Phone;
    use secrecy::ExposeSecret;
    use uuid::Uuid;

    fn keys(byte: u8) -> Keys {
        Keys::new(&MasterKey::new(vec![byte; 32]).unwrap())
    }

    #[test]
    fn a_token_is_found_by_its_text_and_by_no_other() {
        let keys_ = keys(1);
        let (token, hash) = keys_.new_token(&SystemRandom::default()).unwrap();
        let text = token.expose_secret();
        assert_eq!(keys_.token(text), Some(hash));
        assert_ne!(keys(2).token(text), Some(hash), "another gateway's key finds it as well");
        let (other, _) = keys_.new_token(&SystemRandom::default()).unwrap();
        assert_ne!(keys_.token(other.expose_secret()), Some(hash));
        for wrong in ["", "x", &text[1..], &format!("{text}A"), &format!("{text}="), &"A".repeat(100_000)] {
            assert_eq!(keys_.token(wrong), None);
        }
    }

    #[test]
    fn a_code_is_good_for_its_phone_and_place_only() {
        let keys = keys(1);
        let phone = Phone::parse("+79123451234").unwrap();
        let kiosk = Uuid::from_u128(1);
        let whose = keys.whose_code(phone, None);
        let kept = keys.code(whose, "123456");
        assert!(keys.is_code(whose, "123456", &kept.0));
        assert!(!keys.is_code(whose, "123457", &kept.0));
        for other in [
            keys.whose_code(phone, Some(kiosk)),
            keys.whose_code(Phone::parse("+79123451235").unwrap(), None),
        ] {
            assert_ne!(other, whose);
            assert!(!keys.is_code(other, "123456", &kept.0));
        }
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_a_limit() {
        let keys = keys(1);
        let limit = |address: &str| keys.address_limit("codes", address.parse().unwrap());
        assert_eq!(limit("2001:db8::1"), limit("2001:db8::ffff:1"));
        assert_ne!(limit("2001:db8::1"), limit("2001:db8:0:1::1"));
        assert_ne!(limit("192.0.2.1"), limit("192.0.2.2"));
        let provider = |address: &str| keys.provider_limit("codes", address.parse().unwrap());
        assert_eq!(provider("2001:db8:0:1::1"), provider("2001:db8:0:ffff::1"));
        assert_ne!(provider("2001:db8:0:1::1"), provider("2001:db8:1:1::1"));
        assert!(provider("2001:db8::1").is_some() && provider("::ffff:192.0.2.1").is_none());
        assert_eq!(limit("192.0.2.1"), limit("::ffff:192.0.2.1"), "an address is the same in both its forms");
    }
}
