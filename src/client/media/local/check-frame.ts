/** What is given to a track of ours, checked as programs without types may get it wrong. */
import { UsageError } from '../../../base/errors.ts';
import { isOpusPacket } from '../../../rtp/codecs/opus/packet.ts';
import type { CodecName } from '../../../rtp/parameters.ts';
import type { LocalFrame, LocalPacket } from '../track-types.ts';

/** Data of no bytes is no mistake, but nothing to be sent: encoders that leave out silence have it. @throws UsageError `frame-invalid` */
export function checkFrame(frame: LocalFrame, codec: CodecName, source: string): void {
  const { audioLevel, data, timestamp } = given(frame);
  if (!isBytes(data))
    throw invalid(source, `data is ${inWords(data)}; give the encoded frame as a Uint8Array`);
  if (codec === 'opus' && data.length > 0 && !isOpusPacket(data))
    throw invalid(source, `its ${data.length} bytes are no Opus packet; encode samples of sound first`);
  if (!isTime(timestamp))
    throw invalid(source, `timestamp is ${inWords(timestamp)}; give the time of capture in ms, as a number`);
  checkLevel(audioLevel, source);
}

/** @throws UsageError `frame-invalid` */
export function checkPacket(packet: LocalPacket, source: string): void {
  const { audioLevel, payload, timestamp } = given(packet);
  if (!isBytes(payload))
    throw invalid(source, `payload is ${inWords(payload)}; give what follows the RTP header as a Uint8Array`);
  if (!isTime(timestamp))
    throw invalid(source, `timestamp is ${inWords(timestamp)}; give it in units of the codec's clock`);
  checkLevel(audioLevel, source);
}

/** @param layers how many the track has; 0: it is not sent in layers @returns the index of the one it is for @throws UsageError `frame-invalid` */
export function checkLayer(sent: LocalFrame | LocalPacket, layers: number, source: string): number {
  const { layer } = given(sent);
  if (layers === 0) return 0;
  if (typeof layer === 'number' && Number.isInteger(layer) && layer >= 0 && layer < layers) return layer;
  throw invalid(
    source,
    `layer is ${inWords(layer)}; the track has ${layers} of them: give 0 for the smallest, up to ${layers - 1}`,
  );
}

/** A byte of a header extension: anything else would be some other level, in silence. */
function checkLevel(level: unknown, source: string): void {
  if (level === undefined) return;
  const isLevel =
    typeof level === 'object' &&
    level !== null &&
    'level' in level &&
    'voice' in level &&
    isDbov(level.level);
  if (isLevel && typeof level.voice === 'boolean') return;
  throw invalid(source, 'audioLevel is to be { level, voice }: -dBov from 0 to 127, and true or false');
}

function isDbov(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 127;
}

function given(value: LocalFrame | LocalPacket): Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** A Uint8Array, of whatever realm. */
function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && 'BYTES_PER_ELEMENT' in value && value.BYTES_PER_ELEMENT === 1;
}

function inWords(value: unknown): string {
  if (typeof value === 'number' || value === undefined || value === null) return String(value);
  if (isBytes(value)) return `${value.length} bytes`;
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  return `a ${typeof value}`;
}

function invalid(source: string, problem: string): UsageError {
  return new UsageError(`sending ${source}: ${problem}`, { code: 'frame-invalid' });
}
