/**
 * What a client may say to the bridge about itself, read as strictly as the bridge reads it: a field that is missing, of another
 * type or unknown voids the message (jitsi-videobridge `BridgeChannelMessage.kt`, `VideoConstraints.kt`, `VideoType.kt`).
 */

export type ClientMessage =
  | { type: 'hello' }
  | { type: 'lastN'; lastN: number }
  | { type: 'constraints'; constraints: ReceiverConstraints }
  | { type: 'audio'; subscription: AudioSubscription }
  /** Without a source it is that of the endpoint's first video. */
  | { type: 'videoType'; videoType: VideoType; source?: string };

/** Fields that are absent leave the setting as it was. */
export interface ReceiverConstraints {
  lastN?: number;
  selectedSources?: readonly string[];
  onStageSources?: readonly string[];
  defaultConstraints?: VideoConstraints;
  constraints?: ReadonlyMap<string, VideoConstraints>;
}

export interface VideoConstraints {
  /** -1 for no limit, 0 for nothing. */
  maxHeight: number;
  /** -1 for no limit, 0 for nothing. */
  maxFrameRate: number;
}

/** Exclusion wins over inclusion, both over `all`. */
export interface AudioSubscription {
  all: boolean;
  include: readonly string[];
  exclude: readonly string[];
}

export type VideoType = (typeof videoTypes)[number];

const videoTypes = ['camera', 'desktop', 'desktop_high_fps', 'disabled', 'none'] as const;

/** The message is void; `text` says why. */
export class VoidMessage extends Error {}

/** Classes that the bridge knows and does not expect from a client. */
const fromBridge: ReadonlySet<string> = new Set([
  'ServerHello',
  'DominantSpeakerEndpointChangeEvent',
  'EndpointConnectivityStatusChangeEvent',
  'ForwardedSources',
  'VideoSourcesMap',
  'AudioSourcesMap',
  'SenderSourceConstraints',
  'AddReceiver',
  'RemoveReceiver',
  'ConnectionStats',
  'SyntheticSourceSendingChangeEvent',
]);

/**
 * Reads a message of any class but those that are relayed.
 * @param message a JSON object
 * @throws VoidMessage
 */
export function readClientMessage(colibriClass: string, message: object): ClientMessage {
  const fields = new Fields(message, 'the message');
  switch (colibriClass) {
    case 'ClientHello':
      fields.allow();
      return { type: 'hello' };
    case 'LastNChangedEvent':
      fields.allow('lastN');
      return { type: 'lastN', lastN: fields.required('lastN', int) };
    case 'ReceiverVideoConstraints':
      return { type: 'constraints', constraints: readConstraints(fields) };
    case 'ReceiverAudioSubscription':
      return { type: 'audio', subscription: readSubscription(fields) };
    case 'SourceVideoTypeMessage':
      fields.allow('videoType', 'sourceName', 'endpointId');
      fields.optional('endpointId', text);
      return {
        type: 'videoType',
        videoType: fields.required('videoType', videoType),
        source: fields.required('sourceName', text),
      };
    case 'VideoTypeMessage':
      fields.allow('videoType', 'endpointId');
      fields.optional('endpointId', text);
      return { type: 'videoType', videoType: fields.required('videoType', videoType) };
    default:
      throw new VoidMessage(
        fromBridge.has(colibriClass)
          ? `${colibriClass} is not for clients to send`
          : `there is no class ${JSON.stringify(colibriClass.slice(0, 60))}`,
      );
  }
}

function readConstraints(fields: Fields): ReceiverConstraints {
  fields.allow(
    'lastN',
    'selectedSources',
    'onStageSources',
    'defaultConstraints',
    'constraints',
    'assumedBandwidthBps',
  );
  // Read for its type only: without a setting of its own the bridge does not heed it.
  fields.optional('assumedBandwidthBps', integer);
  const lastN = fields.optional('lastN', int);
  const selectedSources = fields.optional('selectedSources', texts);
  const onStageSources = fields.optional('onStageSources', texts);
  const defaultConstraints = fields.optional('defaultConstraints', videoConstraints);
  const constraints = fields.optional('constraints', constraintsBySource);
  return {
    ...(lastN === undefined ? {} : { lastN }),
    ...(selectedSources === undefined ? {} : { selectedSources }),
    ...(onStageSources === undefined ? {} : { onStageSources }),
    ...(defaultConstraints === undefined ? {} : { defaultConstraints }),
    ...(constraints === undefined ? {} : { constraints }),
  };
}

