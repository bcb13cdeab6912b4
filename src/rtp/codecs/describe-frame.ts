/** What an encoded frame's own bytes tell, as it comes out of a file or an encoder. */
import type { CodecName } from '../parameters.ts';
import { unitsOfAnnexB } from './h264/annex-b.ts';
import { obuTypes, readObu } from './av1/obu.ts';
import { av1FrameSize } from './av1/sequence-header.ts';
import type { FrameSize } from './frame-size.ts';
import { nalType, nalTypes } from './h264/nal.ts';
import { h264FrameSize } from './h264/sps.ts';
import { isVp8KeyFrame, vp8FrameSize } from './vp8/frame.ts';
import { isVp9KeyFrame, vp9FrameSize } from './vp9/frame.ts';

export interface FrameDescription {
  keyFrame: boolean;
  /** Of a key frame, when it can be read. */
  size?: FrameSize | undefined;
}

export function describeFrame(codec: CodecName, data: Uint8Array): FrameDescription {
  switch (codec) {
    case 'vp8':
      return { keyFrame: isVp8KeyFrame(data), size: vp8FrameSize(data) };
    case 'vp9':
      return { keyFrame: isVp9KeyFrame(data), size: vp9FrameSize(data) };
    case 'h264':
      return describeUnits(unitsOfAnnexB(data));
    case 'av1':
      return describeTemporalUnit(data);
    case 'opus':
      return { keyFrame: true };
  }
}

function describeUnits(units: readonly Uint8Array[]): FrameDescription {
  const set = units.find((unit) => nalType(unit[0]) === nalTypes.sps);
  return {
    keyFrame: units.some((unit) => nalType(unit[0]) === nalTypes.idr),
    size: set && h264FrameSize(set),
  };
}

/** A key frame without a sequence header is no place to begin. */
function describeTemporalUnit(data: Uint8Array): FrameDescription {
  let hasHeader = false;
  let size: FrameSize | undefined;
  for (let offset = 0; offset < data.length; ) {
    const read = readObu(data, offset);
    if (!read) break;
    const { type, payload } = read.obu;
    if (type === obuTypes.sequenceHeader) {
      hasHeader = true;
      size = av1FrameSize(payload);
    } else if (type === obuTypes.frame || type === obuTypes.frameHeader) {
      // show_existing_frame and frame_type (5.9.2): 0 is a key frame.
      return { keyFrame: hasHeader && ((payload[0] ?? 0xff) & 0xe0) === 0, size };
    }
    offset = read.end;
  }
  return { keyFrame: false };
}
