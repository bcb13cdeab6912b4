import { describe, expect, it } from 'vitest';
import { ParseError } from '../../../../src/base/errors.ts';
import type { BridgeMessage, KnownBridgeMessage } from '../../../../src/jitsi/bridge-messages/messages.ts';
import { parseBridgeMessage } from '../../../../src/jitsi/bridge-messages/parse.ts';

const parse = (message: object): BridgeMessage => parseBridgeMessage(JSON.stringify(message));

const errorOf = (text: string): { source: string; code: string; message: string } => {
  try {
    parseBridgeMessage(text);
  } catch (error) {
    if (error instanceof ParseError) {
      return { source: error.source, code: error.code, message: error.message };
    }
    throw error;
  }
  throw new Error(`${text} was read`);
};

const mapping = { source: '1ecc588b-v0', owner: '1ecc588b', ssrc: 3285681384, mid: 'v0' };

/** A message of each class as a bridge of 2026 writes it, and as it is read. */
const examples: { readonly [Class in KnownBridgeMessage['colibriClass']]: readonly [string, object] } = {
  ServerHello: ['{"colibriClass":"ServerHello","version":"2.1"}', { version: '2.1' }],
  DominantSpeakerEndpointChangeEvent: [
    '{"colibriClass":"DominantSpeakerEndpointChangeEvent","dominantSpeakerEndpoint":"0864d083","previousSpeakers":["f0dfdbad"],"silence":true}',
    { dominantSpeakerEndpoint: '0864d083', previousSpeakers: ['f0dfdbad'], silence: true },
  ],
  EndpointConnectivityStatusChangeEvent: [
    '{"colibriClass":"EndpointConnectivityStatusChangeEvent","endpoint":"da04fdfd","active":"false"}',
    { endpoint: 'da04fdfd', active: 'false' },
  ],
  ForwardedSources: [
    '{"colibriClass":"ForwardedSources","forwardedSources":["08931d99-v0","0536f463-v0"]}',
    { forwardedSources: ['08931d99-v0', '0536f463-v0'] },
  ],
  SenderSourceConstraints: [
    '{"colibriClass":"SenderSourceConstraints", "sourceName":"08931d99-v0", "maxHeight":720}',
    { sourceName: '08931d99-v0', maxHeight: 720 },
  ],
  AudioSourcesMap: [
    '{"colibriClass":"AudioSourcesMap","mappedSources":[{"source":"a-a0","owner":"a","ssrc":4144636756,"mid":"a0"}]}',
    { mappedSources: [{ source: 'a-a0', owner: 'a', ssrc: 4144636756, mid: 'a0' }] },
  ],
  VideoSourcesMap: [
    '{"colibriClass":"VideoSourcesMap","mappedSources":[{"source":"1ecc588b-v0","owner":"1ecc588b","ssrc":3285681384,"rtx":3371558476,"videoType":"CAMERA","mid":"v0"}]}',
    { mappedSources: [{ ...mapping, rtx: 3371558476, videoType: 'camera' }] },
  ],
  ConnectionStats: [
    '{"colibriClass":"ConnectionStats","estimatedDownlinkBandwidth":14958305}',
    { estimatedDownlinkBandwidth: 14958305 },
  ],
  EndpointMessage: [
    '{"colibriClass":"EndpointMessage","to":"","from":"abd9993e","msgPayload":{"type":"hi","x":1},"raw":"AAE=","text":"t"}',
    { to: '', from: 'abd9993e', msgPayload: { type: 'hi', x: 1 }, raw: 'AAE=', text: 't' },
  ],
  EndpointStats: [
    '{"colibriClass":"EndpointStats","from":"01125a22","connectionQuality":100,"bitrate":{"upload":1}}',
    { from: '01125a22', connectionQuality: 100, bitrate: { upload: 1 } },
  ],
  SyntheticSourceSendingChangeEvent: [
    '{"colibriClass":"SyntheticSourceSendingChangeEvent","sourceName":"55555555-a0.hi","sending":false,"timestamp":4294967295}',
    { sourceName: '55555555-a0.hi', sending: false, timestamp: 4294967295 },
  ],
};

