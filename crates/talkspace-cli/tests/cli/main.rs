//! The command as its users run it.

#[cfg(test)]
mod commands;
