/** One frame in an IVF file: the form in which ffmpeg takes and gives a single picture of VP8, VP9 and AV1 over a pipe. */
import type { FrameSize } from '../../rtp/codecs/frame-size.ts';
import type { CodecName } from '../../rtp/parameters.ts';

const [headerLength, frameHeaderLength] = [32, 12];
const fourcc: Partial<Readonly<Record<CodecName, string>>> = { vp8: 'VP80', vp9: 'VP90', av1: 'AV01' };

export function ivfOf({
  codec,
  data,
  height,
  width,
}: FrameSize & { codec: CodecName; data: Uint8Array }): Uint8Array {
  const file = new Uint8Array(headerLength + frameHeaderLength + data.length);
  const view = new DataView(file.buffer);
  const text = (at: number, letters: string): void => file.set(new TextEncoder().encode(letters), at);
  text(0, 'DKIF');
  view.setUint16(6, headerLength, true);
  text(8, fourcc[codec] ?? '');
  view.setUint16(12, width, true);
  view.setUint16(14, height, true);
  // One frame of one second.
  view.setUint32(16, 1, true);
  view.setUint32(20, 1, true);
  view.setUint32(24, 1, true);
  view.setUint32(headerLength, data.length, true);
  file.set(data, headerLength + frameHeaderLength);
  return file;
}

/** The first frame; nothing where there is none. */
export function frameOfIvf(file: Uint8Array): Uint8Array {
  if (file.length < headerLength + frameHeaderLength) return new Uint8Array(0);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = headerLength + frameHeaderLength;
  return file.subarray(start, start + view.getUint32(headerLength, true));
}
