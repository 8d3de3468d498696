//! The origin with TLS and files.

use super::Bench;
use super::client::Running;
use super::numbers::Handshakes;
use super::server::{Core, pinned};

/// A running origin. Dropping it ends it.
pub(super) struct Origin {
    running: Running,
    /// How a client is told of it.
    argument: String,
}

impl Origin {
    /// Starts one without TLS.
    pub(super) fn plain(bench: &Bench<'_>, core: Core) -> Result<Self, String> {
        Self::start(bench, core, None, &[])
    }

    /// Starts one with TLS.
    pub(super) fn secure(bench: &Bench<'_>, core: Core, options: &[&str]) -> Result<Self, String> {
        Self::start(bench, core, Some("target/bench/root.pem"), options)
    }

    fn start(
        bench: &Bench<'_>,
        core: Core,
        root: Option<&str>,
        options: &[&str],
    ) -> Result<Self, String> {
        let mut command = pinned(bench, core, &bench.folder().join("cargo/release/origin"));
        command.args(root.map(|root| ["--tls", root]).into_iter().flatten());
        command.args(options);
        let mut running = Running::start(command)?;
        let port = running.obey("port")?.get("port")?;
        let argument = match root {
            Some(root) => format!("127.0.0.1:{port},{root}"),
            None => format!("127.0.0.1:{port}"),
        };
        Ok(Self { running, argument })
    }

    pub(super) fn argument(&self) -> &str {
        &self.argument
    }

    /// The handshakes that it has done.
    pub(super) fn handshakes(&mut self) -> Result<Handshakes, String> {
        let counts = self.running.obey("handshakes")?;
        Ok(Handshakes {
            full: counts.get("full")?,
            resumed: counts.get("resumed")?,
        })
    }
}
