//! The way between the device and the server, which can be cut.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};

/// How long a client may take to notice that a connection has ended.
const NOTICED_WITHIN: Duration = Duration::from_secs(5);

/// Passes connections on while it is open. While it is closed its address refuses them, as that of a server does
/// which is not there.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    upstream: SocketAddr,
    state: State,
}

#[derive(Debug)]
enum State {
    Open {
        stop: oneshot::Sender<()>,
        ended: JoinHandle<()>,
    },
    /// The socket keeps the port from being given to anybody else.
    Closed {
        _reserved: TcpSocket,
    },
}

impl Relay {
    /// Opens it on a port of its own.
    pub fn open(upstream: SocketAddr) -> Self {
        let socket = bind(SocketAddr::from(([127, 0, 0, 1], 0)));
        let address = socket.local_addr().unwrap();
        Self { address, upstream, state: listen(socket, upstream) }
    }

    /// Where devices find it, `http://host:port`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends every connection and takes no more.
    pub async fn cut(&mut self) {
        if let State::Open { .. } = self.state {
            let reserved = State::Closed { _reserved: TcpSocket::new_v4().unwrap() };
            if let State::Open { stop, ended } = std::mem::replace(&mut self.state, reserved) {
                // Nobody listens for it when the task has ended by itself.
                let _ = stop.send(());
                ended.await.unwrap();
            }
            self.state = State::Closed { _reserved: bind(self.address) };
        }
    }

    /// Takes connections again.
    pub fn mend(&mut self) {
        if let State::Closed { .. } = self.state {
            self.state = State::Closed { _reserved: TcpSocket::new_v4().unwrap() };
            self.state = listen(bind(self.address), self.upstream);
        }
    }
}

fn bind(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    // Connections that have ended a moment ago do not stand in the way.
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

fn listen(socket: TcpSocket, upstream: SocketAddr) -> State {
    let listener = socket.listen(64).unwrap();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(serve(listener, upstream, stopped));
    State::Open { stop, ended }
}

async fn serve(listener: TcpListener, upstream: SocketAddr, mut stopped: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    let (open, cut) = watch::channel(());
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (client, _) = accepted.unwrap();
                connections.spawn(pass_on(client, upstream, cut.clone()));
            }
            _ = &mut stopped => break,
        }
    }
    drop(listener);
    drop(open);
    while connections.join_next().await.is_some() {}
}

async fn pass_on(mut client: TcpStream, upstream: SocketAddr, mut cut: watch::Receiver<()>) {
    let Ok(mut server) = TcpStream::connect(upstream).await else { return };
    for end in [&client, &server] {
        // What comes in parts would otherwise wait for the other end's word that the first has arrived.
        let _ = end.set_nodelay(true);
    }
    tokio::select! {
        // Either side may end it in any way.
        _ = copy_bidirectional(&mut client, &mut server) => return,
        _ = cut.changed() => {}
    }
    part(client).await;
}

/// Ends a connection and sees that its client has noticed. A client that keeps it for its next request would write that
/// into the end of this one, and hear of a broken connection where nobody is there.
async fn part(mut client: TcpStream) {
    // A client that is gone has noticed.
    let _ = client.shutdown().await;
    let noticed = async {
        let mut rest = [0; 1024];
        while client.read(&mut rest).await.is_ok_and(|read| read > 0) {}
    };
    let _ = tokio::time::timeout(NOTICED_WITHIN, noticed).await;
}
