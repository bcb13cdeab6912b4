/** Who of the others speaks, over all their sources. */
import type { Clock } from '../../base/clock.ts';
import { SpeechDetector } from './speech-detector.ts';

export interface SpeakingPorts<Source> {
  clock: Clock;
  /** @param source the first of somebody's that speaks, or the last that did */
  changed(source: Source, isSpeaking: boolean): void;
}

export class Speaking<Source extends { endpointId: string }> {
  readonly #ports: SpeakingPorts<Source>;
  readonly #detectors = new Map<Source, SpeechDetector>();
  /** The sources that speak, by endpoint. */
  readonly #speaking = new Map<string, Set<Source>>();
  #cancelTimer: () => void = () => {};

  constructor(ports: SpeakingPorts<Source>) {
    this.#ports = ports;
  }

  /** @param level -dBov @param at ms of the clock @param duration ms */
  heard(source: Source, level: number, at: number, duration?: number): void {
    let detector = this.#detectors.get(source);
    if (!detector) this.#detectors.set(source, (detector = new SpeechDetector()));
    if (!detector.heard(level, at, duration)) return;
    this.#change(source, detector.isSpeaking);
    this.#setTimer();
  }

  /** A source is gone. */
  gone(source: Source): void {
    this.#detectors.delete(source);
    this.#change(source, false);
  }

  close(): void {
    this.#cancelTimer();
    this.#detectors.clear();
    this.#speaking.clear();
  }

  #change(source: Source, isSpeaking: boolean): void {
    const { endpointId } = source;
    const sources = this.#speaking.get(endpointId) ?? new Set();
    const before = sources.size;
    if (isSpeaking) this.#speaking.set(endpointId, sources.add(source));
    else sources.delete(source);
    if (sources.size === 0) this.#speaking.delete(endpointId);
    if (before > 0 !== sources.size > 0) this.#ports.changed(source, isSpeaking);
  }

  /** For who says nothing more at all: one timer, at the first of the ends that may come. */
  #setTimer(): void {
    const { clock } = this.#ports;
    this.#cancelTimer();
    this.#cancelTimer = () => {};
    const ends = [...this.#speaking.values()].flatMap((sources) =>
      [...sources].flatMap((source) => this.#detectors.get(source)?.endsAt ?? []),
    );
    if (ends.length === 0) return;
    this.#cancelTimer = clock.schedule(Math.max(1, Math.min(...ends) - clock.now()), () => this.#look());
  }

  #look(): void {
    const now = this.#ports.clock.now();
    for (const sources of this.#speaking.values())
      for (const source of sources) if (this.#detectors.get(source)?.passed(now)) this.#change(source, false);
    this.#setTimer();
  }
}
