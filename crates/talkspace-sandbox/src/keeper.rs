//! Write-ahead: a response is held until its change is in the journal.
//!
//! A thread adds to the [journal](crate::journal) what has changed. What comes
//! while it writes waits, and is then written at once (group commit). A response
//! waits for all that had changed when it was made, also that of a request which
//! only reads: it may show the change.
//!
//! When much of the file is no longer so, the whole state is handed over, in the
//! place of all that came before; then the file is written anew.
//!
//! While nothing can be written, requests fail before they do anything. What was
//! applied and not written is tried again with each of them, so the file comes to
//! say the same as the state before a response reports it.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::watch;

use crate::journal::Journal;
use crate::state::Change;

/// Hands changes to the thread that writes, and waits for it.
#[derive(Debug)]
pub(crate) struct Keeper {
    work: Sender<Work>,
    /// How many changes were handed over.
    handed: AtomicU64,
    /// Whether the file should be written anew.
    is_stale: Arc<AtomicBool>,
    progress: watch::Receiver<Progress>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

enum Work {
    /// Write this, and what failed before.
    Add(Change),
    /// Write the file anew, as this is.
    Renew(Vec<Change>),
    /// Write what failed before.
    Retry,
    /// Write nothing any more.
    Close,
}

/// How far the thread has come.
#[derive(Clone, Debug, Default)]
struct Progress {
    /// So many changes, the first ones, are in the file.
    written: u64,
    /// So many were tried when it last failed, and why it did.
    failed: Option<(u64, String)>,
    /// How often it was tried.
    tries: u64,
}

impl Keeper {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// When there can be no thread.
    pub(crate) fn start(journal: Journal) -> io::Result<Self> {
        let (work, to_do) = channel();
        let (tell, progress) = watch::channel(Progress::default());
        let is_stale = Arc::new(AtomicBool::new(false));
        let stale = Arc::clone(&is_stale);
        let thread = thread::Builder::new()
            .name("talkspace-state".to_owned())
            .spawn(move || write(journal, &to_do, &tell, &stale))?;
        Ok(Self {
            work,
            handed: AtomicU64::new(0),
            is_stale,
            progress,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Hands a change over. Changes are written in the order they are handed over.
    pub(crate) fn hand(&self, change: Change) {
        // Counted even if the thread is gone: then no response reports it.
        self.handed.fetch_add(1, Ordering::Relaxed);
        let _ = self.work.send(Work::Add(change));
    }

    /// Whether the whole state is wanted, which is said once.
    pub(crate) fn wants_all(&self) -> bool {
        self.is_stale.swap(false, Ordering::Relaxed)
    }

    /// Hands the whole state over, as all changes so far have made it.
    pub(crate) fn hand_all(&self, whole: Vec<Change>) {
        let _ = self.work.send(Work::Renew(whole));
    }

    /// There was a change that cannot be handed over: no response reports it, nor
    /// any that comes after it.
    pub(crate) fn lose(&self) {
        self.handed.fetch_add(1, Ordering::Relaxed);
        self.close();
    }

    /// How many changes were handed over so far.
    pub(crate) fn handed(&self) -> u64 {
        self.handed.load(Ordering::Relaxed)
    }

    /// Waits until so many changes are in the file.
    ///
    /// # Errors
    ///
    /// Why they are not.
    pub(crate) async fn written(&self, changes: u64) -> Result<(), String> {
        self.reach(|progress| {
            if progress.written >= changes {
                return Some(Ok(()));
            }
            let failed = progress.failed.as_ref();
            let failed = failed.filter(|(tried, _)| *tried >= changes);
            failed.map(|(_, why)| Err(why.clone()))
        })
        .await
    }

    /// Waits until it can be written again, if it could not.
    ///
    /// # Errors
    ///
    /// Why it still cannot.
    pub(crate) async fn ready(&self) -> Result<(), String> {
        let tries = {
            let progress = self.progress.borrow();
            if progress.failed.is_none() {
                return Ok(());
            }
            progress.tries
        };
        let _ = self.work.send(Work::Retry);
        self.reach(|progress| match &progress.failed {
            None => Some(Ok(())),
            Some((_, why)) => (progress.tries > tries).then(|| Err(why.clone())),
        })
        .await
    }

    async fn reach(
        &self,
        end: impl Fn(&Progress) -> Option<Result<(), String>>,
    ) -> Result<(), String> {
        let mut progress = self.progress.clone();
        loop {
            if let Some(outcome) = end(&progress.borrow_and_update()) {
                return outcome;
            }
            if progress.changed().await.is_err() {
                return Err("the state is not written any more".to_owned());
            }
        }
    }

    /// Writes what is left, and lets go of the file.
    pub(crate) fn close(&self) {
        let _ = self.work.send(Work::Close);
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = thread.take().map(JoinHandle::join);
    }
}

fn write(
    mut journal: Journal,
    to_do: &Receiver<Work>,
    tell: &watch::Sender<Progress>,
    is_stale: &AtomicBool,
) {
    let mut left = Vec::new();
    // How many were written in another way than by being added.
    let mut renewed = 0;
    let mut has_asked = false;
    let mut is_open = true;
    while is_open {
        let mut work = to_do.recv().ok();
        // A keeper that is gone has nothing more to write.
        is_open = work.is_some();
        while let Some(next) = work {
            match next {
                Work::Add(change) => left.push(change),
                // If it cannot be written anew, it can perhaps be added to.
                Work::Renew(whole) => {
                    has_asked = false;
                    if journal.renew(whole).is_ok() {
                        renewed += left.len() as u64;
                        left.clear();
                    }
                }
                Work::Retry => {}
                Work::Close => is_open = false,
            }
            work = to_do.try_recv().ok();
        }
        let outcome = journal.add(&left);
        if journal.is_stale() && !has_asked {
            has_asked = true;
            is_stale.store(true, Ordering::Relaxed);
        }
        tell.send_modify(|progress| {
            progress.tries += 1;
            progress.written += std::mem::take(&mut renewed);
            match outcome {
                Ok(()) => {
                    progress.written += left.len() as u64;
                    progress.failed = None;
                    left.clear();
                }
                Err(error) => {
                    let tried = progress.written + left.len() as u64;
                    progress.failed = Some((tried, error.to_string()));
                }
            }
        });
    }
    // The responses are sent already; that it is on the disk is beyond that.
    let _ = journal.close();
}
