//! How alike two words are.

/// The longest word that is compared, in bytes: the work is its square.
const MAX: usize = 64;

/// How many letters differ: put in, left out, or another one (Levenshtein). Upper
/// and lower case are the same. Nothing for what is too long to be a slip.
pub(super) fn distance(one: &str, other: &str) -> Option<usize> {
    if one.len() > MAX || other.len() > MAX {
        return None;
    }
    let lower = |text: &str| text.to_lowercase().chars().collect::<Vec<_>>();
    let (one, other) = (lower(one), lower(other));
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for (b, above) in other.iter().zip(row.windows(2)) {
            let (&[diagonal, up] | &[diagonal, up, ..]) = above else {
                continue;
            };
            left = (left + 1).min(up + 1).min(diagonal + usize::from(a != b));
            next.push(left);
        }
        row = next;
    }
    row.last().copied()
}

/// The most like one of these words, if it could be meant.
pub(crate) fn nearest<'w>(said: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let words = words.into_iter();
    let near = words.filter_map(|word| Some((distance(said, word)?, word)));
    let (distance, word) = near.min_by_key(|(distance, _)| *distance)?;
    is_near(distance, word).then_some(word)
}

/// Whether so many letters are a slip, in a word of this length.
pub(super) const fn is_near(distance: usize, word: &str) -> bool {
    distance <= 1 + word.len() / 4
}
