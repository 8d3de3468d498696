//! Bytes as text for people.

/// Bytes for people: quoted, escaped, cut when long.
pub(crate) fn show(bytes: &[u8]) -> String {
    show_up_to(60, bytes)
}

/// As `show`, up to so many bytes.
#[must_use]
pub fn show_up_to(most: usize, bytes: &[u8]) -> String {
    match bytes.get(..most) {
        Some(start) if bytes.len() > most => {
            format!("\"{}…\" ({} bytes)", start.escape_ascii(), bytes.len())
        }
        _ => format!("\"{}\"", bytes.escape_ascii()),
    }
}

pub(crate) fn show_all(values: &[impl AsRef<[u8]>]) -> String {
    if values.is_empty() {
        return "absent".to_owned();
    }
    let values: Vec<_> = values.iter().map(|value| show(value.as_ref())).collect();
    values.join(", ")
}

/// Where two byte strings part.
pub(crate) fn difference(what: &str, wanted: &[u8], got: &[u8]) -> String {
    let at = wanted.iter().zip(got).take_while(|(a, b)| a == b).count();
    let rest = |bytes: &[u8]| show(bytes.get(at..).unwrap_or_default());
    format!(
        "{what} has {} bytes where {} were expected; from byte {at} it is {} in place of {}",
        got.len(),
        wanted.len(),
        rest(got),
        rest(wanted),
    )
}

pub(crate) fn plural(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
