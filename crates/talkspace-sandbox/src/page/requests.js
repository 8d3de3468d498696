// The requests: the last 10,000 in an array, and in the document only the rows that are seen.

/** How many requests are listed; the store keeps as many. */
const LISTED = 10_000;
/** How many rows there are beyond the visible ones, so that scrolling finds them there. */
const SPARE_ROWS = 8;
/** How long nothing moves under a pointer that was moved over the rows, in ms. */
const POINTER_RESTS = 2000;

/** @type {RequestList | undefined} */
let requestList;

/** @param {HTMLElement} section */
function mountRequests(section) {
  const list = new RequestList(section);
  requestList = list;
  mountRequest(section);
  onKey("j", "next request", () => list.step(1));
  onKey("k", "previous request", () => list.step(-1));
  onKey("p", "pause the requests, or have them go on", () => list.togglePause());
  onKey("/", "filter the requests", () => {
    showPanel("requests");
    list.filter.focus();
  });
}

/**
 * Whether each of the words is somewhere in a request, in lower case.
 * @param {Received} request
 * @param {string[]} words
 */
function matches(request, words) {
  const { request: number, operation, person, talkspace, media, status, http, method, path, fault, request_id } = request;
  const texts = [operation, person, talkspace, media, method, path, request_id, String(status), String(http), `#${number}`,
    fault === null ? null : `fault ${fault}`];
  return words.every(word => texts.some(text => text?.toLowerCase().includes(word)));
}

/** @param {Received} request */
function requestState(request) {
  if (request.fault !== null) return "fault";
  return Math.max(request.status, request.http) >= 400 ? "failed" : "done";
}

/** Requests to begin with. @param {string | undefined} who is called by one of them */
function howToBegin(who) {
  const address = `${location.origin}/api/rest`;
  return [
    el("p", {}, "There is no request. This one needs nothing:"),
    copied(`curl ${address}/version`),
    ...who === undefined ? [] : [
      el("p", {}, `This one calls ${who}, with the key of the application:`),
      copied(`curl ${address}/conference -d networkid=${who} -d "appkey=$TALKSPACE_APP_KEY"`),
    ],
  ];
}

/** A row of the document, which shows one request after the other. */
class RequestRow {
  constructor() {
    this.link = el("a", { tabindex: "-1" });
    this.time = el("span", { role: "cell" });
    this.method = el("span", { role: "cell" });
    this.name = el("span", { class: "req-name" });
    this.about = el("bdi", { class: "req-about" });
    this.status = el("span", { role: "cell", class: "req-status" });
    this.element = el("div", { role: "row", class: "req-row", "data-testid": "request" },
      el("span", { role: "cell" }, this.link), this.time, this.method,
      el("span", { role: "cell", class: "req-what" }, this.name, " ", this.about), this.status);
    /** @type {Received | undefined} */
    this.request = undefined;
    this.place = -1;
  }

  /** @param {Received} request */
  fill(request) {
    this.request = request;
    const { request: number, method, operation, path, person, status } = request;
    const what = operation ?? path, state = requestState(request);
    this.link.textContent = String(number);
    this.link.href = linkTo("request", number);
    this.link.setAttribute("aria-label", `Request ${number}, ${method ?? ""} ${what} ${person ?? ""}, ${status}`);
    this.time.textContent = timeOfDay(new Date(request.unix * 1000));
    this.method.textContent = method ?? "?";
    this.name.textContent = what;
    this.about.textContent = visible(person ?? "");
    this.status.textContent = `${{ fault: "⚡ ", failed: "✗ ", done: "" }[state]}${status}`;
    this.element.dataset.state = state;
    this.element.dataset.request = String(number);
  }

  /** @param {number} place @param {number} height */
  move(place, height) {
    if (place === this.place) return;
    this.place = place;
    this.element.style.transform = `translateY(${place * height}px)`;
    // The first is the header.
    this.element.setAttribute("aria-rowindex", String(place + 2));
  }
}

