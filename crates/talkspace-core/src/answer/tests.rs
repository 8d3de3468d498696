//! Answers of every shape are read, or refused with a reason.
