//! A WebDriver client: what the stories need of the W3C's WebDriver, and of the commands that
//! chromedriver adds to it.
//!
//! fantoccini does the same with 85 crates, which a check on two cores would build each
//! time; the protocol is JSON over HTTP/1.1.

use std::path::Path;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::http::{self, at};
use crate::browser::ALONE;
use crate::process::{Server, command, output};

const PROGRAM: &str = "chromedriver";
const MISSING: &str = "there is no chromedriver; on Debian: apt-get install chromium-driver";

/// After this the instrument has failed, and nothing is said of the page.
const WATCHDOG: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);

/// The name of a reference to an element (WebDriver, section 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What is pressed (WebDriver, section 17.4.2).
pub(super) const ESCAPE: char = '\u{e00c}';
pub(super) const ENTER: char = '\u{e007}';
pub(super) const TAB: char = '\u{e004}';

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
    pub(super) fn open(&self, url: &str) -> Result<(), String> {
        self.post("url", &json!({"url": url})).map(drop)
    }

    /// Runs the body of a function in the page, and returns what it returns.
    pub(super) fn run(&self, script: &str, arguments: &Value) -> Result<Value, String> {
        let body = json!({"script": script, "args": arguments});
        self.post("execute/sync", &body)
    }

    /// The same, once its promise is fulfilled.
    pub(super) fn get(&self, expression: &str) -> Result<Value, String> {
        self.run(&format!("return {expression};"), &json!([]))
    }

    /// Waits until an expression is true of the page, and returns it.
    pub(super) fn until(&self, expression: &str) -> Result<Value, String> {
        let end = Instant::now() + WATCHDOG;
        loop {
            let is = self.get(expression)?;
            if !matches!(is, Value::Null | Value::Bool(false)) {
                return Ok(is);
            }
            if Instant::now() > end {
                let seen = self.get("document.body.innerText")?;
                let seen = seen.as_str().unwrap_or_default();
                return Err(format!(
                    "not finished: `{expression}` is not so after {WATCHDOG:?}; the page:\n{seen}"
                ));
            }
            std::thread::sleep(POLL);
        }
    }

    /// Clicks the element of a CSS selector, as a person would: it has to be in sight.
    pub(super) fn click(&self, selector: &str) -> Result<(), String> {
        let click = format!("element/{}/click", self.find(selector)?);
        let clicked = self.post(&click, &json!({}));
        clicked
            .map(drop)
            .map_err(|why| format!("{selector}: {why}"))
    }

    fn find(&self, selector: &str) -> Result<String, String> {
        let how = json!({"using": "css selector", "value": selector});
        let found = self.post("element", &how)?;
        let element = at(&found, ELEMENT).as_str();
        element.map(str::to_owned).ok_or_else(|| found.to_string())
    }

    /// Presses keys one after another, wherever the focus is.
    pub(super) fn keys(&self, keys: impl IntoIterator<Item = char>) -> Result<(), String> {
        let strokes = keys.into_iter().flat_map(|key| {
            ["keyDown", "keyUp"].map(|what| json!({"type": what, "value": key.to_string()}))
        });
        let strokes: Vec<Value> = strokes.collect();
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": strokes});
        self.post("actions", &json!({"actions": [keyboard]}))
            .map(drop)
    }

    /// Gives the page this size, and the colours of day or night.
    pub(super) fn view(&self, width: u32, height: u32, scheme: &str) -> Result<(), String> {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", &size)?;
        let scheme = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", &scheme)
            .map(drop)
    }

    /// Denies the page something that it would have to ask for (Permissions, section 12).
    pub(super) fn deny(&self, what: &str) -> Result<(), String> {
        let denied = json!({"descriptor": {"name": what}, "state": "denied"});
        self.post("permissions", &denied).map(drop)
    }

    /// A command of the DevTools protocol.
    pub(super) fn devtools(&self, name: &str, parameters: &Value) -> Result<Value, String> {
        let body = json!({"cmd": name, "params": parameters});
        self.post("goog/cdp/execute", &body)
    }

    /// What is to be seen, or an element of it, as a PNG file.
    pub(super) fn picture(&self, of: Option<&str>) -> Result<Vec<u8>, String> {
        let command = match of {
            Some(selector) => format!("element/{}/screenshot", self.find(selector)?),
            None => "screenshot".to_owned(),
        };
        let text = self.ask("GET", &command, None)?;
        let text = text.as_str().unwrap_or_default();
        BASE64_STANDARD
            .decode(text)
            .map_err(|error| format!("a picture: {error}"))
    }

    /// What the console has said since this was asked last.
    pub(super) fn console(&self) -> Result<Vec<String>, String> {
        let said = self.post("se/log", &json!({"type": "browser"}))?;
        let lines = said.as_array().into_iter().flatten();
        let lines = lines.filter_map(|line| at(line, "message").as_str());
        Ok(lines.map(str::to_owned).collect())
    }

    fn post(&self, command: &str, body: &Value) -> Result<Value, String> {
        self.ask("POST", command, Some(body))
    }

    fn ask(&self, method: &str, command: &str, body: Option<&Value>) -> Result<Value, String> {
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
