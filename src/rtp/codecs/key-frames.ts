/** What an RTP payload tells of the frame that it begins, without decoding: key frame or not, and the picture's size. */
import type { CodecName } from '../parameters.ts';
import { type Av1Payload, obuTypes, parseAv1Payload, readObu } from './av1/obu.ts';
import { av1FrameSize } from './av1/sequence-header.ts';
import type { FrameSize } from './frame-size.ts';
import { isIdrStart, nalType, nalTypes, unitsBeginningIn } from './h264/nal.ts';
import { h264FrameSize } from './h264/sps.ts';
import { parseVp8Descriptor } from './vp8/descriptor.ts';
import { isVp8KeyFrame, vp8FrameSize } from './vp8/frame.ts';
import { isIndependent, parseVp9Descriptor } from './vp9/descriptor.ts';
import { vp9FrameSize } from './vp9/frame.ts';

/**
 * Whether decoding can start with this packet. Opus has no key frames. With H264 it is so for the parameter sets and again for the first
 * slice, when those are in packets of their own: the timestamp tells that it is one frame.
 */
export function isKeyFrameStart(codec: CodecName, payload: Uint8Array): boolean {
  const first = payload[0] ?? 0;
  // Most packets end at their first byte.
  switch (codec) {
    case 'vp8': {
      if ((first & 0x17) !== 0x10) return false; // S and PID
      const descriptor = parseVp8Descriptor(payload);
      return descriptor !== undefined && isVp8KeyFrame(payload, descriptor.length);
    }
    case 'vp9': {
      if ((first & 0x48) !== 0x08) return false; // P and B
      const descriptor = parseVp9Descriptor(payload);
      return descriptor !== undefined && isIndependent(descriptor);
    }
    case 'h264':
      return unitsBeginningIn(payload).some((unit) => nalType(unit[0]) === nalTypes.sps || isIdrStart(unit));
    case 'av1':
      return (first & 0x88) === 0x08 && parseAv1Payload(payload) !== undefined; // Z and N
    case 'opus':
      return false;
  }
}

/** Of the whole picture, where this packet says it; with several spatial layers that of the highest. */
export function frameSize(codec: CodecName, payload: Uint8Array): FrameSize | undefined {
  switch (codec) {
    case 'vp8': {
      const descriptor = parseVp8Descriptor(payload);
      if (!descriptor?.isPartitionStart || descriptor.partition !== 0) return undefined;
      return vp8FrameSize(payload, descriptor.length);
    }
    case 'vp9': {
      const descriptor = parseVp9Descriptor(payload);
      if (!descriptor?.isFrameStart) return undefined;
      return descriptor.sizes?.at(-1) ?? vp9FrameSize(payload, descriptor.length);
    }
    case 'h264': {
      const set = unitsBeginningIn(payload).find((unit) => nalType(unit[0]) === nalTypes.sps);
      return set && h264FrameSize(set);
    }
    case 'av1':
      return sizeInAv1(parseAv1Payload(payload));
    case 'opus':
      return undefined;
  }
}

function sizeInAv1(parsed: Av1Payload | undefined): FrameSize | undefined {
  for (const [index, element] of parsed?.elements.entries() ?? []) {
    if (index === 0 && parsed?.isContinuation) continue;
    const obu = readObu(element, 0)?.obu;
    if (obu?.type === obuTypes.sequenceHeader) return av1FrameSize(obu.payload);
  }
  return undefined;
}
