//! What every request comes to: state, clock, chance and the log behind one door.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{fmt, io};

use bytes::Bytes;
use fastrand::Rng;
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use talkspace_core::server::{Parameters, ServiceError, dispatch_parameters, error_response};
use talkspace_core::{AppKey, DownloadUrl};

use crate::clock::Clock;
use crate::events::Events;
use crate::faults::Faults;
use crate::keeper::Keeper;
use crate::methods;
use crate::requests::{Asked, Record, Requests, Secrets, Seen};
use crate::reset::Start;
use crate::state::{Change, State, Taker};
use crate::turn::Turn;

/// The service itself: state, clock and chance behind one lock.
#[derive(Clone)]
pub(crate) struct Backend {
    pub(crate) shared: Arc<Mutex<Shared>>,
    clock: Clock,
    /// Every JSON response has HTTP 200; the status is in its envelope alone.
    always_http_200: bool,
    keeper: Option<Arc<Keeper>>,
    /// The base URL by which a request reached it, if that is another than its own.
    reached: Option<Arc<str>>,
    requests: Requests,
    secrets: Arc<Secrets>,
    faults: Faults,
    pub(crate) start: Arc<Start>,
}

pub(crate) struct Shared {
    pub(crate) state: State,
    pub(crate) rng: Rng,
    /// When the [mover](crate::mover) moves the state on: no need to tell it what
    /// happens later. Nothing if there is none.
    next_move: Option<Duration>,
    pub(crate) events: Events,
}

impl Backend {
    pub(crate) fn new(
        state: State,
        clock: Clock,
        rng: Rng,
        always_http_200: bool,
        requests: Requests,
        start: Start,
    ) -> Self {
        Self {
            shared: Arc::new(Mutex::new(Shared {
                state,
                rng,
                next_move: None,
                events: Events::new(),
            })),
            faults: Faults::new(clock.clone()),
            clock,
            always_http_200,
            keeper: None,
            reached: None,
            requests,
            secrets: Arc::new(Secrets::of(&start.app_keys)),
            start: Arc::new(start),
        }
    }

    /// The same, for a request that reached it by another base URL.
    pub(crate) fn reached_by(&self, base: &str) -> Self {
        Self {
            reached: Some(base.into()),
            ..self.clone()
        }
    }

    /// Where media is for whoever made the request.
    pub(crate) fn where_reached(&self, url: DownloadUrl) -> DownloadUrl {
        let Some(base) = &self.reached else {
            return url;
        };
        let path = url.as_str().rfind("/audio/");
        let path = path.and_then(|path| url.as_str().get(path..));
        DownloadUrl::from(format!("{base}{}", path.unwrap_or_default()))
    }

    /// Hands the whole state over, in parts. What changes from then on waits for
    /// a [keeper](Self::keep).
    pub(crate) fn hand_over(
        &self,
        take: &mut dyn FnMut(Change) -> io::Result<()>,
    ) -> io::Result<()> {
        self.change(false, |state, now, _| {
            state.watch(Taker::Journal, true);
            state.hand_over(now, take)
        })
    }

    /// Keeps from now on what changes.
    pub(crate) fn keep(&mut self, keeper: Keeper) {
        self.keeper = Some(Arc::new(keeper));
    }

    /// Keeps nothing any more. What would change something fails.
    pub(crate) fn stop_keeping(&self) {
        let Some(keeper) = &self.keeper else { return };
        self.with(|_| {
            if let Ok(moment) = State::moment(self.clock.now()) {
                keeper.hand(moment);
            }
        });
        keeper.close();
    }

    pub(crate) const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The response to a request, held until all that it is based on is kept, and its
    /// number.
    pub(crate) async fn respond(
        &self,
        asked: &Asked<'_>,
        parameters: Parameters,
    ) -> (Response<Bytes>, u64) {
        let Some(keeper) = &self.keeper else {
            return self.respond_now(asked, parameters);
        };
        if let Err(why) = keeper.ready().await {
            let seen = Seen::failed(ServiceError::new(500, why.as_str()));
            let response = unkept(&why);
            return self.log(asked, seen, Parameters::default(), response);
        }
        let (response, number) = self.respond_now(asked, parameters);
        match keeper.written(keeper.handed()).await {
            Ok(()) => (response, number),
            Err(why) => {
                // If it was applied, it may be gone after the next start: neither
                // success nor failure would be true.
                let response = unkept(&why);
                let status = response.status().as_u16();
                self.requests
                    .amend(number, |record| record.lose(status, &why));
                (response, number)
            }
        }
    }

    /// The same for one that has come whole.
    pub(crate) async fn respond_whole(
        &self,
        asked: &Asked<'_>,
        request: &Request<Bytes>,
    ) -> (Response<Bytes>, u64) {
        match Parameters::of(request) {
            Ok(parameters) => self.respond(asked, parameters).await,
            Err(error) => self.fail(asked, error),
        }
    }

    /// The response to a request, and its number; what is due by now happens first.
    fn respond_now(&self, asked: &Asked<'_>, mut parameters: Parameters) -> (Response<Bytes>, u64) {
        let (method, path) = (asked.method, asked.path);
        let turn = Turn::new(self, asked, &parameters);
        let response = match turn.check_type(method, path, &parameters) {
            Ok(()) => dispatch_parameters(&turn, method, path, &mut parameters),
            Err(error) => error_response(method, path, &error),
        };
        self.log(asked, turn.seen(), parameters, response)
    }

