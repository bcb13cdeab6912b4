/** `jcli play` in one process, `jcli listen` in another: what is heard is the file, all of it, at its pace. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Commands } from './commands.ts';
import { Deployment } from './deployment.ts';
import { writeMusic } from './music.ts';
import { find, rate, samplesOf } from './samples.ts';
import { type Spread, spreadOf } from './figures.ts';

export interface PlayOptions {
  /** The program's file. */
  jcli: string;
  /** That it may write to. */
  directory: string;
  /** s of music */
  seconds: number;
  /** 0 to 1 */
  random: () => number;
  /** Whether it may be interrupted nowhere, which a machine that is busy with other work does. */
  strict: boolean;
}

export interface PlayResult {
  seconds: number;
  /** Of a second each, of what was played with what was heard. */
  correlation: Spread;
  windows: number;
  /** ms at the end of the music that were played, and not heard any more */
  cut: number;
  /** ms by which what is heard is farther behind what was played at the end than at the beginning */
  drift: number;
  /** ms by which it is early or late in between, at most */
  jitter: number;
  underruns: number;
  /** s, of the listener */
  concealed: number;
  dropped: number;
  problems: string[];
}

/** Samples of a window. */
const windowLength = rate;
/** Samples around the place where one is expected. */
const reach = rate / 20;
const leastCorrelation = 0.99;
/** ms from the beginning to the end */
const largestDrift = 5;
/** ms: ffmpeg fills the last packet */
const longestCut = 20;
/** s: what is heard begins so late at most */
const longestStart = 20;
/** Every so many samples, where the beginning is looked for. */
const coarse = 8;

export async function playScene(options: PlayOptions): Promise<PlayResult> {
  const { directory, jcli, random, seconds, strict } = options;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const [music, heard] = [join(directory, 'music.ogg'), join(directory, 'heard.wav')];
  writeMusic(music, seconds, random);
  await using deployment = await Deployment.start(jcli);
  const url = `${deployment.url}/concert`;
  await using commands = new Commands(jcli);
  const listener = commands.start('listen', url, '--from', 'player', '--rate', '48000', '--output', heard);
  const player = commands.start('play', url, music, '--nick', 'player');
  await player.waitForObject({ type: 'started' });
  await pause(seconds * 1000);
  const [played, listened] = [await player.waitForExit(), await listener.waitForExit()];
  const { underruns } = player.objects.at(-1) as { underruns: number };
  const { concealed, dropped } = listener.objects.at(-1) as { concealed: number; dropped: number };
  const found = compare(samplesOf(music), samplesOf(heard));
  const { correlation, cut, drift } = found;
  const least = strict ? correlation.least : correlation.median;
  const problems = [
    ...(played.code === 0 ? [] : [`jcli play ended with ${played.code}: ${player.stderr}`]),
    ...(listened.code === 0 ? [] : [`jcli listen ended with ${listened.code}: ${listener.stderr}`]),
    ...(strict && underruns > 0 ? [`${underruns} underruns`] : []),
    ...(cut > longestCut ? [`the last ${cut} ms are not heard`] : []),
    ...(least < leastCorrelation ? [`what is heard is not what is played: ${least}`] : []),
    ...(strict && Math.abs(drift) > largestDrift ? [`it drifts by ${drift} ms`] : []),
  ];
  return { seconds, ...found, underruns, concealed, dropped, problems };
}

function compare(
  played: Float32Array,
  heard: Float32Array,
): Pick<PlayResult, 'correlation' | 'cut' | 'drift' | 'jitter' | 'windows'> {
  // The beginning may be missing: the second window is there.
  const offset = roughly(played.subarray(windowLength, 2 * windowLength), heard) - windowLength;
  const [correlations, lags]: [number[], number[]] = [[], []];
  for (let at = windowLength; at + windowLength <= played.length; at += windowLength) {
    const { correlation, lag } = find(played.subarray(at, at + windowLength), heard, at + offset, reach);
    correlations.push(correlation);
    lags.push((lag / rate) * 1000);
  }
  const correlation = spreadOf(correlations);
  if (!correlation) throw new Error('two seconds are too short to be compared');
  const [first = 0, last = 0] = [lags[0], lags.at(-1)];
  const jitter = Math.max(...lags.map((lag) => Math.abs(lag - first)));
  const cut = Math.max(0, ((played.length + offset - heard.length) / rate) * 1000);
  return { correlation, windows: lags.length, cut, drift: last - first, jitter };
}

/** Where something begins, to a millisecond. */
function roughly(wanted: Float32Array, where: Float32Array): number {
  const thin = (samples: Float32Array): Float32Array =>
    Float32Array.from(
      { length: Math.floor(samples.length / coarse) },
      (_, index) => samples[index * coarse] ?? 0,
    );
  const within = (longestStart * rate) / coarse;
  return find(thin(wanted), thin(where), within, within).lag * coarse + within * coarse;
}
