//! Requests carry exactly what their parameters hold.
