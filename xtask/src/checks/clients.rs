//! `cargo xtask ci clients`: generators for other languages take the spec, and what one of
//! them made talks to the sandbox.

use std::fs;
use std::path::Path;

use crate::process::{Server, command, run, say};
use crate::tools;

/// The versions that the check was written with.
const PYTHON: &str = "openapi-python-client==0.29.1";
const TYPESCRIPT: &str = "openapi-typescript@7.13.0";
/// The key of the application that the sandbox has.
const KEY: &str = "11111111-2222-3333-4444-555555555555";

pub(crate) fn check(root: &Path) -> Result<(), String> {
    python(root)?;
    typescript(root)
}

/// A client for Python, which creates and lists TalkSpaces.
fn python(root: &Path) -> Result<(), String> {
    let python = tools::python(root, "clients-python", PYTHON)?;
    let folder = tools::folder(root, "clients-python");
    let package = folder.join("talkspaces_client");
    let mut generate = command(root, &python, &["-m", "openapi_python_client", "generate"]);
    generate
        .args([
            "--path",
            "spec/openapi.yaml",
            "--meta",
            "none",
            "--overwrite",
        ])
        .arg("--output-path")
        .arg(&package);
    let output = generate.output().map_err(|error| error.to_string())?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    // The sound alone is left out.
    let left_out: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("WARNING") || line.starts_with("ERROR"))
        .collect();
    let sound = ["WARNING parsing GET /audio/{mediafile} within media."];
    if left_out != sound || !output.status.success() {
        return Err(format!("openapi-python-client did not take all:\n{said}"));
    }
    let talkspace = tools::talkspace(root)?;
    let serve = ["sandbox", "--listen=127.0.0.1:0"];
    let sandbox = Server::start(command(root, &talkspace, &serve))?;
    let url = format!("http://{}", sandbox.address());
    let program = root.join("xtask/clients/talkspaces.py");
    let mut client = command(&folder, &python, &[&program.to_string_lossy(), &url, KEY]);
    client
        .env("PYTHONPATH", &folder)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    run(client)?;
    say("clients: one for Python created TalkSpaces and listed them");
    Ok(())
}

/// Types for TypeScript, each operation among them.
fn typescript(root: &Path) -> Result<(), String> {
    let program =
        tools::npm(root, "clients-typescript", TYPESCRIPT)?.join(".bin/openapi-typescript");
    let types = tools::folder(root, "clients-typescript").join("api.ts");
    let mut generate = command(root, &program.to_string_lossy(), &["spec/openapi.yaml"]);
    generate.arg("--output").arg(&types);
    run(generate)?;
    let read = |path: &Path| {
        fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let (types, spec) = (read(&types)?, read(&root.join("spec/openapi.yaml"))?);
    // The entries of a split are further to the right: they are ours alone.
    let ids = spec
        .lines()
        .filter_map(|line| line.strip_prefix("      operationId: "));
    let missing: Vec<&str> = ids
        .filter(|id| !types.contains(&format!("operations[\"{id}\"]")))
        .collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "openapi-typescript left out {}",
            missing.join(", ")
        )),
    }
}
