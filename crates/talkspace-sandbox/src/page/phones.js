// The telephones that do something: which are shown, in which order, and the bar that says who rings.

const MOST_PHONES = 60;
/** A pointer that rests for longer than this is not about to click. */
const RESTS_AFTER_MS = 20_000;

/**
 * Whether a pointer is at work in an element, so that nothing may move there.
 * @param {HTMLElement} element
 * @param {() => void} left called when it leaves
 */
function pointedAt(element, left) {
  let at = -Infinity;
  for (const event of ["pointerenter", "pointermove", "pointerdown"]) element.addEventListener(event, () => (at = performance.now()));
  element.addEventListener("pointerleave", () => {
    at = -Infinity;
    left();
  });
  return () => performance.now() - at < RESTS_AFTER_MS;
}

/** @type {Slot[]} */
let slots = [];
let lastSlot = 0;
/** @type {Set<number>} */
const dismissed = new Set();

/** @param {Slot} slot */
function dismissPhone(slot) {
  dismissed.add(slot.call.call);
  changed("calls");
}

const ORDER = ["ringing", "answered", "speaking", "listening", "in_call"];

/** Ringing before talking before ended, then by name. @param {Slot} a @param {Slot} b */
function bySlot(a, b) {
  const rank = (/** @type {Slot} */ { ended, call }) => (ended ? 9 : (store.people.get(call.person)?.held ? 0 : 4) + Math.min(1, ORDER.indexOf(call.state)));
  return rank(a) - rank(b) || (a.call.person < b.call.person ? -1 : 1);
}

/**
 * Puts the calls into their places. While somebody is at work here, places stay: new
 * ones come last, and what has ended stays where it is.
 * @param {boolean} isPointed
 * @param {boolean} isFocused
 * @param {(slot: Slot) => boolean} isHere whether the focus is in this one
 */
function placeCalls(isPointed, isFocused, isHere) {
  const left = new Map(store.calls);
  for (const slot of slots) {
    const now = left.get(slot.call.call);
    left.delete(slot.call.call);
    if (now) slot.call = now;
    else slot.ended = store.ended.get(slot.call.call) ?? slot.ended ?? { call: slot.call, how: "meanwhile", at: 0 };
  }
  const free = new Map(slots.filter(({ ended }) => ended).map((slot) => [slot.call.person, slot]));
  for (const call of left.values()) {
    const place = free.get(call.person);
    free.delete(call.person);
    if (place) [place.call, place.ended] = [call, null];
    else slots.push({ key: (lastSlot += 1), call, ended: null });
  }
  slots = slots.filter((slot) => {
    const { call, ended } = slot;
    if (!ended) return true;
    if (slots.length > 3 * MOST_PHONES) return isHere(slot);
    return !dismissed.delete(call.call) && (store.ended.has(call.call) || isPointed || isHere(slot));
  });
  if (!isPointed && !isFocused) slots.sort(bySlot);
}

/** @param {HTMLElement} section */
function mountPhones(section) {
  const counts = el("span", { class: "quiet num", "data-testid": "phone-counts" });
  section.querySelector("h2")?.append(" ", counts);
  const list = el("ul", { id: "phone-list", "aria-label": "Telephones that ring or are in a call" });
  const more = el("p", { class: "empty", hidden: true });
  const empty = el("div", { class: "empty", "data-testid": "no-phones" });
  section.append(el("div", { class: "scroll", tabindex: -1 }, list, more, empty));
  mountPeople(section);
  mountRinging();
  mountBell(byId("corner"));

  const pointed = pointedAt(list, () => changed("calls"));
  list.addEventListener("focusout", () => changed("calls"));

  const draw = () => {
    const focused = document.activeElement?.closest("#phone-list article");
    const isPointed = pointed();
    const at = slots.findIndex((slot) => focused instanceof HTMLElement && phoneParts.get(focused)?.slot === slot);
    placeCalls(isPointed, Boolean(focused), (slot) => focused instanceof HTMLElement && phoneParts.get(focused)?.slot === slot);
    const shown = slots.slice(0, MOST_PHONES);
    keyed(list, shown, (slot) => slot.key, (slot) => el("li", {}, makePhone(slot)), (item, slot) => {
      const article = item.firstElementChild;
      if (article instanceof HTMLElement) phoneParts.get(article)?.update(slot);
    });
    // The telephone that had the focus went: it goes on to its neighbour.
    if (focused && !focused.isConnected) {
      const next = list.children[Math.min(at, list.children.length - 1)]?.firstElementChild;
      (next instanceof HTMLElement ? next : section).focus({ preventScroll: true });
    }
    const calls = [...store.calls.values()];
    const count = (/** @type {CallState} */ state) => calls.filter((call) => call.state === state).length;
    setText(counts, calls.length ? `ringing ${count("ringing")} · in calls ${calls.length - count("ringing")}` : "");
    more.hidden = slots.length <= MOST_PHONES;
    setText(more, `and ${plural(slots.length - MOST_PHONES, "more telephone")}`);
    empty.hidden = slots.length > 0;
    drawEmpty(empty);
  };
  store.watch(["calls", "people", "talkspaces", "status"], draw);
  setInterval(() => {
    if (document.hidden) return;
    for (const item of list.children) {
      if (item.firstElementChild instanceof HTMLElement) phoneParts.get(item.firstElementChild)?.tick();
    }
    if (slots.some(({ ended }) => ended)) changed("calls");
  }, 1_000);
  store.watch(["clock"], draw);
  announceRings();
  mountPhoneKeys(list);
}

