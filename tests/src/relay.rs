//! The way between the device and the server, which can be cut.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
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
    answers: Arc<Answers>,
    state: State,
}

/// What comes back from the server, which can be held up.
#[derive(Debug, Default)]
struct Answers {
    held: watch::Sender<bool>,
    /// How many connections have something to pass on and may not.
    waiting: watch::Sender<usize>,
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
        let answers = Arc::<Answers>::default();
        Self { address, upstream, state: listen(socket, upstream, &answers), answers }
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
            self.state = listen(bind(self.address), self.upstream, &self.answers);
        }
    }

    /// Requests still reach the server, and answers wait.
    pub fn hold_answers(&self) {
        self.answers.held.send_replace(true);
    }

    /// Until an answer waits.
    pub async fn held_answer(&self) {
        // The sender lives as long as `self`.
        let _ = self.answers.waiting.subscribe().wait_for(|waiting| *waiting > 0).await;
    }

    /// What has waited goes on.
    pub fn release_answers(&self) {
        self.answers.held.send_replace(false);
    }
}

fn bind(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    // Connections that have ended a moment ago do not stand in the way.
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

fn listen(socket: TcpSocket, upstream: SocketAddr, answers: &Arc<Answers>) -> State {
    let listener = socket.listen(64).unwrap();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(serve(listener, upstream, Arc::clone(answers), stopped));
    State::Open { stop, ended }
}

async fn serve(
    listener: TcpListener,
    upstream: SocketAddr,
    answers: Arc<Answers>,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut connections = JoinSet::new();
    let (open, cut) = watch::channel(());
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (client, _) = accepted.unwrap();
                connections.spawn(pass_on(client, upstream, Arc::clone(&answers), cut.clone()));
            }
            _ = &mut stopped => break,
        }
    }
    drop(listener);
    drop(open);
    while connections.join_next().await.is_some() {}
}

async fn pass_on(
    mut client: TcpStream,
    upstream: SocketAddr,
    answers: Arc<Answers>,
    mut cut: watch::Receiver<()>,
) {
    let Ok(mut server) = TcpStream::connect(upstream).await else { return };
    for end in [&client, &server] {
        // What comes in parts would otherwise wait for the other end's word that the first has arrived.
        let _ = end.set_nodelay(true);
    }
    let ((mut asks, mut hears), (mut answered, mut asked)) = (client.split(), server.split());
    let there = async {
        let _ = tokio::io::copy(&mut asks, &mut asked).await;
        let _ = asked.shutdown().await;
    };
    tokio::select! {
        // Either side may end it in any way.
        ((), ()) = async { tokio::join!(there, answers.pass_back(&mut answered, &mut hears)) } => return,
        _ = cut.changed() => {}
    }
    part(client).await;
}

impl Answers {
    async fn pass_back(&self, server: &mut ReadHalf<'_>, client: &mut WriteHalf<'_>) {
        let mut bytes = vec![0; 16 * 1024];
        loop {
            let read = server.read(&mut bytes).await.unwrap_or_default();
            if read == 0 {
                break;
            }
            self.may_pass().await;
            if client.write_all(&bytes[..read]).await.is_err() {
                break;
            }
        }
        let _ = client.shutdown().await;
    }

    async fn may_pass(&self) {
        let mut held = self.held.subscribe();
        if !*held.borrow() {
            return;
        }
        let _waiting = Waiting::new(&self.waiting);
        // The sender lives as long as `self`.
        let _ = held.wait_for(|held| !held).await;
    }
}

/// Counted for as long as it lives: whoever waits may be hung up on.
struct Waiting<'a>(&'a watch::Sender<usize>);

impl<'a> Waiting<'a> {
    fn new(count: &'a watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
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
