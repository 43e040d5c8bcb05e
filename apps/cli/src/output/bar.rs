//! Bars drawn with characters, in whole numbers.

/// The eighths of a block, from one to seven.
const EIGHTHS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// A bar of at most `width` columns for `value` out of `largest`. What is above zero is always seen; what is not
/// draws nothing.
pub(crate) fn chart(value: i64, largest: i64, width: u16) -> String {
    if value <= 0 || largest <= 0 {
        return String::new();
    }
    let full = i128::from(width) * 8;
    let eighths = (i128::from(value.min(largest)) * full / i128::from(largest)).max(1);
    let blocks = usize::try_from(eighths / 8).unwrap_or(usize::from(width));
    let mut bar = "█".repeat(blocks);
    let rest = usize::try_from(eighths % 8).unwrap_or(0);
    bar.extend(rest.checked_sub(1).and_then(|index| EIGHTHS.get(index)));
    bar
}

/// The two parts of a progress bar of `width` columns: what is done and what is left. Full only when it is done.
pub(crate) fn progress(permille: u16, width: u16) -> (String, String) {
    let done = u32::from(permille.min(1000)) * u32::from(width) / 1000;
    let done = usize::try_from(done).unwrap_or(0);
    ("━".repeat(done), "─".repeat(usize::from(width) - done))
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn the_largest_fills_the_width_and_the_smallest_is_seen() {
        assert_eq!(chart(500, 500, 10), "██████████");
        assert_eq!(chart(1, i64::MAX, 10), "▏");
        assert_eq!(chart(0, 500, 10), "");
        assert_eq!(chart(-5, 500, 10), "");
    }

    #[test]
    fn a_bar_grows_by_eighths_and_never_leaves_its_width() {
        assert_eq!(chart(9, 16, 2), "█▏");
        assert_eq!(chart(15, 16, 2), "█▉");
        for value in 1..=64 {
            let bar = chart(value, 64, 8);
            assert!(bar.width() <= 8, "{bar}");
            assert!(bar.width() >= chart(value - 1, 64, 8).width());
        }
    }

    #[test]
    fn the_largest_sum_there_is_does_not_overflow() {
        assert_eq!(chart(i64::MAX, i64::MAX, u16::MAX).width(), usize::from(u16::MAX));
    }

    #[test]
    fn progress_is_full_only_when_it_is_done() {
        assert_eq!(progress(999, 10), ("━".repeat(9), "─".into()));
        assert_eq!(progress(1000, 10), ("━".repeat(10), String::new()));
        assert_eq!(progress(0, 10), (String::new(), "─".repeat(10)));
    }
}
