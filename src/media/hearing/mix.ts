/** Everybody but us as one sound. */
import { steadyClock } from '../../base/clock.ts';
import {
  checkOptions,
  duration,
  isObject,
  isText,
  type Kind,
  type Kinds,
} from '../../client/check-arguments.ts';
import type { RemoteTrack } from '../../client/media/remote/remote-track.ts';
import type { Participant } from '../../conference/room/roster.ts';
import { createOpusDecoder } from '../opus/decoder.ts';
import { type MixedConference, MixStream } from './mix-stream.ts';
import { formatOf, type SoundOptions, soundKinds } from './sound-options.ts';

export interface MixOptions extends SoundOptions {
  /** Participants, or their endpoint ids, who are not to be heard. */
  without?: readonly (Participant | string)[];
  /** ms that it waits at least for what is on its way. Default 100, with which one lost packet at a time is concealed; it is more where more is needed, up to 400. */
  delay?: number;
  /** ms by which its reader may be late: of more the oldest is left out. Default 2000. */
  limit?: number;
}

/** ms */
const [defaultDelay, longestDelay, defaultLimit] = [100, 400, 2_000];

const participants: Kind = {
  words: 'a list of participants, or of endpoint ids',
  fits: (value) =>
    Array.isArray(value) && value.every((each) => isText(each) || (isObject(each) && isText(each['id']))),
};
const kinds: Kinds<MixOptions> = { ...soundKinds, without: participants, delay: duration, limit: duration };

/**
 * The others as one sound, from now on and in real time: blocks of 20 ms one after the other, silence where nobody is heard. It follows who comes
 * and goes, waits for packets as long as they are late, and decodes only what is heard, as it is read. It ends with the conference.
 * @throws UsageError `option-invalid`, `option-unknown`
 */
export function mix(conference: MixedConference, options: MixOptions = {}): MixStream {
  checkOptions('mixing', kinds, options);
  const { without = [], ...others } = options;
  const left = new Set(without.map((each) => (typeof each === 'string' ? each : each.id)));
  return mixOf(conference, ({ endpointId }) => !left.has(endpointId), others);
}

/** The same, of those who are wanted. */
export function mixOf(
  conference: MixedConference,
  isWanted: (track: RemoteTrack) => boolean,
  options: Omit<MixOptions, 'without'>,
): MixStream {
  const { delay = defaultDelay, limit = defaultLimit, signal } = options;
  return new MixStream(conference, {
    ...formatOf(options),
    createDecoder: createOpusDecoder,
    delay: { least: delay, most: longestDelay },
    limit,
    clock: steadyClock,
    isWanted,
    signal,
  });
}
