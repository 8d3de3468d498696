//! What is checked: one module for each check that is more than a command of cargo (`ci.rs` lists
//! all).

pub(crate) mod api;
pub(crate) mod bounds;
pub(crate) mod clients;
pub(crate) mod costs;
pub(crate) mod deny;
pub(crate) mod dependencies;
pub(crate) mod engines;
pub(crate) mod features;
pub(crate) mod fuzz;
pub(crate) mod hostile;
pub(crate) mod msrv;
pub(crate) mod pack;
pub(crate) mod page;
pub(crate) mod rustdoc;
pub(crate) mod signatures;
pub(crate) mod sites;
pub(crate) mod sound;
pub(crate) mod spec;
pub(crate) mod switchboard;
pub(crate) mod tester;
pub(crate) mod tidy;
pub(crate) mod wasm;
