/** H.264 as MP4 and WebM have it (ISO 14496-15: units after their lengths, parameter sets apart), as RTP takes it (annex B). */
import { startCode } from '../../rtp/codecs/h264/annex-b.ts';
import { nalType, nalTypes } from '../../rtp/codecs/h264/nal.ts';

/** Units of one picture: of slices, far fewer. */
const mostUnits = 10_000;

export interface AvcConfiguration {
  /** Bytes of a length. */
  lengthSize: number;
  parameterSets: readonly Uint8Array[];
}

/** @param bytes an AVCDecoderConfigurationRecord (5.3.3.1.2) @returns undefined when it is none */
export function readAvcConfiguration(bytes: Uint8Array): AvcConfiguration | undefined {
  if (bytes.length < 7 || bytes[0] !== 1) return undefined;
  const lengthSize = ((bytes[4] ?? 0) & 3) + 1;
  const parameterSets: Uint8Array[] = [];
  let offset = 5;
  for (const mask of [0x1f, 0xff]) {
    let left = (bytes[offset] ?? 0) & mask;
    for (offset += 1; left > 0; left -= 1) {
      const end = offset + 2 + ((bytes[offset] ?? 0) << 8) + (bytes[offset + 1] ?? 0);
      if (end > bytes.length) return undefined;
      parameterSets.push(bytes.slice(offset + 2, end));
      offset = end;
    }
  }
  return { lengthSize, parameterSets };
}

/** Key frames get the parameter sets, unless they have them. @returns undefined when the sample is cut short, or has too many units */
export function annexBOf(
  sample: Uint8Array,
  { lengthSize, parameterSets }: AvcConfiguration,
): Uint8Array | undefined {
  const units: Uint8Array[] = [];
  let left = mostUnits;
  for (let offset = 0; offset < sample.length; left -= 1) {
    if (left === 0) return undefined;
    let length = 0;
    for (let index = 0; index < lengthSize; index += 1) length = length * 256 + (sample[offset + index] ?? 0);
    const start = offset + lengthSize;
    offset = start + length;
    if (offset > sample.length) return undefined;
    if (length > 0) units.push(sample.subarray(start, offset));
  }
  const has = (type: number): boolean => units.some((unit) => nalType(unit[0]) === type);
  if (has(nalTypes.idr) && !has(nalTypes.sps)) units.unshift(...parameterSets);
  return new Uint8Array(Buffer.concat(units.flatMap((unit) => [startCode, unit])));
}
