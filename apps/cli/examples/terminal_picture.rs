//! Draws what a terminal would show: coloured text on standard input, an SVG on standard output.

use std::io::{Read as _, Write as _};

use anstyle_svg::Term;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let picture = Term::new()
        .palette(anstyle_svg::WIN10_CONSOLE)
        .fg_color(anstyle::RgbColor(0xe6, 0xe1, 0xdc).into())
        .bg_color(anstyle::RgbColor(0x1d, 0x1b, 0x1a).into())
        .render_svg(&text);
    std::io::stdout().write_all(picture.as_bytes())
}
