/** How soon a speaker is heard, and how soon it is silent, in a process of its own. */
import { expect, it, onTestFinished } from 'vitest';
import { join } from '../../../src/index.ts';
import { Speaker } from '../../../src/media/index.ts';
import { startSandbox } from '../../support/jcli.ts';
import { Program } from '../../support/process.ts';
import { tone } from '../../support/sound.ts';

interface Frame {
  /** ms by this machine's clock */
  at: number;
  /** -dBov */
  level: number;
}

/** ms */
const now = (): number => performance.timeOrigin + performance.now();
const [audible, silent] = [40, 100];
const rounds = 5;

it('is heard at once, and silent at once when it is cleared', async () => {
  const { url } = await startSandbox();
  await using speaking = await join({ host: url, room: 'room', nick: 'robot' });
  const argument = JSON.stringify({ url, room: 'room' });
  const hearer = new Program(process.execPath, ['test/support/hearer.mjs', argument]);
  onTestFinished(async () => {
    await hearer.stop('SIGKILL');
  });
  using speaker = new Speaker({ sampleRate: 24_000 });
  const track = speaker.attach(speaking);
  await track.ready();
  const second = tone({ frequency: 440, sampleRate: 24_000, length: 24_000 });
  // The first word is spoken into a track that nobody knows of yet.
  await speaker.write(second);
  await hearer.waitForObject({ type: 'frame' });
  speaker.clear();
  await speaker.drained();
  const [heard, silenced]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const written = now();
    void speaker.write(second);
    heard.push((await frameAfter(hearer, written, ({ level }) => level < audible)).at - written);
    const cleared = now();
    speaker.clear();
    silenced.push((await frameAfter(hearer, cleared, ({ level }) => level > silent)).at - cleared);
    await speaker.drained();
  }
  console.log(`heard after ${inWords(heard)} ms; silent, when cleared, after ${inWords(silenced)} ms`);
  expect(median(heard)).toBeLessThan(150);
  expect(median(silenced)).toBeLessThan(60);
});

/** The first frame after a moment that is so. */
async function frameAfter(hearer: Program, time: number, isSo: (frame: Frame) => boolean): Promise<Frame> {
  return hearer.waitFor(
    () => (hearer.objects as unknown as Frame[]).find((frame) => frame.at > time && isSo(frame)),
    'a frame that is so',
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;
}

function inWords(values: readonly number[]): string {
  return values.map((value) => value.toFixed(1)).join(', ');
}
