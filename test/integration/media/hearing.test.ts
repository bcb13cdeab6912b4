/** Who speaks when, as it is heard of people in another process through a deployment in a third. */
import { join as joinPath } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Conference, join } from '../../../src/index.ts';
import { pcm, soundLevel, utterances } from '../../../src/media/index.ts';
import type { PcmBlock } from '../../../src/media/sound/pcm-block.ts';
import { Program } from '../../support/process.ts';
import { SandboxProcess } from '../../support/sandbox-process.ts';
import { waitFor } from '../../support/wait.ts';

const script = joinPath(import.meta.dirname, '../../support/speakers-process.mjs');

interface Person {
  name: string;
  levels: 'right' | 'none' | 'wrong';
  idle: 'quiet' | 'nothing';
  /** When which phrase is said: ms, 0 to 2. They last 1330, 1240 and 1480 ms. */
  says: readonly (readonly [at: number, phrase: number])[];
}

interface Stretch {
  name: string;
  /** ms since the epoch */
  start: number;
  end: number;
}

interface Heard extends Stretch {
  blocks: readonly PcmBlock[];
}

/** Bob begins while Alice speaks, and writes no levels. */
const people: readonly Person[] = [
  {
    name: 'alice',
    levels: 'right',
    idle: 'quiet',
    says: [
      [1_500, 0],
      [3_800, 1],
      [6_100, 2],
    ],
  },
  {
    name: 'bob',
    levels: 'none',
    idle: 'nothing',
    says: [
      [2_200, 2],
      [6_000, 0],
    ],
  },
];

/** ms of an utterance's sound before its start and after its end, and of a packet, the first and the last of which may reach over that. */
const [around, packet] = [200, 20];
/** Samples are as long as their sender made them; starts and ends are times of capture, which are corrected by up to 5 % of the time that passes. */
const drift = 0.05;

/** ms by which the machine may be late with anything: otherwise the script is said once more. */
const calm = 150;
const tries = 6;

