// TalkSpaces with the people in them, and media.

const MOST_TALKSPACES = 100;

/** @param {HTMLElement} section */
function mountSwitchboard(section) {
  const counts = el("span", { class: "quiet num", "data-testid": "talkspace-counts" });
  section.querySelector("h2")?.append(" ", counts);
  const active = el("ul", { class: "talkspaces", "aria-label": "Active TalkSpaces" });
  const empty = el("p", { class: "empty" });
  const inactive = makeFold("Inactive", "talkspaces");
  const closed = makeFold("Closed", "talkspaces");
  const media = makeFold("Media", "media");
  section.append(el("div", { class: "scroll", tabindex: -1 }, active, empty, inactive.details, closed.details, media.details));

  const isPointed = pointedAt(active, () => changed("talkspaces"));
  /** @type {Set<string>} */
  let shown = new Set();
  const draw = () => {
    const all = [...store.talkspaces.values()];
    // What ends while somebody is at work here stays where it is.
    const isStill = isPointed();
    const top = all.filter(({ id, state }) => state === "active" || (isStill && shown.has(id)));
    shown = new Set(top.map(({ id }) => id));
    const rest = all.filter(({ id }) => !shown.has(id));
    drawTalkspaces(active, top.slice(-MOST_TALKSPACES));
    const [idle, over] = [rest.filter(({ state }) => state !== "closed"), rest.filter(({ state }) => state === "closed")];
    fillFold(inactive, idle.length, () => drawTalkspaces(inactive.list, idle.slice(-MOST_TALKSPACES)));
    fillFold(closed, over.length, () => drawTalkspaces(closed.list, over.slice(-MOST_TALKSPACES)));
    setText(counts, all.length ? `active ${all.filter(({ state }) => state === "active").length.toLocaleString("en")}${top.length > MOST_TALKSPACES ? `, the last ${MOST_TALKSPACES}` : ""} · inactive ${idle.length.toLocaleString("en")}` : "");
    empty.hidden = top.length > 0;
    setText(empty, store.run === "" ? "Reading…" : all.length ? "Nobody is in a TalkSpace." : "There is no TalkSpace. A client creates one, and its leader's telephone rings.");
  };
  const drawFiles = () => {
    const files = [...store.media.values()];
    fillFold(media, files.length, () => keyed(media.list, files.slice(-MOST_TALKSPACES), ({ app, id }) => `${app}/${id}`, makeMedia, drawMedia));
  };
  store.watch(["talkspaces", "calls", "status"], draw);
  store.watch(["media"], drawFiles);
  for (const fold of [inactive, closed]) fold.details.addEventListener("toggle", draw);
  media.details.addEventListener("toggle", drawFiles);
  setInterval(() => !document.hidden && store.status === "live" && shown.size && draw(), 1_000);

  linkTargets.set("talkspace", (id) => {
    showPanel("talkspaces");
    const state = store.talkspaces.get(id)?.state;
    if (state === "inactive") inactive.details.open = true;
    if (state === "closed") closed.details.open = true;
    draw();
    const found = section.querySelector(`[data-talkspace="${CSS.escape(id)}"]`);
    if (found instanceof HTMLElement) found.focus();
    else announce("There is no such TalkSpace.");
  });
}

/** @typedef {{ details: HTMLDetailsElement, words: HTMLElement, list: HTMLElement, name: string }} Fold */

/** @param {string} name @param {string} kind @returns {Fold} */
function makeFold(name, kind) {
  const words = el("summary");
  const list = el("ul", { class: kind, "aria-label": name });
  return { name, words, list, details: el("details", { class: "fold", "data-testid": `fold-${name.toLowerCase()}` }, words, list) };
}

/** @param {Fold} fold @param {number} count @param {() => void} draw */
function fillFold({ details, words, name }, count, draw) {
  setText(words, `${name} ${count.toLocaleString("en")}${count > MOST_TALKSPACES && details.open ? `, the last ${MOST_TALKSPACES}` : ""}`);
  details.hidden = count === 0;
  if (details.open) draw();
}

/** @param {HTMLElement} list @param {Talkspace[]} talkspaces */
function drawTalkspaces(list, talkspaces) {
  keyed(list, talkspaces, ({ id }) => id, makeTalkspace, drawTalkspace);
}