class RequestList {
  /** @param {HTMLElement} section */
  constructor(section) {
    /** Those that are listed, the oldest first; those that came since and do not move them. @type {Received[]} */
    this.listed = [];
    /** @type {Received[]} */
    this.waiting = [];
    /** How many of these were too many to wait. */
    this.missed = 0;
    /** How many have left the list at its old end: with it, a request keeps its row. */
    this.left = 0;
    /** The number of the last one that was taken in, and of the last one that is listed or was left out. */
    this.seen = 0;
    this.listedTo = 0;
    /** @type {Received[] | undefined} */
    this.source = undefined;
    /** The request that Tab goes to. */
    this.active = 0;
    /** The one that is unfolded. */
    this.open = 0;
    /** How far down unfolding it has scrolled the list from its top, or -1. */
    this.revealedAt = -1;
    this.isPaused = false;
    this.pointerMoved = -Infinity;
    this.pointerTimer = 0;
    this.isPainting = false;
    /** Of a row, in px; measured, since it is another one on a telephone. */
    this.height = 28;
    /** @type {string[]} */
    this.words = [];
    /** @type {RequestRow[]} */
    this.rows = [];

    this.filter = el("input", {
      type: "search", class: "req-filter", "aria-label": "Filter the requests", placeholder: "Filter: eta 404 POST",
      autocomplete: "off", spellcheck: "false", "data-testid": "request-filter", oninput: () => this.refilter(),
    });
    this.pause = el("button", {
      type: "button", "aria-pressed": "false", title: "Pause (p)", "data-testid": "pause", onclick: () => this.togglePause(),
    }, "Pause");
    this.clear = el("button", {
      type: "button", hidden: true, onclick: () => { this.filter.value = ""; this.refilter(); this.filter.focus(); },
    }, "Clear the filter");
    this.count = el("span", { class: "req-count", "data-testid": "request-count" });
    this.fresh = el("button", {
      type: "button", class: "req-new", hidden: true, "data-testid": "new-requests", onclick: () => this.showNew(),
    });
    this.body = el("div", { role: "rowgroup", class: "req-rows" });
    this.head = el("div", { role: "rowgroup", class: "req-head" }, el("div", { role: "row", class: "req-row", "aria-rowindex": "1" },
      ...["No.", "Time", "Method", "Operation", "Status"].map(name => el("span", { role: "columnheader" }, name))));
    this.scroller = el("div", { class: "req-scroll", role: "table", "aria-label": "Requests", tabindex: "-1" }, this.head, this.body);
    this.none = el("div", { class: "req-none", hidden: true });
    section.append(
      el("div", { class: "req-bar" }, this.filter, this.pause),
      el("div", { class: "req-bar" }, this.count, this.clear, this.fresh),
      this.scroller, this.none);

    this.scroller.addEventListener("scroll", () => this.paintSoon(), { passive: true });
    this.body.addEventListener("pointermove", () => this.holdForPointer(), { passive: true });
    this.body.addEventListener("pointerleave", () => { this.pointerMoved = -Infinity; this.paintSoon(); });
    this.body.addEventListener("focusout", () => this.paintSoon());
    this.body.addEventListener("focusin", event => this.focused(event));
    this.body.addEventListener("click", event => this.clicked(event));
    this.body.addEventListener("keydown", event => this.arrows(event));
    new ResizeObserver(() => this.resize()).observe(this.scroller);
    store.watch(["requests"], () => this.paint());
  }

  /** Whether somebody looks at the rows as they are, so that new ones have to wait: the focus counts where keys brought it. */
  isRead() {
    return this.isPaused || this.scroller.scrollTop > this.height / 2 || this.body.querySelector(":focus-visible") !== null ||
      performance.now() - this.pointerMoved < POINTER_RESTS;
  }

  /** Takes in what the store has. */
  take() {
    const all = store.requests, last = all.at(-1)?.request ?? 0;
    if (all !== this.source || last < this.seen) return this.takeAnew();
    const from = all.findLastIndex(request => request.request <= this.seen) + 1;
    for (const request of all.slice(from)) if (matches(request, this.words)) this.waiting.push(request);
    this.seen = last;
    this.missed += this.waiting.splice(0, this.waiting.length - LISTED).length;
    if (!this.isRead()) this.letIn();
  }

