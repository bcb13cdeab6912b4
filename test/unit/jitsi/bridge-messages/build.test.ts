import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../src/base/errors.ts';
import {
  buildAudioSubscription,
  buildClientHello,
  buildLastN,
  buildReceiverVideoConstraints,
  buildSourceVideoType,
  buildVideoType,
} from '../../../../src/jitsi/bridge-messages/build.ts';
import {
  buildEndpointMessage,
  buildEndpointStats,
  buildTextMessage,
} from '../../../../src/jitsi/bridge-messages/endpoint-message.ts';
import { buildPong } from '../../../../src/jitsi/bridge-messages/ping.ts';
import { dropReason } from '../../../support/strict-bridge-message.ts';

/** Arguments as a caller without types might pass them. */
const any = (value: unknown): never => value as never;

const nested = (levels: number): unknown => {
  let value: unknown = [];
  for (let level = 1; level < levels; level += 1) value = [value];
  return value;
};

const stats = { bitrate: { download: 41, upload: 1 }, connectionQuality: 100, serverRegion: 'region1' };

const circle: { self?: unknown } = {};
circle.self = circle;

describe('the builders write', () => {
  it.each([
    ['a hello', buildClientHello(), '{"colibriClass":"ClientHello"}'],
    ['no constraints', buildReceiverVideoConstraints({}), '{"colibriClass":"ReceiverVideoConstraints"}'],
    [
      'all constraints',
      buildReceiverVideoConstraints({
        assumedBandwidthBps: -1,
        lastN: 25,
        constraints: { 'b-v0': { maxHeight: 720, maxFrameRate: -1 } },
        defaultConstraints: { maxFrameRate: 7.5, maxHeight: 180 },
        onStageSources: ['b-v0'],
        selectedSources: [],
      }),
      '{"colibriClass":"ReceiverVideoConstraints","lastN":25,"selectedSources":[],"onStageSources":["b-v0"],"defaultConstraints":{"maxHeight":180,"maxFrameRate":7.5},"constraints":{"b-v0":{"maxHeight":720,"maxFrameRate":-1}},"assumedBandwidthBps":-1}',
    ],
    ['lastN', buildLastN(-1), '{"colibriClass":"LastNChangedEvent","lastN":-1}'],
    [
      'a subscription, whole',
      buildAudioSubscription({}),
      '{"colibriClass":"ReceiverAudioSubscription","all":true,"include":[],"exclude":[]}',
    ],
    [
      'a subscription',
      buildAudioSubscription({ all: false, include: ['a-a0.de'], exclude: ['b-a0'] }),
      '{"colibriClass":"ReceiverAudioSubscription","all":false,"include":["a-a0.de"],"exclude":["b-a0"]}',
    ],
    [
      'a video type',
      buildSourceVideoType('a-v1', 'desktop'),
      '{"colibriClass":"SourceVideoTypeMessage","sourceName":"a-v1","videoType":"desktop"}',
    ],
    ['a video type, old', buildVideoType('none'), '{"colibriClass":"VideoTypeMessage","videoType":"none"}'],
    [
      'a payload, as lib-jitsi-meet',
      buildEndpointMessage('656dfffd', { type: 'x', n: 1 }),
      '{"colibriClass":"EndpointMessage","msgPayload":{"type":"x","n":1},"to":"656dfffd"}',
    ],
    [
      'a payload that is no object',
      buildEndpointMessage('', 'x'),
      '{"colibriClass":"EndpointMessage","msgPayload":"x","to":""}',
    ],
    [
      'a text, for the Go program and for lib-jitsi-meet',
      buildTextMessage('656dfffd', 'say "hi"'),
      '{"colibriClass":"EndpointMessage","to":"656dfffd","text":"say \\"hi\\"","msgPayload":{"text":"say \\"hi\\""}}',
    ],
    [
      'statistics',
      buildEndpointStats(stats),
      '{"colibriClass":"EndpointStats","bitrate":{"download":41,"upload":1},"connectionQuality":100,"serverRegion":"region1"}',
    ],
    [
      'a pong, as lib-jitsi-meet',
      buildPong({ from: 'a751fe79', id: 3 }),
      '{"colibriClass":"EndpointMessage","msgPayload":{"id":3,"type":"e2e-ping-response"},"to":"a751fe79"}',
    ],
  ])('%s', (_, text, expected) => {
    expect(text).toBe(expected);
    expect(dropReason(text)).toBeUndefined();
  });

  it('no field that the caller has besides', () => {
    const colour = { colour: 'red', colibriClass: 'x' };
    const text = buildReceiverVideoConstraints({
      ...colour,
      lastN: 1,
      defaultConstraints: { ...colour, maxHeight: 1 },
      constraints: { 'a-v0': { ...colour, maxHeight: 2 } },
    });
    expect(JSON.parse(text)).toEqual({
      colibriClass: 'ReceiverVideoConstraints',
      lastN: 1,
      defaultConstraints: { maxHeight: 1 },
      constraints: { 'a-v0': { maxHeight: 2 } },
    });
    expect(buildAudioSubscription({ ...colour, all: true })).toBe(buildAudioSubscription({}));
  });

  it('nothing for what is undefined', () => {
    expect(buildReceiverVideoConstraints(any({ lastN: undefined, constraints: undefined }))).toBe(
      buildReceiverVideoConstraints({}),
    );
    expect(
      buildReceiverVideoConstraints({
        defaultConstraints: any({ maxHeight: 1, maxFrameRate: undefined }),
      }),
    ).toBe(buildReceiverVideoConstraints({ defaultConstraints: { maxHeight: 1 } }));
    expect(buildEndpointMessage('', { a: undefined, b: [undefined] })).toContain('{"b":[null]}');
  });

  it('sources of any name', () => {
    const constraints = JSON.parse('{"__proto__":{"maxHeight":1},"":{"maxHeight":2}}') as Record<
      string,
      { maxHeight: number }
    >;
    expect(buildReceiverVideoConstraints({ constraints })).toContain(JSON.stringify(constraints));
  });

  it('what toJSON says', () => {
    expect(buildEndpointMessage('', { at: new Date(0) })).toContain('{"at":"1970-01-01T00:00:00.000Z"}');
    expect(buildEndpointStats(any({ toJSON: () => stats }))).toBe(buildEndpointStats(stats));
  });

  it('a payload as deep as a bridge reads', () => {
    const twice = { a: nested(998) };
    expect(dropReason(buildEndpointMessage('', { a: twice.a, b: twice.a }))).toBeUndefined();
    expect(dropReason(buildEndpointMessage('', nested(999)))).toBeUndefined();
  });
});

