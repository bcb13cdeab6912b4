/** Frames out of a stream's packets, whatever codecs it changes to. */
import type { MediaType } from '../../jingle/model.ts';
import type { ReceivedPacket } from './rtp-port.ts';
import type { RemoteFrame } from './track-types.ts';

export interface AssembledFrame extends Omit<RemoteFrame, 'timestamp'> {
  /** Hz */
  clockRate: number;
}

export interface FrameAssembly {
  /** In order. */
  push(packet: ReceivedPacket): void;
}

export interface FrameAssemblyHandlers {
  frame(frame: AssembledFrame): void;
  /** What comes next cannot be decoded. */
  keyFrameNeeded(): void;
}

export type AssembleFrames = (kind: MediaType, handlers: FrameAssemblyHandlers) => FrameAssembly;

export const assembleFrames: AssembleFrames = () => ({ push: () => {} });
