//! A token wakes waits and runs actions once.
