//! Both transports through proxies: real ones from Debian, and scripted ones that
//! do what a real one does on a bad day.
//!
//! The real ones are tinyproxy, squid and microsocks.

mod broken;
mod client;
mod curl;
mod real;
mod software;