function readSubscription(fields: Fields): AudioSubscription {
  fields.allow('all', 'include', 'exclude', 'mode', 'list');
  const all = fields.optional('all', bool) ?? false;
  const include = fields.optional('include', texts) ?? [];
  const exclude = fields.optional('exclude', texts) ?? [];
  const list = fields.optional('list', texts) ?? [];
  const mode = fields.optional('mode', text);
  switch (mode) {
    case undefined:
      return { all, include, exclude };
    case 'All':
      return { all: true, include: [], exclude: [] };
    case 'None':
      return { all: false, include: [], exclude: [] };
    case 'Include':
      return { all: false, include: list, exclude: [] };
    case 'Exclude':
      return { all: true, include: [], exclude: list };
    default:
      throw new VoidMessage(`there is no mode ${JSON.stringify(mode.slice(0, 60))}`);
  }
}

type Reader<Value> = (value: unknown, name: string) => Value;

class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #where: string;

  constructor(object: object, where: string) {
    this.#fields = object as Readonly<Record<string, unknown>>;
    this.#where = where;
  }

  allow(...names: readonly string[]): void {
    for (const name of Object.keys(this.#fields)) {
      if (name !== 'colibriClass' && !names.includes(name)) {
        throw new VoidMessage(`${this.#where} has the unknown field ${JSON.stringify(name.slice(0, 60))}`);
      }
    }
  }

  required<Value>(name: string, read: Reader<Value>): Value {
    const value = this.optional(name, read);
    if (value === undefined) throw new VoidMessage(`${this.#where} has no ${name}`);
    return value;
  }

  /** `null` counts as absent. */
  optional<Value>(name: string, read: Reader<Value>): Value | undefined {
    const value = Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
    return value === undefined || value === null ? undefined : read(value, name);
  }
}

function wrong(name: string, expected: string): VoidMessage {
  return new VoidMessage(`${name} is not ${expected}`);
}

const text: Reader<string> = (value, name) => {
  if (typeof value !== 'string') throw wrong(name, 'a string');
  return value;
};

const texts: Reader<readonly string[]> = (value, name) => {
  if (!Array.isArray(value)) throw wrong(name, 'a list');
  return value.map((each: unknown) => text(each, `an element of ${name}`));
};

const bool: Reader<boolean> = (value, name) => {
  if (typeof value !== 'boolean') throw wrong(name, 'a boolean');
  return value;
};

const integer: Reader<number> = (value, name) => {
  if (!Number.isInteger(value)) throw wrong(name, 'an integer');
  return value as number;
};

const int: Reader<number> = (value, name) => {
  const number = integer(value, name);
  if (number !== (number | 0)) throw wrong(name, 'an integer of 32 bits');
  return number;
};

const videoType: Reader<VideoType> = (value, name) => {
  const lower = text(value, name).toLowerCase();
  const found = videoTypes.find((type) => type === lower);
  if (found === undefined) throw wrong(name, `one of ${videoTypes.join(', ')}`);
  return found;
};

/** Unknown fields are tolerated here, and only here. */
const videoConstraints: Reader<VideoConstraints> = (value, name) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(name, 'an object');
  const fields = new Fields(value, name);
  const maxHeight = fields.required('maxHeight', int);
  const maxFrameRate =
    fields.optional('maxFrameRate', (rate, field) => {
      if (typeof rate !== 'number') throw wrong(field, 'a number');
      return rate;
    }) ?? -1;
  for (const [field, limit] of Object.entries({ maxHeight, maxFrameRate })) {
    if (limit < 0 && limit !== -1) throw wrong(`${field} of ${name}`, 'at least 0, nor -1');
  }
  return { maxHeight, maxFrameRate };
};

const constraintsBySource: Reader<ReadonlyMap<string, VideoConstraints>> = (value, name) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(name, 'an object');
  return new Map(
    Object.entries(value).map(([source, constraints]) => [
      source,
      videoConstraints(constraints, `${name} for ${source.slice(0, 60)}`),
    ]),
  );
};