describe('parseBridgeMessage', () => {
  it.each(Object.entries(examples))('reads %s', (colibriClass, [text, fields]) => {
    expect(parseBridgeMessage(text)).toEqual({ colibriClass, ...fields });
  });

  it.each(Object.entries(examples))('keeps what a newer bridge adds to %s', (_, [text]) => {
    expect(parseBridgeMessage(text.replace(/\}$/, ',"colour":{"a":[1]}}'))).toEqual({
      ...parseBridgeMessage(text),
      colour: { a: [1] },
    });
  });

  it.each<[string, object, object]>([
    ['a hello without a version', { colibriClass: 'ServerHello' }, {}],
    ['a version that is none', { colibriClass: 'ServerHello', version: 2 }, {}],
    [
      'a speaker of an older bridge',
      { colibriClass: 'DominantSpeakerEndpointChangeEvent', dominantSpeakerEndpoint: 'a' },
      { dominantSpeakerEndpoint: 'a', previousSpeakers: [], silence: false },
    ],
    [
      'a speaker with odd company',
      {
        colibriClass: 'DominantSpeakerEndpointChangeEvent',
        dominantSpeakerEndpoint: 'a',
        previousSpeakers: [1],
        silence: 'no',
      },
      { dominantSpeakerEndpoint: 'a', previousSpeakers: [], silence: false },
    ],
    [
      'connectivity as a boolean',
      { colibriClass: 'EndpointConnectivityStatusChangeEvent', endpoint: 'a', active: true },
      { endpoint: 'a', active: 'true' },
    ],
    [
      'numbers in quotes',
      { colibriClass: 'SenderSourceConstraints', sourceName: 'a-v0', maxHeight: '-1' },
      { sourceName: 'a-v0', maxHeight: -1 },
    ],
    [
      'a mapping without an owner',
      { colibriClass: 'AudioSourcesMap', mappedSources: [{ source: 'a-a0', owner: null, ssrc: 1 }] },
      { mappedSources: [{ source: 'a-a0', ssrc: 1 }] },
    ],
    [
      'a mapping without a video type',
      { colibriClass: 'VideoSourcesMap', mappedSources: [mapping] },
      { mappedSources: [{ ...mapping, videoType: 'camera' }] },
    ],
    ['an empty map', { colibriClass: 'VideoSourcesMap', mappedSources: [] }, { mappedSources: [] }],
    ['a message without an envelope', { colibriClass: 'EndpointMessage' }, { to: '', from: '' }],
    ['statistics of nobody', { colibriClass: 'EndpointStats', from: 5 }, { from: '' }],
  ])('reads %s', (_, { colibriClass, ...message }: { colibriClass?: string }, fields) => {
    expect(parse({ colibriClass, ...message })).toEqual({ colibriClass, ...fields });
  });

  it.each([
    ['CAMERA', 'camera'],
    ['DESKTOP_HIGH_FPS', 'desktop_high_fps'],
    ['desktop', 'desktop'],
    ['DISABLED', 'disabled'],
    ['HOLOGRAM', 'hologram'],
  ])('reads the video type %s', (videoType, expected) => {
    expect(
      parse({ colibriClass: 'VideoSourcesMap', mappedSources: [{ ...mapping, videoType }] }),
    ).toMatchObject({ mappedSources: [{ videoType: expected }] });
  });

  it.each([-1, '-1', 0, 2 ** 32, 'none', null])('takes the rtx %j for none', (rtx) => {
    const message = parse({ colibriClass: 'VideoSourcesMap', mappedSources: [{ ...mapping, rtx }] });
    expect(message).toEqual({
      colibriClass: 'VideoSourcesMap',
      mappedSources: [{ ...mapping, videoType: 'camera' }],
    });
  });

  it.each([
    '{"colibriClass":"LastNEndpointsChangeEvent","lastNEndpoints":["a"],"endpointsEnteringLastN":[]}',
    '{"colibriClass":"ForwardedEndpoints","forwardedEndpoints":["a"]}',
    '{"colibriClass":"SenderVideoConstraints","videoConstraints":{"idealHeight":180}}',
    '{"colibriClass":"SelectedEndpointsChangedEvent","selectedEndpoints":[]}',
    '{"colibriClass":"PinnedEndpointChangedEvent","pinnedEndpoint":null}',
    '{"colibriClass":"ReceiverVideoConstraint","maxFrameHeight":180}',
    '{"colibriClass":"ReceiverVideoConstraints","lastN":"many"}',
    '{"colibriClass":"NoSuchThing","version":7,"from":null}',
    '{"colibriClass":"constructor"}',
    '{"colibriClass":"__proto__"}',
    '{"colibriClass":""}',
  ])('gives what it does not know as it is: %s', (text) => {
    expect(parseBridgeMessage(text)).toEqual(JSON.parse(text));
  });
});

