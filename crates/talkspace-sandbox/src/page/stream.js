// The one stream of events: read, and opened again when it breaks.

/**
 * @typedef {object} StreamHandlers
 * @property {(kind: string, data: any, seq: number) => void} event seq is 0 where there is none
 * @property {() => string | null} last the id of the last event that was applied
 * @property {(error: ApiError) => void} lost it broke, or did not come to be
 */

const RETRY_AFTER_S = [1, 2, 5, 10];
/** The server says something every 15 s; after more than two of these nobody is there. */
const SILENT_AFTER_MS = 40_000;

const STREAM = "talkspace-sandbox-events";

/**
 * Follows the events from now on. A browser has six connections to a server, and a
 * stream holds one: of its windows one reads, and tells the others, until it is closed.
 * @param {StreamHandlers} handlers
 */
async function followEvents(handlers) {
  if (!navigator.locks) return keepReading(handlers);
  const windows = new BroadcastChannel(STREAM);
  let isReader = false;
  let isAlone = true;
  let heardAt = performance.now();
  windows.addEventListener("message", ({ data: { kind, data, seq } }) => {
    if (kind === "wake") dispatchEvent(new Event("wake"));
    else if (kind === "follow") isAlone = false;
    if (isReader || kind === "wake" || kind === "follow") return;
    heardAt = performance.now();
    if (kind === "lost") handlers.lost(new ApiError(data.status, data.code, data.message));
    else handlers.event(kind, data, seq);
  });
  const tell = (/** @type {object} */ what) => isAlone || windows.postMessage(what);
  const read = () => {
    isReader = true;
    return keepReading({
      ...handlers,
      event: (kind, data, seq) => {
        tell({ kind, data, seq });
        handlers.event(kind, data, seq);
      },
      lost: (error) => {
        const { status, code, message } = error;
        tell({ kind: "lost", data: { status, code, message } });
        handlers.lost(error);
      },
    });
  };
  /** @param {LockOptions} options */
  const take = (options) => navigator.locks.request(STREAM, options, (lock) => lock && read());
  try {
    await take({ ifAvailable: true });
  } catch {
    return; // It was taken away below, and this window goes on reading all the same.
  }
  // Another window reads. Who takes its place later does not know who else is there.
  isAlone = false;
  windows.postMessage({ kind: "follow" });
  handlers.event("resync", {}, 0);
  for (const event of ["online", "focus"]) addEventListener(event, () => isReader || windows.postMessage({ kind: "wake" }));
  // A browser may put the window that reads to sleep, as those of telephones do.
  setInterval(() => {
    if (!isReader && performance.now() - heardAt > SILENT_AFTER_MS) void take({ steal: true }).catch(() => {});
  }, 5_000);
  void take({}).catch(() => {});
}

/**
 * Reads streams, one after the other.
 * @param {StreamHandlers} handlers
 */
async function keepReading(handlers) {
  for (let tries = 0; ; tries += 1) {
    try {
      await readEvents(handlers, () => (tries = 0));
      handlers.lost(new ApiError(0, "no_connection", "The sandbox has ended the stream of events."));
    } catch (error) {
      const known = error instanceof ApiError;
      handlers.lost(known ? error : new ApiError(0, "no_connection", "The connection to the sandbox broke."));
    }
    await sleepOrWake((RETRY_AFTER_S[Math.min(tries, RETRY_AFTER_S.length - 1)] ?? 10) * 1000);
  }
}

/**
 * Reads one stream to its end.
 * @param {StreamHandlers} handlers
 * @param {() => void} begun
 */
async function readEvents(handlers, begun) {
  const stop = new AbortController();
  const last = handlers.last();
  /** @type {Record<string, string>} */
  const headers = last ? { "last-event-id": last } : {};
  let watchdog = setTimeout(() => stop.abort(), SILENT_AFTER_MS);
  try {
    const { body } = await apiFetch("GET", "events", { headers, signal: stop.signal });
    if (!body) return;
    begun();
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => stop.abort(), SILENT_AFTER_MS);
      const pieces = (text + value).split("\n\n");
      text = pieces.pop() ?? "";
      for (const piece of pieces) readPiece(piece, handlers);
    }
  } finally {
    clearTimeout(watchdog);
    stop.abort();
  }
}

/**
 * @param {string} piece
 * @param {StreamHandlers} handlers
 */
function readPiece(piece, handlers) {
  /** @type {Record<string, string>} */
  const fields = {};
  for (const line of piece.split("\n")) {
    const colon = line.indexOf(": ");
    if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 2);
  }
  // A comment says that somebody is there.
  if (!fields.event || !fields.data) handlers.event("comment", {}, 0);
  else handlers.event(fields.event, JSON.parse(fields.data), Number(fields.id?.split("-").pop() ?? 0));
}

/**
 * Resolves after this time, or at once when the network or the reader is back.
 * @param {number} ms
 * @returns {Promise<void>}
 */
function sleepOrWake(ms) {
  return new Promise((resolve) => {
    const stop = new AbortController();
    const wake = () => {
      clearTimeout(timer);
      stop.abort();
      resolve();
    };
    const timer = setTimeout(wake, ms);
    for (const event of ["online", "focus", "pageshow", "wake"]) {
      addEventListener(event, wake, { signal: stop.signal });
    }
  });
}
