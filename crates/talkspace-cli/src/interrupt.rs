//! Ctrl-C, and the signals that ask a command to end.
//!
//! Before anything was sent, such a signal ends the command at once. After
//! that the first one cancels what is under way, so that the command can still
//! tell what may have been applied; a second one ends it at once.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use talkspace_core::operation::OperationInfo;
use talkspace_core::{CancelToken, Effect};

use crate::failure::Failure;
use crate::signals::Signals;
use crate::{print, temporary};

/// What the signals of this process cancel.
static CANCEL: OnceLock<CancelToken> = OnceLock::new();

/// What may have been sent; it does not change while the lock is held.
static BEGUN: Mutex<Begun> = Mutex::new(Begun::Nothing);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Begun {
    Nothing,
    /// What only looks.
    Looking,
    /// What changes something.
    Changing,
}

/// Watches for signals from here on. Where that is not possible they end the
/// process, as they do by themselves.
pub(crate) fn watch(json: bool) {
    let watching = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .and_then(|runtime| Ok((Signals::watch(&runtime)?, runtime)));
    let Ok((mut signals, runtime)) = watching else {
        return;
    };
    std::thread::spawn(move || {
        runtime.block_on(signals.next());
        let begun = begun();
        if *begun == Begun::Nothing {
            // With the lock held, so that nothing begins now.
            end(&Failure::Interrupted, json);
        }
        drop(begun);
        cancel().cancel();
        runtime.block_on(signals.next());
        end(
            match *self::begun() {
                Begun::Changing => &Failure::InterruptedTwice,
                _ => &Failure::Interrupted,
            },
            json,
        );
    });
}

/// An operation begins. From here on the first signal cancels the requests of this
/// process, and no more.
pub(crate) fn begin(operation: &OperationInfo) {
    let now = match operation.effect {
        Effect::Reads => Begun::Looking,
        _ => Begun::Changing,
    };
    let mut begun = begun();
    *begun = now.max(*begun);
}

fn begun() -> MutexGuard<'static, Begun> {
    BEGUN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the signals cancel.
pub(crate) fn cancel() -> CancelToken {
    CANCEL.get_or_init(CancelToken::new).clone()
}

/// Ends the process, whatever its other threads do.
fn end(failure: &Failure, json: bool) -> ! {
    let _nothing_more = temporary::remove_all();
    if json {
        print::document_if_free(&failure.to_json(false));
    } else {
        failure.tell(false);
    }
    std::process::exit(failure.status().into())
}
