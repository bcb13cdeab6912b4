/** Reads what is sent and received, second by second and in all. */
import type { Conference } from '../../client/conference.ts';
import type { LocalTrack } from '../../client/media/local-track.ts';
import type { RemoteTrack } from '../../client/media/remote-track.ts';
import type { Clip } from '../../media/clip.ts';
import { nameOf } from '../participants.ts';
import type { MediaSummary, Rates, ReceivedFigures, SentFigures, StatsRecord } from './record.ts';
import type { SessionCount } from './session-count.ts';

export type MeteredRoom = Pick<Conference, 'on' | 'tracks' | 'participants' | 'dominantSpeaker'>;

export interface SentTrack {
  track: Pick<LocalTrack, 'kind' | 'sourceName' | 'ssrc' | 'codec' | 'statistics'>;
  clip: Pick<Clip, 'width' | 'height'>;
}

/** Somebody else's source. It is kept when its owner has left. */
interface Received {
  track: Pick<RemoteTrack, 'kind' | 'sourceName' | 'endpointId' | 'ssrc' | 'codec' | 'statistics'>;
  participant: string;
  ssrc: number | undefined;
  isHere: boolean;
}

/** Sources of those who have left that are kept for the summary. */
const mostGone = 1000;

export class MediaMeter {
  readonly #room: MeteredRoom;
  readonly #sent: readonly SentTrack[];
  readonly #sessions: SessionCount;
  readonly #now: () => number;
  readonly #start: number;
  readonly #received = new Map<object, Received>();
  /** Figures at the last look. */
  #before = new Map<object, Counted>();
  #lookedAt: number;

  /** @param now ms, of a clock that never goes back */
  constructor(room: MeteredRoom, sent: readonly SentTrack[], sessions: SessionCount, now: () => number) {
    this.#room = room;
    this.#sent = sent;
    this.#sessions = sessions;
    this.#now = now;
    this.#start = now();
    this.#lookedAt = this.#start;
    for (const track of room.tracks.values()) this.#add(track);
    room.on('trackAdded', ({ track }) => this.#add(track));
    room.on('trackRemoved', ({ track }) => this.#remove(track));
    room.on('participantChanged', () => this.#refresh());
  }

  /** What has happened since the last look, of those who are here. */
  look(): StatsRecord {
    const now = this.#now();
    const seconds = Math.max(0.001, (now - this.#lookedAt) / 1000);
    this.#lookedAt = now;
    this.#refresh();
    const before = this.#before;
    this.#before = new Map();
    const withRates = <Each extends Counted>(key: object, figures: Each): Each & Rates => {
      this.#before.set(key, figures);
      return { ...figures, ...ratesOf(figures, before.get(key) ?? nothing, seconds) };
    };
    const here = [...this.#received.values()].filter(({ isHere }) => isHere);
    return {
      type: 'stats',
      at: rounded((now - this.#start) / 1000),
      sent: this.#sent.map((each) => withRates(each.track, sentFigures(each))),
      received: here.map((each) => withRates(each.track, receivedFigures(each))),
      dominantSpeaker: this.#room.dominantSpeaker ?? null,
      sessions: this.#sessions.sessions,
    };
  }

  summary(): MediaSummary {
    this.#refresh();
    const sources = this.#sent.map((each) => withLink(sentFigures(each), this.#before.get(each.track)));
    const sum = (field: 'packets' | 'bytes' | 'frames'): number =>
      sources.reduce((total, figures) => total + figures[field], 0);
    return {
      type: 'summary',
      seconds: rounded((this.#now() - this.#start) / 1000),
      sent: { packets: sum('packets'), bytes: sum('bytes'), frames: sum('frames'), sources },
      received: [...this.#received.values()].map(receivedFigures),
      sessions: this.#sessions.sessions,
      restarts: this.#sessions.restarts,
    };
  }

  #add(track: Received['track']): void {
    if (this.#received.has(track)) return;
    this.#received.set(track, { track, participant: track.endpointId, ssrc: track.ssrc, isHere: true });
    this.#refresh();
  }

  #remove(track: Received['track']): void {
    const received = this.#received.get(track);
    if (received) received.isHere = false;
    const gone = [...this.#received].filter(([, { isHere }]) => !isHere);
    const [oldest] = gone;
    if (oldest && gone.length > mostGone) this.#received.delete(oldest[0]);
  }

  /** Names and SSRCs as long as they are there: a summary is made when all are gone. */
  #refresh(): void {
    for (const received of this.#received.values()) {
      if (!received.isHere) continue;
      const participant = this.#room.participants.get(received.track.endpointId);
      if (participant) received.participant = nameOf(participant);
      received.ssrc = received.track.ssrc ?? received.ssrc;
    }
  }
}

/** What the bridge last said of the way to it. */
type Link = Pick<SentFigures, 'roundTripTime' | 'fractionLost'>;

type Counted = Pick<SentFigures, 'packets' | 'bytes' | 'frames'> & Partial<Link> & { lost?: number };

const nothing: Counted = { packets: 0, bytes: 0, frames: 0 };

function ratesOf(now: Counted, before: Counted, seconds: number): Rates {
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

function sentFigures({ track, clip }: SentTrack): SentFigures {
  const { kind, sourceName: source, ssrc, codec, statistics } = track;
  const { width = null, height = null } = clip;
  const { roundTripTime, fractionLost = null } = statistics;
  return {
    source,
    kind,
    ssrc,
    codec,
    width,
    height,
    ...statistics,
    roundTripTime: roundTripTime === undefined ? null : rounded(roundTripTime),
    fractionLost,
  };
}

/** When we leave, the link is gone before the summary is made. */
function withLink(figures: SentFigures, last: Partial<Link> = {}): SentFigures {
  const roundTripTime = figures.roundTripTime ?? last.roundTripTime ?? null;
  return { ...figures, roundTripTime, fractionLost: figures.fractionLost ?? last.fractionLost ?? null };
}

function receivedFigures({ track, participant, ssrc = 0 }: Received): ReceivedFigures {
  const { kind, sourceName: source, endpointId, codec: present, statistics } = track;
  const { codec = present, width, height, ...counts } = statistics;
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
    jitter: rounded(counts.jitter),
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
