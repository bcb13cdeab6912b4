/** Frames to packets of one source. */
import type { FramePacket } from '../../../../src/rtp/codecs/frame-assembler.ts';
import type { Packetizer } from '../../../../src/rtp/codecs/packetizer.ts';
import type { CodecName } from '../../../../src/rtp/parameters.ts';

export interface NumberedPacket extends FramePacket {
  /** Unwrapped. */
  sequenceNumber: number;
  dependencyDescriptor?: Uint8Array;
}

/** Numbered one after the other; each frame has a timestamp of its own. */
export function packetsOf(
  codec: CodecName,
  packetizer: Packetizer,
  frames: readonly Uint8Array[],
  temporalIds: readonly number[] = [],
): NumberedPacket[] {
  let sequenceNumber = 0xfffe;
  return frames.flatMap((frame, index) =>
    packetizer.packetize(frame, temporalIds[index]).map((packet) => ({
      ...packet,
      codec: { name: codec },
      sequenceNumber: sequenceNumber++,
      timestamp: index * 3000,
      gap: false,
    })),
  );
}

/** What is left when some are lost: gaps are marked, as the receiver marks them. */
export function without(
  packets: readonly NumberedPacket[],
  lost: (index: number) => boolean,
): NumberedPacket[] {
  return packets.flatMap((packet, index) =>
    lost(index) ? [] : [{ ...packet, gap: index > 0 && lost(index - 1) }],
  );
}