    /// The error response to a request that was not read, or not to its end.
    pub(crate) fn fail(&self, asked: &Asked<'_>, why: ServiceError) -> (Response<Bytes>, u64) {
        let response = error_response(asked.method, asked.path, &why);
        let seen = Seen::failed(why);
        self.log(asked, seen, Parameters::default(), response)
    }

    /// The response to OPTIONS, which is of no operation.
    pub(crate) fn options(&self, asked: &Asked<'_>) -> (Response<Bytes>, u64) {
        let response = methods::options(asked.path);
        self.log(asked, Seen::default(), Parameters::default(), response)
    }

    /// A response as it is sent, and the number of its request.
    fn log(
        &self,
        asked: &Asked<'_>,
        mut seen: Seen,
        parameters: Parameters,
        response: Response<Bytes>,
    ) -> (Response<Bytes>, u64) {
        let status = response.status().as_u16();
        let mut response = self.shown(response);
        if let Some(met) = seen.met {
            met.mark(&mut response);
        }
        seen.status = seen.status.or(Some(status));
        seen.at.get_or_insert_with(|| self.clock.now());
        seen.app = seen.app.or_else(|| self.app_of(&parameters));
        let status = response.status().as_u16();
        let record = Record::new(asked, seen, parameters, status, &self.secrets);
        let number = self.requests.add(record);
        if self.clock.news().is_awaited() {
            self.clock.news().tell();
        }
        (response, number)
    }

    /// The application whose key a request has that did not come as far as to it.
    fn app_of(&self, parameters: &Parameters) -> Option<usize> {
        let mut values = parameters.values();
        let (_, _, key) = values.find(|(_, name, _)| *name == "appkey")?;
        let shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.state.app_of(&AppKey::new(key))
    }

    /// A response with the HTTP status that this sandbox gives it.
    fn shown(&self, mut response: Response<Bytes>) -> Response<Bytes> {
        let is_json = response
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        if self.always_http_200 && is_json {
            *response.status_mut() = StatusCode::OK;
        }
        response
    }

    /// An error for a grant that no upload can be made with.
    pub(crate) fn check_grant(&self, grant: &str) -> Result<(), ServiceError> {
        self.with(|state| state.check_grant(&grant.into()))
    }

    /// Reads or changes the state as it is now.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        self.change(false, |state, _, _| act(state))
    }

    /// Looks at the state as it is now, and at what has happened. Nothing of the state
    /// is changed.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut State, &mut Events, &Clock) -> T) -> T {
        // What is due by now happens, and has a number.
        self.with(|_| ());
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let Shared { state, events, .. } = &mut *shared;
        look(state, events, &self.clock)
    }

    /// Lets happen what is due, and says when something is due next, which the
    /// one who asks sees to.
    pub(crate) fn move_on(&self) -> Option<Duration> {
        self.with(|_| ());
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let next = shared.state.next_at();
        shared.next_move = Some(next.unwrap_or(Duration::MAX));
        next
    }

    /// When something is due next, without letting happen what is due by now.
    #[cfg(test)]
    pub(crate) fn next_at(&self) -> Option<Duration> {
        let shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        shared.state.next_at()
    }

    /// What goes wrong with requests.
    pub(crate) const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The requests that came in.
    pub(crate) const fn requests(&self) -> &Requests {
        &self.requests
    }

    /// The keys that are shown nowhere.
    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Whether the state is kept in a file.
    pub(crate) const fn is_kept(&self) -> bool {
        self.keeper.is_some()
    }

    /// Changes something otherwise than by a request: who holds a telephone, what
    /// happens at it, or an outage.
    pub(crate) fn act<T>(&self, act: impl FnOnce(&mut State, Duration, &mut Rng) -> T) -> T {
        self.change(true, act)
    }

    /// Changes the state as it is now, and hands over what has changed. Whoever
    /// waits for news is told if it is some, or if something was due.
    pub(crate) fn change<T>(
        &self,
        mut is_news: bool,
        act: impl FnOnce(&mut State, Duration, &mut Rng) -> T,
    ) -> T {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let Shared {
            state,
            rng,
            next_move,
            events,
        } = &mut *shared;
        let now = self.clock.now();
        is_news |= state.advance(now, rng);
        let done = act(state, now, rng);
        if let Some(keeper) = &self.keeper {
            match state.change(now) {
                Ok(change) => change.into_iter().for_each(|change| keeper.hand(change)),
                Err(_) => keeper.lose(),
            }
            if keeper.wants_all() {
                let mut whole = Vec::new();
                let taken = state.hand_over(now, |change| {
                    whole.push(change);
                    Ok::<_, serde_json::Error>(())
                });
                // If not, the file grows, and nothing is lost.
                if taken.is_ok() {
                    keeper.hand_all(whole);
                }
            }
        }
        let is_early = match (state.next_at(), *next_move) {
            (Some(next), Some(planned)) => next < planned,
            _ => false,
        };
        let news = self.clock.news();
        is_news |= events.take(state, &self.clock);
        let is_awaited = is_news && (state.is_any_held() || news.is_awaited());
        drop(shared);
        if is_early || is_awaited {
            news.tell();
        }
        done
    }
}

/// The response while nothing can be written.
fn unkept(why: &str) -> Response<Bytes> {
    let mut error = Response::new(Bytes::from(format!("{why}\n")));
    *error.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    error
}

/// Whether something goes where uploads go.
pub(crate) fn is_upload(path: &str) -> bool {
    path.trim_matches('/') == "forklift"
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend")
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}
