/** What a test can see of the deployment's bridge. */
import type { Channel } from './bridge/channel/channel.ts';
import type { AudioSubscription, VideoType } from './bridge/channel/client-message.ts';
import type { LocalEndpoint } from './bridge/endpoint.ts';
import type { DroppedMessage } from './bridge/journal.ts';
import type { MediaSource } from './bridge/media/incoming/media-source.ts';
import { namesOf } from './bridge/media/allocation/video-allocation.ts';
import type { MediaBridge } from './bridge/media-bridge.ts';

export interface SandboxBridge {
  /** Those that the bridge knows now, by endpoint id. */
  readonly endpoints: ReadonlyMap<string, SandboxEndpoint>;
  /** The last hundred messages and packets that were dropped, oldest first. The bridge never tells a client. */
  readonly dropped: readonly DroppedMessage[];
}

export interface SandboxEndpoint {
  readonly id: string;
  /** The channel that messages to it take; undefined when it has none. */
  readonly channel: Channel['kind'] | undefined;
  /** All that it has open. */
  readonly channels: readonly Channel['kind'][];
  /** How many videos it wants; -1 for all. */
  readonly lastN: number;
  /** Of its videos, as far as it told. */
  readonly videoTypes: ReadonlyMap<string, VideoType>;
  /** Of its videos: the greatest height that any other endpoint wants; -1 for no limit. */
  readonly wantedHeights: ReadonlyMap<string, number>;
  /** Undefined until it says which audio it wants: all. */
  readonly audioSubscription: AudioSubscription | undefined;
  /** Messages that came from it. */
  readonly received: number;
  /** Messages that were lost on the way to it, because it was too slow or they were too large. */
  readonly lost: number;
  /** What it sends, by source name. */
  readonly sources: ReadonlyMap<string, SandboxSource>;
  /** Names of the videos that are forwarded to it, the most wanted first. */
  readonly forwardedSources: readonly string[];
  /** Of these: how high the layer is that is forwarded, or will be from its next key frame on. */
  readonly forwardedHeights: ReadonlyMap<string, number>;
  /** bit/s that its downlink carries, by its feedback; undefined before the first. */
  readonly estimatedDownlink: number | undefined;
  /** Packets from it with SSRCs or payload types that mean nothing here. */
  readonly droppedPackets: number;
}

/** With simulcast: of all encodings together, but for the SSRC, which is the first one's. */
export interface SandboxSource {
  readonly kind: 'audio' | 'video';
  readonly ssrc: number;
  readonly videoType: VideoType;
  /** Packets that came, without retransmissions in RTX. */
  readonly packets: number;
  /** Of their payloads. */
  readonly bytes: number;
  /** Packets of video that came after the bridge had asked for them, and those that never came. */
  readonly recovered: number;
  readonly abandoned: number;
  /** How often a key frame was asked for. */
  readonly keyFrameRequests: number;
  /** Packets that went out, by endpoint id; without retransmissions. */
  readonly forwarded: ReadonlyMap<string, number>;
}

/** A snapshot. */
export function viewBridge({ endpoints, journal }: MediaBridge): SandboxBridge {
  return {
    endpoints: new Map(endpoints.map((endpoint) => [endpoint.id, viewEndpoint(endpoint, endpoints)])),
    dropped: journal.dropped,
  };
}

function viewEndpoint(endpoint: LocalEndpoint, all: readonly LocalEndpoint[]): SandboxEndpoint {
  const { channels, counts, id, media } = endpoint;
  const sources = [...media.sources.values()];
  return {
    id,
    channel: channels.active?.kind,
    channels: channels.kinds,
    lastN: media.settings.lastN,
    videoTypes: new Map(media.videoTypes),
    wantedHeights: new Map(
      sources.flatMap(({ name, toldHeight }) => (toldHeight === undefined ? [] : [[name, toldHeight]])),
    ),
    audioSubscription: media.audioSubscription,
    ...counts,
    sources: new Map(sources.map((source) => [source.name, viewSource(source, all)])),
    forwardedSources: namesOf(media),
    forwardedHeights: new Map([...media.forwarded].map(([{ name }, { height }]) => [name, height])),
    estimatedDownlink: media.downlink.estimate,
    droppedPackets: media.drops.count,
  };
}

function viewSource(source: MediaSource, all: readonly LocalEndpoint[]): SandboxSource {
  const { encodings, keyFrames, kind, main, videoType } = source;
  const sum = (of: (encoding: (typeof encodings)[number]) => number): number =>
    encodings.reduce((total, encoding) => total + of(encoding), 0);
  return {
    kind,
    ssrc: main.ssrc,
    videoType,
    packets: sum(({ reception }) => reception.packets),
    bytes: sum(({ reception }) => reception.bytes),
    recovered: sum(({ missing }) => missing?.recovered ?? 0),
    abandoned: sum(({ missing }) => missing?.abandoned ?? 0),
    keyFrameRequests: keyFrames.count,
    forwarded: new Map(
      all.flatMap(({ id, media }) => {
        const stream = media.existingStream(source);
        return stream && stream.packets > 0 ? [[id, stream.packets]] : [];
      }),
    ),
  };
}
