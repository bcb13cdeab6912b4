/** What a test can see of the deployment's bridge. */
import type { Channel } from './bridge/channel.ts';
import type { AudioSubscription, VideoType } from './bridge/client-message.ts';
import type { LocalEndpoint } from './bridge/endpoint.ts';
import type { DroppedMessage } from './bridge/journal.ts';
import type { MediaBridge } from './bridge/media-bridge.ts';

export interface SandboxBridge {
  /** Those that the bridge knows now, by endpoint id. */
  readonly endpoints: ReadonlyMap<string, SandboxEndpoint>;
  /** The last hundred messages that were dropped, oldest first. The bridge never tells a client. */
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
}

/** A snapshot. */
export function viewBridge({ endpoints, journal }: MediaBridge): SandboxBridge {
  return {
    endpoints: new Map(endpoints.map((endpoint) => [endpoint.id, viewEndpoint(endpoint)])),
    dropped: journal.dropped,
  };
}

function viewEndpoint(endpoint: LocalEndpoint): SandboxEndpoint {
  const { audioSubscription, channels, counts, id, senderConstraints, settings, videoTypes } = endpoint;
  return {
    id,
    channel: channels.active?.kind,
    channels: channels.kinds,
    lastN: settings.lastN,
    videoTypes: new Map(videoTypes),
    wantedHeights: new Map(senderConstraints.heights),
    audioSubscription,
    ...counts,
  };
}
