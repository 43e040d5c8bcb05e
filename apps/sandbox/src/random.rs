//! Reproducible randomness: the same numbers for the same seed on every machine and in every release.

/// SplitMix64 over a mixed seed. Not for secrets of a real system.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// A generator of its own for these numbers.
    pub(crate) fn of(parts: &[u64]) -> Self {
        let mut state = Self(0x9e37_79b9_7f4a_7c15);
        for part in parts {
            state.0 ^= *part;
            state.0 = state.next();
        }
        state
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is at least 1.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        // The bias of the remainder is far below anything invented data could show.
        let number = self.next() % u64::from(bound.max(1));
        u32::try_from(number).unwrap_or(0)
    }

    pub(crate) fn digit(&mut self) -> u8 {
        u8::try_from(self.below(10)).unwrap_or(0)
    }

    /// One of `choices`, or `None` if there are none.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> Option<T> {
        let count = u32::try_from(choices.len()).ok().filter(|count| *count > 0)?;
        choices.get(usize::try_from(self.below(count)).ok()?).copied()
    }

    /// 128 bits as an opaque text of hexadecimal digits.
    pub(crate) fn token(&mut self) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())
    }
}

/// FNV-1a over everything fed to it: tells books apart, and is no cryptographic digest.
#[derive(Debug, Clone)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    pub(crate) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    pub(crate) fn text(&self) -> String {
        format!("{:016x}", self.0)
    }
}
