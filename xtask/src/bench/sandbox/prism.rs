//! Prism, a mock server that responds from an OpenAPI description.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use super::super::Bench;
use super::super::server::{Core, pinned};
use crate::process::{Server, command, output, run, say};

/// The newest that wants no newer Node.js than 18.
const VERSION: &str = "5.14.2";
const MISSING: &str = "there is no npm, which installs Prism; on Debian: apt-get install npm";

/// Installs it if need be, and starts it on a core with the project's own spec.
pub(super) fn start(bench: &Bench<'_>, core: Core) -> Result<Server, String> {
    let folder = bench.folder().join("prism");
    let package = folder.join("node_modules/@stoplight/prism-cli");
    if !is_installed(&package) {
        install(&folder)?;
    }
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = free.map_err(|error| error.to_string())?;
    let mut prism = pinned(bench, core, Path::new("node"));
    prism.arg(package.join("dist/index.js"));
    prism.args(["mock", "--port", &address.port().to_string()]);
    // As quick as it can be: in one process, which logs nothing.
    prism.args(["--multiprocess", "false", "--verboseLevel", "silent"]);
    prism.arg("spec/openapi.yaml");
    Server::start_at(prism, address.to_string())
}

fn is_installed(package: &Path) -> bool {
    let version = format!("\"version\": \"{VERSION}\"");
    fs::read_to_string(package.join("package.json")).is_ok_and(|about| about.contains(&version))
}

fn install(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    output(command(folder, "npm", &["--version"])).map_err(|why| format!("{MISSING} ({why})"))?;
    say(&format!("sandbox: installing Prism {VERSION}"));
    let package = format!("@stoplight/prism-cli@{VERSION}");
    let install = [
        "install",
        "--prefix=.",
        "--no-save",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        &package,
    ];
    run(command(folder, "npm", &install))
}
