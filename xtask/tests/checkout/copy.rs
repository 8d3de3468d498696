//! Copies of checkouts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Whatever generation reads or writes.
pub(crate) const GENERATION: [&str; 5] = [
    ".rustfmt.toml",
    "crates/talkspace-cli/src/generated",
    "crates/talkspace-core/src",
    "spec/openapi.yaml",
    "xtask/Cargo.toml",
];

/// A copy of some of a checkout, gone when the test is over.
pub(crate) struct Copy(pub(crate) PathBuf);

impl Copy {
    pub(crate) fn of(checkout: &Path, what: &[&str], name: &str) -> Self {
        let folder = Path::new(env!("CARGO_PKG_NAME")).join(std::process::id().to_string());
        let copy = Self(std::env::temp_dir().join(folder).join(name));
        for path in what {
            copy_all(&checkout.join(path), &copy.0.join(path));
        }
        copy
    }

    /// Its spec, with another word in it that is generated from.
    pub(crate) fn edit_the_spec(&self) {
        let spec = self.0.join("spec/openapi.yaml");
        let text = fs::read_to_string(&spec).unwrap();
        let edited = text.replacen("      summary: ", "      summary: Quickly ", 1);
        assert_ne!(text, edited);
        fs::write(spec, edited).unwrap();
    }

    /// Everything that generation reads or writes.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        files_of(&self.0)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // A folder left behind is no failure.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// With the times of the files, as `cp -a` does, since cargo goes by them.
pub(crate) fn copy_all(from: &Path, to: &Path) {
    if from.is_dir() {
        for entry in fs::read_dir(from).unwrap() {
            let name = entry.unwrap().file_name();
            copy_all(&from.join(&name), &to.join(&name));
        }
        return;
    }
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::copy(from, to).unwrap();
    let written = fs::metadata(from).unwrap().modified().unwrap();
    let copy = fs::File::options().append(true).open(to).unwrap();
    copy.set_modified(written).unwrap();
}

pub(crate) fn files_of(checkout: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for path in GENERATION {
        collect(&checkout.join(path), &mut files);
    }
    assert!(files.len() > 40, "{}", files.len());
    files
}

fn collect(path: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), files);
        }
    } else {
        files.insert(path.to_owned(), fs::read(path).unwrap());
    }
}
