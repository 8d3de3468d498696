// Runs before the page's own script, so that a story can hold back what the page sends or what it
// is told.
const sent = window.fetch;
const gate = () => {
  /** @type {() => void} */
  let open = () => {};
  const passed = new Promise((resolve) => { open = () => resolve(undefined); });
  return { passed, open };
};
let posts = gate();
let events = gate();
posts.open();
events.open();
window.hold = () => { posts = gate(); };
window.release = () => posts.open();
window.stall = () => { events = gate(); };
window.resume = () => events.open();
window.resyncs = 0;
window.fetch = async (what, options) => {
  if ((options?.method ?? "GET") !== "GET") await posts.passed;
  const response = await sent(what, options);
  if (!String(what?.url ?? what).endsWith("events")) return response;
  const reader = response.body.getReader();
  const text = new TextDecoder();
  const body = new ReadableStream({
    async pull(controller) {
      await events.passed;
      const { done, value } = await reader.read();
      if (done) return controller.close();
      window.resyncs += text.decode(value, { stream: true }).split("event: resync").length - 1;
      controller.enqueue(value);
    },
    cancel: (why) => reader.cancel(why),
  }, { highWaterMark: 0 });
  return new Response(body, response);
};
// A call that is over is shown for 5 s: on a slow machine, until the story says that they passed.
const later = window.setTimeout;
const waiting = [];
window.setTimeout = (act, ms, ...more) => {
  if (ms !== 5_000 || document.body.dataset.status !== "live") return later(act, ms, ...more);
  waiting.push(act);
  return 0;
};
window.pass5s = () => waiting.splice(0).forEach((act) => act());
// The longest time between two frames since it was asked last, in ms.
let longest = 0;
let frame = 0;
const nextFrame = (now) => {
  if (frame) longest = Math.max(longest, now - frame);
  frame = now;
  requestAnimationFrame(nextFrame);
};
window.watchFrames = () => { longest = frame = 0; requestAnimationFrame(nextFrame); };
window.longestFrame = () => Math.round(longest);
// When something was first there, by the machine's clock.
window.watchFor = (selector) => {
  window.thereSince = undefined;
  const watcher = new MutationObserver(() => {
    if (!document.querySelector(selector)) return;
    window.thereSince = Date.now();
    watcher.disconnect();
  });
  watcher.observe(document.body, { subtree: true, childList: true, attributes: true });
};
