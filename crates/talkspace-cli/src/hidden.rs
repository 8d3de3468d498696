//! Arguments that an error does not repeat.

use std::ffi::OsStr;
use std::fmt::Display;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};

/// Reads an argument with a function. What cannot be read is not shown, as it
/// would be otherwise: it may be a telephone number with a slip in it.
#[derive(Clone)]
pub(crate) struct Hidden<F>(pub(crate) F);

impl<F, T, E> TypedValueParser for Hidden<F>
where
    F: Fn(&str) -> Result<T, E> + Clone + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
    E: Display,
{
    type Value = T;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<T, Error> {
        let read = match value.to_str() {
            Some(text) => (self.0)(text).map_err(|why| why.to_string()),
            None => Err("not UTF-8".to_owned()),
        };
        read.map_err(|why| {
            let name = argument.map(ToString::to_string).unwrap_or_default();
            let message = format!("invalid value for '{name}': {why}\n");
            Error::raw(ErrorKind::ValueValidation, message).with_cmd(command)
        })
    }
}
