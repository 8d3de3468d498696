// One telephone: what it shows in each state, and what can be done there.

/**
 * The place of a call in the list. A person's next call takes the place of the last.
 * @typedef {{ key: number, call: Call, ended: EndedCall | null }} Slot
 */

/** @type {Record<CallState, string>} */
const STATE_WORDS = { ringing: "Ringing", answered: "Answered", in_call: "In a call", speaking: "Speaking", listening: "Listening" };
const PHONE_KEYS = "123456789*0#";

/** What a call is for, to come after "rings" or "press 1". @param {Call} call */
function purpose(call) {
  const media = (call.media ?? []).map((id) => shortId(id)).join(", ");
  return {
    register: "to be registered",
    change_phone: "to have this phone number",
    join: `to join ${shortId(call.talkspace ?? "")}`,
    speak: `to speak into ${shortId(call.into ?? "")}`,
    listen: `to hear ${media}`,
  }[call.why];
}

/** A name in a sentence, of bearable length. @param {string} id */
const named = (id) => shortId(id, 60);

/** The tiles' own functions. @type {WeakMap<HTMLElement, { update: (slot: Slot) => void, tick: () => void, slot: Slot }>} */
const phoneParts = new WeakMap();

/** The calls that were answered on this page: what they hear is heard here. @type {Set<number>} */
const answeredHere = new Set();

/**
 * Does something in a call. Its button is busy until the server's event is here.
 * @param {HTMLElement} at where to show what went wrong
 * @param {HTMLElement | null} button
 * @param {Call} call
 * @param {"answer" | "decline" | "hang_up" | "press"} what
 * @param {string} [key]
 */
