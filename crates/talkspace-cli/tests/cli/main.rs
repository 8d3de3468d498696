//! The command as its users run it.

#[cfg(test)]
mod commands;

#[cfg(test)]
mod crowd;

#[cfg(test)]
mod safe;

#[cfg(test)]
mod serving;

#[cfg(test)]
mod state;
