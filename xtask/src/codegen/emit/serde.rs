//! The feature `serde` of what is generated.

/// The attribute that derives both directions, or reading alone of what holds a
/// secret: nothing but its own request may write that.
pub(super) const fn derive(has_secret: bool) -> &'static str {
    if has_secret {
        "#[cfg_attr(feature = \"serde\", derive(serde::Deserialize))]\n"
    } else {
        "#[cfg_attr(feature = \"serde\", derive(serde::Deserialize, serde::Serialize))]\n"
    }
}
