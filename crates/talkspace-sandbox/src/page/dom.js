// Elements: made, kept in order and filled as text, without any markup being parsed.

/** @typedef {Node | string | number | null | undefined} Child */

/**
 * An element. Attributes that are null, undefined or false are left out, but for
 * `aria-…`; `onclick` and the like are listeners.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [attributes]
 * @param {...Child} children strings and numbers become text
 * @returns {HTMLElementTagNameMap[T]}
 */
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else setAttribute(made, name, value);
  }
  for (const child of children) {
    if (child != null) made.append(child instanceof Node ? child : String(child));
  }
  return made;
}

/**
 * Sets an attribute, or takes it away, where that changes something.
 * @param {Element} element
 * @param {string} name
 * @param {unknown} value
 */
function setAttribute(element, name, value) {
  if (value == null || (value === false && !name.startsWith("aria-"))) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const text = value === true && !name.startsWith("aria-") ? "" : String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/**
 * Makes this the text of an element, where that changes something.
 * @param {Element} element
 * @param {string | number} text
 */
function setText(element, text) {
  if (element.textContent !== String(text)) element.textContent = String(text);
}

/** @type {WeakMap<Element, Map<any, HTMLElement>>} */
const keptElements = new WeakMap();

/**
 * Keeps one element per key among the children of `parent`, in the order of the items.
 * One that is there stays the same element, and moves only if its neighbours do not.
 * @template I, K
 * @param {Element} parent has no other children
 * @param {Iterable<I>} items
 * @param {(item: I) => K} key
 * @param {(item: I) => HTMLElement} make
 * @param {(element: HTMLElement, item: I) => void} [update]
 */
function keyed(parent, items, key, make, update = () => {}) {
  const before = keptElements.get(parent) ?? new Map();
  /** @type {Map<any, HTMLElement>} */
  const after = new Map();
  for (const item of items) {
    const kept = before.get(key(item)) ?? make(item);
    update(kept, item);
    after.set(key(item), kept);
  }
  for (const [gone, element] of before) if (!after.has(gone)) element.remove();
  keptElements.set(parent, after);
  let at = parent.firstElementChild;
  for (const element of after.values()) {
    // One that went further down is passed over, rather than all behind it moved up.
    if (at !== element && at?.nextElementSibling === element) at = element;
    if (at === element) at = at.nextElementSibling;
    else parent.insertBefore(element, at);
  }
}

/** @param {number} seconds "0:01:23" */
function clockTime(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (/** @type {number} */ n) => String(n % 60).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60))}:${two(whole)}`;
}

/** @param {number} n "12 kB" */
function bytes(n) {
  if (n < 1000) return `${n} B`;
  return n < 1e6 ? `${(n / 1e3).toFixed(n < 1e4 ? 1 : 0)} kB` : `${(n / 1e6).toFixed(1)} MB`;
}

/** @param {number} seconds "3 s ago" */
function ago(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s ago`;
  return seconds < 3600 ? `${Math.round(seconds / 60)} min ago` : `${clockTime(seconds)} ago`;
}

/**
 * Text of others, such that no character in it is unseen or turns others around.
 * @param {string} text
 */
function visible(text) {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (it) => `\\u{${it.charCodeAt(0).toString(16)}}`);
}

/**
 * An id that is shown where there is little room; its whole is in `title`.
 * @param {string} id
 * @param {number} [most] how many characters at most
 */
function shortId(id, most = 8) {
  const characters = [...visible(id)];
  return characters.length > most + 1 ? `${characters.slice(0, most).join("")}…` : characters.join("");
}

/**
 * Several words or none, by number: `plural(2, "phone")` is "2 phones".
 * @param {number} n
 * @param {string} word
 */
function plural(n, word) {
  return `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;
}
