//! Whole numbers that a peer wrote. One that its type cannot hold is as large
//! or as small as can be: it must not become nothing, and so mean the contrary.

/// What digits say that stand alone.
pub(crate) fn digits(text: &str) -> Option<u64> {
    let are_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Nothing but the size can be wrong with them.
    are_digits.then(|| text.parse().unwrap_or(u64::MAX))
}

/// The same with a sign.
pub(crate) fn integer(text: &str) -> Option<i64> {
    match text.strip_prefix('-') {
        Some(text) => digits(text).map(|number| 0_i64.saturating_sub_unsigned(number)),
        None => digits(text).map(|number| 0_i64.saturating_add_unsigned(number)),
    }
}

#[test]
fn too_large_is_not_nothing() {
    assert_eq!(digits("0042"), Some(42));
    assert_eq!(digits("18446744073709551615"), Some(u64::MAX));
    assert_eq!(digits("18446744073709551616"), Some(u64::MAX));
    assert_eq!(digits(&"9".repeat(1000)), Some(u64::MAX));
    assert_eq!(integer("9223372036854775808"), Some(i64::MAX));
    assert_eq!(integer("-9223372036854775809"), Some(i64::MIN));
    assert_eq!(integer("-7"), Some(-7));
    for nonsense in ["", "-", "+7", " 7", "1.5", "1e3", "٣", "--7"] {
        assert_eq!(digits(nonsense), None, "{nonsense}");
        assert_eq!(integer(nonsense), None, "{nonsense}");
    }
}
