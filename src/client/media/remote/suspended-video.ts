/**
 * Videos that were asked for and that the bridge keeps back because it thinks our downlink too narrow. It says so nowhere: they are missing
 * in ForwardedSources, and its estimate is low (jitsi-videobridge `BandwidthAllocator.kt`; media dossier 5.7, 12).
 */
import type { Clock, Milliseconds } from '../../../base/clock.ts';
import { MediaError } from '../../../base/errors.ts';
import type { ReceiverVideoConstraints } from '../../../jitsi/bridge-messages/index.ts';
import { defaultHeight } from './source-heights.ts';

/** What it looks at, and marks. */
export interface SuspendableVideo {
  readonly name: string;
  readonly muted: boolean;
  isSuspended: boolean;
}

export interface SuspendedVideoPorts {
  clock: Clock;
  /** Videos of the others that are signalled. */
  videos(): Iterable<SuspendableVideo>;
  /** What the bridge was asked for. */
  wishes(): ReceiverVideoConstraints | undefined;
  warn(error: MediaError): void;
}

/** ms for which a video is missing before that means anything: what is new, or newly wanted, is forwarded a little later. */
const grace: Milliseconds = 5_000;
/** bit/s above which a bridge has no reason to keep a camera back that is at most so high; and whatever is asked for */
const enough: readonly (readonly [height: number, bitrate: number])[] = [
  [180, 300_000],
  [360, 800_000],
];
const [enoughForMore, enoughForAll] = [2_500_000, 10_000_000];
/** ms between two warnings */
const warningInterval: Milliseconds = 60_000;

export class SuspendedVideo {
  readonly #ports: SuspendedVideoPorts;
  readonly #missingSince = new Map<SuspendableVideo, Milliseconds>();
  #forwarded: ReadonlySet<string> | undefined;
  /** bit/s */
  #estimate: number | undefined;
  #warnedAt: Milliseconds | undefined;
  #isTold = false;
  #cancelLook: () => void = () => {};

  constructor(ports: SuspendedVideoPorts) {
    this.#ports = ports;
  }

  forwarded(names: readonly string[]): void {
    this.#forwarded = new Set(names);
    this.#look();
  }

  /** @param bandwidth bit/s */
  estimated(bandwidth: number): void {
    this.#estimate = bandwidth;
    this.#look();
  }

  /** The bridge is gone: what the next one does is not known. */
  stop(): void {
    this.#cancelLook();
    this.#forwarded = undefined;
    this.#estimate = undefined;
    this.#missingSince.clear();
    for (const video of this.#ports.videos()) video.isSuspended = false;
  }

  #look(): void {
    const { clock, videos } = this.#ports;
    const now = clock.now();
    this.#cancelLook();
    const wanted = this.#wanted();
    const missing = this.#missing([...wanted.keys()]);
    for (const video of this.#missingSince.keys()) if (!missing.has(video)) this.#missingSince.delete(video);
    const suspended: string[] = [];
    let next: Milliseconds | undefined;
    for (const video of videos()) {
      video.isSuspended = false;
      if (!missing.has(video)) continue;
      const since = this.#missingSince.get(video) ?? now;
      this.#missingSince.set(video, since);
      const wait = since + grace - now;
      if (wait > 0) next = Math.min(next ?? wait, wait);
      else if (this.#isNarrow(wanted)) {
        video.isSuspended = true;
        suspended.push(video.name);
      }
    }
    if (next !== undefined) this.#cancelLook = clock.schedule(next, () => this.#look());
    this.#tell(suspended, wanted.size, now);
  }

  /** With the bit rates that are enough. */
  #wanted(): Map<SuspendableVideo, number> {
    const wanted = new Map<SuspendableVideo, number>();
    const wishes = this.#ports.wishes();
    if (!wishes) return wanted;
    const others = wishes.defaultConstraints?.maxHeight ?? defaultHeight;
    for (const video of this.#ports.videos()) {
      const height = wishes.constraints?.[video.name]?.maxHeight ?? others;
      if (!video.muted && height !== 0) wanted.set(video, bitrateOf(height));
    }
    return wanted;
  }

  /** Of the wanted ones; none while as many are forwarded as `lastN` lets through. */
  #missing(wanted: readonly SuspendableVideo[]): Set<SuspendableVideo> {
    const forwarded = this.#forwarded;
    if (!forwarded) return new Set();
    const { lastN = -1 } = this.#ports.wishes() ?? {};
    if (lastN >= 0 && forwarded.size >= lastN) return new Set();
    return new Set(wanted.filter(({ name }) => !forwarded.has(name)));
  }

  /** A video that nobody sends is missing too; only with a low estimate it is the bridge that keeps it back. */
  #isNarrow(wanted: ReadonlyMap<SuspendableVideo, number>): boolean {
    if (this.#estimate === undefined) return false;
    const { lastN = -1 } = this.#ports.wishes() ?? {};
    const bitrates = [...wanted.values()].toSorted((a, b) => b - a);
    let sum = 0;
    for (const bitrate of lastN < 0 ? bitrates : bitrates.slice(0, lastN)) sum += bitrate;
    return this.#estimate < Math.min(sum, enoughForAll);
  }

  #tell(suspended: readonly string[], wanted: number, now: Milliseconds): void {
    if (suspended.length === 0) {
      this.#isTold = false;
      return;
    }
    if (this.#isTold || (this.#warnedAt !== undefined && now - this.#warnedAt < warningInterval)) return;
    this.#isTold = true;
    this.#warnedAt = now;
    const names = suspended.slice(0, 3).join(', ') + (suspended.length > 3 ? ', …' : '');
    const kbps = Math.round((this.#estimate ?? 0) / 1000);
    this.#ports.warn(
      new MediaError(
        `receiving video: the bridge suspends ${suspended.length} of the ${wanted} that were asked for (${names}), because it estimates our downlink at ${kbps} kbit/s; ask for less (requestVideo), or look whether this machine or its network is overloaded`,
        { code: 'video-suspended', retryable: true },
      ),
    );
  }
}

/** @param height -1 for no limit */
function bitrateOf(height: number): number {
  return enough.find(([most]) => height >= 0 && height <= most)?.[1] ?? enoughForMore;
}
