/** Two notes, one after the other: pitch in Hz, beginning and length in seconds. */
const NOTES: readonly [number, number, number][] = [[659.25, 0, 0.18], [880, 0.13, 0.32]];
const LOUDNESS = 0.08;

let context: AudioContext | undefined;

/** A short sound. Browsers allow none before somebody has clicked or typed on the page: then there is none, now and later. */
export function chime(): void {
  if (!navigator.userActivation.hasBeenActive) return;
  context ??= new AudioContext();
  const output = context;
  // Some browsers put it to sleep while nothing sounds.
  void output.resume().then(() => NOTES.forEach((note) => play(output, ...note)));
}

function play(output: AudioContext, pitch: number, begin: number, length: number): void {
  const at = output.currentTime + begin;
  const tone = new OscillatorNode(output, { type: 'sine', frequency: pitch });
  const volume = new GainNode(output, { gain: 0 });
  volume.gain.linearRampToValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + length);
  tone.connect(volume).connect(output.destination);
  tone.start(at);
  tone.stop(at + length);
}