function actInCall(at, button, call, what, key) {
  const number = call.call;
  const how = { answer: "", decline: "declined", hang_up: "hung up", press: key === "1" && call.state === "answered" ? agreed(call) : "" }[what];
  return attempt(at, button, async () => {
    // Whatever becomes of what was said, the telephone is hung up.
    const unsaid = what === "hang_up" ? await endSpeech(number).catch((error) => error) : undefined;
    if (how) noteDeed(number, how);
    const isAnswer = what === "answer" && !answeredHere.has(number);
    if (isAnswer) answeredHere.add(number);
    try {
      await api.post(`calls/${number}/${what}`, key ? { key } : {});
    } catch (error) {
      if (how) noteDeed(number, "");
      setTimeout(() => failed(at, null), 8_000);
      if (isAnswer) answeredHere.delete(number);
      throw error;
    }
    if (what === "press" && key !== "1") return;
    const isSeen = () => store.calls.get(number)?.state !== call.state;
    for (let tries = 0; tries < 40 && !isSeen(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    if (unsaid) throw unsaid;
  });
}

/** How a call ends by 1. @param {Call} call */
function agreed(call) {
  return { register: "registered", change_phone: "has the new number", join: "", speak: "", listen: "" }[call.why];
}

/** Takes a telephone from the crowd, or gives it back. @param {string} id @param {boolean} held */
const holdPhone = (id, held) => api.patch(`people/${encodeURIComponent(id)}`, { held });

/**
 * The switch between the reader and the crowd.
 * @param {() => string} person
 * @param {() => HTMLElement} at where to show what went wrong
 */
function heldSwitch(person, at) {
  const button = el("button", { type: "button", role: "switch", class: "switch", "data-testid": "held" }, "I answer");
  button.addEventListener("click", () =>
    attempt(at(), button, () => holdPhone(person(), button.getAttribute("aria-checked") !== "true")));
  return button;
}

/** @param {HTMLElement} button @param {string} id @param {boolean} held */
function drawSwitch(button, id, held) {
  setAttribute(button, "aria-checked", held);
  setAttribute(button, "aria-label", `I answer ${named(id)}'s phone`);
  setAttribute(button, "title", held ? "Calls ring here until you answer" : "The crowd answers");
}

/** @param {Slot} first @returns {HTMLElement} */
function makePhone(first) {
  let slot = first;
  let talkspace = first.call.talkspace;
  let shown = "";
  let shownCall = 0;
  const call = () => slot.call;
  const button = (/** @type {string} */ words, /** @type {string} */ testid, /** @type {string} */ kind, /** @type {(it: HTMLButtonElement) => unknown} */ act) => {
    const made = el("button", { type: "button", class: kind, "data-testid": testid }, words);
    // The second click of a double click was not meant for what is there now.
    made.addEventListener("click", (event) => event.detail < 2 && act(made));
    return made;
  };
  const id = `phone-${first.key}`;
  const name = el("bdi");
  const title = el("h3", { id, class: "cut" }, name);
  const line = el("span", { class: "quiet num" });
  const held = heldSwitch(() => call().person, () => article);
  const state = el("strong", { class: "state" });
  const words = el("span", { class: "what" });
  const time = el("p", { class: "time num quiet", "data-testid": "time-left" });
  const others = el("p", { class: "others", "data-testid": "others" });
  const note = el("p", { class: "remark quiet" });
  const answer = button("Answer", "answer", "main", (it) => actInCall(article, it, call(), "answer"));
  const decline = button("Decline", "decline", "danger", (it) => actInCall(article, it, call(), "decline"));
  const hangUp = button("Hang up", "hang-up", "danger", (it) => actInCall(article, it, call(), "hang_up"));
  const hearing = button("Hear", "hear", "", () => {
    if (!playing.has(call().call)) return attempt(article, null, () => hear(call()));
    hush(call().call);
    changed("calls");
  });
  const speak = button("Speak", "speak", "", (it) =>
    speeches.has(call().call) ? attempt(article, it, () => endSpeech(call().call)) : beginSpeech(call().call));
  const dismiss = button("Dismiss", "dismiss", "", () => dismissPhone(slot));
  const pad = el("div", { class: "pad", role: "group", "data-testid": "keypad" });
  for (const key of PHONE_KEYS) {
    const it = el("button", { type: "button", "data-testid": `key-${key}`, onclick: () => actInCall(article, it, call(), "press", key) }, key);
    pad.append(it);
  }
  const bar = el("i", { class: "bar", "aria-hidden": "true" });
  const article = el("article", { "data-testid": "phone", "aria-labelledby": id, "aria-describedby": `${id}-what`, tabindex: -1 },
    el("header", {}, el("i", { class: "mark", "aria-hidden": "true" }), title, line, held),
    el("p", { class: "line", id: `${id}-what` }, state, " · ", words), time, note,
    el("div", { class: "acts" }, el("span", {}, answer, hearing, speak), el("span", {}, decline, hangUp, dismiss)),
    el("div", { class: "side" }, pad, others), bar);

  const tick = () => {
    const { since, until, state: now } = call();
    if (slot.ended) {
      bar.hidden = true;
      return setText(time, "");
    }
    const left = until === null ? null : Math.max(0, Math.min(until - store.now(), until - since));
    const isShort = now === "ringing" || now === "answered" || now === "listening";
    setText(time, isShort && left !== null ? `${Math.ceil(left - 0.05)} s left` : clockTime(store.now() - since));
    const part = isShort && left !== null && until !== null && until > since ? left / (until - since) : 0;
    bar.hidden = part === 0;
    bar.style.transform = `scaleX(${part.toFixed(3)})`;
  };

  const update = (/** @type {Slot} */ next) => {
    slot = next;
    const focused = document.activeElement;
    const { person: who, state: now, muted, call: number } = call();
    const person = store.people.get(who);
    const is = slot.ended ? "ended" : now;
    const isHeld = person?.held ?? false;
    const isNew = shown !== `${number} ${is}`;
    shown = `${number} ${is}`;
    if (isNew) {
      if (number !== shownCall) failed(article, null);
      shownCall = number;
      if (is !== "answered" && is !== "listening") hush(number);
      if (is === "ended") dropSpeech(number);
      if (!slot.ended && answeredHere.has(number) && mediaHeard(call()).length) void hear(call()).catch(() => {}); // Whoever wants to hear it is told why not at the click.
      if (answeredHere.has(number) && is === "speaking") beginSpeech(number);
    }
    for (const [attribute, value] of Object.entries({ "data-state": is, "data-person": who, "data-call": number, "data-held": isHeld, "data-muted": muted && is === "in_call" })) {
      setAttribute(article, attribute, String(value));
    }
    setText(name, visible(who));
    setAttribute(title, "title", who);
    setText(line, person?.ends ? `··${person.ends}` : "");
    drawSwitch(held, who, isHeld);
    const recorded = call().talkspace && store.talkspaces.get(call().talkspace ?? "")?.recorded_into;
    const talk = call().talkspace;
    if (now === "in_call" && talkspace !== talk && talk) {
      article.classList.add("moved");
      setTimeout(() => article.classList.remove("moved"), 2_000);
      if (talkspace) announce(`${named(who)} was moved to ${shortId(talk)}`);
    }
    talkspace = talk;
    setText(state, slot.ended ? "Ended" : STATE_WORDS[now]);
    setText(words, slot.ended ? slot.ended.how : describe(call()));
    const speech = speeches.get(number);
    setText(note, slot.ended ? "" : noteOn(call(), isHeld, speech));
    drawOthers(others, slot);
    const can = (/** @type {HTMLElement} */ it, /** @type {boolean} */ isIt, /** @type {string} */ label) => {
      it.hidden = !isIt;
      setAttribute(it, "aria-label", label);
    };
    can(answer, isHeld && is === "ringing", `Answer ${named(who)}'s phone`);
    can(decline, isHeld && is === "ringing", `Decline ${named(who)}'s call`);
    can(hangUp, isHeld && is !== "ringing" && is !== "ended", `Hang up ${named(who)}'s phone`);
    can(hearing, !slot.ended && mediaHeard(call()).length > 0, `Hear what ${named(who)} hears`);
    setAttribute(hearing, "aria-pressed", playing.has(number));
    can(speak, isHeld && (is === "speaking" || (is === "in_call" && Boolean(recorded) && !muted)), `Speak as ${named(who)}`);
    setText(speak, speech ? "Stop" : "Speak");
    setAttribute(speak, "aria-pressed", Boolean(speech));
    can(dismiss, is === "ended", `Dismiss ${named(who)}'s call that ended`);
    can(pad, isHeld && is === "answered", `Keys of ${named(who)}'s phone`);
    others.hidden = is !== "in_call";
    if (focused?.closest("[hidden]") && article.contains(focused)) article.focus({ preventScroll: true });
    tick();
  };
  phoneParts.set(article, { update, tick, get slot() { return slot; } });
  update(first);
  return article;
}

/** What a call is about at this moment. @param {Call} call */
function describe(call) {
  const app = store.apps > 1 ? `, application ${call.app}` : "";
  const media = (call.media ?? []).map((id) => shortId(id)).join(", ");
  return {
    ringing: `${purpose(call)}${app}`,
    answered: `press 1 ${purpose(call)}`,
    in_call: `in ${shortId(call.talkspace ?? "")}${app}`,
    speaking: `into ${shortId(call.into ?? "")}`,
    listening: `to ${media}`,
  }[call.state];
}

/** What there is to say besides. @param {Call} call @param {boolean} isHeld @param {Speech | undefined} speech */
function noteOn(call, isHeld, speech) {
  if (call.muted) return call.state === "in_call" ? `⊘ muted${isHeld ? " by the application" : ""}` : "⊘ will be muted";
  if (speech) return speech.microphone ? "● the microphone is recorded" : speech.microphone === false ? "● no microphone: a tone is recorded" : "● may the microphone be used?";
  if (isHeld && call.state === "speaking") return "hang up to end the recording";
  if (!isHeld && (call.state === "ringing" || call.state === "answered")) return "the crowd answers";
  return call.greeting && call.state === "answered" ? "a greeting is played" : "";
}

/** Who else is there. @param {HTMLElement} others @param {Slot} slot */
function drawOthers(others, { call }) {
  const there = store.talkspaces.get(call.talkspace ?? "")?.people.filter(({ id, state }) => id !== call.person && state === "in_call") ?? [];
  const names = there.slice(0, 4).map(({ id, muted }) => shortId(id, 14) + (muted ? " ⊘" : ""));
  const more = there.length > 4 ? [`and ${there.length - 4} more`] : [];
  setText(others, there.length ? `with ${[...names, ...more].join(", ")}` : "nobody else is there");
}
