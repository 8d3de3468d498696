// All that the page knows: the server's state, kept up to date by its events. Views only read it.

/** @typedef {"ringing" | "answered" | "in_call" | "speaking" | "listening"} CallState */
/** @typedef {"register" | "change_phone" | "join" | "speak" | "listen"} CallWhy */
/** @typedef {{ id: string, apps: number[], line: string | null, ends: string | null, habit: string, held: boolean, rings: number }} Person */
/** @typedef {{ call: number, app: number, person: string, why: CallWhy, talkspace?: string, into?: string, media?: string[], greeting: string | null, state: CallState, since: number, until: number | null, muted: boolean }} Call */
/** @typedef {{ call: Call, how: string, at: number }} EndedCall how it ended, in words; at is of performance.now() */
/** @typedef {{ id: string, call: number, state: CallState, since: number, muted: boolean }} Participant */
/** @typedef {{ id: string, app: number, state: "active" | "inactive" | "closed", since: number | null, recorded_into: string | null, people: Participant[] }} Talkspace */
/** @typedef {{ id: string, app: number, bytes: number | null, origin: string | null, person?: string, grants: number[] }} Media */
/** @typedef {{ parameter: string, expected: string[], got: string | null, did_you_mean: string | null, nearest: string | null }} Hint */
/** @typedef {{ request: number, at: number, unix: number, ms: number, app: number | null, method: string | null, path: string, operation: string | null, effect: string | null, parameters: Record<string, any>, cut: boolean, person: string | null, talkspace: string | null, media: string | null, call: number | null, status: number, http: number, fault: number | null, request_id: string | null, did: string[], message: string | null, hint: Hint | null }} Received */
/** @typedef {{ number: number, operation: string, fault: string, status: number | null, retry_after: number | null, by: number | null, after: number | null, person: string | null, times: number | null, for: number | null, until: number | null, probability: number | null, hits: number }} Fault */
/** @typedef {"people" | "calls" | "talkspaces" | "media" | "requests" | "faults" | "clock" | "outage" | "status"} Kind */

const MOST_REQUESTS = 10_000;
const ENDED_FOR_MS = 5_000;

const store = {
  /** @type {Map<string, Person>} */
  people: new Map(),
  /** @type {Map<number, Call>} */
  calls: new Map(),
  /** The calls that were over less than 5 s ago. @type {Map<number, EndedCall>} */
  ended: new Map(),
  /** @type {Map<string, Talkspace>} */
  talkspaces: new Map(),
  /** By "app/id". @type {Map<string, Media>} */
  media: new Map(),
  /** The last 10,000, the oldest first. @type {Received[]} */
  requests: [],
  /** How many requests came that are not among these any more. */
  dropped: 0,
  /** @type {Fault[]} */
  faults: [],
  clock: { now: 0, frozen: true, at: 0 },
  outage: false,
  apps: 1,
  run: "",
  seq: 0,
  /** @type {"connecting" | "live" | "lost"} */
  status: "connecting",
  /** Whether all has been read that was there when the page came. */
  isRead: false,
  /** Why it is lost. @type {ApiError | null} */
  why: null,
  /** When it was lost. @type {Date | null} */
  lostAt: null,
  /** How often the sandbox was started anew while the page was open. */
  runs: 0,

  /** Seconds on the sandbox's clock. */
  now() {
    const { now, frozen, at } = store.clock;
    return frozen || store.status === "lost" ? now : now + (performance.now() - at) / 1000;
  },

  /**
   * Calls `draw` now, and at most once a frame after something of these kinds changed.
   * @param {Kind[]} kinds
   * @param {() => void} draw
   */
  watch(kinds, draw) {
    storeWatchers.push({ kinds, draw, due: false });
    draw();
  },

  /** Reads faults and requests anew, after something that has no event: they were cleared. */
  async reload() {
    store.requests = [];
    await Promise.all([loadRequests(), loadFaults()]);
  },
};

/** @type {{ kinds: Kind[], draw: () => void, due: boolean }[]} */
const storeWatchers = [];
let isDrawDue = false;
let lastDrawMs = 0;

/** @param {...Kind} kinds */
function changed(...kinds) {
  for (const watcher of storeWatchers) watcher.due ||= watcher.kinds.some((kind) => kinds.includes(kind));
  if (isDrawDue) return;
  isDrawDue = true;
  // A hidden page has no frames, but its title still says what rings. One that draws
  // slowly leaves time for the reader.
  if (document.hidden) setTimeout(drawDue, 100);
  else if (lastDrawMs < 8) requestAnimationFrame(drawDue);
  else setTimeout(() => requestAnimationFrame(drawDue), Math.min(200, 2 * lastDrawMs));
}

