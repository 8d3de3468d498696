//! Options that may be repeated, which a variable holds in lines.

#[cfg(test)]
mod tests;

/// What one argument or one variable names: an argument is one line, a variable may
/// have several, as a block (`|`) of a compose file writes them.
#[derive(Clone, Debug)]
pub(crate) struct Lines<T>(Vec<T>);

impl<T> Lines<T> {
    /// Reads each line that is not blank.
    ///
    /// # Errors
    ///
    /// What is wrong with a line, or that there is none.
    pub(crate) fn read<E: ToString>(
        text: &str,
        one: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Self, String> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let read: Result<Vec<T>, E> = lines.map(one).collect();
        match read {
            Ok(lines) if lines.is_empty() => Err("it must not be empty".to_owned()),
            Ok(lines) => Ok(Self(lines)),
            Err(why) => Err(why.to_string()),
        }
    }

    /// Lines that are taken as they are.
    pub(crate) fn text(text: &str) -> Result<Self, String>
    where
        T: for<'t> From<&'t str>,
    {
        Self::read(text, |line| Ok::<T, String>(T::from(line)))
    }

    /// All of them, in the order in which they were given.
    pub(crate) fn all(given: &[Self]) -> impl Iterator<Item = &T> + Clone {
        given.iter().flat_map(|lines| &lines.0)
    }
}
