/** A source of an endpoint: what one source name stands for, whatever SSRCs it has (jitsi-videobridge `MediaSourceDesc.kt`). */
import type { Milliseconds } from '../../../../base/clock.ts';
import type { MediaType, Source, SourceSet } from '../../../../jingle/model.ts';
import type { RtcpPacket } from '../../../../rtp/rtcp.ts';
import type { VideoType } from '../../channel/client-message.ts';
import type { OutgoingMessage } from '../../channel/outgoing-message.ts';
import type { EndpointFormats } from '../formats.ts';
import { IncomingStream } from './incoming-stream.ts';
import { KeyFrameInterval } from './key-frame-requests.ts';
import { WantedHeights } from '../allocation/wanted-heights.ts';

/** What signalling says of a source. */
export interface SourceDescription {
  name: string;
  kind: MediaType;
  videoType: VideoType;
  /** In the order of their SIM group, if there is one: the smallest first. */
  encodings: readonly [SsrcPair, ...SsrcPair[]];
}

/** Of an encoding. */
interface SsrcPair {
  ssrc: number;
  rtxSsrc: number | undefined;
}

/** The endpoint that has it. */
export interface SourceOwner {
  readonly id: string;
  readonly formats: EndpointFormats;
  /** Of its videos, as far as it told. */
  readonly videoTypes: ReadonlyMap<string, VideoType>;
  send(message: OutgoingMessage): void;
  sendRtcp(packets: readonly RtcpPacket[]): void;
}

export class MediaSource {
  readonly name: string;
  readonly kind: MediaType;
  readonly owner: SourceOwner;
  /** The encoding that others are told of (media 8.25): whatever goes out has its SSRC, where there is no rewriting. */
  readonly main: IncomingStream;
  /** The smallest first, {@link main}. */
  readonly encodings: readonly IncomingStream[];
  /** All of it, retransmissions too. */
  readonly streams: readonly IncomingStream[];
  /** By receiver. */
  readonly wanted: WantedHeights = new WantedHeights();
  /** What its owner was last told of `wanted`; undefined before the first time. */
  toldHeight: number | undefined;
  readonly keyFrames: KeyFrameInterval = new KeyFrameInterval();
  readonly #videoType: VideoType;
  /** Heights of those that come, negative until it is known what they take. */
  #layers: readonly number[] = [];

  constructor(owner: SourceOwner, description: SourceDescription) {
    this.owner = owner;
    this.name = description.name;
    this.kind = description.kind;
    this.#videoType = description.videoType;
    const { kind } = this;
    const encoding = (index: number, { ssrc }: SsrcPair): IncomingStream =>
      new IncomingStream({ ssrc, kind, index, height: heightOf(index, description.encodings.length) });
    const [first, ...others] = description.encodings;
    this.main = encoding(0, first);
    this.encodings = [this.main, ...others.map((pair, index) => encoding(index + 1, pair))];
    this.streams = this.encodings.flatMap((original, index) => {
      const rtxSsrc = description.encodings[index]?.rtxSsrc;
      return rtxSsrc === undefined
        ? [original]
        : [original, new IncomingStream({ ssrc: rtxSsrc, kind, original })];
    });
  }

  get rtxSsrc(): number | undefined {
    return this.streams.find(({ original }) => original === this.main)?.ssrc;
  }

  /** What its owner says of it, otherwise what was signalled. */
  get videoType(): VideoType {
    return this.owner.videoTypes.get(this.name) ?? this.#videoType;
  }

  /** It is being sent, as far as its owner tells. */
  get isEnabled(): boolean {
    return this.videoType !== 'none' && this.videoType !== 'disabled';
  }

  /** Layers have come, or do not come any more, or are of another height than at the last look, or it is known by now what they take. */
  layersChanged(now: Milliseconds): boolean {
    const before = this.#layers;
    this.#layers = this.encodings
      .flatMap(({ layers }) => layers)
      .map((layer) => (layer.isActive(now) ? (layer.isMeasured ? 1 : -1) * layer.height : 0));
    const count = Math.max(before.length, this.#layers.length);
    for (let index = 0; index < count; index++) {
      if ((this.#layers[index] ?? 0) !== (before[index] ?? 0)) return true;
    }
    return false;
  }

  /** It is still what signalling says. */
  matches({ encodings, kind }: SourceDescription): boolean {
    const ssrcs = encodings.flatMap(({ rtxSsrc, ssrc }) => (rtxSsrc === undefined ? ssrc : [ssrc, rtxSsrc]));
    return (
      kind === this.kind &&
      ssrcs.length === this.streams.length &&
      ssrcs.every((ssrc, index) => ssrc === this.streams[index]?.ssrc)
    );
  }
}

/** What encodings are, by their place, until key frames tell (jitsi-videobridge `MediaSourceFactory.java`); a single one may be anything. */
function heightOf(index: number, count: number): number {
  return count === 1 ? singleHeight : smallestHeight * 2 ** index;
}

const smallestHeight = 180;
const singleHeight = 720;

/** The sources that a set stands for. One without a name has the first one (jicofo `Source.kt`). */
export function describeSources(endpointId: string, { sources, groups }: SourceSet): SourceDescription[] {
  const rtxOf = new Map<number, number>();
  const layerOf = new Map<number, number>();
  for (const { semantics, ssrcs } of groups) {
    const [first, second] = ssrcs;
    if (semantics === 'FID' && first !== undefined && second !== undefined) rtxOf.set(first, second);
    if (semantics === 'SIM') for (const [layer, ssrc] of ssrcs.entries()) layerOf.set(ssrc, layer);
  }
  const retransmissions = new Set(rtxOf.values());
  const byName = new Map<string, Source[]>();
  for (const source of sources) {
    const name = source.name ?? `${endpointId}-${source.mediaType === 'audio' ? 'a0' : 'v0'}`;
    byName.set(name, [...(byName.get(name) ?? []), source]);
  }
  return [...byName].flatMap(([name, members]) => {
    const media = members
      .filter(({ ssrc }) => !retransmissions.has(ssrc))
      .sort((one, other) => (layerOf.get(one.ssrc) ?? 0) - (layerOf.get(other.ssrc) ?? 0));
    const [first] = media;
    const [main, ...others] = media.map(({ ssrc }) => ({ ssrc, rtxSsrc: rtxOf.get(ssrc) }));
    if (!first || !main) return [];
    const { mediaType: kind, videoType = 'camera' } = first;
    return { name, kind, videoType, encodings: [main, ...others] as const };
  });
}
