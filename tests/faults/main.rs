//! Faults below HTTP, between a real client and a real sandbox, and what the
//! clients make of them: nothing rings twice, and no error lies about what
//! was sent.

// The lints allow tests to fail by `unwrap`, and know them by this attribute.
#[cfg(test)]
mod client;
#[cfg(test)]
mod fault;
#[cfg(test)]
mod injection;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod meanwhile;
#[cfg(test)]
mod never_twice;
#[cfg(test)]
mod overrun;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod redirect;
#[cfg(test)]
mod stale;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod table;
#[cfg(test)]
mod tls;
