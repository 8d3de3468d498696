//! Nothing leaks: a key, a grant and a phone number that stand out are sent
//! every way there is, past all that can go wrong, and then looked for in what
//! was logged, shown and kept.

#[cfg(test)]
mod log;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod sentinel;
#[cfg(test)]
mod types;
