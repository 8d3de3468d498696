// The tools: the clock, an outage, and the dialog to begin anew, to save and to restore. The faults are in faults.js.

/**
 * @param {HTMLElement} tools the bar; a tab of its own at 400 px
 * @param {HTMLElement} banner above all tabs, as long as a fault is active
 */
function mountTools(tools, banner) {
  setAttribute(banner, "role", "region");
  setAttribute(banner, "aria-label", "What goes wrong on purpose");
  tools.append(clockTools(), faultTools(banner), outageTools(banner), resetTools());
}

/**
 * Buttons in a place of their own, where it is said, while they are used, if they do not work.
 * @param {Record<string, any>} attributes
 * @param {...HTMLElement} buttons
 */
function tool(attributes, ...buttons) {
  const place = el("div", { class: "tool", ...attributes }, ...buttons);
  place.addEventListener("focusout", ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && place.contains(relatedTarget))) failed(place, null);
  });
  return place;
}

function clockTools() {
  const freeze = el("button", { type: "button", "data-testid": "freeze", onclick: () => act(() => setFrozen(!store.clock.frozen), freeze) });
  const ten = el("button", { type: "button", "data-testid": "advance-10", onclick: () => act(() => advance({ by: 10 }), ten) }, "+10 s");
  const minute = el("button", { type: "button", "data-testid": "advance-60", onclick: () => act(() => advance({ by: 60 }), minute) }, "+1 min");
  const who = el("bdi", {}), does = el("span", {}), when = el("span", { class: "next-when" });
  const next = el("button", { type: "button", class: "next", "data-testid": "advance-next", onclick: () => act(() => advance({ to: "next" }), next) },
    el("span", { "aria-hidden": "true" }, "▸ "), el("span", { class: "next-who" }, who, does), when);
  const group = tool({ role: "group", "aria-label": "Clock" }, freeze, ten, minute, next);
  /** @param {() => Promise<unknown>} what @param {HTMLElement} button */
  const act = (what, button) => void attempt(group, button, what);
  onKey("n", "move the clock to the next event", () => {
    if (nextCall()) next.click();
    else announce("Nothing happens next by itself.");
  });
  const draw = () => {
    const call = nextCall();
    group.dataset.state = store.clock.frozen ? "frozen" : "running";
    setText(freeze, store.clock.frozen ? "Unfreeze" : "Freeze");
    freeze.title = store.clock.frozen ? "The clock stands still. Let it go" : "Have the clock stand still";
    setText(who, visible(call?.person ?? ""));
    setText(does, call ? ` ${doesNext(call)}` : "nothing is next");
    setText(when, call?.until ? ` in ${Math.max(0, call.until - store.now()).toFixed(0)} s` : "");
  };
  store.watch(["calls", "clock", "people", "status"], draw);
  setInterval(() => { if (!store.clock.frozen && !document.hidden) draw(); }, 1000);
  return group;
}

/** @param {boolean} frozen */
function setFrozen(frozen) {
  return api.put("clock", { frozen });
}

/**
 * Moves the clock on. Only a frozen one is moved, so one that goes stands still meanwhile.
 * @param {{ by: number } | { to: "next" }} how
 */
async function advance(how) {
  const goes = !store.clock.frozen;
  if (goes) await setFrozen(true);
  try {
    await api.post("clock/advance", how);
  } finally {
    if (goes) await setFrozen(false);
  }
}

/** The call to which something happens next by itself. */
function nextCall() {
  /** @type {Call | undefined} */
  let next;
  for (const call of store.calls.values()) {
    if (call.until !== null && call.until < (next?.until ?? Infinity)) next = call;
  }
  return next;
}

/** @param {Call} call */
function doesNext({ state, person: id }) {
  const person = store.people.get(id);
  switch (state) {
    case "ringing": {
      if (person === undefined || person.held) return "gives up";
      return { answers: "answers", rejects: "declines", unreachable: "cannot be reached" }[person.habit] ?? "gives up";
    }
    case "answered": return person?.held ? "hangs up" : "presses 1";
    case "in_call": return "leaves";
    case "speaking": return "has spoken";
    case "listening": return "has heard it";
  }
}