  /** Lists what the store has and the filter lets through, but nothing newer than what is being read. */
  takeAnew() {
    const all = store.requests;
    const upTo = this.isPaused && all === this.source ? this.listedTo : Infinity;
    const found = all.filter(request => matches(request, this.words));
    this.listed = found.filter(request => request.request <= upTo);
    this.waiting = found.filter(request => request.request > upTo);
    this.source = all;
    this.seen = all.at(-1)?.request ?? 0;
    this.listedTo = Math.min(upTo, this.seen);
    this.left = 0;
    this.missed = 0;
    this.scroller.scrollTop = 0;
  }

  letIn() {
    for (const request of this.waiting) this.listed.push(request);
    this.waiting = [];
    this.missed = 0;
    this.listedTo = this.seen;
    const over = this.listed.length - LISTED;
    if (over > 0) {
      this.listed.splice(0, over);
      this.left += over;
    }
  }

  paintSoon() {
    if (this.isPainting) return;
    this.isPainting = true;
    requestAnimationFrame(() => this.paint());
  }

  paint() {
    this.isPainting = false;
    this.take();
    const { listed, rows, height } = this, count = listed.length;
    const total = `${count * height}px`;
    if (this.body.style.height !== total) this.body.style.height = total;
    this.scroller.setAttribute("aria-rowcount", String(count + 1));
    const top = Math.floor(this.scroller.scrollTop / height);
    const first = Math.max(0, Math.min(top - SPARE_ROWS / 2, count - rows.length));
    const active = this.placeOf(this.active);
    const stop = active >= first && active < first + rows.length ? active : Math.min(top, count - 1);
    for (let place = first; place < first + rows.length; place++) {
      const index = count - 1 - place, request = listed[index];
      // A request keeps its row as long as it is seen: then only its place changes.
      const row = rows.at((index + this.left) % rows.length);
      if (row === undefined) continue;
      row.element.hidden = request === undefined;
      if (request === undefined) continue;
      if (row.request !== request) {
        if (row.link === document.activeElement) this.scroller.focus({ preventScroll: true });
        row.fill(request);
      }
      row.move(place, height);
      row.link.tabIndex = place === stop ? 0 : -1;
      setAttribute(row.link, "aria-current", request.request === this.open ? "true" : null);
    }
    this.say();
  }

  /** Says how many there are, and why there are none. */
  say() {
    const { length } = store.requests, found = this.listed.length, isFiltered = this.words.length > 0;
    const dropped = store.dropped > 0 ? `, ${store.dropped.toLocaleString("en")} older ones dropped` : "";
    const all = `${length.toLocaleString("en")} ${length === 1 ? "request" : "requests"}`;
    setText(this.count, (isFiltered ? `${Math.min(length, found + this.waiting.length).toLocaleString("en")} of ${all} match` : all) + dropped + (this.isPaused ? " · paused" : ""));
    setText(this.fresh, `${(this.missed + this.waiting.length).toLocaleString("en")} new`);
    this.fresh.hidden = this.waiting.length === 0;
    this.clear.hidden = !isFiltered;
    const isEmpty = found === 0;
    if (this.none.hidden === isEmpty) {
      this.none.hidden = !isEmpty;
      this.scroller.hidden = isEmpty;
    }
    if (!isEmpty) return;
    // Somebody to call, whose id a shell takes as it is.
    const who = [...store.people.keys()].find(id => /^\w+$/.test(id));
    const why = this.waiting.length > 0 ? "later" : isFiltered && length > 0 ? "no match" : `none ${who ?? ""}`;
    if (this.none.dataset.state === why) return;
    this.none.dataset.state = why;
    if (why === "later") this.none.replaceChildren(el("p", {}, "Those that match came after the pause."));
    else if (why === "no match") this.none.replaceChildren(el("p", {}, "No request has all of these words."));
    else this.none.replaceChildren(...howToBegin(who));
  }

