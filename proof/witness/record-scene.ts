/** Robots speak, two at a time, and `jcli record` in a process of its own has all of it, whatever happens to it. */
import { mkdirSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Commands } from './commands.ts';
import { Deployment } from './deployment.ts';
import { cutFor, type Fault, judge, type RecordLimits, type RecordResult } from './judge-recording.ts';
import { readRecording } from './recording.ts';

export interface RecordOptions {
  /** The program's file. */
  jcli: string;
  /** Of the clips. */
  clips: string;
  /** That it may write to. */
  directory: string;
  container: string;
  robots: number;
  /** s that it records at least */
  seconds: number;
  faults: readonly Fault[];
  /** 0 to 1, for when faults come */
  random: () => number;
  limits: RecordLimits;
}

const room = 'demo';

export async function recordScene(options: RecordOptions): Promise<RecordResult> {
  const { container, directory, faults, jcli, robots, seconds } = options;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  await using deployment = await Deployment.start(jcli, robots);
  await deployment.isHeard();
  await using commands = new Commands(jcli);
  const args = ['record', `${deployment.url}/${room}`, '--directory', directory, '--container', container];
  const recorder = commands.start(...args, '--endpoint-id', 'recorder');
  await recorder.waitForObject({ type: 'transport', state: 'connected' });
  await recorder.waitForObject({ type: 'progress', sources: 2 * robots });
  const from = Date.now();
  // At some time in its part of the recording.
  const part = (seconds * 1000) / (faults.length + 1);
  for (const [index, fault] of faults.filter((name) => name !== 'killed').entries()) {
    const at = from + part * (index + 0.6 + 0.4 * options.random());
    await pause(Math.max(0, at - Date.now()));
    await play(fault, deployment);
  }
  await pause(Math.max(0, from + seconds * 1000 - Date.now()));
  const to = Date.now();
  const isKilled = faults.includes('killed');
  recorder.process.kill(isKilled ? 'SIGKILL' : 'SIGTERM');
  const { code } = await recorder.exited;
  const said = await deployment.speeches(to);
  const recording = readRecording(directory);
  const problems: string[] = [];
  if (!isKilled && code !== 130) problems.push(`jcli record ended with ${code}: ${recorder.stderr}`);
  if (recording.state !== (isKilled ? 'recording' : 'ended')) problems.push(`it is ${recording.state}`);
  const stay = { from, to: isKilled ? to - options.limits.unwritten : to };
  const result = judge(recording, said, deployment.shown, { ...options, stay, end: to });
  return { ...result, problems: [...problems, ...result.problems] };
}

async function play(fault: Fault, deployment: Deployment): Promise<void> {
  if (fault === 'moved') return deployment.fault('moveBridge', room, 'recorder');
  await deployment.fault('cut', 'both', 'recorder');
  await pause(cutFor * 1000);
  await deployment.fault('cut', 'none', 'recorder');
}
