/** How loud each packet of a sound is, as its file's comment `AUDIO_LEVELS` says: two hex digits each, as in RFC 6464. Our own clips have it, so that nothing has to decode them. */
import type { AudioLevel } from '../../client/media/track-types.ts';
import type { EncodedFrame } from './media.ts';

/** Characters of it that are read: hours. */
const longestComment = 2_000_000;

/** @param comment of any kind */
export function levelsIn(comment: unknown): AudioLevel[] {
  if (typeof comment !== 'string') return [];
  return Array.from(comment.slice(0, longestComment).matchAll(/[0-9a-f]{2}/gi), ([pair]) => {
    const byte = Number.parseInt(pair, 16);
    return { level: byte & 0x7f, voice: (byte & 0x80) !== 0 };
  });
}

/** What somebody who talks into a microphone has, and what a packet means that an encoder sends when nobody does. */
const talking: AudioLevel = { level: 30, voice: true };
const silence: AudioLevel = { level: 127, voice: false };
/** bytes of a packet that only says that there is nothing to hear */
const longestSilence = 2;

/** A packet of Opus with its level: a guess where nobody has measured it. */
export function withLevel(frame: EncodedFrame): EncodedFrame {
  return { audioLevel: frame.data.length <= longestSilence ? silence : talking, ...frame };
}
