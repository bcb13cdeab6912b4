/** What the two threads tell each other: everything by structured clone, packets in batches of one buffer. */
import type { LogLevel } from '../../base/logger.ts';
import type { IceCandidate, IceTransport } from '../../jingle/model.ts';
import type { RtpParameters } from '../../rtp/parameters.ts';
import type { RemoteSource, SenderReportTimes } from '../../rtp/receive/types.ts';
import type { LocalSource } from '../../rtp/send/types.ts';
import type { DataChannelOptions } from '../data-channel.ts';
import type { PeerTransportOptions, PeerTransportState } from '../peer-transport.ts';
import type { SelectedCandidatePair } from '../selected-candidate-pair.ts';

/** What the other thread has to know from its first moment on. */
export interface ThreadStart {
  /** ms of our clock for media, at `hrtime` */
  now: number;
  /** ms of the clock that all threads of a process have */
  hrtime: number;
  /** Bytes of reports that we have taken in, ever ({@link sizeOf}): how far behind we are. */
  taken: SharedArrayBuffer;
  /** An Int32, 1 when it will receive nothing more. */
  ended: SharedArrayBuffer;
}

export type ThreadedOptions = Omit<PeerTransportOptions, 'logger' | 'path' | 'end'> & {
  /** Somebody reads the log. */
  logs: boolean;
  /** Whether `answered` is to be told. */
  looks: boolean;
};

/** Numbers are of our giving: of a transport, of its RTP link, of a source while that receives it, of a data channel, of a request that is to be answered. */
export type Command =
  | { name: 'create'; transport: number; request: number; options: ThreadedOptions }
  | { name: 'look'; transport: number; request: number; remote: IceTransport; patience: number }
  | { name: 'connect'; transport: number; remote: IceTransport }
  | { name: 'prepareIceRestart'; transport: number; request: number }
  | { name: 'restartIce'; transport: number; remote: IceTransport }
  | { name: 'close'; transport: number; request: number }
  | { name: 'openDataChannel'; transport: number; channel: number; options: DataChannelOptions }
  | { name: 'sendText'; channel: number; text: string | Uint8Array }
  | { name: 'closeDataChannel'; channel: number }
  | { name: 'openRtp'; transport: number; link: number; options: ThreadedRtpOptions }
  | { name: 'addReceived'; link: number; stream: number; source: RemoteSource; record: SharedArrayBuffer }
  | { name: 'removeReceived'; link: number; ssrc: number }
  | { name: 'requestKeyFrame'; link: number; ssrc: number }
  | { name: 'addSent'; link: number; source: LocalSource; record: SharedArrayBuffer }
  | { name: 'removeSent'; link: number; ssrc: number }
  | { name: 'closeRtp'; link: number }
  /** The process ends. */
  | { name: 'end' }
  /** To be sent, of any links. */
  | { name: 'packets'; batch: ArrayBuffer; length: number };

export interface ThreadedRtpOptions {
  parameters: RtpParameters;
  localSsrc: number;
  cname: string;
}

/** A transport as it is now. */
export interface TransportSnapshot {
  local: IceTransport;
  state: PeerTransportState;
  isLooking: boolean;
  canRestartIce: boolean;
  selectedCandidatePair: SelectedCandidatePair | undefined;
}

export type Report =
  /** The first of all. */
  | { name: 'ready' }
  | { name: 'answer'; request: number; value: unknown }
  | { name: 'failure'; request: number; message: string; code: string; retryable: boolean }
  | {
      name: 'state';
      transport: number;
      snapshot: TransportSnapshot;
      reason: string | undefined;
      isUntrusted: boolean | undefined;
    }
  | { name: 'candidate'; transport: number; snapshot: TransportSnapshot; candidate: IceCandidate }
  | { name: 'answered'; transport: number; snapshot: TransportSnapshot }
  | { name: 'log'; transport: number; level: LogLevel; message: string; fields: Record<string, unknown> }
  | { name: 'channelOpened'; channel: number }
  | { name: 'channelMessage'; channel: number; data: string | Uint8Array; isBinary: boolean }
  /** So many bytes have left since the last time. */
  | { name: 'channelSent'; channel: number; bytes: number }
  | { name: 'channelClosed'; channel: number; reason: string }
  | { name: 'reported'; stream: number; report: SenderReportTimes }
  | { name: 'keyFrameRequested'; link: number; ssrc: number }
  | { name: 'available'; link: number; bitrate: number }
  /** Received, of any streams. Sound and video apart: whoever keeps a packet keeps its batch. */
  | { name: 'packets'; batches: ArrayBuffer[] };

/** Bytes that a report takes while it waits, about. */
export function sizeOf(report: Report): number {
  if (report.name === 'packets') return report.batches.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return report.name === 'channelMessage' ? leastSize + report.data.length : leastSize;
}

const leastSize = 256;
