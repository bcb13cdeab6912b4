/** Robots speak, two at a time, and `jcli record` in a process of its own has all of it, whatever happens to it. */
import { mkdirSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Commands } from './commands.ts';
import { Deployment } from './deployment.ts';
import { farthest } from './figures.ts';
import { PictureClip, type PictureCheck, checkPictures } from './picture-check.ts';
import { type Recording, readRecording } from './recording.ts';
import { SpeechClip, type SpeechCheck, checkSpeech } from './speech-check.ts';

export type Fault = 'cut' | 'moved' | 'killed';

export interface RecordOptions {
  /** The program's file. */
  jcli: string;
  /** Of the clips. */
  clips: string;
  /** That it may write to. */
  directory: string;
  robots: number;
  /** s that it records at least */
  seconds: number;
  faults: readonly Fault[];
  /** 0 to 1, for when faults come */
  random: () => number;
  limits: RecordLimits;
}

export interface RecordLimits {
  /** ms by which anything may be somewhere else than it was said */
  place: number;
  /** ms before SIGKILL of which nothing need be there */
  unwritten: number;
  /** Of the pictures that were shown; a bridge leaves some out where a machine is too busy. */
  missingPictures: number;
}

export interface RecordResult {
  faults: readonly Fault[];
  /** s */
  length: number;
  speech: SpeechCheck[];
  pictures: PictureCheck[];
  /** s, of the timeline: the longest of each source */
  gaps: number[];
  /** ms between the last picture of each file and the moment of SIGKILL */
  unwritten: number[];
  problems: string[];
}

const room = 'demo';
/** s that the network is cut: bridges send again what was lost in less. */
const cutFor = 5;

export async function recordScene(options: RecordOptions): Promise<RecordResult> {
  const { directory, faults, jcli, robots, seconds } = options;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  await using deployment = await Deployment.start(jcli, robots);
  await deployment.isHeard();
  await using commands = new Commands(jcli);
  const args = ['record', `${deployment.url}/${room}`, '--directory', directory];
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
  return judge(options, recording, said, stay, to, problems);
}

async function play(fault: Fault, deployment: Deployment): Promise<void> {
  if (fault === 'moved') return deployment.fault('moveBridge', room, 'recorder');
  await deployment.fault('cut', 'both', 'recorder');
  await pause(cutFor * 1000);
  await deployment.fault('cut', 'none', 'recorder');
}

function judge(
  { clips, faults, limits, robots }: RecordOptions,
  recording: Recording,
  said: Awaited<ReturnType<Deployment['speeches']>>,
  stay: { from: number; to: number },
  end: number,
  problems: string[],
): RecordResult {
  const speechClip = new SpeechClip(`${clips}/speech.ogg`);
  const pictureClip = new PictureClip(`${clips}/picture.ivf`);
  const participants = [...new Set(recording.files.map(({ participant }) => participant))];
  if (participants.length !== robots)
    problems.push(`${participants.length} of ${robots} robots are in the recording`);
  for (const { complaints, path } of recording.files)
    if (complaints !== '') problems.push(`ffprobe about ${path}: ${complaints}`);
  const speech = participants.map((id) =>
    checkSpeech(
      speechClip,
      recording,
      id,
      said.filter(({ endpointId }) => endpointId === id),
      stay,
    ),
  );
  const pictures = participants.map((id) => checkPictures(pictureClip, recording, id));
  const longest = new Map<string, number>();
  for (const event of recording.events)
    if (event.type === 'gap')
      longest.set(event.source, Math.max(longest.get(event.source) ?? 0, event.duration));
  if (faults.includes('cut')) {
    const cut = [...longest.values()].filter((duration) => duration > cutFor - 1).length;
    // At least the pictures of all; of who was silent nothing is missing.
    if (cut < robots) problems.push(`only ${cut} sources have the cut in the timeline`);
  }
  const unwritten = faults.includes('killed') ? pictures.map(({ last }) => end - last) : [];
  if (Math.max(0, ...unwritten) > limits.unwritten)
    problems.push(`the last ${Math.max(...unwritten)} ms before SIGKILL are missing`);
  problems.push(
    ...speech.flatMap((its) => speechProblems(its, limits)),
    ...pictures.flatMap((its) => pictureProblems(its, limits)),
  );
  return {
    faults,
    length: Math.max(...recording.files.map(({ duration, offset }) => offset + duration)),
    speech,
    pictures,
    gaps: [...longest.values()],
    unwritten,
    problems,
  };
}

function speechProblems(
  { foreign, heard, late, longer, missing, name, speeches }: SpeechCheck,
  { place }: RecordLimits,
): string[] {
  const [said, length, sound] = [farthest(late), farthest(longer), farthest(heard)];
  const problems: [isOne: boolean, what: string][] = [
    [heard.length !== speeches, `${heard.length} of ${speeches} speeches are heard`],
    [foreign > 0, `${foreign} packets that it did not say then`],
    [missing > 0, `${missing} packets are missing`],
    [Math.abs(said) > place, `a packet is ${said} ms from where it was said`],
    [Math.abs(length) > place, `a file is ${length} ms longer than what was said`],
    [Math.abs(sound) > place, `a speech is heard ${sound} ms from where it was said`],
  ];
  return problems.flatMap(([isOne, what]) => (isOne ? [`${name}: ${what}`] : []));
}

function pictureProblems(
  { foreign, missing, name, pictures }: PictureCheck,
  { missingPictures }: RecordLimits,
): string[] {
  return [
    ...(pictures === 0 ? [`${name}: there are no pictures`] : []),
    ...(foreign > 0 ? [`${name}: ${foreign} pictures that it did not show`] : []),
    ...(missing > pictures * missingPictures ? [`${name}: ${missing} pictures are missing`] : []),
  ];
}
