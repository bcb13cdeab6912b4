import type { ReceiverVideoConstraints } from '../../jitsi/bridge-messages/index.ts';

/** Which video we want. What is absent stays as it was; without any request there is no video. */
export interface VideoRequest
  extends Pick<
    ReceiverVideoConstraints,
    'lastN' | 'selectedSources' | 'onStageSources' | 'constraints' | 'assumedBandwidthBps'
  > {
  /** Pixels, of each source that `constraints` does not name; 0: none, -1: no limit. */
  maxHeight?: number;
  /** Frames a second, of the same; -1: no limit. */
  maxFrameRate?: number;
}
