/** Whether the pictures of somebody are in their files as they were sent: a clip again and again, at its pace. */
import { probe } from '../../test/support/probe.ts';
import { decodedPictures } from './decoded-pictures.ts';
import type { Shown } from './deployment.ts';
import type { ProbedRecording, Recording } from './recording.ts';

export interface PictureCheck {
  name: string;
  pictures: number;
  /** That nobody sent. */
  foreign: number;
  /** That are left out, and in no gap of the timeline. */
  missing: number;
  /** ms by which the time from one to the next is not that of the clip, at most */
  uneven: number;
  /** ms between the time at which each first picture of the clip was shown and its place in the recording */
  late: number[];
  /** ms since the epoch: where the last one is */
  last: number;
}

/** ms of one */
const pictureTime = 1000 / 30;
/** Pictures between two that need no other: who asks for one gets the next of these. */
const keyFrameDistance = 30;
const blur = 200;
/** ms that a sender on a busy machine may be late with the next one */
const longestPause = 300;

/** What is shown, of 30 pictures a second, with a key frame at its beginning and each second. */
export class PictureClip {
  readonly places: ReadonlyMap<string, number>;
  readonly #isDecoded: boolean;

  /**
   * @param decoded pictures are compared as they are decoded, for containers that pack them differently; else as they are encoded
   * @throws when two are alike
   */
  constructor(path: string, { decoded = false }: { decoded?: boolean } = {}) {
    this.#isDecoded = decoded;
    const hashes = decoded ? decodedPictures(path) : probe(path).packets.map(({ hash }) => hash);
    this.places = new Map(hashes.map((hash, index) => [hash, index]));
    if (this.places.size !== hashes.length) throw new Error(`${path} shows the same twice`);
  }

  /** What each of a file's pictures is. @throws when ffmpeg does not like it */
  hashesOf({ packets, path }: ProbedRecording): string[] {
    const encoded = packets.map(({ hash }) => hash);
    const hashes = this.#isDecoded ? decodedPictures(path) : encoded;
    if (hashes.length !== encoded.length)
      throw new Error(`${hashes.length} of ${encoded.length} pictures of ${path} are decoded`);
    return hashes;
  }
}

/** @param shown when the clip began; nothing is late where that is not known */
export function checkPictures(
  clip: PictureClip,
  recording: Recording,
  endpointId: string,
  shown: readonly Shown[] = [],
): PictureCheck {
  const files = recording.files.filter(
    ({ kind, participant }) => kind === 'video' && participant === endpointId,
  );
  const check: PictureCheck = {
    name: files[0]?.name ?? endpointId,
    pictures: 0,
    foreign: 0,
    missing: 0,
    uneven: 0,
    late: [],
    last: 0,
  };
  for (const file of files) checkFile(file, clip, gapsOf(recording, endpointId), shown, check);
  return check;
}

type Gap = readonly [start: number, end: number];

function gapsOf({ events, startedAt }: Recording, endpointId: string): Gap[] {
  return events.flatMap((event) => {
    if (event.type !== 'gap' || event.participant !== endpointId || event.kind !== 'video') return [];
    const start = startedAt + event.at * 1000;
    return [[start - blur, start + event.duration * 1000 + blur] as const];
  });
}

function checkFile(
  file: ProbedRecording,
  clip: PictureClip,
  gaps: readonly Gap[],
  shown: readonly Shown[],
  check: PictureCheck,
): void {
  let before: { at: number; place: number } | undefined;
  const hashes = clip.hashesOf(file);
  for (const [index, { time }] of file.packets.entries()) {
    const at = file.startedAt + time * 1000;
    const place = clip.places.get(hashes[index] ?? '');
    check.pictures += 1;
    check.last = Math.max(check.last, at);
    if (place === undefined) {
      check.foreign += 1;
      continue;
    }
    // What came before the recording is seen at its beginning.
    if (place === 0 && (index > 0 || file.offset > 0)) {
      const late = shown.map(({ start }) => at - start);
      const least = late.reduce((best, each) => (Math.abs(each) < Math.abs(best) ? each : best), Infinity);
      if (late.length > 0) check.late.push(least);
    }
    const last = before;
    before = { at, place };
    if (!last || gaps.some(([start, end]) => last.at < end && at > start)) continue;
    const steps = (place - last.place + clip.places.size) % clip.places.size;
    // Somebody asked for a key frame: pictures were left out, and no time.
    const isJump = steps !== 1 && place % keyFrameDistance === 0;
    const uneven = at - last.at - (isJump ? 1 : steps) * pictureTime;
    check.missing +=
      isJump && uneven > longestPause ? Math.round(uneven / pictureTime) : isJump ? 0 : steps - 1;
    if (Math.abs(uneven) > Math.abs(check.uneven)) check.uneven = uneven;
  }
}
