/**
 * The dependency descriptor header extension (RTP payload format for AV1 1.0, appendix A.8), written for one layer (L1T1): key frames, and
 * frames that refer to the one before.
 */
import { BitWriter } from '../bytes/bit-writer.ts';
import type { FrameSize } from '../frame-size.ts';

export interface DependencyDescriptor {
  isFirstPacket: boolean;
  isLastPacket: boolean;
  keyFrame: boolean;
  /** 16 bits */
  frameNumber: number;
  /** Of a key frame, if it is known. */
  size?: FrameSize | undefined;
}

const keyTemplate = 0;
const deltaTemplate = 1;

/** The first packet of a key frame carries the structure too. */
export function buildDependencyDescriptor(descriptor: DependencyDescriptor): Uint8Array {
  const writer = new BitWriter();
  writer.bits(descriptor.isFirstPacket ? 1 : 0, 1);
  writer.bits(descriptor.isLastPacket ? 1 : 0, 1);
  writer.bits(descriptor.keyFrame ? keyTemplate : deltaTemplate, 6);
  writer.bits(descriptor.frameNumber, 16);
  if (descriptor.keyFrame && descriptor.isFirstPacket) {
    writer.bits(0b10000, 5); // a structure; no active targets, own indications, differences or chains
    writeStructure(writer, descriptor.size);
  }
  return writer.bytes();
}

/** template_dependency_structure(): two templates of the same layer, one decode target, one chain. */
function writeStructure(writer: BitWriter, size: FrameSize | undefined): void {
  writer.bits(0, 6); // template_id_offset
  writer.bits(0, 5); // dt_cnt_minus_one
  writer.bits(0b0011, 4); // next_layer_idc: same layer, no more
  writer.bits(0b1010, 4); // decode target indications: switch, switch
  writer.bits(0b0, 1); // key frame: no reference
  writer.bits(0b1_0000_0, 6); // other: the frame before
  writer.bits(1, 1); // chain_cnt, which protects the target (no bits for one chain)
  writer.bits(0x01, 8); // chain differences: 0, 1
  writer.bits(size ? 1 : 0, 1); // resolutions_present_flag
  if (!size) return;
  writer.bits(size.width - 1, 16);
  writer.bits(size.height - 1, 16);
}
