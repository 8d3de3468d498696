//! Bodies are read exactly, once or many times.
