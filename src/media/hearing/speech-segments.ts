/**
 * One track cut into stretches of speech. It is pure: frames with how loud they are in, stretches out. Nothing is decoded here, and nothing
 * is kept but what belongs to a stretch that goes on, and the moment before one that may begin.
 */
import type { Milliseconds } from '../../base/clock.ts';
import { SpeechDetector } from '../../client/media/speech-detector.ts';
import { durationOf, patience, type SoundFrame } from './sound-frame.ts';

/** All in ms. */
export interface SegmentLimits {
  /** Without loud sound, until it ends. */
  silence: Milliseconds;
  /** What is shorter is none. */
  minLength: Milliseconds;
  /** What is longer is cut, and goes on as another. */
  maxLength: Milliseconds;
}

export type UtteranceEndReason =
  /** nothing more was said */
  | 'silence'
  /** the track was muted */
  | 'muted'
  /** the track is gone: its owner left, or took it back */
  | 'left'
  /** it became too long: the next begins where it ends */
  | 'max-length'
  /** nobody listens any more */
  | 'closed';

/** How a stretch of speech ended. */
export interface UtteranceEnd {
  /** ms since the epoch, when the last loud sound ended. */
  end: Milliseconds;
  reason: UtteranceEndReason;
}

export interface SegmentPorts {
  /** Somebody begins or ends to speak, however long. @param at ms since the epoch */
  spoke(isSpeaking: boolean, at: Milliseconds): void;
  /** A stretch that is long enough: its frames follow. @param start ms since the epoch */
  begun(start: Milliseconds): void;
  frame(frame: SoundFrame): void;
  ended(end: UtteranceEnd): void;
}

/** ms that are heard before the first loud sound, for what begins softly, and after the last. */
const [before, after] = [200, 200];
/** ms that are kept for that: a beginning is told only after a while. */
const kept = 1_000;
/** ms by which times go back when the sender's clock is another */
const jump = 1_000;

export class SpeechSegments {
  readonly #limits: SegmentLimits;
  readonly #ports: SegmentPorts;
  #detector: SpeechDetector;
  /** The last frames, whoever has them as well. */
  #recent: SoundFrame[] = [];
  /** Quiet ones of a stretch, which belong to it when it goes on. */
  #held: SoundFrame[] = [];
  /** Of the stretch that goes on. */
  #start: Milliseconds | undefined;
  /** Its frames while it is too short to be told of; undefined once it is. */
  #early: SoundFrame[] | undefined;
  #takenUntil = -Infinity;
  #mutedAt: Milliseconds | undefined;
  /** ms by which the last frame was late: the next will hardly be sooner, whatever its sender's clock says. */
  #lag = 0;

  constructor(limits: SegmentLimits, ports: SegmentPorts) {
    this.#limits = limits;
    this.#ports = ports;
    this.#detector = new SpeechDetector({ release: limits.silence });
  }

  /** When {@link tick} has something to do, ms since the epoch; undefined while nobody speaks. */
  get due(): Milliseconds | undefined {
    const { endsAt } = this.#detector;
    if (endsAt === undefined) return undefined;
    return Math.min(endsAt + this.#lag, this.#mutedAt ?? Infinity) + patience;
  }

  /** @param level -dBov @param now ms since the epoch */
  heard(frame: SoundFrame, level: number, now: Milliseconds): void {
    this.#lag = Math.max(0, now - frame.captureTime - durationOf(frame));
    const detector = this.#detectorFor(frame);
    const { loudUntil } = detector;
    const isChanged = detector.heard(level, frame.captureTime, durationOf(frame));
    if (isChanged && !detector.isSpeaking) this.#stop('silence', loudUntil);
    this.#keep(frame);
    if (!detector.isSpeaking) return;
    if (isChanged) this.#begin(detector.startedAt ?? frame.captureTime);
    else this.#take(frame);
    this.#look();
  }

  /** Time has gone on. */
  tick(now: Milliseconds): void {
    if (this.#mutedAt !== undefined && now >= this.#mutedAt + patience) this.#finish('muted');
    else if (this.#detector.passed(now - patience - this.#lag)) this.#stop('silence');
  }

  /** Its owner says so; what was said before may still be on its way. */
  muted(now: Milliseconds): void {
    this.#mutedAt = now;
  }

  unmuted(): void {
    this.#mutedAt = undefined;
  }

  /** For good. */
  end(reason: 'left' | 'closed'): void {
    this.#finish(reason);
  }

  /** A clock that went back ends what was said by the other. */
  #detectorFor({ captureTime }: SoundFrame): SpeechDetector {
    const last = this.#recent.at(-1);
    if (!last || captureTime > last.captureTime - jump) return this.#detector;
    this.#finish('silence');
    this.#recent = [];
    this.#takenUntil = -Infinity;
    this.#detector = new SpeechDetector({ release: this.#limits.silence });
    return this.#detector;
  }

  #finish(reason: UtteranceEndReason): void {
    if (!this.#detector.isSpeaking) return;
    this.#detector.end();
    this.#stop(reason);
  }

  #keep(frame: SoundFrame): void {
    this.#recent.push(frame);
    const oldest = frame.captureTime - kept;
    let outdated = 0;
    while ((this.#recent[outdated]?.captureTime ?? oldest) < oldest) outdated += 1;
    this.#recent.splice(0, outdated);
  }

  #begin(start: Milliseconds): void {
    this.#ports.spoke(true, start);
    this.#open(start);
    for (const frame of this.#recent)
      if (frame.captureTime + durationOf(frame) > start - before) this.#take(frame);
  }

  #open(start: Milliseconds): void {
    this.#start = start;
    this.#early = [];
    this.#held = [];
  }

  /** Each frame once, whatever stretches it is near. */
  #take(frame: SoundFrame): void {
    if (frame.captureTime <= this.#takenUntil) return;
    this.#held.push(frame);
    if (frame.captureTime >= this.#detector.loudUntil + after) return;
    for (const each of this.#held.splice(0)) this.#give(each);
  }

  #give(frame: SoundFrame): void {
    this.#takenUntil = frame.captureTime;
    if (this.#early) this.#early.push(frame);
    else this.#ports.frame(frame);
  }

  /** Whether it is long enough by now, or too long. */
  #look(): void {
    const { loudUntil } = this.#detector;
    if (this.#start === undefined) return;
    const { maxLength, minLength } = this.#limits;
    if (this.#early && loudUntil - this.#start >= minLength) {
      const early = this.#early;
      this.#early = undefined;
      this.#ports.begun(this.#start);
      for (const frame of early) this.#ports.frame(frame);
    }
    if (loudUntil - this.#start < maxLength || this.#early) return;
    this.#ports.ended({ end: loudUntil, reason: 'max-length' });
    this.#open(loudUntil);
  }

  #stop(reason: UtteranceEndReason, end: Milliseconds = this.#detector.loudUntil): void {
    const isTold = this.#start !== undefined && !this.#early;
    this.#start = undefined;
    this.#early = undefined;
    this.#held = [];
    this.#ports.spoke(false, end);
    if (isTold) this.#ports.ended({ end, reason: this.#mutedAt === undefined ? reason : 'muted' });
  }
}