/** @param {Talkspace} talkspace @returns {HTMLElement} */
function makeTalkspace({ id, app }) {
  return el("li", { "data-testid": "talkspace", "data-talkspace": id, tabindex: -1, "aria-label": `TalkSpace ${named(id)}` },
    el("header", {}, el("code", { class: "cut", title: id }, id), el("span", { class: "num quiet" })),
    el("p", { class: "quiet cut" }), el("ul", { "aria-label": "People in it" }));
}

/** @param {HTMLElement} item @param {Talkspace} talkspace */
function drawTalkspace(item, { app, state, since, recorded_into: into, people }) {
  setAttribute(item, "data-state", state);
  const [head, words, list] = item.children;
  const time = head?.lastElementChild;
  if (!time || !words || !list) return;
  const isIn = state === "active" && since !== null;
  setText(time, isIn ? clockTime(store.now() - since) : state === "active" ? "" : state);
  const said = [store.apps > 1 ? `application ${app}` : "", into ? `● recorded into ${into}` : ""].filter(Boolean).join(", ");
  setText(words, said);
  setAttribute(words, "hidden", !said);
  keyed(list, people, ({ id, call }) => `${call} ${id}`, makeParticipant, drawParticipant);
}

/** @param {Participant} participant @returns {HTMLElement} */
function makeParticipant({ id }) {
  return el("li", { "data-testid": "participant", "data-person": id },
    el("i", { class: "mark", "aria-hidden": "true" }), el("a", { class: "cut", href: linkTo("person", id), title: id }, el("bdi", {}, visible(id))),
    el("span", { class: "quiet" }), el("span", { class: "num quiet" }));
}

/** @param {HTMLElement} item @param {Participant} participant */
function drawParticipant(item, { state, since, muted }) {
  setAttribute(item, "data-state", state);
  setAttribute(item, "data-muted", String(muted));
  const [, , words, time] = item.children;
  if (!words || !time) return;
  setText(words, `${STATE_WORDS[state].toLowerCase()}${muted ? " ⊘ muted" : ""}`);
  setText(time, clockTime(store.now() - since));
}

const ORIGINS = /** @type {Record<string, string>} */ ({ uploaded: "uploaded", spoken: "spoken", talkspace: "a TalkSpace's recording" });

/** @param {Media} media @returns {HTMLElement} */
function makeMedia({ app, id }) {
  const play = el("button", { type: "button", "data-testid": "play", "aria-label": `Play ${named(id)}`, onclick: () => playMedia(item, play, app, id) }, "Play");
  const item = el("li", { "data-testid": "media", "data-media": id },
    el("div", {}, el("code", { class: "cut", title: id }, visible(id)), el("span", { class: "quiet num" })), play);
  return item;
}

/** @param {HTMLElement} item @param {Media} media */
function drawMedia(item, { app, bytes: length, origin, person, grants }) {
  const words = item.querySelector("span");
  const play = item.querySelector("button");
  if (!words || !play) return;
  const from = origin ? `${ORIGINS[origin] ?? origin}${person ? ` by ${visible(person)}` : ""}` : "";
  const open = grants.length ? plural(grants.length, "upload grant") : "";
  setText(words, [store.apps > 1 ? `application ${app}` : "", length === null ? "no content" : bytes(length), from, open].filter(Boolean).join(" · "));
  // Its content is another one: what plays is the old one.
  if (item.dataset.bytes !== String(length)) dropPlayer(item);
  setAttribute(item, "data-bytes", String(length));
  play.hidden = length === null || item.querySelector("audio") !== null;
}

/** @param {HTMLElement} item */
function dropPlayer(item) {
  const player = item.querySelector("audio");
  if (player) URL.revokeObjectURL(player.src);
  player?.remove();
}

/** @param {HTMLElement} item @param {HTMLElement} button @param {number} app @param {string} id */
function playMedia(item, button, app, id) {
  return attempt(item, button, async () => {
    const url = await mediaUrl(app, id);
    const player = el("audio", { controls: true, src: url, "aria-label": named(id) });
    dropPlayer(item);
    item.append(player);
    button.hidden = true;
    player.focus();
    await player.play().catch(() => Promise.reject(new Error(CANNOT_PLAY)));
  });
}
