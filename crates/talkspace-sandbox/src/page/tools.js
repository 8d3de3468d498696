// Faults, the clock, reset and snapshot.

/**
 * @param {HTMLElement} tools the bar; a tab of its own at 400 px
 * @param {HTMLElement} banner above all tabs, as long as a fault is active
 */
function mountTools(tools, banner) {
  void tools;
  void banner;
}
