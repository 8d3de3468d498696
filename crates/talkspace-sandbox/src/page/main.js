// The page's frame: parts, tabs, deep links, the connection and the title. It starts everything.

/** What deep links lead to: "#/person/eta" is ["person", "eta"]. @type {Map<string, (id: string) => void>} */
const linkTargets = new Map();

/** @type {Record<string, string>} */
const PANELS = { phones: "Phones", talkspaces: "TalkSpaces", requests: "Requests", tools: "Tools" };
const isNarrow = matchMedia("(max-width: 699px)");

/**
 * The address of something on the page.
 * @param {"request" | "person" | "talkspace"} kind
 * @param {string | number} id
 */
function linkTo(kind, id) {
  return `#/${kind}/${encodeURIComponent(id)}`;
}

/** @param {string} hash goes there, as a click on a link does */
function navigate(hash) {
  if (location.hash === hash) show(hash);
  else location.hash = hash;
}

/** @param {string} hash "#/request/812"; what is not known is left alone */
function show(hash) {
  const [, kind, id] = /^#\/([a-z]+)\/(.+)$/.exec(hash) ?? [];
  if (!kind || !id) return;
  try {
    linkTargets.get(kind)?.(decodeURIComponent(id));
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
}

/** @param {string} name brings a part of the page to the front, and the focus there if it is wanted @param {boolean} [takeFocus] */
function showPanel(name, takeFocus = false) {
  document.body.dataset.tab = name;
  for (const tab of byId("tabs").querySelectorAll("[role=tab]")) {
    const isIt = tab.id === `tab-${name}`;
    setAttribute(tab, "aria-selected", isIt);
    setAttribute(tab, "tabindex", isIt ? 0 : -1);
    if (isIt && takeFocus && document.activeElement?.closest("#tabs") && tab instanceof HTMLElement) return tab.focus();
  }
  const panel = document.querySelector(`[data-panel="${name}"]`);
  if (takeFocus && panel instanceof HTMLElement) panel.focus({ preventScroll: true });
}

function mountTabs() {
  const list = el("div", { role: "tablist", "aria-label": "Parts of the page" });
  const names = Object.keys(PANELS);
  for (const [name, words] of Object.entries(PANELS)) {
    const panel = document.querySelector(`[data-panel="${name}"]`);
    list.append(el("button", {
      type: "button", role: "tab", id: `tab-${name}`, "data-testid": `tab-${name}`,
      "aria-controls": panel?.id, onclick: () => showPanel(name),
    }, words));
  }
  list.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    const at = names.indexOf(document.body.dataset.tab ?? "");
    if (step) showPanel(names[(at + step + names.length) % names.length] ?? "phones", true);
  });
  byId("tabs").append(list);
  // The parts are panels of tabs only where there are tabs.
  const setRoles = () => {
    for (const [name] of Object.entries(PANELS)) {
      const panel = document.querySelector(`[data-panel="${name}"]`);
      if (panel) setAttribute(panel, "role", isNarrow.matches ? "tabpanel" : name === "tools" ? "region" : null);
    }
  };
  isNarrow.addEventListener("change", setRoles);
  setRoles();
  showPanel("phones");
}

/** The calls that ring at telephones that are held, the oldest first. */
function ringingHere() {
  return [...store.calls.values()].filter((call) => call.state === "ringing" && store.people.get(call.person)?.held);
}

/** @param {Date} date */
const timeOfDay = (date) => date.toTimeString().slice(0, 8);

function whyLost() {
  const { code, message } = store.why ?? { code: "", message: "" };
  if (code === "no_token") return "This sandbox wants its token: open the address that it printed, which ends in #token=….";
  const since = store.lostAt ? timeOfDay(store.lostAt) : "";
  return `No connection since ${since}. ${message} ${store.run ? "What is shown is of then; it" : "It"} is tried again.`;
}

function mountConnection() {
  const [words, time] = [byId("connection").querySelector("span"), byId("time")];
  let runs = 0;
  let anewUntil = -Infinity;
  let wasLost = false;
  store.watch(["status"], () => {
    const { status, lostAt } = store;
    document.body.dataset.status = status;
    setAttribute(byId("connection"), "data-state", status);
    // Said once, not at each try.
    if ((status === "lost") !== wasLost) {
      wasLost = status === "lost";
      setText(byId("alert"), wasLost ? whyLost() : "");
      if (!wasLost) announce("Connected again.");
    }
    if (store.runs > runs) {
      runs = store.runs;
      anewUntil = performance.now() + 30_000;
      setTimeout(() => changed("status"), 30_000);
      announce("The sandbox was started anew.");
    }
    const isAnew = performance.now() < anewUntil;
    const text = status === "lost" && lostAt ? `lost at ${timeOfDay(lostAt)}` : status === "live" && isAnew ? "live: the sandbox was started anew" : status;
    if (words) setText(words, text);
  });
  const tick = () => setText(time, store.run ? `${clockTime(store.now())}${store.clock.frozen ? " frozen" : ""}` : "");
  store.watch(["clock"], tick);
  setInterval(tick, 1000);
}

/** One pixel, which fills the icon with the colour of ringing. */
const DOT = "data:image/gif;base64,R0lGODlhAQABAIAAANl3Btl3BiwAAAAAAQABAAACAkQBADs=";

/** The title and the icon say what rings, also when another tab is in front. */
function mountTitle() {
  const icon = document.querySelector("link[rel=icon]");
  store.watch(["calls", "people", "status"], () => {
    const rings = ringingHere().length;
    document.title = `${rings ? `(${rings}) ringing – ` : store.status === "lost" ? "(lost) " : ""}TalkSpace sandbox`;
    if (icon) setAttribute(icon, "href", rings ? DOT : "data:,");
  });
}

function mountKeys() {
  onKey("g p", "go to the telephones", () => showPanel("phones", true));
  onKey("g t", "go to the TalkSpaces", () => showPanel("talkspaces", true));
  onKey("g r", "go to the requests", () => showPanel("requests", true));
  onKey("g o", "go to the tools", () => showPanel("tools", true));
  onKey("?", "show this list", showKeys);
  const help = el("button", { type: "button", "aria-label": "Keys", title: "Keys (?)", "data-testid": "help", onclick: showKeys }, "?");
  byId("corner").append(help);
  addEventListener("keydown", pressKey);
}

mountTabs();
mountConnection();
mountTitle();
mountPhones(byId("phones"));
mountSwitchboard(byId("switchboard"));
mountRequests(byId("requests"));
mountTools(byId("tools"), byId("banner"));
mountKeys();
linkTargets.set("request", (number) => showRequest(Number(number)));
addEventListener("hashchange", () => (takeToken() === apiToken ? show(location.hash) : location.reload()));
store.watch(["status"], () => {
  if (!store.isRead || document.body.dataset.read) return;
  document.body.dataset.read = "";
  show(location.hash);
});
startStore();