describe('parseBridgeMessage refuses', () => {
  it.each(['', '{"colibriClass":"ServerHello"', 'ServerHello', '{"colibriClass":\'ServerHello\'}'])(
    'what is not JSON: %j',
    (text) => {
      expect(errorOf(text)).toMatchObject({ source: 'bridge-message', code: 'bridge-message-not-json' });
    },
  );

  it.each([
    'null',
    '7',
    '"ServerHello"',
    '[{"colibriClass":"ServerHello"}]',
    '{}',
    '{"colibriClass":null}',
    '{"colibriClass":["ServerHello"]}',
    '{"colibriclass":"ServerHello"}',
    '{"__proto__":{"colibriClass":"ServerHello"}}',
  ])('what has no class: %s', (text) => {
    expect(errorOf(text)).toMatchObject({ source: 'bridge-message', code: 'bridge-message-no-class' });
  });

  const rtxMapping = { ...mapping, rtx: 1 };
  it.each<[string, object, string]>([
    ['DominantSpeakerEndpointChangeEvent', {}, 'dominantSpeakerEndpoint is missing'],
    [
      'DominantSpeakerEndpointChangeEvent',
      { dominantSpeakerEndpoint: null },
      'dominantSpeakerEndpoint is not of the right type',
    ],
    ['EndpointConnectivityStatusChangeEvent', { active: 'true' }, 'endpoint is missing'],
    ['EndpointConnectivityStatusChangeEvent', { endpoint: 'a' }, 'active is missing'],
    [
      'EndpointConnectivityStatusChangeEvent',
      { endpoint: 'a', active: 'yes' },
      'active is not of the right type',
    ],
    ['ForwardedSources', {}, 'forwardedSources is missing'],
    ['ForwardedSources', { forwardedSources: 'a-v0' }, 'forwardedSources is not of the right type'],
    ['ForwardedSources', { forwardedSources: ['a-v0', 1] }, 'forwardedSources is not of the right type'],
    ['SenderSourceConstraints', { maxHeight: 1 }, 'sourceName is missing'],
    ['SenderSourceConstraints', { sourceName: 'a-v0' }, 'maxHeight is missing'],
    ['SenderSourceConstraints', { sourceName: 'a-v0', maxHeight: 'x' }, 'maxHeight is not of the right type'],
    ['AudioSourcesMap', {}, 'mappedSources is missing'],
    ['AudioSourcesMap', { mappedSources: {} }, 'mappedSources is not of the right type'],
    ['AudioSourcesMap', { mappedSources: [null] }, 'mappedSources is not of the right type'],
    ['AudioSourcesMap', { mappedSources: [mapping, { ssrc: 1 }] }, 'mappedSources[1].source is missing'],
    [
      'VideoSourcesMap',
      { mappedSources: [{ ...rtxMapping, ssrc: -1 }] },
      'mappedSources[0].ssrc is not of the right type',
    ],
    [
      'VideoSourcesMap',
      { mappedSources: [{ ...rtxMapping, ssrc: 1.5 }] },
      'mappedSources[0].ssrc is not of the right type',
    ],
    ['ConnectionStats', {}, 'estimatedDownlinkBandwidth is missing'],
    [
      'ConnectionStats',
      { estimatedDownlinkBandwidth: true },
      'estimatedDownlinkBandwidth is not of the right type',
    ],
    ['SyntheticSourceSendingChangeEvent', { sending: true, timestamp: 1 }, 'sourceName is missing'],
    ['SyntheticSourceSendingChangeEvent', { sourceName: 'a', timestamp: 1 }, 'sending is missing'],
    [
      'SyntheticSourceSendingChangeEvent',
      { sourceName: 'a', sending: true, timestamp: 2 ** 32 },
      'timestamp is not of the right type',
    ],
  ])('%s %j', (colibriClass, fields, reason) => {
    expect(errorOf(JSON.stringify({ colibriClass, ...fields }))).toEqual({
      source: 'bridge-message',
      code: 'bridge-message-bad-field',
      message: `unusable message of the bridge: ${colibriClass}.${reason}`,
    });
  });

  it('numbers that are too big for one', () => {
    expect(errorOf('{"colibriClass":"ConnectionStats","estimatedDownlinkBandwidth":1e999}').code).toBe(
      'bridge-message-bad-field',
    );
  });
});

