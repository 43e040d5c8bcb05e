//! What the program prints: where to, in which colours, in which shape.

pub(crate) mod bar;
pub(crate) mod grid;
pub(crate) mod paint;
pub(crate) mod view;

use std::io::{self, Write};

use serde::Serialize;

/// Standard output. A reader that has left (`| head`) ends the output without a complaint.
#[derive(Debug, Default)]
pub(crate) struct Out {
    closed: bool,
}

impl Out {
    /// Whether the reader has left: nothing printed from here on is seen.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Prints text; its colours are dropped where the stream is not a terminal or `NO_COLOR` is set.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        let mut stream = anstream::stdout();
        self.unless_closed(|| stream.write_all(text.as_bytes()).and_then(|()| stream.flush()))
    }

    /// Prints a JSON document and a line end.
    pub(crate) fn document<T: Serialize>(&mut self, document: &T) -> io::Result<()> {
        let mut bytes = serde_json::to_vec_pretty(document)?;
        bytes.push(b'\n');
        self.write_all(&bytes)?;
        self.flush()
    }

    fn unless_closed(&mut self, write: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        match write() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            done => done,
        }
    }
}

/// Data, byte for byte: no colour is looked for in it.
impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_closed(|| io::stdout().write_all(bytes))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_closed(|| io::stdout().flush())
    }
}
