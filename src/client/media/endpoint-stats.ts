/**
 * What we tell the others about our connection, as lib-jitsi-meet does every ten seconds (`ConnectionQuality.ts`): clients show it
 * as bars.
 */
import type { Clock } from '../../base/clock.ts';
import type { MediaType } from '../../jingle/model.ts';
import type { EndpointStatistics } from '../../jitsi/bridge-messages/index.ts';
import { ConnectionQuality, type SentCamera } from './connection-quality.ts';

/** Counters of one track, ever growing. */
export interface TrackCounters {
  direction: 'upload' | 'download';
  kind: MediaType;
  bytes: number;
  packets: number;
  /** Those that never came here, or to the bridge as it says. */
  lost: number;
  /** ms */
  roundTripTime?: number | undefined;
  /** Pixels, of video of ours that is being sent. */
  height?: number | undefined;
  camera?: SentCamera | undefined;
}

export interface EndpointStatsPorts {
  clock: Clock;
  /** The channel is open, and others are there. */
  mayTell(): boolean;
  /** By track; a track that is gone has no entry. Undefined when we are there without media. */
  counters(): ReadonlyMap<object, TrackCounters> | undefined;
  send(statistics: EndpointStatistics): void;
}

const interval = 10_000;

export class EndpointStatsSender {
  readonly #ports: EndpointStatsPorts;
  readonly #quality = new ConnectionQuality();
  #last: ReadonlyMap<object, TrackCounters> = new Map();
  #lastAt = 0;
  #cancel: (() => void) | undefined;

  constructor(ports: EndpointStatsPorts) {
    this.#ports = ports;
  }

  /** The channel is open. */
  start(): void {
    if (this.#cancel) return;
    this.#mark();
    this.#schedule();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(): void {
    this.#cancel = this.#ports.clock.schedule(interval, () => {
      this.#schedule();
      if (this.#ports.mayTell()) this.#ports.send(this.#statistics());
      this.#mark();
    });
  }

  #mark(): void {
    this.#last = this.#ports.counters() ?? new Map();
    this.#lastAt = this.#ports.clock.now();
  }

  #statistics(): EndpointStatistics {
    const counters = this.#ports.counters();
    if (!counters) return { connectionQuality: 100 };
    const sums = this.#sums(counters);
    const upload = sums.sent === 0 ? 0 : Math.min(1, sums.sentLost / sums.sent);
    const expected = sums.received + sums.lost;
    const download = expected === 0 ? 0 : sums.lost / expected;
    const all = expected + sums.sent;
    const total = all === 0 ? 0 : (sums.lost + sums.sentLost) / all;
    const { audio, video } = sums.bitrate;
    const sent = audio.upload + video.upload;
    const { camera, height } = largest(counters);
    const quality = { uploadLoss: 100 * upload, upload: sent, camera };
    return {
      bitrate: {
        upload: sent,
        download: audio.download + video.download,
        audio,
        video,
      },
      packetLoss: { total: percent(total), upload: percent(upload), download: percent(download) },
      connectionQuality: this.#quality.update(quality, this.#ports.clock.now()),
      ...(sums.roundTripTime === undefined ? {} : { jvbRTT: Math.round(sums.roundTripTime) }),
      ...(height === undefined ? {} : { maxEnabledResolution: height }),
    };
  }

  #sums(counters: ReadonlyMap<object, TrackCounters>): Sums {
    const seconds = Math.max(1, this.#ports.clock.now() - this.#lastAt) / 1_000;
    const sums: Sums = {
      bitrate: { audio: { upload: 0, download: 0 }, video: { upload: 0, download: 0 } },
      sent: 0,
      sentLost: 0,
      received: 0,
      lost: 0,
      roundTripTime: undefined,
    };
    for (const [track, now] of counters) {
      const before = this.#last.get(track);
      const packets = now.packets - (before?.packets ?? 0);
      const bytes = now.bytes - (before?.bytes ?? 0);
      sums.bitrate[now.kind][now.direction] += Math.round((bytes * 8) / 1_000 / seconds);
      sums.roundTripTime ??= now.roundTripTime;
      // A packet that comes late takes back a loss.
      const lost = Math.max(0, now.lost - (before?.lost ?? 0));
      if (now.direction === 'upload') {
        sums.sent += packets;
        sums.sentLost += lost;
      } else {
        sums.received += packets;
        sums.lost += lost;
      }
    }
    return sums;
  }
}

interface Sums {
  /** kbit/s */
  bitrate: Record<MediaType, { upload: number; download: number }>;
  sent: number;
  sentLost: number;
  received: number;
  lost: number;
  roundTripTime: number | undefined;
}

function percent(share: number): number {
  return Math.round(share * 100);
}

/** Of what we send. */
function largest(counters: ReadonlyMap<object, TrackCounters>): Pick<TrackCounters, 'camera' | 'height'> {
  let found: Pick<TrackCounters, 'camera' | 'height'> = {};
  for (const { camera, height } of counters.values())
    if (height !== undefined && height > (found.height ?? 0))
      found = { height, camera: camera ?? found.camera };
  return found;
}
