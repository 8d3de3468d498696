//! The names by which a sandbox is reached, as people write them.

use http::Uri;
use http::uri::Authority;

#[cfg(test)]
mod tests;

/// The name in what people write for one: `sandbox`, `sandbox:8080` or
/// `http://sandbox`. The port does not matter, since `Host` is compared without.
pub(crate) fn host(text: &str) -> Result<String, String> {
    let invalid = || {
        Err(format!(
            "write a name such as sandbox.internal{}",
            if text.contains('*') {
                "; one that stands for any cannot be, since that is what pages of other sites send"
            } else {
                ""
            }
        ))
    };
    let authority = match text.contains("://") {
        true => text
            .parse()
            .ok()
            .and_then(|uri: Uri| uri.authority().cloned()),
        false => text.parse::<Authority>().ok(),
    };
    match authority {
        Some(authority) if is_name(&authority) => Ok(authority.host().to_owned()),
        _ => invalid(),
    }
}

/// A base of URLs: a scheme, a host, and no more than a path.
pub(crate) fn url(text: &str) -> Result<String, &'static str> {
    let uri: Option<Uri> = text.trim().parse().ok();
    let is_base = |uri: &Uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.query().is_none()
            && uri.authority().is_some_and(is_name)
    };
    match uri.filter(is_base) {
        Some(_) if !text.contains('#') => Ok(text.trim().to_owned()),
        _ => Err("write a URL such as http://sandbox:8080"),
    }
}

fn is_name(authority: &Authority) -> bool {
    let host = authority.host();
    let rest = authority.as_str().strip_prefix(host);
    let is_port = rest == Some("") || authority.port_u16().is_some();
    let letters = |letter: char| letter.is_ascii_alphanumeric() || "-._[]:".contains(letter);
    !host.is_empty() && is_port && host.chars().all(letters)
}
