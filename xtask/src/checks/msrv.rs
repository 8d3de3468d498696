//! `cargo xtask ci msrv`: the oldest compiler that each crate promises to build with builds it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::compiler::{Compiler, OLDEST};
use crate::process::{run, say};
use crate::workspace::{Package, published, selected};

/// Type-checks the crates, with the compilers that they promise.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let packages = published(root)?;
    let mut promises: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
    for package in &packages {
        let Some(version) = package.rust_version.as_deref() else {
            return Err(format!("{} promises no oldest compiler", package.name));
        };
        promises.entry(version).or_default().push(package);
    }
    for (version, packages) in promises {
        let compiler = match Compiler::of(root, version, None) {
            Ok(compiler) => compiler,
            // Without rustup there is one of them alone.
            Err(_) if version != OLDEST => {
                for Package { name, .. } in packages {
                    say(&format!(
                        "msrv: {name} is NOT checked: there is no Rust {version}"
                    ));
                }
                continue;
            }
            Err(why) => return Err(why),
        };
        let all = ["check", "--quiet", "--locked", "--all-features"];
        let all = [&all[..], &selected(packages)].concat();
        run(compiler.cargo(root, "msrv", &all))?;
    }
    Ok(())
}
