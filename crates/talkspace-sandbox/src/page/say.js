// What is said to the reader: the live status, questions, and what went wrong at its place.

let said = { at: -Infinity, next: "", timer: 0 };

/**
 * Tells readers of the screen, at most once in 3 s; the latest wins.
 * @param {string} text
 */
function announce(text) {
  said.next = text;
  if (said.timer) return;
  const wait = Math.max(0, said.at + 3_000 - performance.now());
  said.timer = window.setTimeout(() => {
    setText(byId("status"), said.next);
    said = { at: performance.now(), next: "", timer: 0 };
  }, wait);
}

/** @param {string} id one of index.html's @returns {HTMLElement} */
function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found;
}

/**
 * Asks before something that cannot be taken back. Escape and Cancel are no.
 * @param {string} question
 * @param {string} verb the words of the button that does it
 * @returns {Promise<boolean>}
 */
function confirmBefore(question, verb) {
  return new Promise((resolve) => {
    const cancel = el("button", { type: "button", autofocus: true, onclick: () => dialog.close() }, "Cancel");
    const agree = el("button", { type: "button", class: "danger", "data-testid": "confirm", onclick: () => dialog.close("yes") }, verb);
    const text = el("p", { id: "question" }, question);
    const dialog = el("dialog", { "aria-labelledby": "question", "data-testid": "question" }, text, el("div", { class: "row" }, agree, cancel));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
    cancel.focus();
  });
}

/**
 * Shows what went wrong at an element, until it is called for it again; with null, nothing.
 * @param {HTMLElement} element
 * @param {unknown} error
 */
function failed(element, error) {
  const shown = element.querySelector(":scope > .failed");
  if (error == null) return shown?.remove();
  if (!(error instanceof Error)) throw error;
  const note = shown ?? el("p", { class: "failed", "data-testid": "failed" });
  setText(note, error.message);
  element.append(note);
  announce(error.message);
}

/**
 * Does something once, with its button busy meanwhile; what goes wrong is shown at `element`.
 * @template T
 * @param {HTMLElement} element
 * @param {HTMLElement | null} button
 * @param {() => Promise<T>} act
 * @returns {Promise<T | undefined>}
 */
async function attempt(element, button, act) {
  if (button?.getAttribute("aria-busy") === "true") return undefined;
  button?.setAttribute("aria-busy", "true");
  try {
    const done = await act();
    failed(element, null);
    return done;
  } catch (error) {
    failed(element, error);
    return undefined;
  } finally {
    button?.removeAttribute("aria-busy");
  }
}
