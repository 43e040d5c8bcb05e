//! The purchase history built into the program, unpacked. See `data/README.md`.

use std::io::Read;

use flate2::read::GzDecoder;
use jiff::civil::Date;

use crate::error::BooksError;

static PACKED: &[u8] = include_bytes!("../../data/cdnow-1997-1998.txt.gz");

/// What a dollar of the file is worth in the books: 50 roubles, so a cent is 50 kopecks.
const KOPECKS_PER_CENT: i64 = 50;

/// One purchase as the file has it, its value in kopecks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Purchase {
    pub(super) customer: u32,
    pub(super) date: Date,
    pub(super) items: u32,
    pub(super) kopecks: i64,
}

/// All purchases, by customer and then by date.
pub(super) fn all() -> Result<Vec<Purchase>, BooksError> {
    let mut text = String::new();
    GzDecoder::new(PACKED).read_to_string(&mut text).map_err(|_| BooksError::Purchases { line: 0 })?;
    let rows = text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty());
    rows.map(|(index, line)| parse(line).ok_or(BooksError::Purchases { line: index + 1 })).collect()
}

/// ` 00001 19970101  1   11.77`
fn parse(line: &str) -> Option<Purchase> {
    let mut words = line.split_ascii_whitespace();
    let customer = words.next()?.parse().ok()?;
    let day: u32 = words.next()?.parse().ok()?;
    let items = words.next()?.parse().ok()?;
    let (dollars, cents) = words.next()?.split_once('.')?;
    if words.next().is_some() || cents.len() != 2 {
        return None;
    }
    let dollars: i64 = dollars.parse().ok()?;
    let cents: i64 = cents.parse().ok()?;
    let date = Date::new(
        i16::try_from(day / 10_000).ok()?,
        i8::try_from(day / 100 % 100).ok()?,
        i8::try_from(day % 100).ok()?,
    );
    let kopecks = dollars.checked_mul(100)?.checked_add(cents)?.checked_mul(KOPECKS_PER_CENT)?;
    Some(Purchase { customer, date: date.ok()?, items, kopecks })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_packed_file_holds_every_purchase_of_every_customer() {
        let purchases = all().unwrap();
        assert_eq!(purchases.len(), 69_659);
        let customers: BTreeSet<_> = purchases.iter().map(|purchase| purchase.customer).collect();
        assert_eq!(customers.len(), 23_570);
        assert_eq!(purchases.first().unwrap().kopecks, 58_850);
        assert_eq!(purchases.iter().map(|purchase| purchase.date).max(), "1998-06-30".parse().ok());
    }

    #[test]
    fn a_damaged_line_is_refused() {
        assert_eq!(parse(" 00001 19970101  1   11.7"), None);
        assert_eq!(parse(" 00001 19971301  1   11.77"), None);
        assert_eq!(parse(" 00001 19970101  1   11.77 8"), None);
    }
}
