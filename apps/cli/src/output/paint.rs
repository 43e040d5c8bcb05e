//! Colours, and the cleaning of text that came from elsewhere.

use anstyle::{AnsiColor, Style};

/// What a piece of text is to the reader; decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As everything else.
    Plain,
    /// The thing looked for.
    Strong,
    /// Beside the point.
    Faint,
    /// Gained.
    Gain,
    /// Lost.
    Loss,
    /// Soon lost.
    Warning,
    /// A heading.
    Heading,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Gain => AnsiColor::Green.on_default(),
            Self::Loss => AnsiColor::Red.on_default(),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Heading => AnsiColor::Cyan.on_default().bold(),
        }
    }

    /// The text in this tone's colour.
    pub(crate) fn paint(self, text: &str) -> String {
        let style = self.style();
        format!("{style}{text}{style:#}")
    }
}

/// Text from a server, fit for a terminal: what could move the cursor, change colours or turn the direction of
/// reading becomes a visible mark, and it stays on one line.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' => ' ',
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_a_server_cannot_steer_the_terminal() {
        assert_eq!(clean("Борщ\u{1b}[2J\u{7}\u{202e}x\ny"), "Борщ\u{fffd}[2J\u{fffd}\u{fffd}x y");
        assert_eq!(clean("1\u{a0}234,50\u{a0}₽"), "1\u{a0}234,50\u{a0}₽");
    }

    #[test]
    fn a_plain_tone_adds_nothing() {
        assert_eq!(Tone::Plain.paint("x"), "x");
        assert_ne!(Tone::Strong.paint("x"), "x");
    }
}
