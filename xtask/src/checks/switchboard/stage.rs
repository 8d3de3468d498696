//! What a story is played with: a sandbox, a client, and windows of a browser.

use std::path::Path;

use serde_json::{Value, json};

use super::driver::{Browser, Driver};
use super::http::{self, at};
use crate::process::{Server, command};

pub(super) const KEY: &str = "11111111-2222-3333-4444-555555555555";

/// The page shows what there is now.
pub(super) const LIVE: &str = "document.body.dataset.status === 'live'";

/// What runs before the page's own script.
const HOOK: &str = include_str!("hook.js");

/// What the page loaded from elsewhere than below its own address.
const ELSEWHERE: &str = "performance.getEntriesByType('resource').map((it) => it.name)
  .filter((name) => !/^(data|blob):/.test(name) && !name.startsWith(`${location.origin}/_sandbox/`))";

pub(super) struct Stage<'s> {
    pub(super) root: &'s Path,
    /// Where pictures go.
    pub(super) folder: &'s Path,
    /// The command, as it was built.
    pub(super) program: &'s str,
    pub(super) driver: &'s Driver,
}

/// A sandbox as a process. Its telephones are held, so that nobody answers but the page, and
/// its clock stands still until the story moves it.
pub(super) struct Sandbox<'s> {
    stage: &'s Stage<'s>,
    server: Server,
}

impl Stage<'_> {
    /// A sandbox with these options.
    pub(super) fn sandbox(&self, options: &[&str]) -> Result<Sandbox<'_>, String> {
        let sandbox = self.sandbox_at("127.0.0.1:0", options)?;
        sandbox.act("PUT", "clock", &json!({"frozen": true}))?;
        sandbox.act("PATCH", "people", &json!({"held": true}))?;
        Ok(sandbox)
    }

    pub(super) fn sandbox_at(
        &self,
        address: &str,
        options: &[&str],
    ) -> Result<Sandbox<'_>, String> {
        let listen = ["sandbox", "--quiet", "--listen", address];
        let arguments = [&listen[..], options].concat();
        let server = Server::start(command(self.root, self.program, &arguments))?;
        Ok(Sandbox {
            stage: self,
            server,
        })
    }

    /// A browser of its own, which shows the page of a sandbox on a screen by day.
    pub(super) fn window(&self, sandbox: &Sandbox) -> Result<Browser, String> {
        self.window_with(sandbox, &[])
    }

    pub(super) fn window_with(&self, sandbox: &Sandbox, flags: &[&str]) -> Result<Browser, String> {
        let window = self.driver.browser(flags)?;
        let hook = json!({"source": HOOK});
        window.devtools("Page.addScriptToEvaluateOnNewDocument", &hook)?;
        window.view(1280, 900, "light")?;
        window.open(&sandbox.page())?;
        window.until(LIVE)?;
        Ok(window)
    }

    /// Fails if the console has more than messages with these words, or if the page used
    /// what is not below its own address.
    pub(super) fn clean(&self, page: &Browser, expected: &[&str]) -> Result<(), String> {
        let mut said = page.console()?;
        said.retain(|line| !expected.iter().any(|words| line.contains(words)));
        if !said.is_empty() {
            return Err(format!("the console says:\n  {}", said.join("\n  ")));
        }
        match page.get(ELSEWHERE)? {
            elsewhere if elsewhere == json!([]) => Ok(()),
            elsewhere => Err(format!("the page used {elsewhere}")),
        }
    }
}

impl Sandbox<'_> {
    pub(super) fn address(&self) -> &str {
        self.server.address()
    }

    pub(super) fn page(&self) -> String {
        format!("http://{}/_sandbox/", self.address())
    }

    /// What `/_sandbox/` has at this path.
    pub(super) fn get(&self, path: &str) -> Result<Value, String> {
        self.asked("GET", path, None)
    }

    pub(super) fn act(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        self.asked(method, path, Some(body))
    }

    fn asked(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
        let full = format!("/_sandbox/{path}");
        match http::json(self.address(), method, &full, body)? {
            (200, value) => Ok(value),
            (status, value) => Err(format!("{method} {path}: {status}: {value}")),
        }
    }

    /// Has so many seconds of its clock pass.
    pub(super) fn pass(&self, seconds: u32) -> Result<(), String> {
        let by = json!({"by": seconds});
        self.act("POST", "clock/advance", &by).map(drop)
    }

    /// What the client says: the command, as a program would use it.
    pub(super) fn client(&self, arguments: &[&str]) -> Result<Value, String> {
        let mut client = command(self.stage.root, self.stage.program, arguments);
        client
            .arg("--json")
            .env("TALKSPACE_APP_KEY", KEY)
            .env("TALKSPACE_BASE_URL", format!("http://{}", self.address()));
        let output = client.output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            return Err(format!("the client, {arguments:?}: {said}"));
        }
        serde_json::from_str(&said).map_err(|error| format!("{arguments:?}: {error}: {said}"))
    }

    /// A TalkSpace that the client creates, whose leader's telephone rings.
    pub(super) fn create(&self, leader: &str) -> Result<String, String> {
        let made = self.client(&["create-talkspace", "--network-id", leader])?;
        let id = at(&made, "conference_id").as_str();
        id.map(str::to_owned).ok_or_else(|| made.to_string())
    }

    /// What a person does in their last call, such as `answer`.
    pub(super) fn at_phone(&self, person: &str, what: &str, how: &Value) -> Result<(), String> {
        let calls = self.get(&format!("calls?person={person}"))?;
        let call = at(&calls, "calls")
            .as_array()
            .and_then(|calls| calls.last());
        let number = at(call.ok_or_else(|| format!("{person} has no call"))?, "call");
        self.act("POST", &format!("calls/{number}/{what}"), how)
            .map(drop)
    }

    /// Who is in a TalkSpace, as the client sees it.
    pub(super) fn inside(&self, talkspace: &str) -> Result<Value, String> {
        let seen = self.client(&["get-talkspace", "--conference-id", talkspace])?;
        Ok(at(&seen, "participants").clone())
    }
}
