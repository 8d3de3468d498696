// The requests that came in, as a list that follows them.

/** @param {HTMLElement} section */
function mountRequests(section) {
  section.append(el("p", { class: "empty" }, "No request has come in."));
}
