//! Randomness fit for secrets.

use std::fmt;

use ring::rand::SecureRandom;
use uuid::Uuid;

/// Draws random bytes. Called from any thread.
pub trait Random: Send + Sync + fmt::Debug {
    /// Fills `bytes`; fails when the generator does.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The generator failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no randomness")]
pub struct NoRandomness;

/// The operating system's generator.
#[derive(Debug)]
pub struct SystemRandom(ring::rand::SystemRandom);

impl Default for SystemRandom {
    fn default() -> Self {
        Self(ring::rand::SystemRandom::new())
    }
}

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        self.0.fill(bytes).map_err(|_| NoRandomness)
    }
}

/// So many decimal digits, each number as likely as every other. At most nine.
pub(crate) fn digits(random: &dyn Random, count: u32) -> Result<zeroize::Zeroizing<String>, NoRandomness> {
    let count = count.min(9);
    let numbers = 10_u32.pow(count);
    // What lies above the largest whole multiple would make small numbers likelier, so it is drawn again.
    let fair = u32::MAX - u32::MAX % numbers;
    loop {
        let mut bytes = [0; 4];
        random.fill(&mut bytes)?;
        let drawn = u32::from_le_bytes(bytes);
        if drawn < fair {
            let width = usize::try_from(count).unwrap_or_default();
            return Ok(zeroize::Zeroizing::new(format!("{:0width$}", drawn % numbers)));
        }
    }
}

/// An id that nobody can guess; for rows, not for secrets.
pub(crate) fn id(random: &dyn Random) -> Result<Uuid, NoRandomness> {
    let mut bytes = [0; 16];
    random.fill(&mut bytes)?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::{NoRandomness, Random, SystemRandom, digits};

    /// Gives the numbers it was given, in their order.
    #[derive(Debug)]
    struct Told(Mutex<Vec<u32>>);

    impl Random for Told {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
            let number = self.0.lock().unwrap().pop().ok_or(NoRandomness)?;
            bytes.copy_from_slice(&number.to_le_bytes());
            Ok(())
        }
    }

    fn told(numbers: &[u32]) -> Told {
        Told(Mutex::new(numbers.iter().rev().copied().collect()))
    }

    #[test]
    fn codes_keep_their_leading_zeros() {
        assert_eq!(*digits(&told(&[7]), 6).unwrap(), "000007");
        assert_eq!(*digits(&told(&[12_345_678]), 6).unwrap(), "345678");
    }

    #[test]
    fn a_number_that_would_favour_small_codes_is_drawn_again() {
        // 4,294 whole millions fit into 32 bits; the 967,296 numbers above them are left out.
        assert_eq!(*digits(&told(&[4_294_000_000, u32::MAX, 5]), 6).unwrap(), "000005");
        assert_eq!(*digits(&told(&[4_293_999_999]), 6).unwrap(), "999999");
    }

    #[test]
    fn a_generator_that_fails_gives_no_code() {
        assert_eq!(digits(&told(&[]), 6).unwrap_err(), NoRandomness);
    }

    #[test]
    fn the_systems_generator_fills_what_it_is_given() {
        let generator = SystemRandom::default();
        let mut drawn = [[0; 32]; 2];
        for bytes in &mut drawn {
            generator.fill(bytes).unwrap();
        }
        assert_ne!(drawn[0], drawn[1]);
    }
}
