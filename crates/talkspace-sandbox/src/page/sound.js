// What is heard: the ring tone, greetings and media, and what is said into a recording.

/** Made at the click on the bell: browsers let nothing sound before. @type {AudioContext | null} */
let ringAudio = null;
let ringTimer = 0;

/** A ring of two tones: 0.4 s twice, every 3 s. */
function ringOnce() {
  if (!ringAudio) return;
  for (const after of [0, 0.6]) {
    const from = ringAudio.currentTime + after;
    const gain = ringAudio.createGain();
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(0.08, from + 0.02);
    gain.gain.setValueAtTime(0.08, from + 0.38);
    gain.gain.linearRampToValueAtTime(0, from + 0.4);
    gain.connect(ringAudio.destination);
    for (const frequency of [440, 480]) {
      const tone = new OscillatorNode(ringAudio, { frequency });
      tone.connect(gain);
      tone.start(from);
      tone.stop(from + 0.4);
    }
  }
}

/** @param {boolean} isOn */
function setRingTone(isOn) {
  if (isOn === Boolean(ringTimer)) return;
  clearInterval(ringTimer);
  ringTimer = isOn ? window.setInterval(ringOnce, 3_000) : 0;
  if (isOn) ringOnce();
}

/** @param {HTMLElement} corner */
function mountBell(corner) {
  const bell = el("button", { type: "button", "data-testid": "bell", title: "The ring tone" });
  const draw = () => {
    const isOn = ringAudio !== null;
    setText(bell, isOn ? "♪ Ring tone on" : "♪ Ring tone off");
    setAttribute(bell, "data-state", isOn ? "on" : "off");
    setRingTone(isOn && ringingHere().length > 0);
  };
  bell.addEventListener("click", () => {
    if (ringAudio) void ringAudio.close();
    ringAudio = ringAudio ? null : new AudioContext();
    draw();
  });
  store.watch(["calls", "people", "status"], draw);
  corner.append(bell);
}

/** The media that somebody hears in a call. @param {Call} call @returns {string[]} */
function mediaHeard(call) {
  if (call.state === "answered") return call.greeting ? [call.greeting] : [];
  return call.state === "listening" ? call.media ?? [] : [];
}

/**
 * The file of media, as an address for a player.
 * @param {number} app
 * @param {string} id
 */
async function mediaUrl(app, id) {
  const file = await api.blob(`media/${encodeURIComponent(id)}/file?app=${app}`);
  // Chromium takes a file for no MP3 that is a single frame, as the examples are.
  return URL.createObjectURL(file.size < 1_000 ? new Blob([file, file], { type: file.type }) : file);
}

const CANNOT_PLAY = "This browser cannot play it.";

/** What plays, by the number of the call. @type {Map<number, HTMLAudioElement>} */
const playing = new Map();

/**
 * Plays what is heard in a call, one file after the other.
 * @param {Call} call
 */
async function hear(call) {
  hush(call.call);
  const sound = new Audio();
  playing.set(call.call, sound);
  try {
    for (const id of mediaHeard(call)) {
      const url = await mediaUrl(call.app, id);
      try {
        await playThrough(sound, url, () => playing.get(call.call) === sound);
      } finally {
        URL.revokeObjectURL(url);
      }
    }
  } finally {
    if (playing.get(call.call) === sound) playing.delete(call.call);
    changed("calls");
  }
}

/**
 * @param {HTMLAudioElement} sound
 * @param {string} url
 * @param {() => boolean} isWanted
 * @returns {Promise<void>}
 */
function playThrough(sound, url, isWanted) {
  return new Promise((resolve, reject) => {
    if (!isWanted()) return resolve();
    sound.onended = sound.onpause = () => resolve();
    sound.onerror = () => reject(new Error(CANNOT_PLAY));
    sound.src = url;
    sound.play().catch(() => reject(new Error(CANNOT_PLAY)));
  });
}

/** @param {number} number of a call in which nothing is to be heard any more */
function hush(number) {
  playing.get(number)?.pause();
  playing.delete(number);
}

