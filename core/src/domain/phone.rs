//! Phone numbers behind +7: the key by which every system knows a guest.

/// A complete +7 number: ten subscriber digits. Not called Russian: +7 is Kazakhstan too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(u64);

/// The form in which a server wants a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PhoneFormat {
    /// `+7XXXXXXXXXX`
    #[default]
    E164,
    /// `7XXXXXXXXXX`
    Digits,
    /// `8XXXXXXXXXX`
    National,
    /// `XXXXXXXXXX`
    Subscriber,
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "+7 ••• •••-••-{:02}", self.0 % 100)
    }
}
