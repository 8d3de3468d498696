//! Nothing is traced.

use http::Uri;

use crate::observe::event::EventKind;
use crate::operation::OperationInfo;
use crate::value::RequestId;

pub(crate) struct Spans;

impl Spans {
    pub(crate) const fn are_wanted() -> bool {
        false
    }

    pub(crate) const fn begin(_: &OperationInfo, _: Option<RequestId>) -> Self {
        Self
    }

    pub(crate) const fn begin_attempt(&mut self, _: &OperationInfo, _: u32, _: &Uri) {}

    pub(crate) const fn on(&mut self, _: &EventKind) {}

    pub(crate) const fn attempt(&self) -> AttemptSpan {
        AttemptSpan
    }
}

#[derive(Default)]
pub(crate) struct AttemptSpan;

impl AttemptSpan {
    #[inline]
    pub(crate) fn around<F>(&self, exchange: F) -> F {
        exchange
    }

    pub(crate) const fn entered(self) -> Self {
        self
    }
}
