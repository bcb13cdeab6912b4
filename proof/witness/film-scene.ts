/** Pictures in H264, AV1, VP9 and VP8 are recorded, each process of their own, and made into one film of all; a picture of it is there to be looked at. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { probe } from '../../test/support/probe.ts';
import { Commands } from './commands.ts';
import { Deployment, type Speech } from './deployment.ts';
import { farthest } from './figures.ts';
import { PictureClip, type PictureCheck, checkPictures } from './picture-check.ts';
import { type Recording, readRecording } from './recording.ts';
import { find, rate, samplesOf } from './samples.ts';
import { SpeechClip } from './speech-check.ts';

export interface FilmOptions {
  /** The program's file. */
  jcli: string;
  /** Of the clips. */
  clips: string;
  /** That it may write to. */
  directory: string;
  seconds: number;
  /** Of what is not H264. */
  container: 'webm' | 'mp4';
  /** Whether one film of all is made too; that takes longest. */
  compose: boolean;
}

export interface FilmResult {
  /** By codec. */
  pictures: (PictureCheck & { codec: string; container: string })[];
  made: MadeFile[];
  /** A picture of the film, to be looked at. */
  still?: string;
  problems: string[];
}

/** One file of all. */
interface MadeFile {
  path: string;
  /** s that it is longer than the recording */
  longer: number;
  speeches: number;
  /** ms: where each speech is found in it, from where it was said, at most */
  heard: number;
  /** With what was said, the least; two at a time are half of it each */
  correlation: number;
}

const robots = 2;
const room = 'demo';
/** Each encoder with a key frame a second and nothing that needs what comes after it. */
const films: Readonly<Record<string, { file: string; picture: string; encoder: string }>> = {
  h264: {
    file: 'h264.mp4',
    picture: 'testsrc2',
    encoder: 'libx264 -preset veryfast -profile:v baseline -sc_threshold 0',
  },
  av1: { file: 'av1.webm', picture: 'testsrc', encoder: 'libsvtav1 -preset 12 -svtav1-params pred-struct=1' },
  vp9: {
    file: 'vp9.webm',
    picture: 'testsrc2,hue=h=120',
    encoder: 'libvpx-vp9 -deadline realtime -cpu-used 8',
  },
};
/** s */
const filmLength = 6;
/** ms, of one with what is around it */
const speechTime = 5_200;
/** ms by which a speech may be somewhere else in a file of all, and s by which that may be longer than what was recorded */
const [farthestSpeech, longestRest] = [100, 0.5];
/** Of a speech with what is heard while another may speak as well. */
const leastAlike = 0.4;

export async function filmScene(options: FilmOptions): Promise<FilmResult> {
  const { clips, compose, container, directory, jcli, seconds } = options;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const film of Object.values(films)) encode(join(directory, film.file), film);
  await using deployment = await Deployment.start(jcli, robots);
  const url = `${deployment.url}/${room}`;
  await using commands = new Commands(jcli);
  for (const [codec, { file }] of Object.entries(films)) {
    const camera = commands.start(
      'media',
      url,
      '--nick',
      codec,
      '--send-video',
      join(directory, file),
      '--max-height',
      '0',
    );
    await camera.waitForObject({ type: 'transport', state: 'connected' });
  }
  await deployment.isHeard();
  const recording = join(directory, 'recording');
  const recorder = commands.start(
    'record',
    url,
    '--directory',
    recording,
    '--container',
    container,
    ...(compose ? ['--mix', '--compose'] : []),
  );
  const count = Object.keys(films).length;
  await recorder.waitForObject({ type: 'progress', sources: count + 2 * robots });
  const from = Date.now();
  await pause(seconds * 1000);
  const to = Date.now();
  recorder.process.kill('SIGTERM');
  const said = await deployment.speeches(to);
  const { code } = await recorder.exited;
  const problems = code === 130 ? [] : [`jcli record ended with ${code}: ${recorder.stderr}`];
  const recorded = readRecording(recording);
  const { composed, mixed } = recorder.objects.at(-1) as { composed?: string; mixed?: string };
  const pictures = [
    ...Object.entries(films).map(([codec, { file }]) =>
      check(recorded, codec, new PictureClip(join(directory, file), { decoded: true }), problems, codec),
    ),
    check(recorded, 'vp8', new PictureClip(join(clips, 'picture.ivf')), problems, 'robot-1'),
  ];
  if (!compose) return { pictures, made: [], problems };
  const whole = said.filter(({ start }) => start > from && start + speechTime < to);
  const clip = new SpeechClip(join(clips, 'speech.ogg'));
  if (mixed === undefined || composed === undefined) throw new Error(`jcli record: ${recorder.stderr}`);
  const made = [mixed, composed].map((file) => compare(file, recorded, clip, whole, problems));
  const still = join(directory, 'composed.png');
  takePicture(composed, seconds / 2, still);
  return { pictures, made, still, problems };
}

