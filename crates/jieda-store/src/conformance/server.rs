//! A PostgreSQL server of a test's own.

use std::{
    fs,
    net::TcpListener,
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Where packages put the server's programs, beside `PATH`.
const PLACES: [&str; 3] = ["/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt"];
/// Users as whom the server runs where the test runs as root, which the server refuses.
const USERS: [&str; 2] = ["postgres", "nobody"];

/// A server that runs until it is dropped, on a free port of this machine, with an empty database.
#[derive(Debug)]
pub struct PostgresServer {
    dir: PathBuf,
    bin: PathBuf,
    port: u16,
    user: Option<(u32, u32)>,
    databases: std::sync::atomic::AtomicUsize,
}

impl PostgresServer {
    /// Makes and starts one in a new folder `dir`; says on standard error why there is none where that can't be.
    #[must_use]
    pub fn start(dir: &Path) -> Option<Self> {
        let Some(bin) = programs() else {
            eprintln!(
                "skipped: no PostgreSQL on this machine (initdb is neither in PATH nor in {})",
                PLACES.join(", ")
            );
            return None;
        };
        Self::start_from(bin, dir)
    }

    /// The same with the programs of a folder, such as those of a PostgreSQL that has extensions.
    #[must_use]
    pub fn start_from(bin: PathBuf, dir: &Path) -> Option<Self> {
        if !has_all(&bin) {
            eprintln!("skipped: no PostgreSQL in {}", bin.display());
            return None;
        }
        let is_root = fs::metadata(dir).is_ok_and(|folder| folder.uid() == 0);
        let user = is_root.then(other_user).flatten();
        if is_root && user.is_none() {
            eprintln!("skipped: PostgreSQL does not run as root, and no other user is known");
            return None;
        }
        let data = dir.join("pg");
        fs::create_dir_all(&data).unwrap();
        if let Some((user, group)) = user {
            open_to_others(dir);
            std::os::unix::fs::chown(&data, Some(user), Some(group)).unwrap();
        }
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let server = Self {
            dir: data,
            bin,
            port,
            user,
            databases: Default::default(),
        };
        let mut made = server.program("initdb");
        made.args(["-D", ".", "-U", "jieda", "-A", "trust"]);
        run(made.args(["--no-sync", "-E", "UTF8", "--locale=C.UTF-8"]));
        server.go();
        Some(server)
    }

    /// The address of its first database.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://jieda@127.0.0.1:{}/postgres", self.port)
    }

    /// The address of a new, empty database.
    #[must_use]
    pub fn new_database(&self) -> String {
        let number = self
            .databases
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("jieda{number}");
        let port = self.port.to_string();
        run(self
            .program("createdb")
            .args(["-h", "127.0.0.1", "-p", &port, "-U", "jieda", &name]));
        format!("postgres://jieda@127.0.0.1:{port}/{name}")
    }

    /// Stops it as an operator does, with all connections, and starts it again.
    pub fn restart(&self) {
        self.stop("fast");
        self.go();
    }

    /// Kills it and starts it again: it recovers from its log.
    pub fn crash(&self) {
        self.stop("immediate");
        self.go();
    }

    fn go(&self) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=60",
            self.port
        );
        run(self
            .program("pg_ctl")
            .args(["-D", ".", "-w", "-l", "log", "-o", &options, "start"]));
    }

    fn stop(&self, mode: &str) {
        run(self
            .program("pg_ctl")
            .args(["-D", ".", "-w", "-m", mode, "stop"]));
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        command
            .current_dir(&self.dir)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        let stop = self
            .program("pg_ctl")
            .args(["-D", ".", "-m", "immediate", "stop"])
            .status();
        if !stop.is_ok_and(|status| status.success()) {
            eprintln!("PostgreSQL on port {} goes on running", self.port);
        }
    }
}

/// The folder of `initdb`: of the newest version that is there.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path).find(|dir| has_all(dir));
    in_path.or_else(|| {
        let versions = PLACES.iter().filter_map(|place| fs::read_dir(place).ok());
        let versions = versions
            .flatten()
            .flatten()
            .map(|entry| entry.path().join("bin"));
        let mut with_server: Vec<_> = versions.filter(|bin| has_all(bin)).collect();
        with_server.sort();
        with_server.pop()
    })
}

fn has_all(bin: &Path) -> bool {
    let programs = ["initdb", "pg_ctl", "createdb"];
    programs.iter().all(|name| bin.join(name).is_file())
}

/// Number and group of a user that is not root.
fn other_user() -> Option<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    USERS.iter().find_map(|name| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(name))?;
        let mut parts = line.split(':').skip(2);
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    })
}

/// Lets others pass through a folder of ours.
fn open_to_others(dir: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o755)).unwrap();
}

fn run(command: &mut Command) {
    let done = command
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap();
    assert!(
        done.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}
