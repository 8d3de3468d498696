//! Characters that a terminal does not show, but obeys, or passes over.

/// Whether a character would steer a terminal, or not be seen on one: controls,
/// separators of lines and paragraphs, and what Unicode calls formats (Cf) and
/// default ignorables, such as marks of direction, joiners, fillers, selectors
/// and tags. A text from elsewhere is shown without them.
///
/// ```
/// use talkspace_core::unversioned::is_unseen;
///
/// assert!(is_unseen('\u{202E}') && is_unseen('\x1B') && is_unseen('\u{200B}'));
/// assert!(!"é 電話".contains(is_unseen));
/// ```
#[must_use]
pub fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{AD}' | '\u{34F}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}'
                | '\u{890}'..='\u{891}' | '\u{8E2}' | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
                | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}'
                | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

#[test]
fn what_cannot_be_seen_is_known() {
    // One of each kind, from Unicode's lists of controls, separators, formats,
    // and default ignorables.
    for character in [
        '\0',
        '\t',
        '\n',
        '\r',
        '\x1B',
        '\x7F',
        '\u{9B}',
        '\u{AD}',
        '\u{34F}',
        '\u{61C}',
        '\u{180E}',
        '\u{200B}',
        '\u{200D}',
        '\u{200E}',
        '\u{200F}',
        '\u{2028}',
        '\u{2029}',
        '\u{202A}',
        '\u{202D}',
        '\u{202E}',
        '\u{2060}',
        '\u{2064}',
        '\u{2066}',
        '\u{2069}',
        '\u{206F}',
        '\u{3164}',
        '\u{FE0F}',
        '\u{FEFF}',
        '\u{FFF9}',
        '\u{FFFB}',
        '\u{110BD}',
        '\u{13430}',
        '\u{1BCA0}',
        '\u{1D173}',
        '\u{E0001}',
        '\u{E0020}',
        '\u{E007F}',
        '\u{E0100}',
        '\u{E01EF}',
    ] {
        assert!(is_unseen(character), "{:x}", u32::from(character));
    }
    for character in "azAZ09 ~!éßÅ電話ไทยעברית🙂\u{FFFD}\u{A0}\u{301}".chars() {
        assert!(!is_unseen(character), "{character}");
    }
}
