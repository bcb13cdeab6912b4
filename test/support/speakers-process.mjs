/**
 * People who speak by a script, in a process of their own, on the built package. Arguments: URL, room, and the people as JSON, each
 * `{ name, levels, idle, says: [[at, phrase], …] }`: what they say of their loudness (`right`, `none`, `wrong`), what they send while they
 * are silent (`quiet`, `nothing`), and which of three phrases when (ms). Every line on stdin begins the script anew; each phrase is told on stdout with when
 * it was sent. It leaves when stdin ends.
 */
import { createInterface } from 'node:readline';
import { join } from '../../dist/index.js';
import { steadyClock } from '../../dist/base/clock.js';
import { createOpusEncoder, soundLevel } from '../../dist/media/index.js';
import { sampleRate, speech } from '../../scripts/lib/sounds.mjs';

const [url, room, people] = process.argv.slice(2);
const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);

/** ms, of the speech; between them nobody speaks */
const phrases = [
  [0, 1330],
  [1610, 2850],
  [3190, 4670],
];
const quiet = [4700, 5060];

/** The packets of a part of the speech, with their levels. */
async function encode([from, to]) {
  const samples = speech().subarray((from * sampleRate) / 1000, (to * sampleRate) / 1000);
  const encoder = await createOpusEncoder({ sampleRate, channels: 1 });
  const packets = [];
  const length = sampleRate / 50;
  for (let start = 0; start + length <= samples.length; start += length) {
    const pcm = Int16Array.from(samples.subarray(start, start + length), (sample) => sample * 32_767);
    packets.push({ data: encoder.encode(pcm), audioLevel: soundLevel(pcm) });
  }
  encoder.close();
  return packets;
}

const words = await Promise.all(phrases.map(encode));
const pause = await encode(quiet);

class Person {
  #track;
  #options;
  #saying = [];
  #plan = [];
  #sent = 0;
  #startedAt;

  constructor(conference, options) {
    this.conference = conference;
    this.#options = options;
    this.#track = conference.addTrack({ kind: 'audio' });
    this.#track.unmute();
  }

  /** As a sound card does it: what the machine is late with is sent all the same, with the time at which it was due. */
  async speak() {
    await this.#track.ready();
    let due = steadyClock.now();
    setInterval(() => {
      for (; due <= steadyClock.now(); due += 20) this.#next(due);
    }, 10).unref();
  }

  begin(now) {
    this.#plan = this.#options.says.map(([at, phrase]) => ({ at: now + at, phrase }));
  }

  #next(time) {
    if (this.#saying.length === 0 && this.#plan[0]?.at <= time) {
      const { phrase } = this.#plan.shift();
      this.#saying = [...words[phrase]];
      this.#startedAt = time;
    }
    const packet = this.#saying.shift();
    if (packet) this.#send(packet, time);
    else if (this.#options.idle === 'quiet') this.#send(pause[(this.#sent += 1) % pause.length], time);
    if (packet && this.#saying.length === 0)
      say({ type: 'said', name: this.#options.name, start: this.#startedAt, end: time + 20 });
  }

  #send({ data, audioLevel }, time) {
    const { levels } = this.#options;
    const said = { right: { audioLevel }, none: {}, wrong: { audioLevel: { level: 127, voice: false } } };
    this.#track.send({ data, timestamp: time, ...said[levels] });
  }
}

const persons = [];
for (const options of JSON.parse(people)) {
  const conference = await join({ host: url, room, nick: options.name });
  conference.requestAudio({ all: false });
  persons.push(new Person(conference, options));
  say({ type: 'joined', name: options.name, id: conference.endpointId });
}
await Promise.all(persons.map((person) => person.speak()));
say({ type: 'ready' });
for await (const _ of createInterface({ input: process.stdin }))
  for (const person of persons) person.begin(steadyClock.now());
await Promise.all(persons.map(({ conference }) => conference.leave()));
