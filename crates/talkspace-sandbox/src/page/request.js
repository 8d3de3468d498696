// A request unfolded: what was sent and responded, what changed, what was wrong, and the same request again.

/** A request as it is read by its number: also in other languages. @typedef {Received & { again_of?: number | null, as?: Record<string, string> }} Unfolded */

/** @type {RequestView | undefined} */
let requestView;

/** @param {HTMLElement} section */
function mountRequest(section) {
  requestView = new RequestView(section);
}

/** Unfolds a request, or none: 0. @param {number} number */
function showRequest(number) {
  requestView?.show(Number.isSafeInteger(number) && number > 0 ? number : 0);
}

/** Whether the focus is in the unfolded request. */
function hasFocusInRequest() {
  return requestView?.element.contains(document.activeElement) ?? false;
}

/** What the same request is called in each language. */
const LANGUAGES = { curl: "curl", rust: "Rust", command: "talkspace" };

class RequestView {
  /** @param {HTMLElement} section */
  constructor(section) {
    this.number = 0;
    this.run = store.run;
    this.title = el("h3", { tabindex: "-1", class: "req-title" });
    this.again = el("button", { type: "button", "data-testid": "send-again", onclick: () => this.sendAgain() }, "Send again");
    this.close = el("button", { type: "button", "data-testid": "close-request", onclick: () => this.leave() }, "Close");
    this.said = el("p", { class: "req-said", "data-testid": "sent-again" });
    this.content = el("div", { class: "req-parts" });
    this.element = el("article", { class: "req-detail", hidden: true, "aria-label": "A request", "data-testid": "request-detail" },
      el("header", { class: "req-bar" }, this.title, this.again, this.close), this.said, this.content);
    this.element.addEventListener("keydown", event => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.leave();
    });
    section.append(this.element);
    addEventListener("hashchange", () => { if (location.hash.length <= 2) this.show(0); });
    store.watch(["status"], () => {
      // In a sandbox that was started anew this is another request's number.
      if (this.number > 0 && this.run !== "" && this.run !== store.run) this.leave();
      this.run = store.run;
    });
  }

  leave() {
    navigate("#/");
  }

  /** @param {number} number */
  show(number) {
    const before = this.number;
    if (number > 0) showPanel("requests");
    if (number === before) return;
    const hadFocus = hasFocusInRequest();
    this.number = number;
    this.element.hidden = number === 0;
    document.body.classList.toggle("has-request", number > 0);
    requestList?.setOpen(number);
    if (number === 0) {
      if (hadFocus) requestList?.focus(before);
      return;
    }
    setText(this.title, `Request ${number}`);
    this.said.replaceChildren();
    const known = store.requests.find(request => request.request === number);
    this.again.hidden = known === undefined;
    this.content.replaceChildren();
    if (known !== undefined) this.fill(known);
    this.title.focus();
    void this.read(number);
  }

  /** Reads what the list does not have. @param {number} number */
  async read(number) {
    try {
      const request = await api.get(`requests/${number}`);
      if (this.number === number) this.fill(request);
    } catch (error) {
      if (this.number !== number) return;
      failed(this.said, error);
    }
  }

  /** @param {Unfolded} request */
  fill(request) {
    this.element.dataset.state = requestState(request);
    this.again.hidden = false;
    this.content.replaceChildren(...[
      part("Sent", ...sent(request)), part("Responded", ...responded(request)), wrong(request),
      part("Changed", request.did.length === 0 ? el("p", {}, "Nothing.") : el("ul", {}, ...request.did.map(what => el("li", {}, what)))),
      ...sameRequest(request)].filter(part => part !== null));
  }

  async sendAgain() {
    const { number } = this;
    // A button that was disabled would not get the focus back after the question.
    const done = await attempt(this.said, this.again, () => this.send(number, {}));
    if (done === undefined || this.number !== number) return;
    this.said.replaceChildren("Sent again: ", el("a", { href: linkTo("request", done.request) }, `request ${done.request}`), ".");
    announce(`Sent again as request ${done.request}.`);
  }

  /**
   * Sends it again, after a question where the server wants one; undefined if that was declined.
   * @param {number} number
   * @param {object} body
   * @returns {Promise<Received | undefined>}
   */
  async send(number, body) {
    try {
      return await api.post(`requests/${number}/again`, body);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "needs_confirm") throw error;
      const { confirm } = error.body;
      return await confirmBefore(error.message, "Send again") ? this.send(number, { confirm }) : undefined;
    }
  }
}