function drawDue() {
  isDrawDue = false;
  const began = performance.now();
  for (const watcher of storeWatchers) {
    if (!watcher.due) continue;
    watcher.due = false;
    watcher.draw();
  }
  lastDrawMs = performance.now() - began;
}

/** Events that came while the state is being read. @type {{ kind: string, data: any, seq: number }[] | null} */
let waiting = null;
let isStale = false;

/** Reads everything: the events up to its number are in it, the others are applied after it. */
async function loadState() {
  isStale = true;
  if (waiting) return;
  waiting = [];
  try {
    let state;
    // Told to read it anew while it came, it is out of date.
    for (; isStale; state = await api.get("state")) isStale = false;
    const isAnew = store.run !== "" && store.run !== state.run;
    if (isAnew) store.runs += 1;
    if (store.run !== state.run) [store.requests, store.dropped] = [[], 0];
    [store.run, store.seq, store.outage, store.apps] = [state.run, state.seq, state.outage, state.apps];
    store.people = new Map(state.people.map((/** @type {Person} */ it) => [it.id, it]));
    store.calls = new Map(state.calls.map((/** @type {Call} */ it) => [it.call, it]));
    store.talkspaces = new Map(state.talkspaces.map((/** @type {Talkspace} */ it) => [it.id, it]));
    store.media = new Map(state.media.map((/** @type {Media} */ it) => [`${it.app}/${it.id}`, it]));
    store.ended.clear();
    setClock(state.clock);
    for (const { kind, data, seq } of waiting) if (seq > state.seq) applyEvent(kind, data, seq);
    waiting = null;
    isLive();
    changed("people", "calls", "talkspaces", "media", "clock", "outage");
    await Promise.all([loadRequests(), loadFaults()]);
    store.isRead = true;
    changed("status");
  } catch (error) {
    waiting = null;
    lose(error instanceof ApiError ? error : new ApiError(0, "broken", String(error)));
  }
}

function isLive() {
  if (store.status === "live") return;
  [store.status, store.why, store.lostAt] = ["live", null, null];
  changed("status", "clock");
}

/** @param {ApiError} error */
function lose(error) {
  if (store.status !== "lost") {
    setClock({ now: store.now(), frozen: store.clock.frozen });
    store.lostAt = new Date();
  } else if (store.why?.message === error.message) return;
  [store.status, store.why] = ["lost", error];
  changed("status", "clock");
}

/** @param {{ now: number, frozen: boolean }} clock */
function setClock({ now, frozen }) {
  store.clock = { now, frozen, at: performance.now() };
}

/**
 * @param {string} kind
 * @param {any} data
 * @param {number} seq
 */
function takeEvent(kind, data, seq) {
  if (kind === "comment") return;
  if (kind === "hello") {
    // With the same run, what was missed follows, or a resync.
    if (data.run !== store.run) void loadState();
    else {
      setClock(data.clock);
      isLive();
      void loadRequests();
      void loadFaults();
    }
  } else if (kind === "resync") void loadState();
  else if (kind === "request") takeRequests(data);
  else if (kind === "fault") takeFaults(data);
  else if (waiting) waiting.push({ kind, data, seq });
  // There are no gaps: what is missing was lost on its way from another window.
  else if (seq > store.seq + 1 || store.status === "lost") void loadState();
  else if (seq > store.seq) applyEvent(kind, data, seq);
}

/**
 * @param {string} kind
 * @param {any} data
 * @param {number} seq
 */
function applyEvent(kind, data, seq) {
  store.seq = seq;
  if (kind === "call") {
    if (data.state === "over") endCall(data);
    else store.calls.set(data.call, data);
    changed("calls");
  } else if (kind === "talkspace") {
    store.talkspaces.set(data.id, data);
    changed("talkspaces");
  } else if (kind === "person") {
    if (data.gone) store.people.delete(data.id);
    else store.people.set(data.id, data);
    changed("people");
  } else if (kind === "media") {
    const key = `${data.app}/${data.id}`;
    if (data.gone) store.media.delete(key);
    else store.media.set(key, data);
    changed("media");
  } else if (kind === "clock") {
    setClock(data);
    // A clock that is advanced is told after what happened meanwhile.
    for (const ended of store.ended.values()) {
      if (performance.now() - ended.at < 1_000 && (ended.call.until ?? Infinity) <= data.now) ended.how = howEnded(ended.call);
    }
    changed("clock", "calls");
  } else if (kind === "outage") {
    store.outage = data.on;
    changed("outage");
  }
}

