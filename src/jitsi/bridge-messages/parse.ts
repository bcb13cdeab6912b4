/** Reads what a bridge sends. */
import { parseBoundedJson } from '../../base/bounded-json.ts';
import {
  type FieldReaders,
  boolean,
  bridgeMessageError,
  isJsonObject,
  listOf,
  needed,
  number,
  type ReaderTable,
  readFields,
  ssrc,
  string,
  strings,
  uint32,
} from './fields.ts';
import type {
  AudioSourceMapping,
  BridgeMessage,
  BridgeMessageOf,
  KnownBridgeMessage,
  VideoSourceMapping,
} from './messages.ts';

const audioMapping: FieldReaders<AudioSourceMapping> = {
  source: needed(string),
  // The bridge's own model has it nullable.
  owner: string,
  ssrc: needed(ssrc),
  mid: string,
};

const videoMapping: FieldReaders<VideoSourceMapping> = {
  ...audioMapping,
  rtx: ssrc,
  videoType: (value) => string(value)?.toLowerCase() ?? 'camera',
};

const classes: {
  readonly [Class in KnownBridgeMessage['colibriClass']]: FieldReaders<BridgeMessageOf<Class>>;
} = {
  ServerHello: { version: string },
  DominantSpeakerEndpointChangeEvent: {
    dominantSpeakerEndpoint: needed(string),
    // Older bridges write neither.
    previousSpeakers: (value) => strings(value) ?? [],
    silence: (value) => boolean(value) ?? false,
  },
  EndpointConnectivityStatusChangeEvent: { endpoint: needed(string), active: needed(flagWord) },
  ForwardedSources: { forwardedSources: needed(strings) },
  SenderSourceConstraints: { sourceName: needed(string), maxHeight: needed(number) },
  AudioSourcesMap: { mappedSources: needed(listOf(audioMapping)) },
  VideoSourcesMap: { mappedSources: needed(listOf(videoMapping)) },
  ConnectionStats: { estimatedDownlinkBandwidth: needed(number) },
  EndpointMessage: { to: stringOrEmpty, from: stringOrEmpty },
  EndpointStats: { from: stringOrEmpty },
  SyntheticSourceSendingChangeEvent: {
    sourceName: needed(string),
    sending: needed(boolean),
    timestamp: needed(uint32),
  },
};

const readersOf = new Map<string, ReaderTable>(Object.entries(classes));

/**
 * One text message of a bridge's channel. A message of an unknown class is given as it is.
 * @throws ParseError `bridge-message-not-json`, `bridge-message-no-class`, `bridge-message-bad-field`
 */
export function parseBridgeMessage(text: string): BridgeMessage {
  const object = jsonOf(text);
  if (!isJsonObject(object) || typeof object.colibriClass !== 'string') {
    throw bridgeMessageError('bridge-message-no-class', 'it is not an object with a string colibriClass');
  }
  const readers = readersOf.get(object.colibriClass);
  if (readers) readFields(object, object.colibriClass, readers);
  return object as unknown as BridgeMessage;
}

function jsonOf(text: string): unknown {
  try {
    return parseBoundedJson(text);
  } catch (error) {
    throw bridgeMessageError('bridge-message-not-json', 'it is not JSON, or nested too deeply', error);
  }
}

/** The bridge writes a word; a boolean is understood too. */
function flagWord(value: unknown): 'true' | 'false' | undefined {
  if (value === true || value === 'true') return 'true';
  return value === false || value === 'false' ? 'false' : undefined;
}

function stringOrEmpty(value: unknown): string {
  return string(value) ?? '';
}
