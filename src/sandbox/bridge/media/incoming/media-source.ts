/** A source of an endpoint: what one source name stands for, whatever SSRCs it has (jitsi-videobridge `MediaSourceDesc.kt`). */
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
  /** The first of its SIM group, if there is one. */
  main: Layer;
  /** The rest of the group, in its order. */
  others: readonly Layer[];
}

interface Layer {
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
  /**
   * The stream that is forwarded: others are told of the first layer only (media 8.25), and it is named after that.
   */
  readonly main: IncomingStream;
  /** All of it, retransmissions too. */
  readonly streams: readonly IncomingStream[];
  /** By receiver. */
  readonly wanted: WantedHeights = new WantedHeights();
  /** What its owner was last told of `wanted`; undefined before the first time. */
  toldHeight: number | undefined;
  readonly keyFrames: KeyFrameInterval = new KeyFrameInterval();
  readonly #videoType: VideoType;

  constructor(owner: SourceOwner, description: SourceDescription) {
    this.owner = owner;
    this.name = description.name;
    this.kind = description.kind;
    this.#videoType = description.videoType;
    this.main = new IncomingStream(description.main.ssrc, this.kind, true);
    this.streams = [
      ...streamsOf(this.main, description.main.rtxSsrc, this.kind),
      ...description.others.flatMap((layer) =>
        streamsOf(new IncomingStream(layer.ssrc, this.kind, false), layer.rtxSsrc, this.kind),
      ),
    ];
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

  /** It is still what signalling says. */
  matches({ kind, main, others }: SourceDescription): boolean {
    const ssrcs = [main, ...others].flatMap(({ rtxSsrc, ssrc }) =>
      rtxSsrc === undefined ? ssrc : [ssrc, rtxSsrc],
    );
    return (
      kind === this.kind &&
      ssrcs.length === this.streams.length &&
      ssrcs.every((ssrc, index) => ssrc === this.streams[index]?.ssrc)
    );
  }
}

function streamsOf(stream: IncomingStream, rtxSsrc: number | undefined, kind: MediaType): IncomingStream[] {
  return rtxSsrc === undefined ? [stream] : [stream, new IncomingStream(rtxSsrc, kind, false, stream)];
}

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
    return { name, kind: first.mediaType, videoType: first.videoType ?? 'camera', main, others };
  });
}
