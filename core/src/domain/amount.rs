//! Sums of roubles and of bonuses: two types, both whole hundredths, and no way from one to the other.

/// How a sum is written on the wire or on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AmountUnit {
    /// Whole kopecks: `12345` is 123.45.
    #[default]
    Kopeck,
    /// Roubles with at most two decimals: `123.45`.
    Ruble,
}

macro_rules! amount {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        pub struct $name(i64);

        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// From hundredths.
            #[must_use]
            pub const fn from_hundredths(hundredths: i64) -> Self {
                Self(hundredths)
            }

            /// In hundredths.
            #[must_use]
            pub const fn hundredths(self) -> i64 {
                self.0
            }
        }
    };
}

amount! {
    /// Money in kopecks.
    Money
}

amount! {
    /// Bonuses in hundredths of a bonus.
    Bonus
}
