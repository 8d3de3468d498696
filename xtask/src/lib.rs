//! The code generator, apart from the program around it, so that it can be
//! fuzzed.

pub mod codegen;
