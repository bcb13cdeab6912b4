/**
 * Whether a source speaks, by the levels in its packets (RFC 6464). It begins after a tenth of a second that is loud, and ends when nothing
 * has been loud for a while; in between it may be a little quieter. The sender's own judgement (V) is not used: many never make it.
 */

/** -dBov: louder than this it begins, and goes on. */
const [beginning, goingOn] = [50, 55];
/** ms of loud sound, quiet ones taken off, until it begins. */
const attack = 100;
/** ms without loud sound until it ends. */
const release = 600;
/** ms that one packet stands for, at most. */
const longestPacket = 60;

export class SpeechDetector {
  isSpeaking = false;
  /** ms of loud sound, at most those that are needed. */
  #loud = 0;
  #last = -Infinity;
  #lastLoud = -Infinity;

  /** When it ends, if nothing is heard before; undefined when it does not speak. */
  get endsAt(): number | undefined {
    return this.isSpeaking ? this.#lastLoud + release : undefined;
  }

  /** @param level -dBov @param at ms @returns whether it begins or ends */
  heard(level: number, at: number): boolean {
    const lasted = Math.min(longestPacket, Math.max(0, at - this.#last));
    const isFirst = this.#last === -Infinity;
    this.#last = Math.max(this.#last, at);
    if (level < (this.isSpeaking ? goingOn : beginning)) {
      this.#lastLoud = this.#last;
      this.#loud = isFirst ? 0 : Math.min(attack, this.#loud + lasted);
    } else this.#loud = Math.max(0, this.#loud - lasted);
    if (this.isSpeaking || this.#loud < attack) return this.passed(at);
    this.isSpeaking = true;
    return true;
  }

  /** Time has gone on. @returns whether it ends */
  passed(at: number): boolean {
    if (this.endsAt === undefined || at < this.endsAt) return false;
    this.isSpeaking = false;
    this.#loud = 0;
    return true;
  }
}