describe('hostile messages', () => {
  it('change nothing but themselves', () => {
    const message = parseBridgeMessage(
      '{"colibriClass":"EndpointMessage","from":"a","__proto__":{"to":"b"},"constructor":{"prototype":{"polluted":1}}}',
    );
    expect(message).toMatchObject({ to: '', from: 'a' });
    expect(Object.getPrototypeOf(message)).toBe(Object.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('may be as deep as a bridge takes them, so that they can be written again', () => {
    const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    const text = (fields: string): string => `{"colibriClass":${fields}}`;
    for (const fields of [`"EndpointMessage","msgPayload":${deep(999)}`, `"New","x":${deep(999)}`])
      expect(JSON.stringify(parseBridgeMessage(text(fields)))).toContain(deep(999));
    for (const fields of [`"EndpointMessage","msgPayload":${deep(1e5)}`, `"New","x":${deep(1e5)}`])
      expect(errorOf(text(fields)).code).toBe('bridge-message-not-json');
    expect(errorOf(text(`"ForwardedSources","forwardedSources":${deep(999)}`)).code).toBe(
      'bridge-message-bad-field',
    );
    expect(errorOf(deep(1_000)).code).toBe('bridge-message-no-class');
  });
});

describe('the types', () => {
  /** Compiles only if the class narrows the message, known or not. */
  const describeMessage = (message: BridgeMessage): string => {
    switch (message.colibriClass) {
      case 'ServerHello':
        return message.version ?? 'no version';
      case 'EndpointMessage':
        return message.from;
      case 'VideoSourcesMap':
        return String(message.mappedSources[0]?.rtx);
      default: {
        const name: string = message.colibriClass;
        return name;
      }
    }
  };

  it('narrow by class', () => {
    expect(describeMessage(parse({ colibriClass: 'ServerHello' }))).toBe('no version');
    expect(describeMessage(parse({ colibriClass: 'New' }))).toBe('New');
    const found: number[] = [parse({ colibriClass: 'ConnectionStats', estimatedDownlinkBandwidth: 1 })]
      .filter((message) => message.colibriClass === 'ConnectionStats')
      .map(({ estimatedDownlinkBandwidth }) => estimatedDownlinkBandwidth);
    expect(found).toEqual([1]);
  });
});
