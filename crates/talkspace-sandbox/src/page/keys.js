// Keys, their list behind `?`, and the switch that turns them off.

/** @typedef {{ key: string, words: string, act: (event: KeyboardEvent) => void, within: string | null }} KeyBinding */

/** @type {KeyBinding[]} */
const keyBindings = [];
let keyBefore = "";

/**
 * Binds a key, or two pressed one after the other ("g p").
 * @param {string} key as `event.key` has it
 * @param {string} words what it does, for the list
 * @param {(event: KeyboardEvent) => void} act
 * @param {string | null} [within] a selector: only while the focus is inside of it
 */
function onKey(key, words, act, within = null) {
  keyBindings.push({ key, words, act, within });
}

/** @param {KeyboardEvent} event */
function pressKey(event) {
  const target = event.target instanceof Element ? event.target : document.body;
  const isField = target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isField || document.querySelector("dialog[open]") || localStorage.getItem("keys") === "off") return;
  const fits = (/** @type {string} */ key) =>
    keyBindings.find((it) => it.key === key && (!it.within || target.closest(it.within)));
  const binding = fits(`${keyBefore} ${event.key}`) ?? fits(event.key);
  keyBefore = event.key === "g" ? "g" : "";
  if (!binding) return;
  event.preventDefault();
  binding.act(event);
}

function showKeys() {
  const isOn = localStorage.getItem("keys") !== "off";
  const rows = keyBindings
    .filter(({ words }) => words)
    .map(({ key, words }) => el("div", {}, el("dt", {}, ...key.split(" ").flatMap((part) => [el("kbd", {}, part), " "])), el("dd", {}, words)));
  const box = el("input", {
    type: "checkbox",
    onchange: () => localStorage.setItem("keys", box.checked ? "on" : "off"),
  });
  box.checked = isOn;
  const close = el("button", { type: "button", onclick: () => dialog.close() }, "Close");
  const dialog = el("dialog", { id: "keys", "aria-labelledby": "keys-title", "data-testid": "keys" },
    el("h2", { id: "keys-title" }, "Keys"), el("dl", {}, ...rows),
    el("div", { class: "row" }, el("label", {}, box, " Keys are on"), close));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
}