/** What was done last in a call, here or in another window: it tells how it ended. @type {Map<number, string>} */
const didAtCall = new Map();
const otherWindows = new BroadcastChannel("talkspace-sandbox");
otherWindows.addEventListener("message", ({ data: [run, call, how] }) => run === store.run && didAtCall.set(call, how));

/** @param {number} call @param {string} how what is being done, or "" when it was not */
function noteDeed(call, how) {
  didAtCall.set(call, how);
  otherWindows.postMessage([store.run, call, how]);
}

/** @param {{ call: number, how?: string }} over */
function endCall({ call: number, how }) {
  const call = store.calls.get(number);
  if (!call) return;
  store.calls.delete(number);
  store.ended.set(number, { call, how: how ?? howEnded(call), at: performance.now() });
  setTimeout(() => {
    store.ended.delete(number);
    didAtCall.delete(number);
    changed("calls");
  }, ENDED_FOR_MS);
}

/**
 * How a call ended, as far as its last state and what was done here tell.
 * @param {Call} call
 */
function howEnded(call) {
  const did = didAtCall.get(call.call);
  const isTimeUp = call.until !== null && store.now() > call.until - 0.15;
  const talkspace = call.talkspace ? store.talkspaces.get(call.talkspace) : null;
  if (did) return did;
  if (talkspace?.state === "closed") return "the TalkSpace was closed";
  if (call.state === "speaking") return isTimeUp ? "the recording was full" : "recorded";
  if (call.state === "listening") return isTimeUp ? "all was played" : "hung up";
  if (call.state === "in_call") return "left the TalkSpace";
  const person = store.people.get(call.person);
  if (person && !person.held) {
    if (person.habit === "answers") return { register: "registered", change_phone: "has the new number", join: "ended", speak: "recorded", listen: "all was played" }[call.why];
    return { rejects: "declined", unreachable: "could not be called" }[person.habit] ?? "nobody answered";
  }
  if (isTimeUp) return call.state === "answered" ? "1 was not pressed" : "nobody answered";
  return call.state === "answered" ? "hung up" : "declined";
}

/** The operations by which an application ends calls. */
const ENDING = ["hangUp", "closeTalkspace", "deleteRegistrant"];

/** Says of calls that were over a moment ago that it was these requests. @param {Received[]} news */
function blameRequests(news) {
  for (const { operation, person, talkspace, status } of news) {
    if (status >= 300 || !operation || !ENDING.includes(operation)) continue;
    for (const ended of store.ended.values()) {
      const { call, at } = ended;
      const isIts = operation === "closeTalkspace" ? talkspace === call.talkspace : person === call.person;
      if (!isIts || didAtCall.get(call.call) || performance.now() - at > 1_000) continue;
      ended.how = operation === "hangUp" ? "hung up by the application" : operation === "closeTalkspace" ? "the TalkSpace was closed" : "no longer registered";
      changed("calls");
    }
  }
}

/** @param {Received[]} rows */
function takeRequests(rows) {
  const last = store.requests.at(-1)?.request ?? store.dropped;
  const news = rows.filter((row) => row.request > last);
  if (!news.length) return;
  if ((news[0]?.request ?? 0) > last + 1 && store.run) void loadRequests();
  else addRequests(news);
}

/** @param {Received[]} news */
function addRequests(news) {
  store.requests.push(...news);
  const spare = store.requests.length - MOST_REQUESTS;
  if (spare > 0) store.requests.splice(0, spare);
  store.dropped = (store.requests[0]?.request ?? store.dropped + 1) - 1;
  blameRequests(news);
  if (news.some((row) => row.fault !== null)) loadFaultsSoon();
  changed("requests");
}

let areRequestsLoading = false;

/** The requests since the last that is known. */
async function loadRequests() {
  if (areRequestsLoading) return;
  areRequestsLoading = true;
  try {
    for (;;) {
      const since = store.requests.at(-1)?.request ?? 0;
      const { requests, dropped, total } = await api.get(`requests?since=${since}&limit=500`);
      if (!store.requests.length) store.dropped = Math.max(dropped, requests.length ? 0 : total);
      addRequests(requests);
      if (requests.length < 500) break;
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  } finally {
    areRequestsLoading = false;
  }
}

/** @param {{ faults: Fault[] }} data */
function takeFaults({ faults }) {
  store.faults = faults;
  changed("faults");
}

async function loadFaults() {
  try {
    takeFaults(await api.get("faults"));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let faultsTimer;
function loadFaultsSoon() {
  faultsTimer ??= setTimeout(() => {
    faultsTimer = undefined;
    void loadFaults();
  }, 300);
}

function startStore() {
  void followEvents({
    event: takeEvent,
    last: () => (store.run ? `${store.run}-${store.seq}` : null),
    lost: lose,
  });
}
