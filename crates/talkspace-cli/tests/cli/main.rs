//! The command as its users run it.

#[cfg(test)]
mod commands;

#[cfg(test)]
mod state;

#[cfg(test)]
mod crowd;
