//! Both transports through proxies: real ones from Debian, and scripted ones that
//! do what a real one does on a bad day.
//!
//! The real ones are tinyproxy, squid and microsocks. One that is not installed is
//! told on standard error, and its tests have no verdict; with
//! `TALKSPACE_ALL_SOFTWARE` set, as `.ci/run` does, they fail.

#[cfg(test)]
mod broken;
#[cfg(test)]
mod client;
#[cfg(test)]
mod curl;
#[cfg(test)]
mod real;
#[cfg(test)]
mod software;