/** @param {string} name @param {...(Node | string | null)} children */
function part(name, ...children) {
  return el("section", { class: "req-part" }, el("h4", {}, name), ...children);
}

/** Names and their values, without those that have none. @param {[string, Node | string | null][]} pairs */
function pairs(pairs) {
  const there = pairs.filter(([, value]) => value !== null);
  return el("dl", {}, ...there.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

/** A link, where it leads to something. @param {"person" | "talkspace"} kind @param {string | null} id */
function link(kind, id) {
  if (id === null) return null;
  const isThere = (kind === "person" ? store.people : store.talkspaces).has(id);
  return isThere ? el("a", { href: linkTo(kind, id) }, visible(id)) : visible(id);
}

/** @param {Unfolded} request */
function sent(request) {
  const names = Object.entries(request.parameters);
  return [
    el("pre", { tabindex: "0", "aria-label": "What was sent" },
      [`${request.method ?? "?"} ${request.path}`, ...names.map(([name, value]) => `${name}=${value}`)].join("\n")),
    request.cut ? el("p", { class: "req-cut" }, "There were more than 16 KiB of parameters; the rest is not kept.") : null,
    pairs([
      ["operation", request.operation], ["application", request.app === null ? null : String(request.app)],
      ["person", link("person", request.person)], ["TalkSpace", link("talkspace", request.talkspace)],
      ["media", request.media], ["request id", request.request_id],
      ["repeats", request.again_of ? el("a", { href: linkTo("request", request.again_of) }, `request ${request.again_of}`) : null],
    ]),
  ];
}

/** @param {Received} request */
function responded(request) {
  const { status, http, message, ms, fault } = request;
  return [pairs([
    ["status", String(status)], ["HTTP status", http === status ? null : String(http)], ["message", message],
    ["after", `${ms} ms, at ${clockTime(request.at)} of the sandbox's clock`],
    ["fault", fault === null ? null : `Fault ${fault} acted${faultText(fault)}.`],
    ["why", fault === null && http === 502 ? "It could not be done then: there was an outage, or a person's line could not be reached." : null],
  ])];
}

/** What a fault does, while it is still there. @param {number} number */
function faultText(number) {
  const fault = store.faults.find(fault => fault.number === number);
  return fault === undefined ? "" : `: ${faultDoes(fault)}`;
}

/** @param {Received} request */
function wrong({ hint }) {
  if (hint === null) return null;
  const { parameter, expected, got, did_you_mean, nearest } = hint;
  return part("What was wrong", pairs([
    ["where", parameter], ["expected", expected.length === 0 ? null : expected.join(", ")], ["got", got === null ? "nothing" : `“${got}”`],
    ["did you mean", did_you_mean === null ? null : el("strong", {}, did_you_mean)], ["nearest operation", nearest],
  ]));
}

/** The same request in other languages, where the sandbox knows it. @param {Unfolded} request */
function sameRequest({ as = {} }) {
  return Object.entries(LANGUAGES).map(([key, name]) => {
    const text = as[key];
    return text === undefined ? null : part(`As ${name}`, copied(text));
  });
}

/** A text, and a button that copies it. @param {string} text */
function copied(text) {
  const button = el("button", { type: "button", class: "req-copy", onclick: copy }, "Copy");
  const pre = el("pre", { tabindex: "0" }, text);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      announce("Copied.");
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    } catch {
      // Not allowed, or not on this host: it is selected, to be copied by hand.
      getSelection()?.selectAllChildren(pre);
    }
  }
  return el("div", { class: "req-copied" }, pre, button);
}
