//! `cargo xtask ci bounds`: the published crates build with the oldest
//! versions that their manifests allow of what they name.
//!
//! What those need in turn is as new as it gets, as it is for an application
//! that starts today.

use std::fs;
use std::path::Path;

use crate::checks::tidy::files;
use crate::process::{command, run};
use crate::tools;
use crate::workspace::{published, selected};

/// Type-checks a copy of the workspace, whose `Cargo.lock` is another.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let folder = tools::folder(root, "bounds");
    let copy = folder.join("workspace");
    copy_to(root, &copy).map_err(|error| format!("{}: {error}", copy.display()))?;
    leave_out_the_unpublished(&copy)?;
    let packages = published(root)?;
    let resolve = ["generate-lockfile", "--quiet", "-Zdirect-minimal-versions"];
    let all = ["check", "--quiet", "--locked", "--all-features"];
    for arguments in [&resolve[..], &[&all[..], &selected(&packages)].concat()] {
        let mut cargo = command(&copy, "cargo", arguments);
        cargo
            // Choosing old versions is not a stable thing to do.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_DIR", folder.join("target"));
        run(cargo)?;
    }
    Ok(())
}

/// What is not published may need newer versions than what is, and would bind it.
fn leave_out_the_unpublished(copy: &Path) -> Result<(), String> {
    let manifest = copy.join("Cargo.toml");
    let told = |error: std::io::Error| format!("{}: {error}", manifest.display());
    let text = fs::read_to_string(&manifest).map_err(told)?;
    let (all, published) = (r#"["crates/*", "tests", "xtask"]"#, r#"["crates/*"]"#);
    if !text.contains(all) {
        return Err(format!("{} has no {all}", manifest.display()));
    }
    fs::write(&manifest, text.replacen(all, published, 1)).map_err(told)
}

fn copy_to(root: &Path, copy: &Path) -> Result<(), String> {
    let told = |error: std::io::Error| error.to_string();
    if copy.exists() {
        fs::remove_dir_all(copy).map_err(told)?;
    }
    for file in files(root, "")? {
        let to = copy.join(file.strip_prefix(root).unwrap_or(&file));
        fs::create_dir_all(to.parent().unwrap_or(copy)).map_err(told)?;
        fs::copy(&file, &to).map_err(told)?;
    }
    fs::remove_file(copy.join("Cargo.lock")).map_err(told)
}
