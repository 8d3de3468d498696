//! What the clients that are measured share: the work itself, which is to
//! create a TalkSpace, and the commands that they obey.

pub mod asynchronous;
pub mod blocking;
mod command;
mod latency;
mod origin;
mod process;
mod stopwatch;
pub mod work;

pub use origin::Origin;

/// What goes wrong.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What a measured client ends with when something goes wrong.
pub type Outcome<T> = Result<T, Failure>;