function encode(path: string, { encoder, picture }: { encoder: string; picture: string }): void {
  const source = picture.replace(/^\w+/, `$&=size=640x360:rate=30:duration=${filmLength}`);
  ffmpeg([
    '-f',
    'lavfi',
    '-i',
    source,
    '-pix_fmt',
    'yuv420p',
    '-c:v',
    ...encoder.split(' '),
    '-g',
    '30',
    '-y',
    path,
  ]);
}

function takePicture(path: string, second: number, to: string): void {
  ffmpeg(['-ss', String(second), '-i', path, '-frames:v', '1', '-y', to]);
}

function ffmpeg(args: readonly string[]): void {
  const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ffmpeg ${args.join(' ')}: ${stderr}`);
}

function check(
  recording: Recording,
  codec: string,
  clip: PictureClip,
  problems: string[],
  name: string,
): FilmResult['pictures'][number] {
  const file = recording.files.find((each) => each.name === name && each.kind === 'video');
  if (!file) throw new Error(`there is no video of ${name}: ${JSON.stringify(recording.files)}`);
  if (file.codec !== codec) problems.push(`${name} is in ${file.codec}`);
  if (file.complaints !== '') problems.push(`ffprobe about ${file.path}: ${file.complaints}`);
  const its = checkPictures(clip, recording, file.participant);
  if (its.foreign > 0) problems.push(`${name}: ${its.foreign} pictures that nobody showed`);
  if (its.missing > 0) problems.push(`${name}: ${its.missing} pictures are missing`);
  return { ...its, codec, container: file.path.slice(file.path.lastIndexOf('.') + 1) };
}

function compare(
  path: string,
  recording: Recording,
  clip: SpeechClip,
  said: readonly Speech[],
  problems: string[],
): MadeFile {
  const { complaints, duration } = probe(path);
  if (complaints !== '') problems.push(`ffprobe about ${path}: ${complaints}`);
  const samples = samplesOf(path);
  const found = said.map(({ start }) => {
    const place = Math.round(((start - recording.startedAt) * rate) / 1000);
    return find(clip.heart, samples, place, rate / 5);
  });
  const end = Math.max(...recording.files.map((file) => file.offset + file.duration));
  const made: MadeFile = {
    path,
    longer: duration - end,
    speeches: said.length,
    heard: farthest(found.map(({ lag }) => (lag / rate) * 1000)),
    correlation: Math.min(...found.map(({ correlation }) => correlation)),
  };
  if (said.length === 0) problems.push(`nothing whole was said in ${path}`);
  if (made.correlation < leastAlike)
    problems.push(`a speech is not in ${path}: it is alike by ${made.correlation.toFixed(2)}`);
  if (Math.abs(made.heard) > farthestSpeech)
    problems.push(`a speech is ${made.heard} ms from where it was said in ${path}`);
  if (Math.abs(made.longer) > longestRest)
    problems.push(`${path} is ${made.longer} s longer than the recording`);
  return made;
}