const SPEECH_HZ = 22_050;
/** What is sent at a time: 20 s are 882 kB, and 1 MiB is the most. */
const SPEECH_PART = 20 * SPEECH_HZ;

/** @typedef {{ microphone: boolean | null, began: number, stop: () => Promise<Float32Array>, drop: () => void }} Speech microphone: null while the browser asks */

/** What is being said, by the number of the call. @type {Map<number, Speech>} */
const speeches = new Map();

/** Begins to speak: into the microphone, if that is allowed, else it will be a tone as long. @param {number} number */
function beginSpeech(number) {
  /** @type {MediaRecorder | null} */
  let recorder = null;
  let isOver = false;
  /** @type {Blob[]} */
  const pieces = [];
  const drop = () => {
    isOver = true;
    for (const track of recorder?.stream.getTracks() ?? []) track.stop();
  };
  /** @type {Speech} */
  const speech = {
    microphone: null,
    began: performance.now(),
    drop,
    async stop() {
      const seconds = (performance.now() - speech.began) / 1000;
      const heard = recorder;
      if (heard && heard.state !== "inactive") {
        const stopped = new Promise((resolve) => heard.addEventListener("stop", resolve));
        heard.stop();
        await stopped;
      }
      drop();
      return heard ? toSamples(new Blob(pieces)) : tone(Math.max(1, seconds));
    },
  };
  speeches.set(number, speech);
  const wanted = navigator.mediaDevices?.getUserMedia({ audio: true }) ?? Promise.reject();
  wanted.then(
    (stream) => {
      recorder = new MediaRecorder(stream);
      if (isOver) return drop();
      recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
      recorder.start();
      speech.microphone = true;
    },
    () => (speech.microphone = false),
  ).finally(() => changed("calls"));
  changed("calls");
}

/** Sends what was said so far. @param {number} number */
async function endSpeech(number) {
  const speech = speeches.get(number);
  if (!speech) return;
  speeches.delete(number);
  const samples = await speech.stop();
  const ago = () => (store.clock.frozen ? 0 : Math.min(3_600, (performance.now() - speech.began) / 1000)).toFixed(2);
  for (let from = 0; from < samples.length; from += SPEECH_PART) {
    await api.send("POST", `calls/${number}/speak?ago=${ago()}`, wav(samples.subarray(from, from + SPEECH_PART)), "audio/wav");
  }
}

/** The call is over: nothing can be said. @param {number} number */
function dropSpeech(number) {
  speeches.get(number)?.drop();
  speeches.delete(number);
}

/** @param {number} seconds */
function tone(seconds) {
  const length = Math.round(Math.min(seconds, 20) * SPEECH_HZ);
  return Float32Array.from({ length }, (_, at) => 0.3 * Math.sin((2 * Math.PI * 440 * at) / SPEECH_HZ));
}

/** What a browser recorded, with one channel. @param {Blob} recorded */
async function toSamples(recorded) {
  const decoder = new OfflineAudioContext(1, 1, SPEECH_HZ);
  const sound = await decoder.decodeAudioData(await recorded.arrayBuffer());
  const channels = Array.from({ length: sound.numberOfChannels }, (_, n) => sound.getChannelData(n));
  return Float32Array.from({ length: sound.length }, (_, at) => channels.reduce((sum, it) => sum + (it[at] ?? 0), 0) / channels.length);
}

/** A WAV file: PCM, one channel, 16 bits. @param {Float32Array} samples */
function wav(samples) {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const text = (/** @type {number} */ at, /** @type {string} */ word) => [...word].forEach((c, n) => view.setUint8(at + n, c.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * samples.length, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, SPEECH_HZ, true);
  view.setUint32(28, 2 * SPEECH_HZ, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, at) => view.setInt16(44 + 2 * at, Math.max(-1, Math.min(1, sample)) * 32_767, true));
  return new Blob([view.buffer], { type: "audio/wav" });
}
