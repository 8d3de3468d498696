//! An error says what happened in one line and hides the key.
