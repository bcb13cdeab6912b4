/** How soon a tone is heard, of `jcli say` and of a `Speaker`, and how soon it is silent; speaker, hearer and deployment are three processes. */
import { setTimeout as pause } from 'node:timers/promises';
import { tone } from '../../test/support/sound.ts';
import { waitFor } from '../../test/support/wait.ts';
import { Remote } from '../lib/remote.ts';
import { Commands } from './commands.ts';
import { Deployment } from './deployment.ts';
import type { HeardFrame } from './hearer-process.ts';

export interface SayResult {
  /** ms from when a tone is written to `jcli say` until the hearer has the first packet that sounds like it */
  said: number[];
  /** The same of `speaker.write`. */
  spoken: number[];
  /** ms from `speaker.clear` until the end of the last packet that sounds like it */
  cleared: number[];
  problems: string[];
}

const room = 'room';
const sampleRate = 24_000;
/** Hz */
const frequency = 440;
/** ms without the tone: it is over */
const quiet = 400;

export async function sayScene({ jcli, rounds }: { jcli: string; rounds: number }): Promise<SayResult> {
  await using deployment = await Deployment.start(jcli);
  const options = { url: deployment.url, room, frequency };
  await using hearer = new Remote('the hearer', new URL('hearer-process.js', import.meta.url), options);
  await hearer.ask({ do: 'ready' });
  const heard = (): Promise<HeardFrame[]> => hearer.ask({ do: 'heard' });
  const said = await sayAll(jcli, deployment.url, rounds, heard);
  await using speaker = new Remote('the speaker', new URL('speaker-process.js', import.meta.url), options);
  await speaker.ask({ do: 'ready' });
  const [spoken, cleared]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const written = await speaker.ask<number>({ do: 'speak' });
    spoken.push((await firstAfter(written, heard)).at - written);
    await pause(100 + 37 * (round % 5));
    const silenced = await speaker.ask<number>({ do: 'clear' });
    cleared.push(Math.max(0, (await isOver(heard)) - silenced));
  }
  const problems = [hearer, speaker].flatMap(({ stderr }) => (stderr === '' ? [] : [stderr]));
  return { said, spoken, cleared, problems };
}

/** The tone in pieces of 200 ms. @returns ms until each is heard */
async function sayAll(
  jcli: string,
  url: string,
  rounds: number,
  heard: () => Promise<HeardFrame[]>,
): Promise<number[]> {
  await using commands = new Commands(jcli);
  const program = commands.start('say', `${url}/${room}`, '--rate', String(sampleRate));
  await program.waitForObject({ type: 'ready' });
  const samples = tone({ frequency, sampleRate, length: sampleRate / 5 });
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const delays: number[] = [];
  await waitFor(
    async () => {
      program.process.stdin.write(bytes);
      await pause(quiet);
      return (await heard()).some(({ isTone }) => isTone);
    },
    { what: 'way from one to the other' },
  );
  for (let round = 0; round < rounds; round += 1) {
    await isOver(heard);
    const written = performance.timeOrigin + performance.now();
    program.process.stdin.write(bytes);
    delays.push((await firstAfter(written, heard)).at - written);
  }
  program.endInput();
  await program.waitForExit();
  return delays;
}

function firstAfter(time: number, heard: () => Promise<HeardFrame[]>): Promise<HeardFrame> {
  const look = async (): Promise<HeardFrame | undefined> =>
    (await heard()).find(({ at, isTone }) => isTone && at > time);
  return waitFor(look, { what: 'tone' });
}

/** @returns when the last packet of the tone is played to its end, at the earliest */
function isOver(heard: () => Promise<HeardFrame[]>): Promise<number> {
  return waitFor(
    async () => {
      const last = (await heard()).findLast(({ isTone }) => isTone);
      const now = performance.timeOrigin + performance.now();
      return last && now - last.at > quiet ? last.at + last.duration : undefined;
    },
    { what: 'silence' },
  );
}