describe('the builders refuse', () => {
  const refused: readonly [string, () => unknown, string][] = [
    [
      'constraints that are none',
      () => buildReceiverVideoConstraints(any(null)),
      'constraints is null; it has to be an object',
    ],
    [
      'a list as constraints',
      () => buildReceiverVideoConstraints(any([])),
      'constraints is an array; it has to be an object',
    ],
    [
      'a fraction',
      () => buildReceiverVideoConstraints({ lastN: 1.5 }),
      'lastN is 1.5; it has to be an integer from -1 to 2147483647',
    ],
    [
      'null',
      () => buildReceiverVideoConstraints({ lastN: any(null) }),
      'lastN is null; it has to be an integer from -1 to 2147483647',
    ],
    [
      'a number in quotes',
      () => buildReceiverVideoConstraints({ lastN: any('5') }),
      'lastN is "5"; it has to be an integer from -1 to 2147483647',
    ],
    [
      'more than 32 bits',
      () => buildLastN(2 ** 31),
      'lastN is 2147483648; it has to be an integer from -1 to 2147483647',
    ],
    ['less than all', () => buildLastN(-2), 'lastN is -2; it has to be an integer from -1 to 2147483647'],
    [
      'an infinite bandwidth',
      () => buildReceiverVideoConstraints({ assumedBandwidthBps: Infinity }),
      'assumedBandwidthBps is Infinity; it has to be an integer from -1 to 9007199254740991',
    ],
    [
      'constraints without a height',
      () => buildReceiverVideoConstraints({ defaultConstraints: any({}) }),
      'defaultConstraints.maxHeight is undefined; it has to be an integer from -1 to 2147483647',
    ],
    [
      'a height alone',
      () => buildReceiverVideoConstraints({ constraints: { 'a-v0': any(720) } }),
      'constraints["a-v0"] is 720; it has to be an object',
    ],
    [
      'a negative frame rate',
      () => buildReceiverVideoConstraints({ constraints: { a: { maxHeight: 1, maxFrameRate: -2 } } }),
      'constraints["a"].maxFrameRate is -2; it has to be a number from 0, or -1 for no limit',
    ],
    [
      'a frame rate that is none',
      () => buildReceiverVideoConstraints({ defaultConstraints: { maxHeight: 1, maxFrameRate: NaN } }),
      'defaultConstraints.maxFrameRate is NaN; it has to be a number from 0, or -1 for no limit',
    ],
    [
      'an infinite frame rate',
      () => buildReceiverVideoConstraints({ defaultConstraints: { maxHeight: 1, maxFrameRate: Infinity } }),
      'defaultConstraints.maxFrameRate is Infinity; it has to be a number from 0, or -1 for no limit',
    ],
    [
      'one source',
      () => buildReceiverVideoConstraints({ selectedSources: any('a-v0') }),
      'selectedSources is "a-v0"; it has to be an array of source names',
    ],
    [
      'a source without a name',
      () => buildReceiverVideoConstraints({ onStageSources: ['a-v0', ''] }),
      `onStageSources[1] is ""; it has to be a source name as '0d096f1b-v0'`,
    ],
    [
      'a subscription to perhaps all',
      () => buildAudioSubscription({ all: any('yes') }),
      'all is "yes"; it has to be true or false',
    ],
    [
      'a subscription to a number',
      () => buildAudioSubscription({ include: any([1]) }),
      `include[0] is 1; it has to be a source name as '0d096f1b-v0'`,
    ],
    [
      'a subscription that is none',
      () => buildAudioSubscription(any(undefined)),
      'the subscription is undefined; it has to be an object',
    ],
    [
      'the video type of nothing',
      () => buildSourceVideoType('', 'camera'),
      `the source is ""; it has to be a source name as '0d096f1b-v0'`,
    ],
    [
      'a video type in capitals',
      () => buildVideoType(any('CAMERA')),
      'videoType is "CAMERA"; it has to be one of camera, desktop, desktop_high_fps, none',
    ],
    [
      'a video type that is an object',
      () => buildSourceVideoType('a-v0', any({})),
      'videoType is an object; it has to be one of camera, desktop, desktop_high_fps, none',
    ],
    ['nobody', () => buildEndpointMessage(any(undefined), {}), 'to is undefined; it has to be a string'],
    ['a text for nobody', () => buildTextMessage(any(7), 'x'), 'to is 7; it has to be a string'],
    ['no text', () => buildTextMessage('', any(null)), 'the text is null; it has to be a string'],
    [
      'no payload',
      () => buildEndpointMessage('', undefined),
      'the payload is undefined; it has to be something that JSON can say',
    ],
    [
      'a function',
      () => buildEndpointMessage('', () => 1),
      'the payload cannot be written as JSON: it is a function',
    ],
    [
      'a symbol within',
      () => buildEndpointMessage('', { a: [Symbol('x')] }),
      'the payload cannot be written as JSON: "0" is a symbol',
    ],
    [
      'a circle',
      () => buildEndpointMessage('', circle),
      'the payload cannot be written as JSON: Converting circular structure to JSON',
    ],
    [
      'a bigint',
      () => buildEndpointMessage('', { a: 1n }),
      'the payload cannot be written as JSON: Do not know how to serialize a BigInt',
    ],
    [
      'what a bridge finds too deep',
      () => buildEndpointMessage('', nested(1000)),
      'the payload cannot be written as JSON: it is nested more than 999 levels deep',
    ],
    [
      'what JavaScript finds too deep',
      () => buildEndpointMessage('', nested(1e5)),
      'the payload cannot be written as JSON: it is nested more than 999 levels deep',
    ],
    ['statistics that are none', () => buildEndpointStats(any([1])), 'the statistics have to be an object'],
    [
      'statistics that break the envelope',
      () => buildEndpointStats({ colibriClass: 'x' }),
      `colibriClass of the statistics is the envelope's; leave it out`,
    ],
    [
      'statistics of another',
      () => buildEndpointStats({ from: 'a' }),
      `from of the statistics is the envelope's; leave it out`,
    ],
  ];

  it.each(refused)('%s', (_, build, reason) => {
    let thrown: unknown;
    try {
      build();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UsageError);
    expect(thrown).toMatchObject({
      code: 'bridge-message-invalid',
      message: `no bridge would take this message: ${reason}`,
    });
  });

  it('with the cause', () => {
    const cause = new Error('no');
    const payload = {
      toJSON: () => {
        throw cause;
      },
    };
    expect(() => buildEndpointMessage('', payload)).toThrow(expect.objectContaining({ cause }));
  });
});