/** @param {HTMLElement} empty */
function drawEmpty(empty) {
  const people = [...store.people.values()];
  const here = people.filter(({ held }) => held).length;
  const is = store.run === "" ? "loading" : people.length === 0 ? "nobody" : here ? "held" : "crowd";
  if (empty.dataset.is === is) return;
  empty.dataset.is = is;
  const texts = {
    loading: ["Reading what is in the sandbox…"],
    nobody: ["Nobody is known here yet. A client registers people, or the sandbox does when it is started:", el("pre", {}, "talkspace sandbox --register eta=14151239876")],
    held: ["No telephone rings. The calls to those whom you answer for ring here for 30 s."],
    crowd: ["No telephone rings. The crowd answers and presses 1. To pick up a telephone yourself, switch on “I answer” below."],
  };
  empty.replaceChildren(...texts[is]);
}

/** Tells readers of the screen which telephones begin to ring. */
function announceRings() {
  /** @type {Set<number>} */
  let known = new Set();
  store.watch(["calls", "people"], () => {
    const ringing = ringingHere();
    const news = ringing.filter(({ call }) => !known.has(call));
    known = new Set(ringing.map(({ call }) => call));
    if (news[0]) announce(ringing.length === 1 ? `${named(news[0].person)}'s phone rings ${purpose(news[0])}` : `${ringing.length} phones ring`);
  });
}

/** The bar above the tabs, in each of them. */
function mountRinging() {
  const place = byId("ringing");
  const name = el("bdi", { class: "cut" });
  const words = el("span", { class: "cut" }, name, " rings");
  const more = el("span", { class: "quiet" });
  const answer = el("button", { type: "button", class: "main", "data-testid": "answer-oldest", onclick: () => performance.now() > since + 400 && answerOldest(answer) }, "Answer");
  // A finger that was on its way to what was there before is not an answer.
  let since = 0;
  const bar = el("div", { class: "ringing", "data-testid": "ringing-bar", hidden: true }, el("i", { class: "mark", "aria-hidden": "true" }), words, more, answer);
  place.append(bar);
  store.watch(["calls", "people"], () => {
    const [oldest, ...others] = ringingHere();
    if (bar.hidden && oldest) since = performance.now();
    bar.hidden = !oldest;
    if (!oldest) return failed(bar, null);
    setText(name, visible(oldest.person));
    setText(more, others.length ? `+${others.length}` : "");
    setAttribute(answer, "aria-label", `Answer ${named(oldest.person)}'s phone`);
  });
}

/** @param {HTMLElement | null} button */
async function answerOldest(button) {
  const [oldest] = ringingHere();
  if (!oldest) return;
  await actInCall(byId("ringing"), button, oldest, "answer");
  showPanel("phones");
  phoneOf(oldest.person)?.focus();
}

/** The tile of a person. @param {string} id @returns {HTMLElement | null} */
function phoneOf(id) {
  return document.querySelector(`#phone-list article[data-person="${CSS.escape(id)}"]`);
}

/** @param {HTMLElement} list */
function mountPhoneKeys(list) {
  const inside = "#phone-list article";
  const click = (/** @type {string} */ testid) => () => {
    const button = document.activeElement?.closest(inside)?.querySelector(`[data-testid="${testid}"]`);
    if (button instanceof HTMLElement && !button.closest("[hidden]")) button.click();
  };
  onKey("a", "answer this phone", click("answer"), inside);
  onKey("d", "decline, or dismiss", () => (click("decline")(), click("dismiss")()), inside);
  onKey("h", "hang up", click("hang-up"), inside);
  for (const key of PHONE_KEYS) onKey(key, key === "1" ? "press a key of this phone: 0–9 * #" : "", click(`key-${key}`), inside);
  onKey("A", "answer the phone that has rung longest", () => void answerOldest(null));
  const step = (/** @type {number} */ by) => () => {
    const all = [...list.querySelectorAll("article")];
    const at = all.findIndex((it) => it.contains(document.activeElement));
    (all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)] ?? null)?.focus();
  };
  onKey("j", "next phone", step(1), "#phones");
  onKey("k", "previous phone", step(-1), "#phones");
}
