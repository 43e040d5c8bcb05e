//! A TCP connection that a handler can spoil: cut without an answer, or answered with a header that never ends.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

const CUT: u8 = 1;
const ENDLESS_HEADER: u8 = 2;

static HEADER_START: &[u8] = b"HTTP/1.1 200 OK\r\nX-Endless: ";
static FILLER: [u8; 4096] = [b'a'; 4096];

/// What a handler holds of its connection. It takes effect with the next byte that would be written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Switch(Arc<AtomicU8>);

impl Switch {
    pub(crate) fn cut(&self) {
        self.0.store(CUT, Ordering::SeqCst);
    }

    pub(crate) fn endless_header(&self) {
        self.0.store(ENDLESS_HEADER, Ordering::SeqCst);
    }
}

/// The connection itself.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    switch: Switch,
    /// Bytes of the endless answer sent so far, up to the filler.
    header_sent: usize,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, switch: Switch) -> Self {
        Self { stream, switch, header_sent: 0 }
    }

    fn write_endlessly(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        loop {
            let rest = HEADER_START.get(self.header_sent..).filter(|rest| !rest.is_empty());
            let chunk = rest.unwrap_or(&FILLER);
            // Ends when the client hangs up; the runtime's budget lets other tasks run in between.
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, chunk))?;
            if rest.is_some() {
                self.header_sent += written;
            }
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.switch.0.load(Ordering::SeqCst) {
            CUT => {
                // Closing with no time to linger sends a reset instead of an orderly end.
                self.stream.set_zero_linger()?;
                Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
            }
            ENDLESS_HEADER => self.write_endlessly(context),
            _ => Pin::new(&mut self.stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.switch.0.load(Ordering::SeqCst) == CUT {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
