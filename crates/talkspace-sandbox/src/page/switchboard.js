// TalkSpaces with the people in them, and media.

/** @param {HTMLElement} section */
function mountSwitchboard(section) {
  section.append(el("p", { class: "empty" }, "There is no TalkSpace."));
}
