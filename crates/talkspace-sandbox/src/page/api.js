// Requests to the sandbox's own API, below the page's address.

/** The server's word and sentence for what did not happen. */
class ApiError extends Error {
  /**
   * @param {number} status 0 when there was no response
   * @param {string} code
   * @param {string} message
   * @param {any} [body]
   */
  constructor(status, code, message, body) {
    super(message);
    this.status = status;
    this.code = code;
    this.body = body;
  }
}

/** The token comes behind the `#` of the address, which no log sees, and leaves it at once. */
function takeToken() {
  const found = /^#token=(.+)$/.exec(location.hash);
  if (found) {
    sessionStorage.setItem("token", decodeURIComponent(found[1] ?? ""));
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem("token");
}
const apiToken = takeToken();

/**
 * A response that is no error.
 * @param {string} method
 * @param {string} path
 * @param {{ body?: BodyInit, type?: string, headers?: Record<string, string>, signal?: AbortSignal }} [more]
 * @returns {Promise<Response>}
 */
async function apiFetch(method, path, { body, type, headers = {}, signal } = {}) {
  if (type) headers["content-type"] = type;
  if (apiToken) headers.authorization = `Bearer ${apiToken}`;
  let response;
  try {
    response = await fetch(path, { method, headers, body: body ?? null, signal: signal ?? null, cache: "no-store" });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "no_connection", "The sandbox cannot be reached.");
  }
  if (response.ok) return response;
  const said = await response.json().catch(() => null);
  const message = said?.message ?? `The sandbox responded with ${response.status} ${response.statusText}.`;
  throw new ApiError(response.status, said?.error ?? "unknown", message, said);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
async function apiJson(method, path, body) {
  const more = body === undefined ? {} : { body: JSON.stringify(body), type: "application/json" };
  const text = await (await apiFetch(method, path, more)).text();
  return text ? JSON.parse(text) : null;
}

/** Paths are relative to `/_sandbox/`; what stands in them is encoded by the caller. */
const api = {
  /** @param {string} path */
  get: (path) => apiJson("GET", path),
  /** @param {string} path @param {unknown} [body] */
  post: (path, body = {}) => apiJson("POST", path, body),
  /** @param {string} path @param {unknown} body */
  put: (path, body) => apiJson("PUT", path, body),
  /** @param {string} path @param {unknown} body */
  patch: (path, body) => apiJson("PATCH", path, body),
  /** @param {string} path */
  delete: (path) => apiJson("DELETE", path),
  /** @param {string} path */
  blob: async (path) => (await apiFetch("GET", path)).blob(),
  /**
   * @param {string} method
   * @param {string} path
   * @param {Blob} blob
   * @param {string} type
   */
  send: async (method, path, blob, type) => {
    const text = await (await apiFetch(method, path, { body: blob, type })).text();
    return text ? JSON.parse(text) : null;
  },
};
