//! What is seen of a client: the spans of the feature `tracing`, their picture in
//! the manual, and that no secret is in them or in an event.

#[cfg(test)]
mod capture;
#[cfg(test)]
mod picture;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod spans;
