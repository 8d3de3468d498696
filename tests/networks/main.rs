//! Networks as they are: real servers from Debian, which the tests start, and
//! what can be set for connections, on both transports from one table.
//!
//! A program that is not installed is told on standard error, and its tests have
//! no verdict; with `TALKSPACE_ALL_SOFTWARE` set, as `.ci/run` does, they fail.

#[cfg(test)]
mod certificates;

#[cfg(test)]
mod client;

#[cfg(test)]
mod keys;

#[cfg(test)]
mod mutual;

#[cfg(test)]
mod proxies;

#[cfg(test)]
mod rustls_config;

#[cfg(test)]
mod sockets;

#[cfg(test)]
mod software;

#[cfg(test)]
mod stunnel;
