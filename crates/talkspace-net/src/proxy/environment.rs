//! The proxies that the environment names, as curl reads it.

use std::ffi::OsString;

use super::no_proxy::NoProxy;
use super::{Proxies, Proxy};
use crate::error::BuildError;

/// The variables for `https` targets, the first that is set counts.
const HTTPS: &[&str] = &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const HTTP: &[&str] = &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
/// In a CGI program a client of the server says what it is (CVE-2016-5385).
const HTTP_IN_CGI: &[&str] = &["http_proxy", "all_proxy", "ALL_PROXY"];
const NO_PROXY: &[&str] = &["no_proxy", "NO_PROXY"];

pub(super) fn proxies(variable: impl Fn(&str) -> Option<OsString>) -> Result<Proxies, BuildError> {
    let http = match variable("REQUEST_METHOD") {
        Some(_) => HTTP_IN_CGI,
        None => HTTP,
    };
    let first = |names: &'static [&'static str]| {
        names.iter().find_map(|name| {
            let value = variable(name).filter(|value| !value.is_empty())?;
            Some((*name, value.to_string_lossy().into_owned()))
        })
    };
    let proxy = |names| match first(names) {
        Some((name, url)) => Proxy::new(&url)
            .map(Some)
            .map_err(|error| BuildError::variable(name).with_source(error)),
        None => Ok(None),
    };
    Ok(Proxies {
        http: proxy(http)?,
        https: proxy(HTTPS)?,
        except: first(NO_PROXY).map_or_else(NoProxy::default, |(_, list)| NoProxy::parse(&list)),
    })
}
