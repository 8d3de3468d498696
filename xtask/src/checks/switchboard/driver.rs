//! A WebDriver client: what the stories need of the W3C's WebDriver, and of the commands that
//! chromedriver adds to it.
//!
//! fantoccini does the same with 85 crates, which a check on two cores would build each
//! time; the protocol is JSON over HTTP/1.1.

use std::path::Path;

use serde_json::{Value, json};

use super::http::{self, at};
use crate::browser::ALONE;
use crate::process::{Server, command, output};

const PROGRAM: &str = "chromedriver";
const MISSING: &str = "there is no chromedriver; on Debian: apt-get install chromium-driver";

/// A chromedriver that runs beside us. Dropping it ends it.
pub(super) struct Driver {
    address: String,
    _server: Server,
}

/// A browser with a profile of its own. Dropping it ends it.
pub(super) struct Browser {
    address: String,
    session: String,
}

impl Driver {
    /// Fails if it is not installed.
    pub(super) fn installed(root: &Path) -> Result<(), String> {
        let version = output(command(root, PROGRAM, &["--version"]));
        version.map(drop).map_err(|_| MISSING.to_owned())
    }

    /// Starts it. It takes a port that is free for IPv4, and fails if that is not free for
    /// IPv6: then another one is.
    pub(super) fn start(root: &Path) -> Result<Self, String> {
        let start = || {
            let chromedriver = command(root, PROGRAM, &["--port=0"]);
            Server::start_saying(chromedriver, "successfully on port ")
        };
        let server = (1..5).find_map(|_| start().ok()).map_or_else(start, Ok)?;
        let address = format!("127.0.0.1:{}", server.address().trim_end_matches('.'));
        Ok(Self {
            _server: server,
            address,
        })
    }

    /// Opens a browser, with these flags beside the usual ones.
    pub(super) fn browser(&self, flags: &[&str]) -> Result<Browser, String> {
        let flags = [&ALONE[..], flags].concat();
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": flags},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let made = told(&self.address, "POST", "/session", Some(&capabilities))?;
        let session = at(&made, "sessionId").as_str().ok_or("no session")?;
        Ok(Browser {
            address: self.address.clone(),
            session: format!("/session/{session}"),
        })
    }
}

impl Browser {
    pub(super) fn post(&self, command: &str, body: &Value) -> Result<Value, String> {
        self.ask("POST", command, Some(body))
    }

    pub(super) fn ask(
        &self,
        method: &str,
        command: &str,
        body: Option<&Value>,
    ) -> Result<Value, String> {
        let path = format!("{}/{command}", self.session);
        told(&self.address, method, &path, body)
    }
}

/// The value of a response, or the error that it has (WebDriver, section 6.6).
fn told(address: &str, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
    let (status, told) = http::json(address, method, path, body)?;
    let value = at(&told, "value");
    if status == 200 {
        return Ok(value.clone());
    }
    let message = at(value, "message").as_str().unwrap_or_default();
    let message = message.split("\n  (Session info").next();
    Err(format!(
        "{}: {}",
        at(value, "error"),
        message.unwrap_or_default()
    ))
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = http::json(&self.address, "DELETE", &self.session, None);
    }
}
