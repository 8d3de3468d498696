// The telephones: who rings, who is in a call, and what can be done there.

/** @param {HTMLElement} section */
function mountPhones(section) {
  section.append(el("p", { class: "empty" }, "No telephone does anything."));
}
