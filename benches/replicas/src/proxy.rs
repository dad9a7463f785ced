//! Between a replica and the database: a wire that can be cut or slow.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use crate::Failure;

/// Passes bytes on, until told otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    wire: Arc<Wire>,
}

#[derive(Debug)]
struct Wire {
    to: SocketAddr,
    is_cut: AtomicBool,
    /// Milliseconds that each piece takes longer.
    slow: AtomicU64,
    open: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    pub(crate) fn start(to: SocketAddr) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let wire = Arc::new(Wire {
            to,
            is_cut: AtomicBool::new(false),
            slow: AtomicU64::new(0),
            open: Mutex::default(),
        });
        let served = Arc::clone(&wire);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                served.pass(stream);
            }
        });
        Ok(Self { address, wire })
    }

    /// Cuts what is open, and refuses what comes, until it is mended.
    pub(crate) fn cut(&self) {
        self.wire.is_cut.store(true, Ordering::Relaxed);
        let mut open = self
            .wire
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for stream in open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn slow(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.wire.slow.store(millis, Ordering::Relaxed);
    }

    pub(crate) fn mend(&self) {
        self.wire.is_cut.store(false, Ordering::Relaxed);
        self.wire.slow.store(0, Ordering::Relaxed);
    }
}

impl Wire {
    fn pass(self: &Arc<Self>, client: TcpStream) {
        if self.is_cut.load(Ordering::Relaxed) {
            return;
        }
        let Ok(server) = TcpStream::connect(self.to) else {
            return;
        };
        let (Ok(client_again), Ok(server_again)) = (client.try_clone(), server.try_clone()) else {
            return;
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.extend(
            [&client, &server]
                .into_iter()
                .filter_map(|s| s.try_clone().ok()),
        );
        drop(open);
        for (from, to) in [(client, server), (server_again, client_again)] {
            let wire = Arc::clone(self);
            std::thread::spawn(move || wire.copy(from, to));
        }
    }

    fn copy(&self, mut from: TcpStream, mut to: TcpStream) {
        let _ = (from.set_nodelay(true), to.set_nodelay(true));
        let mut buffer = [0; 16384];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let slow = self.slow.load(Ordering::Relaxed);
            if slow > 0 {
                std::thread::sleep(Duration::from_millis(slow));
            }
            if to.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    }
}
