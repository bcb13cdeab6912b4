/**
 * The bridge's side of a session as SDP offers: the first one, made from the Jingle offer, and those that follow as sources
 * come and go (lib-jitsi-meet `SDP.ts`: `fromJingle`, `updateRemoteSources`, `addMlineForNewSource`).
 *
 * Unified Plan has an m-line for each track. The first of a kind carries the bridge's placeholder source and is the one on
 * which the local track is sent. What is removed leaves an inactive m-line, which the next source of its kind gets: lib-jitsi-meet
 * closes it for good, and its descriptions only grow. Plan B has an m-line for each content with all sources in it.
 */
import { defined } from '../base/defined.ts';
import { isWholeTransport, transportOf } from '../jingle/jingle.ts';
import type {
  Content,
  IceTransport,
  JingleMessage,
  MediaType,
  Source,
  SourceSet,
  SsrcGroup,
} from '../jingle/model.ts';
import { type SectionState, type SectionTemplate, sectionLines, sectionTemplate } from './media-section.ts';
import { writeSdp } from './sdp.ts';
import { tracksOf } from './tracks.ts';
import { buildTransportLines } from './transport-lines.ts';

export interface OfferOptions {
  /**
   * `unified`, the default: an m-line for each track, as all browsers have it. `plan-b`: an m-line for each content, with all
   * sources of its kind; for stacks that know nothing else. A browser refuses it once there are two tracks of a kind
   * ({@link isPlanBError}).
   */
  semantics?: 'unified' | 'plan-b';
  /** `sess-id` of the `o=` line; lib-jitsi-meet takes the time in ms. Default 1. */
  sessionId?: number | string;
  /** Only candidates of these protocols (`udp`, `tcp`, `ssltcp`). Default: all. */
  protocols?: readonly string[];
}

/** An offer to give to the peer connection. */
export interface NextOffer {
  sdp: string;
  /** To be called once it is answered: the m-lines that it made inactive can be used again. */
  answered(): void;
}

interface Section extends SectionState {
  template: SectionTemplate;
  sources: Map<number, Source>;
  groups: SsrcGroup[];
}

export class RemoteDescription {
  readonly #options: OfferOptions;
  readonly #unified: boolean;
  readonly #bundle: readonly string[] | undefined;
  readonly #cryptex: boolean;
  readonly #sections: Section[] = [];
  readonly #byMid = new Map<string, Section>();
  readonly #bySsrc = new Map<number, Section>();
  /** Of each kind, the m-line that was offered first. */
  readonly #first = new Map<string, Section>();
  /** Inactive, and no offer says so yet. */
  readonly #emptied = new Set<Section>();
  /** Inactive for both sides, by kind. */
  readonly #free = { audio: new Set<Section>(), video: new Set<Section>(), application: new Set<Section>() };
  #version: number;

