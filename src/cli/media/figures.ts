/** The figures of a source, and what two of them say of the time between. */
import type { LocalTrack } from '../../client/media/local/local-track.ts';
import type { RemoteTrack } from '../../client/media/remote/remote-track.ts';
import type { Clip } from '../../media/clips/clip.ts';
import type { Rates, ReceivedFigures, SentFigures } from './record.ts';

export interface SentTrack {
  track: Pick<LocalTrack, 'kind' | 'sourceName' | 'ssrc' | 'codec' | 'statistics' | 'maxHeight'>;
  clip: Pick<Clip, 'width' | 'height'>;
}

/** Somebody else's source. It is kept when its owner has left. */
export interface Received {
  track: Pick<
    RemoteTrack,
    'kind' | 'sourceName' | 'endpointId' | 'ssrc' | 'codec' | 'suspended' | 'statistics'
  >;
  participant: string;
  ssrc: number | undefined;
  isHere: boolean;
}

/** What the bridge last said of the way to it. */
type Link = Pick<SentFigures, 'roundTripTime' | 'fractionLost'>;

export type Counted = Pick<SentFigures, 'packets' | 'bytes' | 'frames'> & Partial<Link> & { lost?: number };

export const nothing: Counted = { packets: 0, bytes: 0, frames: 0 };

export function ratesOf(now: Counted, before: Counted, seconds: number): Rates {
  const packets = now.packets - before.packets;
  // What was late makes the lost ones fewer.
  const lost = Math.max(0, (now.lost ?? 0) - (before.lost ?? 0));
  const share = now.fractionLost ?? (lost === 0 ? 0 : lost / (lost + packets));
  return {
    kbps: rounded(((now.bytes - before.bytes) * 8) / 1000 / seconds),
    fps: rounded((now.frames - before.frames) / seconds),
    loss: rounded(share * 100),
  };
}

export function sentFigures({ track, clip }: SentTrack): SentFigures {
  const { kind, sourceName: source, ssrc, codec, statistics, maxHeight } = track;
  const { width = null, height = null } = clip;
  const { roundTripTime, fractionLost = null, lastGap = null, longestGap = null } = statistics;
  return {
    source,
    kind,
    ssrc,
    codec,
    ...statistics,
    width,
    height,
    roundTripTime: roundTripTime === undefined ? null : rounded(roundTripTime),
    fractionLost,
    lastGap,
    longestGap,
    wantedHeight: maxHeight,
  };
}

/** When we leave, the link is gone before the summary is made. */
export function withLink(figures: SentFigures, last: Partial<Link> = {}): SentFigures {
  const roundTripTime = figures.roundTripTime ?? last.roundTripTime ?? null;
  return { ...figures, roundTripTime, fractionLost: figures.fractionLost ?? last.fractionLost ?? null };
}

export function receivedFigures({ track, participant, ssrc = 0 }: Received): ReceivedFigures {
  const { kind, sourceName: source, endpointId, codec: present, statistics, suspended } = track;
  const { codec = present, width, height, lastGap = null, longestGap = null, ...counts } = statistics;
  return {
    participant,
    endpointId,
    source,
    kind,
    ssrc: ssrc === 0 ? null : ssrc,
    codec: codec ?? null,
    width: width ?? null,
    height: height ?? null,
    ...counts,
    lastGap,
    longestGap,
    jitter: rounded(counts.jitter),
    suspended,
  };
}

export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
