// Faults: what goes wrong on purpose; the list, the form, and the banner as long as one is active.

/** What each does with a request of its operation, and which fields it has. @type {Record<string, { does: string, fields: string[] }>} */
const FAULT_KINDS = {
  lose_response: { does: "applies the request, then resets the connection", fields: [] },
  reset: { does: "resets the connection, without applying the request", fields: [] },
  status: { does: "responds with an error, without applying the request", fields: ["status", "retry_after"] },
  delay: { does: "applies the request, and responds later", fields: ["by"] },
  stall: { does: "applies the request, and never responds", fields: [] },
  cut: { does: "applies the request, and cuts the response off", fields: ["after"] },
};

/** Whether a fault can still meet a request. @param {Fault} fault */
function isActive({ times, hits, until }) {
  return (times === null || hits < times) && (until === null || store.now() < until);
}

/** @param {Fault} fault */
function faultDoes({ fault, status, retry_after, by, after, person, probability }) {
  const what = {
    status: `responds with ${status}${retry_after === null ? "" : ` and Retry-After ${retry_after} s`}, without applying the request`,
    delay: `applies the request, and responds ${by} s later`,
    cut: `applies the request, and cuts the response off after ${after} bytes`,
  }[fault] ?? FAULT_KINDS[fault]?.does ?? fault;
  return what + (person === null ? "" : `, for ${visible(person)}`) + (probability === null ? "" : `, ${(probability * 100).toFixed(0)} % of the time`);
}

/** How often it has met a request, and how often it still can. @param {Fault} fault */
function faultLeft({ hits, times, until }) {
  const often = times === null ? `met ${plural(hits, "request")}` : `met ${hits} of ${plural(times, "request")}`;
  return until === null ? often : `${often}, ${Math.max(0, Math.ceil(until - store.now()))} s left`;
}

/** @param {HTMLElement} banner */
function faultTools(banner) {
  const count = el("span", {}), list = faultList();
  const show = () => openDialog("Faults", "faults", list.element, faultForm());
  const open = el("button", { type: "button", "aria-haspopup": "dialog", "data-testid": "faults", onclick: show }, "Faults ", count);
  const title = el("strong", {}), some = el("ul", {});
  const off = el("button", { type: "button", "data-testid": "all-faults-off", onclick: () => endFaults(note, off) }, "Turn all off");
  const note = el("div", { class: "note", hidden: true, "data-testid": "faults-banner" },
    el("p", {}, el("span", { "aria-hidden": "true" }, "⚠ "), title), some, off);
  banner.append(note);
  let before = 0;
  const draw = () => {
    const active = store.faults.filter(isActive), { length } = active;
    setText(count, length === 0 ? "" : length);
    setAttribute(open, "data-state", length === 0 ? "none" : "active");
    setText(title, `${plural(length, "fault")} ${length === 1 ? "is" : "are"} active`);
    keyed(some, active.slice(0, 3), fault => fault.number, () => el("li", {}), (item, fault) =>
      setText(item, `${fault.operation}: ${faultDoes(fault)}; ${faultLeft(fault)}`));
    if (length > before) announce(title.textContent ?? "");
    before = length;
    note.hidden = length === 0;
    list.draw();
  };
  store.watch(["faults", "clock"], draw);
  setInterval(() => { if (before > 0) draw(); }, 1000);
  return tool({}, open);
}

/** @param {HTMLElement} place @param {HTMLElement} button */
function endFaults(place, button) {
  return attempt(place, button, () => api.delete("faults"));
}

/** All faults, with those that are over, for the dialog. */
function faultList() {
  const list = el("ul", { class: "faults" });
  const none = el("p", {}, "There is no fault: every request is applied and gets its response.");
  const off = el("button", { type: "button", onclick: () => endFaults(element, off) }, "Turn all off");
  const element = el("section", {}, none, list, el("div", { class: "row" }, off));
  const draw = () => {
    none.hidden = store.faults.length > 0;
    off.hidden = store.faults.length === 0;
    keyed(list, store.faults, fault => fault.number, faultItem, updateFaultItem);
  };
  return { element, draw };
}