  refilter() {
    this.words = this.filter.value.toLowerCase().split(/\s+/).filter(word => word !== "");
    this.takeAnew();
    this.paint();
    if (this.words.length > 0) announce(this.count.textContent ?? "");
  }

  togglePause() {
    this.isPaused = !this.isPaused;
    this.pause.setAttribute("aria-pressed", String(this.isPaused));
    announce(this.isPaused ? "The requests are paused." : "The requests go on.");
    this.paint();
  }

  showNew() {
    this.pointerMoved = -Infinity;
    this.scroller.focus({ preventScroll: true });
    this.scroller.scrollTop = 0;
    this.letIn();
    this.paint();
  }

  holdForPointer() {
    this.pointerMoved = performance.now();
    clearTimeout(this.pointerTimer);
    this.pointerTimer = window.setTimeout(() => this.paintSoon(), POINTER_RESTS);
  }

  /** Has as many rows as are seen, and some more. */
  resize() {
    const seen = this.scroller.clientHeight;
    if (seen === 0) return;
    const height = this.head.offsetHeight;
    const wanted = Math.max(40, Math.ceil(seen / height) + SPARE_ROWS);
    if (height !== this.height || this.rows.length < wanted) {
      this.height = height;
      this.rows = Array.from({ length: wanted }, () => new RequestRow());
      this.body.replaceChildren(...this.rows.map(row => row.element));
    }
    this.paint();
  }

  /** The place of a request from the top, or -1. @param {number} number */
  placeOf(number) {
    let low = 0, high = this.listed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.listed[middle]?.request ?? Infinity) < number) low = middle + 1; else high = middle;
    }
    return this.listed[low]?.request === number ? this.listed.length - 1 - low : -1;
  }

  /** Goes to a row below or above; with a request unfolded that has the focus, unfolds that one. @param {number} by */
  step(by) {
    const place = this.placeOf(this.active);
    const next = place < 0 ? Math.floor(this.scroller.scrollTop / this.height) : place + by;
    this.goTo(Math.max(0, Math.min(next, this.listed.length - 1)));
  }

  /** @param {number} place */
  goTo(place) {
    const request = this.listed[this.listed.length - 1 - place];
    if (request === undefined) return;
    this.active = request.request;
    if (hasFocusInRequest()) return navigate(linkTo("request", request.request));
    this.focus(request.request);
  }

  /** Scrolls as far as it takes to see a request's row. @param {number} number */
  reveal(number) {
    const place = this.placeOf(number), { scroller, height } = this;
    if (place < 0) return;
    const top = place * height, seen = scroller.clientHeight - 2 * height;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    if (top > scroller.scrollTop + seen) scroller.scrollTop = top - seen;
    this.active = number;
    this.paint();
  }

  /** Gives a request's row the focus, or the list where it has none any more. @param {number} number */
  focus(number) {
    this.reveal(number);
    const row = this.rows.find(row => row.request?.request === number && !row.element.hidden);
    (row?.link ?? this.scroller).focus({ preventScroll: true });
  }

  /** @param {FocusEvent} event */
  focused(event) {
    const row = this.rows.find(row => row.link === event.target);
    if (row?.request !== undefined) this.active = row.request.request;
    this.paintSoon();
  }

  /** The whole row is a link. @param {MouseEvent} event */
  clicked(event) {
    const row = this.rows.find(row => row.element.contains(/** @type {Node} */ (event.target)));
    if (row?.request !== undefined && event.target !== row.link && String(getSelection()) === "") row.link.click();
  }

  /** @param {KeyboardEvent} event */
  arrows(event) {
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.height) - 2);
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.step(by);
  }

  /** The request that is unfolded, or 0. @param {number} number */
  setOpen(number) {
    const { scroller } = this;
    // Who was at the top, and did not scroll meanwhile, is there again, where new ones come.
    if (number === 0 && scroller.scrollTop === this.revealedAt) scroller.scrollTop = 0;
    const isAtTop = scroller.scrollTop <= this.height / 2;
    this.open = number;
    this.paint();
    this.reveal(number);
    this.revealedAt = isAtTop ? scroller.scrollTop : -1;
  }
}
