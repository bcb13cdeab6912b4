/** Reads what is sent and received, second by second and in all. */
import type { Conference } from '../../client/conference.ts';
import { nameOf } from '../visit/participants.ts';
import {
  type Counted,
  nothing,
  ratesOf,
  type Received,
  receivedFigures,
  rounded,
  sentFigures,
  type SentTrack,
  withLink,
} from './figures.ts';
import type { MediaSummary, Rates, StatsRecord } from './record.ts';
import type { SessionCount } from './session-count.ts';

export type MeteredRoom = Pick<Conference, 'on' | 'tracks' | 'participants' | 'dominantSpeaker'>;

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
