// Everybody who is known, in a list whose order stays, and who answers their telephones.

const PEOPLE_A_PAGE = 200;

/** @param {HTMLElement} section */
function mountPeople(section) {
  const summary = el("summary", { "data-testid": "people-count" });
  const find = el("input", { type: "search", placeholder: "find…", "aria-label": "Find people", "data-testid": "people-find" });
  const note = el("div");
  const all = (/** @type {boolean} */ held, /** @type {string} */ words) => {
    const button = el("button", { type: "button", "data-testid": held ? "hold-all" : "release-all", onclick: () => attempt(note, button, () => api.patch("people", { held })) }, words);
    return button;
  };
  const tools = el("div", { class: "row" }, find, all(true, "I answer all"), all(false, "The crowd answers all"));
  const list = el("ul", { class: "people", "aria-label": "People" });
  const pages = el("div", { class: "row", hidden: true });
  const nobody = el("div", { class: "empty", hidden: true });
  const details = el("details", { id: "people", "data-testid": "people" }, summary, el("div", { class: "inside" }, tools, note, el("div", { class: "scroll" }, list, nobody), pages));
  section.append(details);

  /** @type {string[]} */
  let ids = [];
  let page = 0;
  let isOpened = false;
  const found = () => {
    const text = find.value.trim().toLowerCase();
    return text ? ids.filter((id) => id.toLowerCase().includes(text)) : ids;
  };

  const draw = () => {
    const { people } = store;
    if (ids.length !== people.size || ids.some((id) => !people.has(id))) ids = [...people.keys()].sort();
    const busy = new Map([...store.calls.values()].map((call) => [call.person, call]));
    let here = 0;
    for (const { held } of people.values()) if (held) here += 1;
    setText(summary, `People ${people.size.toLocaleString("en")} · idle ${(people.size - busy.size).toLocaleString("en")} · I answer ${here.toLocaleString("en")}`);
    // A few are shown without being asked for.
    if (!isOpened && people.size > 0) [isOpened, details.open] = [true, people.size <= 12 && !isNarrow.matches];
    // A list that is searched keeps its height, whatever is found.
    setAttribute(details, "data-many", people.size > 12);
    if (!details.open) return;
    const those = found();
    page = Math.min(page, Math.max(0, Math.ceil(those.length / PEOPLE_A_PAGE) - 1));
    const from = page * PEOPLE_A_PAGE;
    keyed(list, those.slice(from, from + PEOPLE_A_PAGE), (id) => id, makePerson, (row, id) => drawPerson(row, id, busy.get(id)));
    drawPages(those.length, from);
    nobody.hidden = those.length > 0 || people.size === 0;
    if (!nobody.hidden) drawNobody();
  };

  const drawPages = (/** @type {number} */ total, /** @type {number} */ from) => {
    pages.hidden = total <= PEOPLE_A_PAGE;
    if (pages.hidden) return;
    if (!pages.firstChild) {
      const go = (/** @type {number} */ by) => () => {
        page = Math.max(0, page + by);
        draw();
      };
      pages.append(el("button", { type: "button", onclick: go(-1) }, "Before"), el("span", { class: "num quiet" }), el("button", { type: "button", onclick: go(1) }, "Next"));
    }
    const words = pages.children[1];
    if (words) setText(words, `${from + 1}–${Math.min(total, from + PEOPLE_A_PAGE)} of ${total.toLocaleString("en")}`);
  };

  const drawNobody = () => {
    const id = find.value.trim();
    const take = el("button", { type: "button", onclick: () => attempt(nobody, take, () => holdPhone(id, true)) }, `I answer ${named(id)}'s phone`);
    nobody.replaceChildren(el("p", {}, "Nobody who is known has such an id. A telephone can be taken before it ever rang:"), take);
  };

  find.addEventListener("input", draw);
  details.addEventListener("toggle", draw);
  store.watch(["people", "calls"], draw);

  linkTargets.set("person", (id) => {
    showPanel("phones");
    const tile = phoneOf(id);
    if (tile) return tile.focus();
    [isOpened, details.open, find.value] = [true, true, id];
    draw();
    const row = [...list.children].find((it) => it instanceof HTMLElement && it.dataset.person === id);
    if (row instanceof HTMLElement) row.focus();
  });
}

/** @param {string} id @returns {HTMLElement} */
function makePerson(id) {
  /** @type {HTMLElement} */
  const row = el("li", { "data-testid": "person", "data-person": id, tabindex: -1 },
    el("i", { class: "mark", "aria-hidden": "true" }),
    el("bdi", { class: "cut name", title: id }, visible(id)), el("span", { class: "quiet num" }), el("span", { class: "quiet cut words" }),
    heldSwitch(() => id, () => row));
  return row;
}

/** @param {HTMLElement} row @param {string} id @param {Call | undefined} call */
function drawPerson(row, id, call) {
  const person = store.people.get(id);
  const [, , ends, words, held] = row.children;
  if (!person || !ends || !words || !(held instanceof HTMLElement)) return;
  setAttribute(row, "data-state", call?.state ?? "idle");
  setAttribute(row, "data-held", String(person.held));
  setText(ends, person.ends ? `··${person.ends}` : "");
  setText(words, call ? STATE_WORDS[call.state].toLowerCase() : idleWords(person));
  drawSwitch(held, id, person.held);
}

/** @param {Person} person */
function idleWords({ line, habit, held, rings }) {
  const habits = /** @type {Record<string, string>} */ ({ never_answers: "never answers", rejects: "declines", unreachable: "cannot be called" });
  const what = line === null ? "not registered" : held ? "" : habits[habit] ?? "";
  return [what, rings ? `rang ${rings}×` : ""].filter(Boolean).join(", ");
}
