//! stunnel: a TLS server of OpenSSL's, in front of a sandbox.

use std::net::SocketAddr;
use std::process::Command;

use crate::certificates::Identity;
use crate::software::{Folder, Program, find};

pub(crate) struct Stunnel {
    _program: Program,
    _folder: Folder,
    port: u16,
}

impl Stunnel {
    /// Leads to `to`. `options` are lines of its configuration. `None` where it is
    /// not installed.
    pub(crate) fn start(server: &Identity, to: SocketAddr, options: &str) -> Option<Self> {
        Self::demanding(server, None, to, options)
    }

    /// The same, for clients with a certificate of that root.
    pub(crate) fn demanding(
        server: &Identity,
        root: Option<&str>,
        to: SocketAddr,
        options: &str,
    ) -> Option<Self> {
        let stunnel = find("stunnel", "stunnel4")?;
        let folder = Folder::new();
        let identity = folder.write("server.pem", &server.pem());
        let root = root.map_or_else(String::new, |root| {
            let file = folder.write("root.pem", root);
            format!("verifyChain = yes\nCAfile = {}\n", file.display())
        });
        let configuration = format!(
            "foreground = yes\npid =\nsyslog = no\ndebug = info\n[talkspace]\n\
             accept = 127.0.0.1:0\nconnect = {to}\ncert = {}\n{root}{options}\n",
            identity.display()
        );
        let file = folder.write("stunnel.conf", &configuration);
        let mut program = Program::start(Command::new(stunnel).arg(file));
        let bound = program.line_with("bound to 127.0.0.1:");
        let port = bound
            .as_deref()
            .and_then(|line| line.rsplit(':').next()?.trim().parse().ok())
            .unwrap_or_else(|| panic!("{:#?}", program.log()));
        Some(Self {
            _program: program,
            _folder: folder,
            port,
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }
}
