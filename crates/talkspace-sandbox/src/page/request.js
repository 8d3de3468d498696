// One request, unfolded.

/**
 * Shows a request: a deep link led to it.
 * @param {number} number
 */
function showRequest(number) {
  void number;
}
