//! Real proxies, as processes that end with the test.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use socket2::{Domain, Socket, Type};

use crate::software::find;

/// The user and the password that a proxy wants, if it wants some, and as they stand
/// in a URL.
pub(crate) const CREDENTIALS: (&str, &str) = ("caller", "passw0rd");
pub(crate) const IN_URL: &str = "caller:passw0r%64";

/// A program is started within that, or not at all.
const FAR: Duration = Duration::from_secs(60);

/// What can be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Software {
    Tinyproxy,
    Squid,
    Microsocks,
}

impl Software {
    pub(crate) const ALL: [Self; 3] = [Self::Tinyproxy, Self::Squid, Self::Microsocks];

    const fn name(self) -> &'static str {
        match self {
            Self::Tinyproxy => "tinyproxy",
            Self::Squid => "squid",
            Self::Microsocks => "microsocks",
        }
    }

    const fn package(self) -> &'static str {
        match self {
            Self::Tinyproxy => "tinyproxy-bin",
            Self::Squid => "squid",
            Self::Microsocks => "microsocks",
        }
    }

    const fn scheme(self) -> &'static str {
        match self {
            Self::Tinyproxy | Self::Squid => "http",
            Self::Microsocks => "socks5h",
        }
    }

    /// Starts it. It tunnels to `tls_port`, and wants credentials or not. `None` if
    /// it is not installed, which is said.
    pub(crate) fn start(self, tls_port: u16, wants_credentials: bool) -> Option<Running> {
        let program = find(self.name(), self.package())?;
        let mut tries = 0;
        loop {
            // Another process may take the port in between.
            match Running::start(self, &program, tls_port, wants_credentials) {
                Ok(running) => return Some(running),
                Err(why) if tries == 4 => panic!("{}: {why}", self.name()),
                Err(_) => tries += 1,
            }
        }
    }
}

/// A proxy at work.
pub(crate) struct Running {
    child: Child,
    port: u16,
    scheme: &'static str,
    folder: PathBuf,
}

impl Running {
    fn start(
        software: Software,
        program: &Path,
        tls_port: u16,
        wants_credentials: bool,
    ) -> Result<Self, String> {
        let port = free_port();
        let folder = env::temp_dir().join(format!("talkspace-proxy-{port}"));
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut command = Command::new(program);
        match software {
            Software::Tinyproxy => {
                let config = tinyproxy(port, wants_credentials);
                command
                    .args(["-d", "-c"])
                    .arg(write(&folder, "conf", &config));
            }
            Software::Squid => {
                let helper = write(&folder, "helper", HELPER);
                fs::set_permissions(&helper, fs::Permissions::from_mode(0o755)).unwrap();
                let config = squid(port, tls_port, wants_credentials.then_some(&*helper));
                command
                    .args(["-N", "-f"])
                    .arg(write(&folder, "conf", &config));
            }
            Software::Microsocks => {
                command.args(["-i", "127.0.0.1", "-p", &port.to_string()]);
                if wants_credentials {
                    command.args(["-u", CREDENTIALS.0, "-P", CREDENTIALS.1]);
                }
            }
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut running = Self {
            child,
            port,
            scheme: software.scheme(),
            folder,
        };
        running.wait_until_it_listens()?;
        Ok(running)
    }

    fn wait_until_it_listens(&mut self) -> Result<(), String> {
        let begin = Instant::now();
        while !self.listens() {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("it ended with {status}"));
            }
            if begin.elapsed() > FAR {
                return Err("it does not listen".to_owned());
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Whether it, and no other program, listens at its port.
    fn listens(&self) -> bool {
        let sockets = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
        let local = format!("0100007F:{:04X}", self.port);
        let mut listening = sockets.lines().filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let is_it = fields.get(1) == Some(&&*local) && fields.get(3) == Some(&"0A");
            is_it.then(|| format!("socket:[{}]", fields[9]))
        });
        let Some(socket) = listening.next() else {
            return false;
        };
        let files = fs::read_dir(format!("/proc/{}/fd", self.child.id()));
        let mut files = files.into_iter().flatten().flatten();
        files.any(|file| fs::read_link(file.path()).is_ok_and(|to| to.as_os_str() == &*socket))
    }

    /// Its URL, without credentials.
    pub(crate) fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.port)
    }

    /// Its URL with these credentials, as they stand in a URL.
    pub(crate) fn url_with(&self, credentials: &str) -> String {
        format!("{}://{credentials}@127.0.0.1:{}", self.scheme, self.port)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A port that nothing listens on, and that no program gets which takes any: those
/// are above.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Two runs at the same time begin at different ones.
    let first = u16::try_from(process::id() % RANGE).unwrap();
    loop {
        let offset = u32::from(first) + u32::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(10_000 + offset % RANGE).unwrap();
        // It does not listen: a program that is being started has what is open here until it
        // runs, and who came in that time would be let in by nobody.
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_reuse_address(true).unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if socket.bind(&address.into()).is_ok() {
            return port;
        }
    }
}

/// From 10,000 on, so many.
const RANGE: u32 = 20_000;

fn write(folder: &Path, name: &str, content: &str) -> PathBuf {
    let file = folder.join(name);
    fs::write(&file, content).unwrap();
    file
}

fn tinyproxy(port: u16, wants_credentials: bool) -> String {
    let mut config = format!("Port {port}\nListen 127.0.0.1\nTimeout 600\nLogLevel Critical\n");
    if wants_credentials {
        let (user, password) = CREDENTIALS;
        writeln!(config, "BasicAuth {user} {password}").unwrap();
    }
    config
}

/// As Debian configures it: CONNECT to the ports of TLS alone.
fn squid(port: u16, tls_port: u16, helper: Option<&Path>) -> String {
    let mut config = format!(
        "http_port 127.0.0.1:{port}\n\
         pid_filename none\n\
         visible_hostname localhost\n\
         cache deny all\n\
         access_log none\n\
         cache_log /dev/null\n\
         cache_store_log none\n\
         shutdown_lifetime 0 seconds\n\
         max_filedescriptors 256\n\
         acl SSL_ports port {tls_port}\n\
         acl CONNECT method CONNECT\n\
         http_access deny CONNECT !SSL_ports\n"
    );
    if let Some(helper) = helper {
        let helper = helper.display();
        write!(
            config,
            "auth_param basic program {helper}\n\
             auth_param basic children 1\n\
             acl known proxy_auth REQUIRED\n\
             http_access deny !known\n"
        )
        .unwrap();
    }
    config + "http_access allow all\n"
}

/// What squid asks whether a user and a password are right.
const HELPER: &str = "#!/bin/sh\n\
    while read -r user password; do\n\
    if [ \"$user $password\" = \"caller passw0rd\" ]; then echo OK; else echo ERR; fi\n\
    done\n";