describe('utterances', () => {
  it.each([
    ['', 0, 0],
    [', with 2 % loss and jitter', 0.02, 40],
  ])('begin and end where the script has them, within 100 ms%s', async (_, loss, jitter) => {
    const { conference, sandbox, speakers } = await meet();
    await sandbox.fault('mediaLoss', loss);
    await sandbox.fault('mediaDelay', 0, jitter);
    const said = await sayCalmly(conference, speakers, jitter);
    const expected = inOrder(said.script);
    const heard = inOrder(said.heard);
    expect(heard.map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
    for (const [index, { blocks, end, name, start }] of heard.entries()) {
      const from = start - (expected[index]?.start ?? 0);
      const to = end - (expected[index]?.end ?? 0);
      console.info(`${name}: begins ${from.toFixed(0)} ms, ends ${to.toFixed(0)} ms after the script`);
      expect(Math.abs(from)).toBeLessThanOrEqual(100);
      expect(Math.abs(to)).toBeLessThanOrEqual(100);
      // A little before and after, where there is something.
      const length = blocks.reduce((sum, block) => sum + block.samples.length / 16, 0);
      expect(length).toBeGreaterThanOrEqual((end - start - packet) * (1 - drift));
      expect(length).toBeLessThanOrEqual((end - start + 2 * (around + packet)) * (1 + drift));
      expect(Math.min(...blocks.map((block) => soundLevel(block.samples).level))).toBeLessThan(30);
    }
  });
});

/** A deployment, its people, and who listens. */
async function meet(): Promise<{ sandbox: SandboxProcess; speakers: Program; conference: Conference }> {
  const sandbox = await SandboxProcess.start({});
  onTestFinished(() => sandbox[Symbol.asyncDispose]());
  const conference = await join({ host: sandbox.url, room: 'hall', nick: 'listener' });
  onTestFinished(() => conference.leave());
  const speakers = new Program(process.execPath, [script, sandbox.url, 'hall', JSON.stringify(people)]);
  onTestFinished(() => void speakers.stop('SIGKILL'));
  await speakers.waitForObject({ type: 'ready' });
  const count = (): number => [...conference.tracks.values()].filter(({ kind }) => kind === 'audio').length;
  await waitFor(() => count() === people.length, { what: 'track of each' });
  return { sandbox, speakers, conference };
}

/** Has the script said until the machine was not late with it. */
async function sayCalmly(
  conference: Conference,
  speakers: Program,
  jitter: number,
): Promise<{ script: readonly Stretch[]; heard: readonly Heard[] }> {
  const count = people.reduce((sum, { says }) => sum + says.length, 0);
  for (let round = 0; ; round += 1) {
    const script = (): Stretch[] => stretchesOf(speakers).slice(round * count);
    const late = new Lateness(conference);
    const listening = new Listening(conference);
    speakers.writeLine('go');
    await speakers.waitFor(() => (script().length === count ? true : undefined), 'all that is said');
    const isSettled = (): boolean => listening.heard.length >= count && listening.isQuiet;
    await expect
      .poll(isSettled, { timeout: 20_000 })
      .toBe(true)
      .catch(() => {});
    const heard = await listening.close();
    const lateness = late.close() - jitter;
    console.info(`round ${round + 1}: packets were up to ${lateness.toFixed(0)} ms late`);
    if (lateness <= calm || round + 1 === tries) return { script: script(), heard };
  }
}

function stretchesOf(speakers: Program): Stretch[] {
  return speakers.objects.filter(({ type }) => type === 'said') as unknown as Stretch[];
}

function inOrder<One extends Stretch>(all: readonly One[]): One[] {
  return all.toSorted((a, b) => a.name.localeCompare(b.name) || a.start - b.start);
}

class Listening {
  readonly heard: Heard[] = [];
  readonly #utterances: ReturnType<typeof utterances>;
  readonly #reading: Promise<void>;
  #open = 0;

  constructor(conference: Conference) {
    this.#utterances = utterances(conference, { sampleRate: 16_000 });
    this.#reading = this.#read();
  }

  get isQuiet(): boolean {
    return this.#open === 0;
  }

  async close(): Promise<readonly Heard[]> {
    this.#utterances.close();
    await this.#reading;
    return this.heard;
  }

  async #read(): Promise<void> {
    const readings: Promise<void>[] = [];
    for await (const { audio, ended, participant, start } of this.#utterances) {
      const read = async (): Promise<void> => {
        this.#open += 1;
        const blocks: PcmBlock[] = [];
        for await (const block of audio) blocks.push(block);
        this.heard.push({ name: participant?.displayName ?? '', start, end: (await ended).end, blocks });
        this.#open -= 1;
      };
      readings.push(read());
    }
    await Promise.all(readings);
  }
}

/** How late packets are, at most: who sends, what carries them and who hears may all be the reason. */
class Lateness {
  readonly #abort = new AbortController();
  #most = 0;

  constructor(conference: Conference) {
    const { signal } = this.#abort;
    const read = async (frames: AsyncIterable<{ captureTime: number }>): Promise<void> => {
      for await (const { captureTime } of frames) {
        const now = performance.timeOrigin + performance.now();
        this.#most = Math.max(this.#most, now - captureTime);
      }
    };
    for (const track of conference.tracks.values())
      if (track.kind === 'audio') void read(track.frames({ signal }));
  }

  close(): number {
    this.#abort.abort();
    return this.#most;
  }
}

it('a track is heard in real time, with its pauses as silence', async () => {
  const { conference, speakers } = await meet();
  const track = [...conference.tracks.values()].find(({ participant }) => participant?.displayName === 'bob');
  if (!track) throw new Error('nobody is there');
  speakers.writeLine('go');
  const blocks: PcmBlock[] = [];
  for await (const block of pcm(track, { sampleRate: 8_000 })) {
    blocks.push(block);
    if (blocks.length === 400) break;
  }
  const [first, last] = [blocks[0], blocks.at(-1)];
  expect(Math.abs((last?.timestamp ?? 0) - (first?.timestamp ?? 0) - 399 * 20)).toBeLessThan(40);
  const silence = blocks.filter(({ origin }) => origin === 'silence').length;
  expect(silence).toBeGreaterThan(50);
  expect(blocks.filter(({ origin }) => origin === 'decoded').length).toBeGreaterThan(50);
});
