/** What a container says of a codec, from the first frame: codec strings (RFC 6381; VP9 and AV1 bindings of ISO BMFF), sizes. */
import { unitsOfAnnexB } from '../../rtp/codecs/h264/annex-b.ts';
import { obuTypes, readObu } from '../../rtp/codecs/av1/obu.ts';
import { describeFrame } from '../../rtp/codecs/describe-frame.ts';
import type { FrameSize } from '../../rtp/codecs/frame-size.ts';
import { nalType, nalTypes } from '../../rtp/codecs/h264/nal.ts';
import type { CodecName } from '../../rtp/parameters.ts';

export interface VideoConfig extends FrameSize {
  codec: string;
  /** H264: what later frames must not change in the same file. */
  parameterSet?: string;
}

/** Undefined when the frame does not say it: a file cannot begin with that one. */
export function videoConfig(codec: CodecName, data: Uint8Array): VideoConfig | undefined {
  const { size } = describeFrame(codec, data);
  if (!size) return undefined;
  switch (codec) {
    case 'vp8':
      return { codec: 'vp8', ...size };
    case 'vp9':
      return { codec: `vp09.0${vp9Profile(data)}.40.08`, ...size };
    case 'av1':
      return { codec: av1CodecString(data), ...size };
    case 'h264': {
      const parameterSet = h264ParameterSet(data);
      return parameterSet === undefined
        ? undefined
        : { codec: `avc1.${parameterSet.slice(2, 8)}`, parameterSet, ...size };
    }
    case 'opus':
      return undefined;
  }
}

/** Hexadecimal; undefined where the frame has none. */
export function h264ParameterSet(data: Uint8Array): string | undefined {
  const set = unitsOfAnnexB(data).find((unit) => nalType(unit[0]) === nalTypes.sps);
  return set && Buffer.from(set.buffer, set.byteOffset, set.byteLength).toString('hex');
}

/** VP9 bitstream specification, 6.2: the low bit comes first. */
function vp9Profile([first = 0]: Uint8Array): number {
  return ((first >> 5) & 1) | ((first >> 3) & 2);
}

/** Profile, level and tier of the sequence header's first operating point (AV1 bitstream specification, 5.5.1). */
function av1CodecString(data: Uint8Array): string {
  for (let offset = 0; offset < data.length; ) {
    const read = readObu(data, offset);
    if (!read) break;
    offset = read.end;
    if (read.obu.type !== obuTypes.sequenceHeader) continue;
    const [first = 0, , , fourth = 0] = read.obu.payload;
    const profile = first >> 5;
    // Of a reduced header, or one with timing, the level is elsewhere.
    if ((first & 0x0c) !== 0) return `av01.${profile}.08M.08`;
    const level = fourth >> 3;
    return `av01.${profile}.${String(level).padStart(2, '0')}M.08`;
  }
  return 'av01.0.08M.08';
}

/** The identification header of RFC 7845, 5.1: stereo, for each packet says itself what it is; nothing is skipped. */
export const opusHead: Uint8Array = Uint8Array.from([
  ...new TextEncoder().encode('OpusHead'),
  // version, channels, pre-skip, 48 000 Hz, gain, mapping
  1,
  2,
  0,
  0,
  0x80,
  0xbb,
  0,
  0,
  0,
  0,
  0,
]);
