/** What the peer connection sends, as focus and room are told of it: names that stay, and what has changed since. */
import { UsageError } from '../../base/errors.ts';
import type { MediaType, Source, SourceSet, VideoType } from '../../jingle/model.ts';
import {
  diffSources,
  type LocalSourceOptions,
  localSources,
  type LocalTrack,
  type LocalTracks,
} from '../../sdp/local-sources.ts';
import { parseSdp } from '../../sdp/sdp.ts';
import type { NegotiatedSession } from './negotiated-session.ts';

export interface OwnTrackOptions extends Omit<LocalSourceOptions, 'endpointId'> {
  /** What the videos show that are announced from now on. Default `camera`. */
  videoType?: VideoType;
}

export class OwnSources {
  readonly #session: NegotiatedSession;
  readonly #names = new TrackNames();
  #options: OwnTrackOptions = {};
  #announced: SourceSet = { sources: [], groups: [] };
  /** Names of those that are muted. */
  readonly #muted = new Set<string>();

  constructor(session: NegotiatedSession) {
    this.#session = session;
  }

  /** How sources are called, from now on. */
  set options(options: OwnTrackOptions) {
    this.#options = { ...this.#options, ...options };
    this.#names.videoType = options.videoType ?? 'camera';
  }

  get naming(): LocalSourceOptions {
    const { tracks = this.#names } = this.#options;
    return { ...this.#options, tracks, endpointId: this.#session.endpointId };
  }

  get sources(): readonly Source[] {
    return this.#announced.sources;
  }

  /** @throws UsageError `argument-invalid` */
  setMuted(name: string, muted: boolean): void {
    if (!this.sources.some((source) => source.name === name))
      throw new UsageError(
        `muting: there is no source ${name} of ours; their names are in negotiator.sources`,
        {
          code: 'argument-invalid',
        },
      );
    if (muted) this.#muted.add(name);
    else this.#muted.delete(name);
    this.#present(this.#announced);
  }

  /** Accepts the session with these. */
  accept(sources: SourceSet, accept: () => Promise<void>): Promise<void> {
    return this.#change(sources, accept);
  }

  /** Announces what is new, and with `removing` takes back what is not there any more. */
  async announce(sdp: string, { removing }: { removing: boolean }): Promise<void> {
    const now = localSources(parseSdp(sdp), this.naming);
    const { added, removed } = diffSources(this.#announced, now);
    // First: the focus takes no SSRC twice.
    if (removing && !isEmpty(removed)) {
      const rest = diffSources(removed, this.#announced).added;
      await this.#change(rest, () => this.#session.removeSources(removed));
    }
    if (removing) this.#names.forgetUnused();
    if (isEmpty(added)) return;
    const all = {
      sources: [...this.#announced.sources, ...added.sources],
      groups: [...this.#announced.groups, ...added.groups],
    };
    await this.#change(all, () => this.#session.addSources(added));
  }

  /** Presence comes first: there the others look for what to show when the focus tells them of a source, or whether it may come back. */
  async #change(after: SourceSet, tellFocus: () => Promise<void>): Promise<void> {
    const before = this.#announced;
    if (!isEmpty(after) || !isEmpty(before)) this.#present(after);
    try {
      await tellFocus();
    } catch (error) {
      if (!isEmpty(after)) this.#present(before);
      throw error;
    }
    this.#announced = after;
    for (const name of this.#muted)
      if (!this.sources.some((source) => source.name === name)) this.#muted.delete(name);
  }

  #present({ sources }: SourceSet): void {
    const states = sources.map(({ name = '', mediaType, videoType }) => ({
      name,
      mediaType,
      muted: this.#muted.has(name),
      ...(videoType === undefined ? {} : { videoType }),
    }));
    this.#session.present([...new Map(states.map((state) => [state.name, state])).values()]);
  }
}

function isEmpty({ sources, groups }: SourceSet): boolean {
  return sources.length + groups.length === 0;
}

/** Whoever sends first of a kind is 0, the next 1; the number is free again when the track is not sent any more. */
class TrackNames implements LocalTracks {
  videoType: VideoType = 'camera';
  #known = new Map<string, LocalTrack & { kind: MediaType }>();
  #used = new Set<string>();

  get(key: string, kind: MediaType): LocalTrack {
    this.#used.add(key);
    const track = this.#known.get(key) ?? { kind, index: this.#freeIndex(kind), videoType: this.videoType };
    this.#known.set(key, track);
    return track;
  }

  /** Forgets those that nobody has asked for since the last time. */
  forgetUnused(): void {
    this.#known = new Map([...this.#known].filter(([key]) => this.#used.has(key)));
    this.#used = new Set();
  }

  #freeIndex(kind: MediaType): number {
    const taken = new Set(
      [...this.#known.values()].filter((each) => each.kind === kind).map(({ index }) => index),
    );
    let index = 0;
    while (taken.has(index)) index++;
    return index;
  }
}