/** @param {HTMLElement} banner */
function outageTools(banner) {
  const set = (/** @type {HTMLButtonElement} */ button) => void attempt(
    /** @type {HTMLElement} */ (button.parentElement), button, () => api.put("outage", { on: !store.outage }));
  const toggle = el("button", { type: "button", role: "switch", "aria-checked": "false", "data-testid": "outage", onclick: () => set(toggle) }, "Outage");
  const end = el("button", { type: "button", onclick: () => set(end) }, "End the outage");
  const note = el("div", { class: "note", hidden: true, "data-testid": "outage-banner" },
    el("p", {}, el("span", { "aria-hidden": "true" }, "⚠ "), "There is an outage: requests that place or end calls get 502 and change nothing."), end);
  banner.append(note);
  store.watch(["outage"], () => {
    setAttribute(toggle, "aria-checked", store.outage);
    if (store.outage === note.hidden) announce(store.outage ? "There is an outage." : "The outage is over.");
    note.hidden = !store.outage;
  });
  return tool({}, toggle);
}

function resetTools() {
  const open = el("button", { type: "button", "aria-haspopup": "dialog", "data-testid": "reset-tools", onclick: showReset }, "Reset…");
  return tool({}, open);
}

function showReset() {
  const apps = Array.from({ length: store.apps }, (_, index) => el("option", { value: index + 1 }, `Application ${index + 1}`));
  const what = el("select", { "data-testid": "reset-what" }, el("option", { value: "" }, "Everything"), ...apps);
  const file = el("input", { type: "file", accept: ".json,application/json", "data-testid": "restore-file" });
  /** @param {string} words @param {string} testid @param {() => Promise<string | undefined>} does says what was done */
  const button = (words, testid, does) => {
    const made = el("button", { type: "button", "data-testid": testid }, words);
    made.addEventListener("click", async () => {
      setText(done, "");
      const said = await attempt(place(made), made, does);
      if (said === undefined) return;
      setText(done, said);
      announce(said);
    });
    return made;
  };
  const place = (/** @type {Element} */ within) => /** @type {HTMLElement} */ (within.closest("fieldset"));
  const done = el("p", { class: "done", "data-testid": "done" });
  const fieldset = (/** @type {string} */ title, /** @type {Child[]} */ ...children) => el("fieldset", {}, el("legend", {}, title), ...children);

  const dialog = openDialog("Reset, save and restore", "reset",
    fieldset("Begin anew, as it was started", el("div", { class: "row" }, el("label", {}, "What ", what), button("Reset", "reset", async () => {
      const app = what.value === "" ? null : Number(what.value);
      const question = app === null
        ? "Reset everything? Calls, TalkSpaces, media, faults and the list of requests are gone. The clock goes on."
        : `Reset application ${app}? Its calls, TalkSpaces and media are gone. Faults and the list of requests stay.`;
      if (!await confirmBefore(question, "Reset")) return undefined;
      await api.post("reset", app === null ? {} : { app });
      // The rest comes with the events.
      if (app === null) await store.reload();
      return app === null ? "Begun anew. The clock goes on, and who answers stays." : `Application ${app} is begun anew.`;
    }))),
    fieldset("Snapshot", el("p", { class: "hint" }, "Phone numbers and media are in it; keys and grants are not."),
      el("div", { class: "row" }, button("Save to a file", "save", async () => {
        save(await api.blob("saved"), `talkspace-sandbox-${store.run}-${Math.floor(store.now())}s.json`);
        return "Saved.";
      })),
      el("div", { class: "row" }, el("label", {}, "From the file ", file), button("Restore", "restore", async () => {
        const chosen = file.files?.[0];
        if (chosen === undefined) throw new Error("Choose a file first.");
        if (!await confirmBefore(`Restore ${chosen.name}? What is in the sandbox now is replaced. Faults and the list of requests stay.`, "Restore")) return undefined;
        await api.send("PUT", "saved", chosen, "application/json");
        return `Restored ${chosen.name}.`;
      }))),
    fieldset("List of requests", el("div", { class: "row" }, button("Empty it", "clear-requests", async () => {
      await api.delete("requests");
      await store.reload();
      return "The list of requests is empty.";
    }))),
    done);
  return dialog;
}

/** Saves a file where the browser has its downloads. @param {Blob} blob @param {string} name */
function save(blob, name) {
  const address = URL.createObjectURL(blob);
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/**
 * A dialog that is there until it is closed, with Escape too.
 * @param {string} title
 * @param {string} name
 * @param {...Child} children
 */
function openDialog(title, name, ...children) {
  const close = el("button", { type: "button", onclick: () => dialog.close() }, "Close");
  const dialog = el("dialog", { class: "tools-dialog", "aria-labelledby": `${name}-title`, "data-testid": `${name}-dialog` },
    el("header", { class: "row" }, el("h2", { id: `${name}-title` }, title), close), ...children);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
