/**
 * Frames into a WebM file of one track whose header is written. The library's public way holds each frame until all tracks have one, which with
 * one track is at once, and makes ten promises of it: half of what recording sound costs.
 */
import type { Output } from 'mediabunny';
import type { ContainerPacket } from './packet-queue.ts';

/** What this release of the library has besides what it promises. */
interface WebmMuxer {
  readonly trackDatas: readonly unknown[];
  writeBlock(
    track: unknown,
    chunk: {
      data: Uint8Array;
      type: 'key' | 'delta';
      /** Seconds. */
      timestamp: number;
      duration: number;
      additions: null;
    },
  ): void;
}

/** @param written is called after each of them: a cluster may have begun with it @throws where the file cannot have one */
export function writeBlocks(output: Output, packets: Iterable<ContainerPacket>, written: () => void): void {
  const muxer = (output as unknown as { _muxer: WebmMuxer })._muxer;
  const [track] = muxer.trackDatas;
  for (const { at, data, duration, keyFrame } of packets) {
    muxer.writeBlock(track, {
      data,
      type: keyFrame ? 'key' : 'delta',
      timestamp: at / 1000,
      duration: duration / 1000,
      additions: null,
    });
    written();
  }
}