  /** @param offer a session-initiate; all its sources are taken in */
  constructor(offer: JingleMessage, options: OfferOptions = {}) {
    this.#options = options;
    this.#unified = options.semantics !== 'plan-b';
    // As in lib-jitsi-meet, whose conversion to Unified Plan counts as a change.
    this.#version = this.#unified ? 3 : 2;
    this.#bundle = offer.bundle;
    this.#cryptex = offer.contents.some(({ transport }) =>
      transport?.fingerprints.some(({ cryptex }) => cryptex),
    );
    const shared = transportOf(offer);
    for (const content of offer.contents) {
      const template = sectionTemplate(withWholeTransport(content, shared), options.protocols);
      if (!template) continue;
      const own = this.#first.has(template.kind) ? none : ofKind(offer.sources, template.kind);
      if (!this.#unified) {
        this.#append(template, content.name, template.direction, own);
        continue;
      }
      const tracks = tracksOf(own);
      if (tracks.length === 0) this.#append(template, undefined, template.direction, none);
      tracks.forEach((track, index) => {
        this.#append(template, undefined, index === 0 ? 'sendrecv' : 'sendonly', track);
      });
    }
  }

  /** In Plan B, how many tracks there are, once an m-line has several: before, it is Unified Plan too. */
  get planBTracks(): number | undefined {
    if (this.#unified) return undefined;
    const counts = this.#sections.map(
      ({ sources, groups }) => tracksOf({ sources: [...sources.values()], groups }).length,
    );
    return Math.max(0, ...counts) > 1 ? counts.reduce((sum, count) => sum + count, 0) : undefined;
  }

  /** Takes in a source-add. SSRCs that are known, and media that was not offered, change nothing. */
  addSources({ sources, groups }: SourceSet): void {
    const fresh = { sources: sources.filter(({ ssrc }) => !this.#bySsrc.has(ssrc)), groups };
    for (const kind of ['audio', 'video'] as const) {
      const first = this.#first.get(kind);
      const added = ofKind(fresh, kind);
      if (!first || added.sources.length === 0) continue;
      if (this.#unified) {
        for (const track of tracksOf(added)) this.#place(first.template, track);
      } else {
        this.#fill(first, added);
      }
    }
    this.#version++;
  }

  /** Takes in a source-remove; sources are matched by SSRC. */
  removeSources({ sources }: SourceSet): void {
    const touched = new Set<Section>();
    for (const { ssrc } of sources) {
      const section = this.#bySsrc.get(ssrc);
      if (!section) continue;
      section.sources.delete(ssrc);
      this.#bySsrc.delete(ssrc);
      touched.add(section);
    }
    for (const section of touched) {
      section.groups = section.groups.filter(({ ssrcs }) => ssrcs.every((ssrc) => section.sources.has(ssrc)));
      if (section.sources.size === 0 && this.#isOthers(section)) this.#turn(section, sendsOurs(section));
    }
    this.#version++;
  }

  /** The sources that an m-line carries now. */
  sourcesOf(mid: string): readonly Source[] {
    return [...(this.#byMid.get(mid)?.sources.values() ?? [])];
  }

  /** The m-lines on which a track of ours of this kind can be sent. */
  receivers(kind: MediaType): readonly string[] {
    return this.#sections
      .filter((section) => section.template.kind === kind && sendsOurs(section))
      .map(({ mid }) => mid);
  }

  /** On which m-lines we send, beside the first of each kind; they are offered so, whoever else is on them. */
  receiveOn(mids: ReadonlySet<string>): void {
    for (const section of this.#sections) {
      if (this.#isOthers(section)) this.#turn(section, mids.has(section.mid));
    }
    this.#version++;
  }

  /**
   * Adds an m-line on which a further local track of this kind can be sent.
   * @returns its mid; undefined if this kind was not offered, and in Plan B, where an m-line takes all tracks
   */
  addReceiver(kind: MediaType): string | undefined {
    const first = this.#first.get(kind);
    if (!first || !this.#unified) return undefined;
    this.#version++;
    return this.#append(first.template, undefined, 'recvonly', none).mid;
  }

  /** New credentials for an ICE restart in place. Its candidates are for `addIceCandidate`: no m-line has any from now on. */
  restartIce({ ufrag, pwd }: Pick<IceTransport, 'ufrag' | 'pwd'>): void {
    for (const template of new Set(this.#sections.map((section) => section.template))) {
      const { ice } = template;
      if (!ice) continue;
      const credentials = {
        ...(ufrag === undefined ? {} : { ufrag }),
        ...(pwd === undefined ? {} : { pwd }),
      };
      template.transport = buildTransportLines(
        { ...ice, ...credentials, candidates: [] },
        this.#options.protocols,
      );
    }
    this.#version++;
  }

  /** The offer as things are now, to be answered by {@link NextOffer.answered}. */
  nextOffer(): NextOffer {
    const emptied = [...this.#emptied];
    return {
      sdp: this.toSdp(),
      answered: () => {
        // What is used again since then has left the set.
        for (const section of emptied) if (this.#emptied.delete(section)) this.#freeOf(section).add(section);
      },
    };
  }

  /** The offer for `setRemoteDescription` as things are now. */
  toSdp(): string {
    const { sessionId = 1 } = this.#options;
    const mids = this.#unified
      ? [...this.#byMid.keys()]
      : this.#bundle?.filter((name) => this.#byMid.has(name));
    return writeSdp({
      session: [
        'v=0',
        `o=- ${sessionId} ${this.#version} IN IP4 0.0.0.0`,
        's=-',
        't=0 0',
        ...(this.#cryptex ? ['a=cryptex'] : []),
        ...(this.#unified ? ['a=msid-semantic: WMS *'] : []),
        ...(this.#bundle && mids ? [`a=group:BUNDLE ${mids.join(' ')}`] : []),
      ],
      media: this.#sections.map((section) =>
        sectionLines(section.template, section, {
          sources: [...section.sources.values()],
          groups: section.groups,
        }),
      ),
    });
  }

  /** Puts a track on an m-line that nobody uses, or on a new one. */
  #place(template: SectionTemplate, track: SourceSet): void {
    const wantedMid = track.sources[0]?.mid;
    const free = this.#freeSection(template.kind, wantedMid);
    if (!free) {
      this.#append(template, wantedMid, 'sendonly', track);
      return;
    }
    this.#fill(free, track);
    this.#turn(free, false);
  }

  /** @param mid as the bridge stamps it on the packets, where it does */
  #freeSection(kind: SectionTemplate['kind'], mid: string | undefined): Section | undefined {
    const free = this.#free[kind];
    const [section] = mid === undefined ? free : [this.#byMid.get(mid)];
    return section && free.has(section) ? section : undefined;
  }

  #freeOf({ template }: Section): Set<Section> {
    return this.#free[template.kind];
  }

  /** Not the data channel's, and not the first of its kind, which stays as it was offered. */
  #isOthers(section: Section): boolean {
    const { kind } = section.template;
    return this.#unified && kind !== 'application' && this.#first.get(kind) !== section;
  }

  #turn(section: Section, isOurs: boolean): void {
    const isTheirs = section.sources.size > 0;
    const direction = isTheirs ? (isOurs ? 'sendrecv' : 'sendonly') : isOurs ? 'recvonly' : 'inactive';
    if (direction === section.direction) return;
    section.direction = direction;
    this.#freeOf(section).delete(section);
    if (direction === 'inactive') this.#emptied.add(section);
    else this.#emptied.delete(section);
  }

  #append(
    template: SectionTemplate,
    wantedMid: string | undefined,
    direction: Section['direction'],
    set: SourceSet,
  ): Section {
    let number = this.#sections.length;
    let mid = wantedMid ?? String(number);
    while (this.#byMid.has(mid)) mid = String(number++);
    const { rejected } = template;
    const section: Section = { template, mid, direction, rejected, sources: new Map(), groups: [] };
    this.#sections.push(section);
    this.#byMid.set(mid, section);
    if (!this.#first.has(template.kind)) this.#first.set(template.kind, section);
    this.#fill(section, set);
    return section;
  }

  #fill(section: Section, { sources, groups }: SourceSet): void {
    for (const source of sources) {
      if (this.#bySsrc.has(source.ssrc)) continue;
      section.sources.set(source.ssrc, source);
      this.#bySsrc.set(source.ssrc, section);
    }
    section.groups.push(...groups);
  }
}

const none: SourceSet = { sources: [], groups: [] };

function sendsOurs({ direction }: Section): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}

/** Everything is bundled: what is wrong with the transport of one content stands in the others. */
function withWholeTransport(content: Content, shared: IceTransport | undefined): Content {
  const { transport } = content;
  if (!shared || !transport || isWholeTransport(transport)) return content;
  const { sctp } = transport;
  return { ...content, transport: defined({ ...shared, sctp }) };
}

/** The sources of a kind, the bridge's placeholders first: they have to get the m-line that the local track uses. */
function ofKind({ sources, groups }: SourceSet, kind: string): SourceSet {
  const own = sources.filter(({ mediaType }) => mediaType === kind);
  const isPlaceholder = ({ msid }: Source): boolean => msid?.includes('mixedmslabel') ?? false;
  return {
    sources: [...own.filter(isPlaceholder), ...own.filter((source) => !isPlaceholder(source))],
    groups: groups.filter(({ mediaType }) => mediaType === kind),
  };
}
