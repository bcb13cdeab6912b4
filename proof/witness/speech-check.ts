/** Whether what a robot said is in its files, whole, in its time, and nothing else. */
import { loudness, find, rate, samplesOf } from './samples.ts';
import type { Speech } from './deployment.ts';
import type { ProbedRecording, Recording } from './recording.ts';
import { probe } from '../../test/support/probe.ts';

export interface SpeechCheck {
  name: string;
  /** That were said while all of it was to be heard. */
  speeches: number;
  packets: number;
  /** Said while it was recorded, and neither in the file nor in a gap of the timeline. */
  missing: number;
  /** Said, and in a gap of the timeline. */
  inGaps: number;
  /** Of somebody else, of another time, or a second time. */
  foreign: number;
  /** ms between the time at which each packet was said and its place in the recording */
  late: number[];
  /** ms that each file, from its first packet to its end, is longer than what was said of it */
  longer: number[];
  /** ms: where ffmpeg's decoder finds each whole speech, from where it was said */
  heard: number[];
  /** The least of all speeches with what was said. */
  correlation: number;
  /** dB of full scale, of all that was decoded from between the speeches */
  silence: number;
}

export interface Stay {
  /** ms since the epoch: all that was said in between is to be there */
  from: number;
  to: number;
}

interface Packet {
  at: number;
  isFound: boolean;
}

/** ms of a packet */
const packetTime = 20;
/** Bytes: what is shorter is silence that the recorder put in. */
const leastSpeech = 20;
/** ms: farther from where it was said it is something else that was said */
const farthest = 2_000;
/** ms of a gap that may be known only by the packets around it */
const blur = 100;
/** ms by which a decoder's sound begins early and ends late */
const skirt = 80;

/** The clip that robots speak. */
export class SpeechClip {
  readonly #places = new Map<string, number[]>();
  readonly samples: Float32Array;
  readonly length: number;

  constructor(path: string) {
    this.samples = samplesOf(path);
    const { packets } = probe(path);
    this.length = packets.length;
    for (const [index, { hash }] of packets.entries())
      this.#places.set(hash, [...(this.#places.get(hash) ?? []), index]);
  }

  /** Where in the clip this packet is. */
  placesOf(hash: string): readonly number[] {
    return this.#places.get(hash) ?? [];
  }

  /** Without its end, which a file that ends with it need not have to the last sample. */
  get heart(): Float32Array {
    return this.samples.subarray(0, -rate / 10);
  }

  /** ms */
  get duration(): number {
    return this.length * packetTime;
  }
}

export function checkSpeech(
  clip: SpeechClip,
  recording: Recording,
  endpointId: string,
  said: readonly Speech[],
  { from, to }: Stay,
): SpeechCheck {
  const files = recording.files.filter(
    ({ kind, participant }) => kind === 'audio' && participant === endpointId,
  );
  const gaps = gapsOf(recording, endpointId, files);
  const isInGap = (start: number, end: number): boolean => gaps.some((gap) => start < gap[1] && end > gap[0]);
  const script = said.map(({ start }) =>
    Array.from(
      { length: clip.length },
      (_, index): Packet => ({ at: start + index * packetTime, isFound: false }),
    ),
  );
  const check: SpeechCheck = {
    name: files[0]?.name ?? endpointId,
    speeches: 0,
    packets: 0,
    missing: 0,
    inGaps: 0,
    foreign: 0,
    late: [],
    longer: [],
    heard: [],
    correlation: 1,
    silence: -Infinity,
  };
  for (const file of files) checkPackets(file, clip, script, check);
  for (const { at, isFound } of script.flat()) {
    if (isFound || at < from || at + packetTime > to) continue;
    if (isInGap(at, at + packetTime)) check.inGaps += 1;
    else check.missing += 1;
  }
  const whole = said.filter(
    ({ start }) => start >= from && start + clip.duration <= to && !isInGap(start, start + clip.duration),
  );
  check.speeches = whole.length;
  for (const file of files) checkSound(file, clip, said, whole, check);
  return check;
}

type Gap = readonly [start: number, end: number];

/** Before somebody's first word and after their last it is not known that anything was lost: there the lost connections of the others count. */
function gapsOf(
  { events, startedAt }: Recording,
  endpointId: string,
  files: readonly ProbedRecording[],
): Gap[] {
  const heard = files.flatMap(({ packets, startedAt: begin }) =>
    packets.map(({ time }) => begin + time * 1000),
  );
  const [first, last] = [Math.min(...heard), Math.max(...heard)];
  return events.flatMap((event): Gap[] => {
    if (event.type !== 'gap') return [];
    const start = startedAt + event.at * 1000;
    const end = start + event.duration * 1000;
    const isOwn = event.participant === endpointId && event.kind === 'audio';
    const isBeside = event.reason === 'connection' && (start < first || end > last);
    return isOwn || isBeside ? [[start - blur, end + blur]] : [];
  });
}

function checkPackets(
  file: ProbedRecording,
  clip: SpeechClip,
  script: readonly Packet[][],
  check: SpeechCheck,
): void {
  let [first, last] = [Infinity, -Infinity];
  for (const { hash, size, time } of file.packets) {
    if (size < leastSpeech) continue;
    const at = file.startedAt + time * 1000;
    const candidates = script.flatMap((speech) => clip.placesOf(hash).map((place) => speech[place]));
    const nearest = candidates.reduce(
      (best, packet) =>
        packet && (!best || Math.abs(packet.at - at) < Math.abs(best.at - at)) ? packet : best,
      undefined,
    );
    if (!nearest || nearest.isFound || Math.abs(nearest.at - at) > farthest) {
      check.foreign += 1;
      continue;
    }
    nearest.isFound = true;
    check.packets += 1;
    check.late.push(at - nearest.at);
    [first, last] = [Math.min(first, nearest.at), Math.max(last, nearest.at + packetTime)];
  }
  const ends = file.packets.at(-1);
  // What the recorder put in behind the last word is no matter.
  if (ends && ends.size >= leastSpeech && last > first)
    check.longer.push(file.probedDuration * 1000 - (last - first));
}

function checkSound(
  file: ProbedRecording,
  clip: SpeechClip,
  said: readonly Speech[],
  whole: readonly Speech[],
  check: SpeechCheck,
): void {
  const samples = samplesOf(file.path);
  const place = (at: number): number => Math.round(((at - file.startedAt) * rate) / 1000);
  const length = (samples.length / rate) * 1000;
  for (const { start } of whole) {
    if (start < file.startedAt - skirt || start + clip.duration > file.startedAt + length + skirt) continue;
    const { correlation, lag } = find(clip.heart, samples, place(start), rate / 5);
    check.heard.push((lag / rate) * 1000);
    check.correlation = Math.min(check.correlation, correlation);
  }
  const between = samples.slice();
  for (const { start } of said) {
    const [begin, end] = [place(start - skirt), place(start + clip.duration + skirt)];
    between.fill(0, Math.max(0, begin), Math.max(0, Math.min(between.length, end)));
  }
  check.silence = Math.max(check.silence, loudness(between));
}
