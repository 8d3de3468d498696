//! How far a file has come, shown on a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on a terminal; nothing elsewhere. It is gone when it is dropped,
/// whatever ended the file's way.
#[derive(Debug)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new(length: Option<u64>) -> Self {
        let bar = match length {
            Some(length) => ProgressBar::new(length),
            None => ProgressBar::no_length(),
        };
        let template = "{bar:40} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
        Self(match ProgressStyle::with_template(template) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }

    /// What is told how far it is, and of how much where that is known.
    pub(crate) fn hand(&self) -> impl Fn(u64, Option<u64>) + Send + Sync + 'static {
        let bar = self.0.clone();
        move |so_far, all| {
            if let Some(all) = all {
                bar.set_length(all);
            }
            bar.set_position(so_far);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
