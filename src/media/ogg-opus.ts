/**
 * Opus in Ogg (RFC 7845), one channel or two. The comment `AUDIO_LEVELS` of our own clips has how loud each packet is: two hex digits
 * each, as in RFC 6464. Without it that is guessed.
 */
import type { AudioLevel } from '../client/media/track-types.ts';
import { type Clip, clipError, type ClipFrame, mostFrames } from './clip.ts';
import { oggPackets } from './ogg.ts';
import { opusDuration } from '../rtp/codecs/opus-packet.ts';

const encoder = new TextEncoder();
const headMagic = encoder.encode('OpusHead');
const tagsMagic = encoder.encode('OpusTags');
const levelsComment = 'AUDIO_LEVELS=';

/** What somebody who talks into a microphone has, and what a packet means that an encoder sends when nobody does. */
const talking: AudioLevel = { level: 30, voice: true };
const silence: AudioLevel = { level: 127, voice: false };
/** bytes of a packet that only says that there is nothing to hear */
const longestSilence = 2;

/**
 * A packet lasts as long as it says; the file's own times are not needed.
 * @throws ParseError `ogg-no-opus`, `ogg-channels`, `ogg-opus-packet`, `ogg-empty`, `ogg-too-long`, and those of the Ogg pages:
 *   `ogg-page`, `ogg-truncated`, `ogg-damaged`
 */
export function readOggOpus(bytes: Uint8Array): Clip {
  const isOpus = (packet: Uint8Array): boolean => startsWith(packet, headMagic);
  const [head, tags, ...packets] = oggPackets(bytes, isOpus, mostFrames + 2);
  if (!head) throw clipError('Ogg', 'ogg-no-opus', 'there is no Opus in it');
  checkHead(head);
  const levels = tags ? levelsIn(tags) : [];
  const frames: ClipFrame[] = [];
  let at = 0;
  for (const [index, data] of packets.entries()) {
    const duration = opusDuration(data);
    if (duration === undefined)
      throw clipError('Ogg', 'ogg-opus-packet', `packet ${index + 1} is no Opus packet`);
    frames.push({ data, at, isKeyFrame: true, audioLevel: levels[index] ?? guessedLevel(data) });
    at += duration;
  }
  if (frames.length === 0) throw clipError('Ogg', 'ogg-empty', 'there is no sound in it');
  return { kind: 'audio', codec: 'opus', frames, duration: at };
}

/** RFC 7845, 5.1; what has more than two channels is several streams in one, which RTP does not know (RFC 7587). */
function checkHead(head: Uint8Array): void {
  const [channels = 0, mapping = 0] = [head[9], head[18]];
  if (head.length >= 19 && mapping === 0 && (channels === 1 || channels === 2)) return;
  throw clipError(
    'Ogg',
    'ogg-channels',
    `it has ${channels} channels of kind ${mapping}; one or two can be sent`,
  );
}

function guessedLevel(packet: Uint8Array): AudioLevel {
  return packet.length <= longestSilence ? silence : talking;
}

/** RFC 7845, 5.2: a vendor and a list of comments, each after its length. What is not as it should be is left out. */
function levelsIn(tags: Uint8Array): AudioLevel[] {
  if (!startsWith(tags, tagsMagic) || tags.length < 16) return [];
  const view = new DataView(tags.buffer, tags.byteOffset, tags.byteLength);
  let offset = tagsMagic.length + 4 + view.getUint32(tagsMagic.length, true) + 4;
  while (offset + 4 <= tags.length) {
    const end = offset + 4 + view.getUint32(offset, true);
    const comment = new TextDecoder().decode(tags.subarray(offset + 4, end));
    if (comment.toUpperCase().startsWith(levelsComment))
      return parseLevels(comment.slice(levelsComment.length));
    offset = end;
  }
  return [];
}

function parseLevels(digits: string): AudioLevel[] {
  return Array.from(digits.matchAll(/[0-9a-f]{2}/gi), ([pair]) => {
    const byte = Number.parseInt(pair, 16);
    return { level: byte & 0x7f, voice: (byte & 0x80) !== 0 };
  });
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}