/** @param {Fault} fault */
function faultItem({ number, operation }) {
  const remove = el("button", { type: "button", "aria-label": `Remove fault ${number}, of ${operation}`, onclick: () => attempt(item, remove, async () => {
    await api.delete(`faults/${number}`);
  }) }, "Remove");
  const item = el("li", { "data-testid": "fault" }, el("span", {}, el("strong", {}, `${number} · ${operation} `), el("span", {})), remove);
  return item;
}

/** @param {HTMLElement} item @param {Fault} fault */
function updateFaultItem(item, fault) {
  const active = isActive(fault);
  setAttribute(item, "data-state", active ? "active" : "over");
  const text = item.querySelector("span > span");
  if (text) setText(text, `${faultDoes(fault)}; ${faultLeft(fault)}${active ? "" : "; over"}`);
}

/** A form with all fields that a fault takes. */
function faultForm() {
  const operation = el("select", { name: "operation" });
  const kind = el("select", { name: "fault", onchange: () => show() },
    ...Object.entries(FAULT_KINDS).map(([value, { does }]) => el("option", { value }, `${value}: ${does}`)));
  const people = el("datalist", { id: "fault-people" }, ...[...store.people.keys()].slice(0, 200).map(value => el("option", { value })));
  const number = (/** @type {string} */ name, /** @type {string} */ more = "", /** @type {string} */ value = "") =>
    el("input", { name, type: "number", step: "any", placeholder: more, value });
  const fields = [
    field("Operation", operation),
    field("Only for the person", el("input", { name: "person", list: "fault-people", autocomplete: "off", placeholder: "everybody" })),
    field("What happens", kind),
    field("Status, 400 to 599", number("status", "", "503")), field("Retry-After, in seconds", number("retry_after", "not sent")),
    field("Later by, in seconds", number("by", "", "5")), field("Bytes of the body that come", number("after", "", "0")),
    field("How often", number("times", "always")), field("For how long, in seconds", number("for", "until it is removed")),
    field("Probability, 0 to 1", number("probability", "1")), field("Seed of the probability", number("seed", "0")),
  ];
  const add = el("button", { class: "main", "data-testid": "add-fault" }, "Add the fault");
  const form = el("form", { class: "fault-form", novalidate: true, "aria-label": "Add a fault", onsubmit: submit }, ...fields, people, el("div", { class: "row" }, add));

  /** The fields of the kind that is chosen. */
  function show() {
    const known = FAULT_KINDS[kind.value]?.fields ?? [];
    const others = Object.values(FAULT_KINDS).flatMap(({ fields }) => fields).filter(name => !known.includes(name));
    for (const place of fields) place.hidden = others.includes(inputOf(place).name);
  }

  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    /** @type {Record<string, string | number>} */
    const body = {};
    for (const { name, value, type } of fields.filter(place => !place.hidden).map(inputOf)) {
      if (value !== "") body[name] = type === "number" ? Number(value) : value;
    }
    for (const place of fields) mark(place, null);
    void attempt(form, add, async () => {
      try {
        await api.post("faults", body);
      } catch (error) {
        // The server begins with the name of the field.
        const named = error instanceof ApiError && /^`(\w+)`/.exec(error.message);
        const wrong = named ? fields.find(place => inputOf(place).name === named[1]) : undefined;
        if (wrong === undefined || wrong.hidden) throw error;
        mark(wrong, error);
      }
    });
  }

  show();
  void operationIds().then(ids => operation.append(...ids.map(value => el("option", { value }, value))), error => failed(form, error));
  return form;
}

/** @param {string} label @param {HTMLInputElement | HTMLSelectElement} input */
function field(label, input) {
  input.id = `fault-${input.name}`;
  return el("div", { class: "field" }, el("label", { for: input.id }, label), input);
}

/** @param {Element} place */
function inputOf(place) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (place.querySelector("input, select"));
}

/** Shows at its field why it was not taken. @param {HTMLElement} place @param {unknown} error */
function mark(place, error) {
  const input = inputOf(place);
  failed(place, error);
  setAttribute(input, "aria-invalid", error === null ? null : "true");
  const why = place.querySelector(".failed");
  if (why) why.id = `${input.id}-why`;
  setAttribute(input, "aria-describedby", why ? why.id : null);
  if (why) input.focus();
}

/** The operations of the service, from the description of the API. @returns {Promise<string[]>} */
async function operationIds() {
  const description = await api.get("openapi.json");
  return description.components.schemas.OperationId?.enum ?? [];
}
