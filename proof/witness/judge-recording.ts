/** Whether a recording of robots has what they said and showed, and tells what is missing. */
import type { Shown, Speech } from './deployment.ts';
import { farthest } from './figures.ts';
import { checkPictures, type PictureCheck, PictureClip } from './picture-check.ts';
import type { Recording } from './recording.ts';
import { checkSpeech, type SpeechCheck, SpeechClip, type Stay } from './speech-check.ts';

export type Fault = 'cut' | 'moved' | 'killed';

export interface RecordLimits {
  /** ms by which anything may be somewhere else than it was said */
  place: number;
  /** ms before SIGKILL of which nothing need be there */
  unwritten: number;
  /** Of the pictures that were shown; a bridge leaves some out where a machine is too busy. */
  missingPictures: number;
  /** ms by which the time from one picture to the next may be another than it was shown */
  uneven: number;
  /** Of decoded speech with what was said, at least: 1 is the same. It is looked for within 0.2 s. */
  alike: number;
}

export interface JudgeOptions {
  /** Of the clips. */
  clips: string;
  robots: number;
  faults: readonly Fault[];
  limits: RecordLimits;
  /** What was said in it has to be there. */
  stay: Stay;
  /** ms since the epoch: it was stopped, or killed */
  end: number;
}

export interface RecordResult {
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

/** s that the network is cut: bridges send again what was lost in less. */
export const cutFor = 5;
/** s between a file's own length and the timeline's, which may be a second's work behind where it was killed */
const longestDisagreement = 0.5;
/** dB of full scale: louder is not silence */
const loudestSilence = -60;
/** ms by which a picture may be somewhere else than it was shown, also where much else is allowed: the next time that it is shown is 3 s away */
const farthestPicture = 500;

export function judge(
  recording: Recording,
  said: readonly Speech[],
  shown: readonly Shown[],
  options: JudgeOptions,
): RecordResult {
  const { clips, end, faults, limits, robots, stay } = options;
  const problems: string[] = [];
  const speechClip = new SpeechClip(`${clips}/speech.ogg`);
  const pictureClip = new PictureClip(`${clips}/picture.ivf`);
  const participants = [...new Set(recording.files.map(({ participant }) => participant))];
  if (participants.length !== robots)
    problems.push(`${participants.length} of ${robots} robots are in the recording`);
  for (const { complaints, duration, path, probedDuration } of recording.files) {
    if (complaints !== '') problems.push(`ffprobe about ${path}: ${complaints}`);
    if (Math.abs(probedDuration - duration) > longestDisagreement)
      problems.push(`${path} has ${probedDuration} s, and ${duration} in the timeline`);
  }
  if (
    faults.includes('moved') &&
    !recording.events.some((event) => event.type === 'session-ended' && event.reason === 'moving')
  )
    problems.push('the timeline does not tell that the bridge was moved');
  const speech = participants.map((id) =>
    checkSpeech(
      speechClip,
      recording,
      id,
      said.filter(({ endpointId }) => endpointId === id),
      stay,
    ),
  );
  // Faults may tear every one of them.
  if (faults.length === 0 && speech.every(({ speeches }) => speeches === 0))
    problems.push('nothing whole was said in it');
  const pictures = participants.map((id) =>
    checkPictures(
      pictureClip,
      recording,
      id,
      shown.filter(({ endpointId }) => endpointId === id),
    ),
  );
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
    length: Math.max(...recording.files.map(({ duration, offset }) => offset + duration)),
    speech,
    pictures,
    gaps: [...longest.values()],
    unwritten,
    problems,
  };
}

function speechProblems(
  { correlation, foreign, heard, late, longer, missing, name, silence, speeches }: SpeechCheck,
  { alike, place }: RecordLimits,
): string[] {
  const [said, length, sound] = [farthest(late), farthest(longer), farthest(heard)];
  const problems: [isOne: boolean, what: string][] = [
    [heard.length !== speeches, `${heard.length} of ${speeches} speeches are heard`],
    [foreign > 0, `${foreign} packets that it did not say then`],
    [missing > 0, `${missing} packets are missing`],
    [Math.abs(said) > place, `a packet is ${said} ms from where it was said`],
    [Math.abs(length) > place, `a file is ${length} ms longer than what was said`],
    [Math.abs(sound) > place, `a speech is heard ${sound} ms from where it was said`],
    [
      correlation < alike,
      `a speech is not heard where it was said: it is alike by ${correlation.toFixed(2)}`,
    ],
    [silence > loudestSilence, `between what it said there is sound of ${silence.toFixed(0)} dB`],
  ];
  return problems.flatMap(([isOne, what]) => (isOne ? [`${name}: ${what}`] : []));
}

function pictureProblems(
  { foreign, late, missing, name, pictures, uneven: offPace }: PictureCheck,
  { missingPictures, place, uneven }: RecordLimits,
): string[] {
  const shown = farthest(late);
  return [
    ...(pictures === 0 ? [`${name}: there are no pictures`] : []),
    ...(foreign > 0 ? [`${name}: ${foreign} pictures that it did not show`] : []),
    ...(missing > pictures * missingPictures ? [`${name}: ${missing} pictures are missing`] : []),
    ...(Math.abs(offPace) > uneven ? [`${name}: a picture is ${offPace.toFixed(0)} ms off its pace`] : []),
    ...(late.length === 0 ? [`${name}: of no picture it is known when it was shown`] : []),
    ...(Math.abs(shown) > Math.min(place, farthestPicture)
      ? [`${name}: a picture is ${shown.toFixed(0)} ms from where it was shown`]
      : []),
  ];
}
