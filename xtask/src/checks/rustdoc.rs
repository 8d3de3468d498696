//! What rustdoc says about a library as JSON, for the checks that read it; and
//! `cargo xtask ci docsrs`: no warning where docs.rs builds the documentation.

use std::fs;
use std::path::Path;

use crate::process::{command, run};
use crate::tools;
use crate::workspace::published;

/// Has rustdoc describe a library of the workspace in this folder, with all features.
pub(crate) fn json(root: &Path, workspace: &Path, package: &str) -> Result<String, String> {
    let folder = tools::folder(root, "signatures");
    let document = ["rustdoc", "--quiet", "--locked", "--lib", "--all-features"];
    let as_json = ["--", "-Zunstable-options", "--output-format", "json"];
    let arguments = [&document[..], &["--package", package], &as_json].concat();
    let mut cargo = command(workspace, "cargo", &arguments);
    // This output format is not a stable one.
    cargo
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", &folder);
    run(cargo)?;
    let path = folder.join(format!("doc/{}.json", package.replace('-', "_")));
    fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Documents each library alone as docs.rs does: with the badges of features, and links to the other
/// libraries where those will be.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let workspaces = [root.to_owned(), root.join("tests/engines")];
    let mut libraries = Vec::new();
    for workspace in &workspaces {
        let packages = published(workspace)?.into_iter();
        libraries.extend(
            packages
                .filter(|package| package.is_library())
                .map(|package| (workspace, package)),
        );
    }
    let mut flags =
        "--cfg docsrs -D warnings -Zunstable-options --extern-html-root-takes-precedence"
            .to_owned();
    for (_, package) in &libraries {
        let (name, version) = (&package.name, &package.version);
        let library = name.replace('-', "_");
        flags.push_str(&format!(
            " --extern-html-root-url {library}=https://docs.rs/{name}/{version}"
        ));
    }
    for (workspace, package) in &libraries {
        let document = [
            "doc",
            "--quiet",
            "--locked",
            "--no-deps",
            "--lib",
            "--all-features",
        ];
        let arguments = [&document[..], &["--package", &package.name]].concat();
        let mut cargo = command(workspace, "cargo", &arguments);
        cargo
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTDOCFLAGS", &flags)
            .env("CARGO_TARGET_DIR", tools::folder(root, "signatures"));
        run(cargo)?;
    }
    Ok(())
}
