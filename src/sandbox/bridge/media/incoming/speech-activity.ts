/**
 * Who speaks, from the audio levels that senders tell. Not the algorithm of a real bridge (Volfin and Cohen, jitsi-utils
 * `DominantSpeakerIdentification.java`) but a simple one that shows the same: whoever speaks becomes dominant soon, and loses that to
 * another only who is louder, or goes on after the dominant one has stopped.
 */
import type { Milliseconds } from '../../../../base/clock.ts';

/** Loudness is 127 minus the level of RFC 6464: 0 for silence, 127 for the loudest. Above this somebody speaks: -57 dBov. */
const speech = 70;
/** dB by which a challenger has to be louder than a dominant speaker who speaks. */
const margin = 6;
/** Loudness is a mean that forgets so fast. */
const timeConstant: Milliseconds = 300;
/** A challenger has to keep up for so long: the first speaker ever, after a speaker who has stopped, against one who speaks. */
const holdFirst: Milliseconds = 300;
const holdAfterSpeaker: Milliseconds = 500;
const holdAgainstSpeaker: Milliseconds = 1_500;
/** Who has not been heard for so long is forgotten. */
const memory: Milliseconds = 5_000;
/** Without packets for longer than this there is silence. */
const maxSpacing: Milliseconds = 100;
const maxPrevious = 10;

interface Heard {
  loudness: number;
  at: Milliseconds;
}

export class SpeechActivity {
  readonly #heard = new Map<string, Heard>();
  #dominant: string | undefined;
  #previous: readonly string[] = [];
  #challenger: { id: string; since: Milliseconds } | undefined;

  /** Endpoint id; undefined before anybody has spoken. */
  get dominant(): string | undefined {
    return this.#dominant;
  }

  /** Those who were it before, the latest first. */
  get previous(): readonly string[] {
    return this.#previous;
  }

  /** An audio packet has come. @param level dBov below zero, 0 to 127 */
  heard(endpointId: string, level: number, now: Milliseconds): void {
    const heard = this.#heard.get(endpointId);
    if (!heard) {
      this.#heard.set(endpointId, { loudness: 0, at: now });
      return;
    }
    heard.loudness = mean(heard.loudness, 127 - level, now - heard.at);
    heard.at = now;
  }

  /** Returns true when another has become dominant. */
  check(now: Milliseconds): boolean {
    const challenger = this.#strongest(now);
    if (challenger === undefined) {
      this.#challenger = undefined;
      return false;
    }
    if (this.#challenger?.id !== challenger) this.#challenger = { id: challenger, since: now };
    if (now - this.#challenger.since < this.#hold(now)) return false;
    this.#challenger = undefined;
    const before = this.#dominant;
    const others = this.#previous.filter((id) => id !== challenger);
    this.#previous = (before === undefined ? others : [before, ...others]).slice(0, maxPrevious);
    this.#dominant = challenger;
    return true;
  }

  /** It is gone. */
  forget(endpointId: string): void {
    this.#heard.delete(endpointId);
    this.#previous = this.#previous.filter((id) => id !== endpointId);
    if (this.#dominant === endpointId) this.#dominant = undefined;
  }

  /** The loudest who may take the dominant one's place. */
  #strongest(now: Milliseconds): string | undefined {
    const dominant = this.#loudness(this.#dominant, now);
    let least = dominant < speech ? speech : dominant + margin;
    let strongest: string | undefined;
    for (const [id, { at }] of this.#heard) {
      if (now - at > memory) this.#heard.delete(id);
      const loudness = this.#loudness(id, now);
      if (id === this.#dominant || loudness < least) continue;
      strongest = id;
      least = loudness;
    }
    return strongest;
  }

  #hold(now: Milliseconds): Milliseconds {
    if (this.#dominant === undefined) return holdFirst;
    return this.#loudness(this.#dominant, now) < speech ? holdAfterSpeaker : holdAgainstSpeaker;
  }

  #loudness(id: string | undefined, now: Milliseconds): number {
    const heard = id === undefined ? undefined : this.#heard.get(id);
    if (!heard) return 0;
    const silentFor = now - heard.at;
    return silentFor > maxSpacing ? mean(heard.loudness, 0, silentFor) : heard.loudness;
  }
}

function mean(before: number, value: number, elapsed: Milliseconds): number {
  return before + (value - before) * (1 - Math.exp(-elapsed / timeConstant));
}
