//! A subscriber that keeps all that is traced, and when.

use std::fmt::{self, Debug, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// What tells the time since the beginning.
type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Keeps what one thread traces while it is the default.
#[derive(Clone)]
pub(crate) struct Capture {
    clock: Clock,
    began: Instant,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    items: Vec<Item>,
    /// The spans that are entered, by the ids that they have here.
    entered: Vec<usize>,
}

/// A span, or an event, which has no end of its own.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) name: &'static str,
    pub(crate) parent: Option<usize>,
    pub(crate) is_event: bool,
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) begin: Duration,
    pub(crate) end: Option<Duration>,
    handles: usize,
}

impl Item {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let (_, value) = fields.find(|(known, _)| *known == name)?;
        Some(value)
    }
}

/// As a line with all that was recorded.
impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_event { "event" } else { self.name })?;
        let mut fields = self.fields.iter();
        fields.try_for_each(|(name, value)| write!(f, " {name}={value}"))
    }
}

impl Capture {
    pub(crate) fn new(clock: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        let began = clock();
        Self {
            clock: Arc::new(clock),
            began,
            kept: Arc::default(),
        }
    }

    /// Runs `work`, and gives what was traced meanwhile, in the order of its beginning.
    pub(crate) fn of<T>(&self, work: impl FnOnce() -> T) -> (T, Vec<Item>) {
        let done = tracing::subscriber::with_default(self.clone(), work);
        let items = std::mem::take(&mut self.kept.lock().unwrap().items);
        (done, items)
    }

    fn now(&self) -> Duration {
        (self.clock)() - self.began
    }

    fn add(&self, item: Item) -> Id {
        let mut kept = self.kept.lock().unwrap();
        kept.items.push(item);
        // Zero is no id.
        Id::from_u64(kept.items.len() as u64)
    }

    fn parent(&self, explicit: Option<&Id>, is_contextual: bool) -> Option<usize> {
        match explicit {
            Some(id) => Some(place(id)),
            None if is_contextual => self.kept.lock().unwrap().entered.last().copied(),
            None => None,
        }
    }

    fn with<T>(&self, id: &Id, change: impl FnOnce(&mut Item) -> T) -> T {
        change(&mut self.kept.lock().unwrap().items[place(id)])
    }
}

fn place(id: &Id) -> usize {
    id.into_u64() as usize - 1
}

impl Subscriber for Capture {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        span.record(&mut fields);
        self.add(Item {
            name: span.metadata().name(),
            parent: self.parent(span.parent(), span.is_contextual()),
            is_event: false,
            fields: fields.0,
            begin: self.now(),
            end: None,
            handles: 1,
        })
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        self.with(span, |item| item.fields.extend(fields.0));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.add(Item {
            name: event.metadata().name(),
            parent: self.parent(event.parent(), event.is_contextual()),
            is_event: true,
            fields: fields.0,
            begin: self.now(),
            end: None,
            handles: 0,
        });
    }

    fn enter(&self, span: &Id) {
        self.kept.lock().unwrap().entered.push(place(span));
    }

    fn exit(&self, span: &Id) {
        let left = self.kept.lock().unwrap().entered.pop();
        assert_eq!(left, Some(place(span)), "spans are left in order");
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.with(id, |item| item.handles += 1);
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let now = self.now();
        self.with(&id, |item| {
            item.handles -= 1;
            item.end = (item.handles == 0).then_some(now);
            item.end.is_some()
        })
    }
}

/// The fields of a record, as text.
#[derive(Default)]
struct Fields(Vec<(&'static str, String)>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = String::new();
        write!(text, "{value:?}").unwrap();
        self.0.push((field.name(), text));
    }
}
