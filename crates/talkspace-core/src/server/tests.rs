//! Requests are read, and answers written, as the service did.
