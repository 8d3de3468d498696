//! The page's files, as they are written: their types fit, and no other host is in them.

use std::fs;
use std::path::Path;

use crate::checks::tidy::files;
use crate::process::{command, run};
use crate::tools;

const TYPESCRIPT: &str = "typescript@7.0.2";
const FOLDER: &str = "crates/talkspace-sandbox/src/page";

/// What would lead away from `/_sandbox/`, or have markup or code parsed.
const FORBIDDEN: &[&str] = &[
    "://",
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "new Function",
    "import(",
    "XMLHttpRequest",
    "EventSource",
    "WebSocket",
    "sendBeacon",
    "serviceWorker",
];

/// The only file that sends anything.
const SENDS: &str = "api.js";

/// Has TypeScript's compiler check the types that the comments name, over all files at once,
/// since they are joined into one script.
pub(super) fn check(root: &Path) -> Result<String, String> {
    let mut scripts = files(&root.join(FOLDER), ".js")?;
    scripts.sort();
    for script in &scripts {
        let text = fs::read_to_string(script).map_err(|error| error.to_string())?;
        let sends: &[&str] = if script.ends_with(SENDS) {
            &[]
        } else {
            &["fetch("]
        };
        for (number, line) in text.lines().enumerate() {
            // The name of a language is no address.
            let line = line.replace("http://www.w3.org/2000/svg", "");
            let is_comment = line.trim_start().starts_with(['/', '*']);
            let mut forbidden = FORBIDDEN.iter().chain(sends);
            let found = forbidden.find(|what| !is_comment && line.contains(**what));
            if let Some(what) = found {
                return Err(format!("{}:{}: {what}", script.display(), number + 1));
            }
        }
    }
    let compiler = tools::npm(root, "typescript", TYPESCRIPT)?.join(".bin/tsc");
    let how = [
        "--noEmit",
        "--allowJs",
        "--checkJs",
        "--strict",
        "--target",
        "es2024",
        "--types",
        "",
    ];
    let mut check = command(root, &compiler.to_string_lossy(), &how);
    check.args(&scripts);
    run(check)?;
    Ok(format!(
        "the types of {} files fit, and they name no other host",
        scripts.len()
    ))
}
