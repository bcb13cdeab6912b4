/**
 * A judge of what clients send to a bridge: the fields of jitsi-videobridge's `BridgeChannelMessage.kt` as data, with the rules of its
 * Jackson parser. It shares nothing with `src/jitsi/bridge-messages`. Stricter than Jackson in one thing: a number in quotes is
 * no number, and a fraction no integer.
 */

type FieldType = keyof typeof types;

interface MessageClass {
  needed?: Readonly<Record<string, FieldType>>;
  optional?: Readonly<Record<string, FieldType>>;
  /** Takes any further field (`@JsonAnySetter`). */
  open?: boolean;
  /** Parsed, and then "unexpected": bridges send it. */
  fromBridge?: boolean;
}

const classes: Readonly<Record<string, MessageClass>> = {
  ClientHello: {},
  ReceiverVideoConstraints: {
    optional: {
      lastN: 'int',
      selectedSources: 'strings',
      onStageSources: 'strings',
      defaultConstraints: 'constraints',
      constraints: 'constraints by name',
      assumedBandwidthBps: 'long',
    },
  },
  LastNChangedEvent: { needed: { lastN: 'int' } },
  ReceiverAudioSubscription: {
    optional: { all: 'boolean', include: 'strings', exclude: 'strings', mode: 'audio mode', list: 'strings' },
  },
  SourceVideoTypeMessage: {
    needed: { sourceName: 'string', videoType: 'video type' },
    optional: { endpointId: 'string' },
  },
  VideoTypeMessage: { needed: { videoType: 'video type' }, optional: { endpointId: 'string' } },
  EndpointMessage: { needed: { to: 'string' }, optional: { from: 'string' }, open: true },
  EndpointStats: { optional: { from: 'string' }, open: true },
  ServerHello: { fromBridge: true },
  DominantSpeakerEndpointChangeEvent: { fromBridge: true },
  EndpointConnectivityStatusChangeEvent: { fromBridge: true },
  ForwardedSources: { fromBridge: true },
  VideoSourcesMap: { fromBridge: true },
  AudioSourcesMap: { fromBridge: true },
  SenderSourceConstraints: { fromBridge: true },
  AddReceiver: { fromBridge: true },
  RemoveReceiver: { fromBridge: true },
  ConnectionStats: { fromBridge: true },
  SyntheticSourceSendingChangeEvent: { fromBridge: true },
};

const types = {
  string: (value: unknown) => typeof value === 'string',
  boolean: (value: unknown) => typeof value === 'boolean',
  int: isInt,
  long: (value: unknown) => Number.isSafeInteger(value),
  strings: (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  // ACCEPT_CASE_INSENSITIVE_ENUMS
  'video type': (value: unknown) =>
    typeof value === 'string' && /^(camera|desktop|desktop_high_fps|disabled|none)$/i.test(value),
  'audio mode': (value: unknown) => typeof value === 'string' && /^(All|None|Include|Exclude)$/.test(value),
  constraints: isConstraints,
  'constraints by name': (value: unknown) => isObject(value) && Object.values(value).every(isConstraints),
} as const;

/** Jackson's `StreamReadConstraints`. */
const deepest = 1000;

/** Why a bridge drops a client's message; undefined if it takes it. */
export function dropReason(text: string): string | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return 'not JSON';
  }
  const { duplicate, depth } = scan(text);
  if (duplicate !== undefined) return `duplicate key ${duplicate}`;
  if (depth > deepest) return 'nested too deep';
  if (!isObject(message)) return 'not an object';
  const { colibriClass, ...fields } = message;
  if (typeof colibriClass !== 'string' || !Object.hasOwn(classes, colibriClass)) return 'unknown class';
  const { needed = {}, optional = {}, open, fromBridge } = classes[colibriClass] ?? {};
  if (fromBridge) return 'unexpected class';
  for (const name of Object.keys(needed)) {
    if (!Object.hasOwn(fields, name)) return `${name} is missing`;
  }
  for (const [name, value] of Object.entries(fields)) {
    if (Object.hasOwn(needed, name)) {
      if (!hasType(value, needed[name])) return `${name} is not ${needed[name]}`;
    } else if (Object.hasOwn(optional, name)) {
      if (value !== null && !hasType(value, optional[name])) return `${name} is not ${optional[name]}`;
    } else if (!open) return `unknown field ${name}`;
  }
  return undefined;
}

function hasType(value: unknown, type: FieldType | undefined): boolean {
  return type !== undefined && types[type](value);
}

/** `VideoConstraints.kt`: its unknown fields are ignored. */
function isConstraints(value: unknown): boolean {
  if (!isObject(value) || !isInt(value.maxHeight) || Number(value.maxHeight) < -1) return false;
  const { maxFrameRate = -1 } = value;
  return typeof maxFrameRate === 'number' && (maxFrameRate === -1 || maxFrameRate >= 0);
}

function isInt(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= -(2 ** 31) && Number(value) < 2 ** 31;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What JSON.parse does not tell about a text: a key that an object has twice (STRICT_DUPLICATE_DETECTION), the depth. */
function scan(text: string): { duplicate?: string; depth: number } {
  const open: Set<string>[] = [];
  let depth = 0;
  let previous = '';
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g)) {
    if (token === '{' || token === '[') depth = Math.max(depth, open.push(new Set()));
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const key = String(JSON.parse(previous));
      const keys = open.at(-1);
      if (keys?.has(key)) return { duplicate: key, depth };
      keys?.add(key);
    }
    previous = token;
  }
  return { depth };
}
