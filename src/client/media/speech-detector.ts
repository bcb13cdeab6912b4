/**
 * Whether a source speaks, by how loud its packets are. It begins after a tenth of a second that is loud, and ends when nothing has been
 * loud for a while; in between it may be a little quieter. What is loud depends on the noise that is there all the time: its level follows
 * what is quieter at once, and what is louder slowly. The sender's own judgement (RFC 6464, V) is not used: many never make it.
 */

/** dB above the noise: louder than this it begins, and goes on. */
const [beginning, goingOn] = [12, 7];
/** dBov of the noise, at the beginning, at least and at most. */
const [firstNoise, leastNoise, mostNoise] = [-62, -70, -40];
/** dB/s that the noise becomes louder, while nobody speaks and while somebody does: what never pauses is no speech. */
const [rise, riseInSpeech] = [3, 1];
/** ms in which it falls to a third of the way. */
const fall = 200;
/** ms of loud sound, quiet ones taken off, until it begins. */
const attack = 100;
/** ms without loud sound until it ends. */
const defaultRelease = 600;
/** ms of quiet within a word, at most: that of a consonant before its burst */
const closure = 120;
/** ms without a packet that say nothing */
const longestLoss = 60;
/** ms that a packet of sound lasts, as a rule. */
const usualDuration = 20;

export interface SpeechDetectorOptions {
  /** ms without loud sound until it ends. Default 600. */
  release?: number;
}

export class SpeechDetector {
  isSpeaking = false;
  readonly #release: number;
  #noise = firstNoise;
  /** ms of loud sound, at most those that are needed. */
  #loud = 0;
  #startedAt: number | undefined;
  #loudUntil = -Infinity;
  #heardUntil = -Infinity;

  constructor({ release = defaultRelease }: SpeechDetectorOptions = {}) {
    this.#release = release;
  }

  /** When the first of the loud sound began by which it speaks, or may soon. */
  get startedAt(): number | undefined {
    return this.#startedAt;
  }

  /** When the last loud sound ended. */
  get loudUntil(): number {
    return this.#loudUntil;
  }

  /** When it ends, if nothing is heard before; undefined when it does not speak. */
  get endsAt(): number | undefined {
    return this.isSpeaking ? this.#loudUntil + this.#release : undefined;
  }

  /** @param level -dBov, 0 to 127 @param at ms, when the sound begins @param duration ms @returns whether it begins or ends */
  heard(level: number, at: number, duration: number = usualDuration): boolean {
    const hasEnded = this.passed(at);
    // Nothing at all is quiet too, unless it is only late or lost.
    const pause = at - this.#heardUntil;
    if (pause > longestLoss) this.#quiet(pause);
    this.#heardUntil = Math.max(this.#heardUntil, at + duration);
    const isLoud = -level > this.#noise + (this.isSpeaking ? goingOn : beginning);
    this.#follow(-level, isLoud, duration);
    if (isLoud) {
      if (!this.isSpeaking && this.#loud === 0 && at - this.#loudUntil > closure) this.#startedAt = undefined;
      this.#startedAt ??= at;
      this.#loud = Math.min(attack, this.#loud + duration);
      this.#loudUntil = Math.max(this.#loudUntil, at + duration);
    } else this.#quiet(duration);
    // An end is told before the next beginning.
    if (hasEnded || this.isSpeaking || this.#loud < attack) return hasEnded;
    this.isSpeaking = true;
    return true;
  }

  /** Time has gone on. @returns whether it ends */
  passed(at: number): boolean {
    if (this.endsAt === undefined || at < this.endsAt) return false;
    this.end();
    return true;
  }

  /** It is over, whatever was heard. */
  end(): void {
    this.isSpeaking = false;
    this.#loud = 0;
    this.#startedAt = undefined;
  }

  #quiet(duration: number): void {
    if (duration > 0) this.#loud = Math.max(0, this.#loud - duration);
  }

  /** The noise becomes as loud as what is heard. */
  #follow(volume: number, isLoud: boolean, duration: number): void {
    const difference = volume - this.#noise;
    if (difference < 0) this.#noise += difference * (1 - Math.exp(-duration / fall));
    else if (this.isSpeaking) this.#noise += (riseInSpeech * duration) / 1_000;
    else if (!isLoud) this.#noise += Math.min(difference, (rise * duration) / 1_000);
    this.#noise = Math.min(mostNoise, Math.max(leastNoise, this.#noise));
  }
}
