//! One `jieda serve`.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener, ToSocketAddrs as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    Failure,
    options::Options,
    proxy::Proxy,
    trouble::{FullDisk, Trouble, wrong_clock},
};

/// How long a replica may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A replica, which is started again under the same address.
#[derive(Debug)]
pub(crate) struct Replica {
    command: Command,
    child: Child,
    port: u16,
    log: PathBuf,
    _full_disk: Option<FullDisk>,
    /// What is wrong with it, really.
    pub(crate) trouble: Trouble,
    /// Its wire to the database; none where it has a file.
    pub(crate) proxy: Option<Proxy>,
}

impl Replica {
    /// Starts one whose conversations are in a database (`postgres://…`) or a file.
    pub(crate) fn start(options: &Options, store: &str, dir: &Path) -> Result<Self, Failure> {
        Self::start_in(options, store, (dir, Trouble::None))
    }

    /// The same for one that is in trouble all the time, if that can be had.
    pub(crate) fn start_in(
        options: &Options,
        store: &str,
        (dir, trouble): (&Path, Trouble),
    ) -> Result<Self, Failure> {
        std::fs::create_dir_all(dir)?;
        let (proxy, store) = match store.strip_prefix("postgres://") {
            None => (None, store.to_owned()),
            Some(rest) => {
                let (user, rest) = rest.split_once('@').ok_or("no user in the address")?;
                let (host, database) = rest.split_once('/').ok_or("no database in the address")?;
                let to: SocketAddr = host.to_socket_addrs()?.next().ok_or("no address")?;
                let proxy = Proxy::start(to)?;
                let store = format!("postgres://{user}@{}/{database}", proxy.address);
                (Some(proxy), store)
            }
        };
        let free = TcpListener::bind("127.0.0.1:0")?;
        let port = free.local_addr()?.port();
        drop(free);
        let mut command = Command::new(&options.jieda);
        command
            .args(["serve", "--json", "--grpc", "off"])
            .arg("--http")
            .arg(format!("127.0.0.1:{port}"))
            .arg("--model")
            .arg(&options.model)
            .arg("--kb")
            .arg(&options.kb)
            .arg("--state-dir")
            .arg(dir)
            .env("JIEDA_SERVER_STORE", store)
            .env("JIEDA_CACHE_DIR", dir.join("../cache"))
            .env_remove("JIEDA_CONFIG")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let mut real = Trouble::None;
        let full_disk = match trouble {
            Trouble::FullDisk => FullDisk::mount(dir),
            Trouble::None | Trouble::WrongClock => None,
        };
        if full_disk.is_some() {
            real = trouble;
        }
        if trouble == Trouble::WrongClock
            && let Some(wrong) = wrong_clock()
        {
            command.envs(wrong);
            real = trouble;
        }
        let log = dir.with_extension("log");
        let child = spawn(&mut command, &log)?;
        let replica = Self {
            command,
            child,
            port,
            log,
            _full_disk: full_disk,
            trouble: real,
            proxy,
        };
        replica.wait()?;
        Ok(replica)
    }

    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// `kill -9`, and a new process. Gives how long it took until that one answered.
    pub(crate) fn kill(&mut self) -> Result<Duration, Failure> {
        let begun = Instant::now();
        self.child.kill()?;
        self.child.wait()?;
        self.child = spawn(&mut self.command, &self.log)?;
        self.wait()?;
        Ok(begun.elapsed())
    }

    fn wait(&self) -> Result<(), Failure> {
        let ready = format!("{}/readyz", self.address());
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if ureq::get(&ready).call().is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        Err(format!("a replica does not start:\n{log}").into())
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(command: &mut Command, log: &Path) -> Result<Child, Failure> {
    let log = File::options().create(true).append(true).open(log)?;
    let child = command.stderr(log).spawn();
    child.map_err(|e| format!("{:?} can't be started: {e}", command.get_program()).into())
}
