//! What is done in a window of a browser, and what is seen there.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::driver::Browser;
use super::http::at;

/// After this the instrument has failed, and nothing is said of the page.
const WATCHDOG: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(20);

/// The name of a reference to an element (WebDriver, section 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What is pressed (WebDriver, section 17.4.2).
pub(super) const ESCAPE: char = '\u{e00c}';
pub(super) const ENTER: char = '\u{e007}';
pub(super) const TAB: char = '\u{e004}';

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

    /// Opens a page in another window of the same browser, and goes there.
    pub(super) fn open_beside(&self, url: &str) -> Result<(), String> {
        let made = self.post("window/new", &json!({"type": "window"}))?;
        self.go_to(at(&made, "handle"))?;
        self.open(url)
    }

    /// The window that all this is about.
    pub(super) fn window(&self) -> Result<Value, String> {
        self.ask("GET", "window", None)
    }

    pub(super) fn go_to(&self, window: &Value) -> Result<(), String> {
        self.post("window", &json!({"handle": window})).map(drop)
    }

    /// Closes the window; another one has to be gone to.
    pub(super) fn close(&self) -> Result<(), String> {
        self.ask("DELETE", "window", None).map(drop)
    }
}
