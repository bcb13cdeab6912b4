/** IVF, the plain container of encoded pictures that encoders write: a header of 32 bytes; before each frame its length and time. */
import { describeFrame } from '../rtp/codecs/describe-frame.ts';
import type { CodecName } from '../rtp/parameters.ts';
import { type Clip, clipError, type ClipFrame, mostFrames } from './clip.ts';

const codecs: Readonly<Record<string, CodecName>> = { VP80: 'vp8', VP90: 'vp9', AV01: 'av1', H264: 'h264' };

const headerLength = 32;
const frameHeaderLength = 12;
/** ms that a single picture is shown */
const stillInterval = 100;
/** ms between two frames, on average */
const shortestInterval = 1;

/**
 * Frames before the first key frame are left out: nobody could decode them.
 * @throws ParseError `ivf-header`, `ivf-codec`, `ivf-truncated`, `ivf-frame`, `ivf-times`, `ivf-no-key-frame`, `ivf-too-long`
 */
export function readIvf(bytes: Uint8Array): Clip {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { codec, width, height, tick, start } = readHeader(bytes, view);
  const frames: ClipFrame[] = [];
  let first: number | undefined;
  let last = -1;
  for (let offset = start, number = 1; offset < bytes.length; number += 1) {
    if (offset + frameHeaderLength > bytes.length) throw truncated(number);
    const end = offset + frameHeaderLength + view.getUint32(offset, true);
    if (end > bytes.length) throw truncated(number);
    const ticks = view.getUint32(offset + 4, true) + view.getUint32(offset + 8, true) * 2 ** 32;
    const data = bytes.subarray(offset + frameHeaderLength, end);
    if (data.length === 0) throw clipError('IVF', 'ivf-frame', `frame ${number} is empty`);
    if (ticks <= last)
      throw clipError('IVF', 'ivf-times', `the time of frame ${number} is not after that of the one before`);
    last = ticks;
    const { keyFrame } = describeFrame(codec, data);
    if (keyFrame) first ??= ticks;
    if (first !== undefined) frames.push({ data, at: (ticks - first) * tick, isKeyFrame: keyFrame });
    if (frames.length > mostFrames)
      throw clipError('IVF', 'ivf-too-long', `it has more than ${mostFrames} frames`);
    offset = end;
  }
  if (frames.length === 0)
    throw clipError('IVF', 'ivf-no-key-frame', 'it has no key frame, so nobody could decode it');
  return { kind: 'video', codec, frames, duration: durationOf(frames), width, height };
}

interface IvfHeader {
  codec: CodecName;
  width: number;
  height: number;
  /** ms of one unit of time */
  tick: number;
  start: number;
}

function readHeader(bytes: Uint8Array, view: DataView): IvfHeader {
  const text = (from: number): string => String.fromCharCode(...bytes.subarray(from, from + 4));
  if (bytes.length < headerLength || text(0) !== 'DKIF')
    throw clipError('IVF', 'ivf-header', 'it does not begin as one; is it in another format, such as WebM?');
  const start = view.getUint16(6, true);
  const [rate, scale] = [view.getUint32(16, true), view.getUint32(20, true)];
  if (view.getUint16(4, true) !== 0 || start < headerLength || rate === 0 || scale === 0)
    throw clipError('IVF', 'ivf-header', 'its header is of no known version, or damaged');
  const codec = codecs[text(8)];
  if (codec === undefined) {
    const known = Object.keys(codecs).join(', ');
    throw clipError('IVF', 'ivf-codec', `its codec is ${JSON.stringify(text(8))}; known are ${known}`);
  }
  const [width, height] = [view.getUint16(12, true), view.getUint16(14, true)];
  return { codec, width, height, tick: (1000 * scale) / rate, start };
}

/** The last frame is shown as long as the one before it. */
function durationOf(frames: readonly ClipFrame[]): number {
  const [before, last] = [frames.at(-2), frames.at(-1)];
  if (!before || !last) return stillInterval;
  const duration = last.at + (last.at - before.at);
  // Finite, too: numbers of 64 bits and odd units of time give anything.
  if (duration >= frames.length * shortestInterval && duration < 2 ** 40) return duration;
  throw clipError('IVF', 'ivf-times', `its ${frames.length} frames are to be shown within ${duration} ms`);
}

function truncated(number: number): Error {
  return clipError('IVF', 'ivf-truncated', `it ends within frame ${number}`);
}
