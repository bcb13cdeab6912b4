/**
 * The bridge channel's messages under random input: the reader gives a message or throws a ParseError, the builders write what a
 * strict bridge takes or throw a UsageError, and what was written reads back.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError, UsageError } from '../../src/base/errors.ts';
import {
  buildAudioSubscription,
  buildLastN,
  buildReceiverVideoConstraints,
  buildSourceVideoType,
  buildVideoType,
} from '../../src/jitsi/bridge-messages/build.ts';
import type {
  AudioSubscription,
  ReceiverVideoConstraints,
} from '../../src/jitsi/bridge-messages/client-messages.ts';
import {
  buildEndpointMessage,
  buildEndpointStats,
  buildTextMessage,
  textOf,
} from '../../src/jitsi/bridge-messages/endpoint-message.ts';
import type { BridgeMessage, BridgeVideoType } from '../../src/jitsi/bridge-messages/messages.ts';
import { parseBridgeMessage } from '../../src/jitsi/bridge-messages/parse.ts';
import { buildPong, readPing } from '../../src/jitsi/bridge-messages/ping.ts';
import { mergeReceiverVideoConstraints } from '../../src/jitsi/bridge-messages/receiver-constraints.ts';
import { captureNames, readCapture } from '../support/captures.ts';
import { edited, textEdit } from '../support/mutations.ts';
import { dropReason } from '../support/strict-bridge-message.ts';

const seed = 20261123;

const recorded: string[] = [
  ...new Set(
    captureNames().flatMap((name) =>
      readCapture(name).flatMap(({ kind, text }) => (kind.startsWith('channel-') ? [text] : [])),
    ),
  ),
];

/** Values that readers might trip over. */
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, 'true', '', '-1', -1, 0, 1.5, 2 ** 32, 1e300, [], {}, [[]], [null], [{}]),
  fc.jsonValue(),
);

/** JSON has more than `value === value`: -0 is written as 0. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The message, or undefined after a ParseError; reading it with everything that we have throws nothing. */
function read(text: string): BridgeMessage | undefined {
  let message: BridgeMessage;
  try {
    message = parseBridgeMessage(text);
  } catch (error) {
    expect(error).toBeInstanceOf(ParseError);
    expect(error).toMatchObject({ source: 'bridge-message' });
    return undefined;
  }
  textOf(message);
  const ping = readPing(message);
  if (ping) expect(dropReason(buildPong(ping))).toBeUndefined();
  return message;
}

/** The text that a builder made, or undefined after a UsageError; a strict bridge takes it. */
function built(build: () => string): string | undefined {
  let text: string;
  try {
    text = build();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ code: 'bridge-message-invalid' });
    return undefined;
  }
  expect(dropReason(text)).toBeUndefined();
  return text;
}

describe('the reader survives', () => {
  it('any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void read(text)),
      { seed, numRuns: 1_000 },
    );
  });

  it('any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => void read(text)),
      { seed, numRuns: 1_000 },
    );
  });

  it('recorded messages with damaged text', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...recorded),
        fc.array(textEdit(recorded), { minLength: 1, maxLength: 4 }),
        (text, edits) => void read(edits.reduce(edited, text)),
      ),
      { seed, numRuns: 5_000 },
    );
  });

  it('recorded messages with odd values', () => {
    fc.assert(
      fc.property(fc.constantFrom(...recorded), fc.nat(20), oddValue, (text, index, value) => {
        let left = index;
        // Every value of the message is visited, the whole of it last.
        const odd: unknown = JSON.parse(text, (key, old: unknown) =>
          key !== 'colibriClass' && left-- === 0 ? value : old,
        );
        const message = read(JSON.stringify(odd));
        // What was read once is as it should be.
        if (message) expect(parseBridgeMessage(JSON.stringify(message))).toEqual(message);
      }),
      { seed, numRuns: 5_000 },
    );
  });

  it('unknown classes, which it leaves as they are', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.jsonValue()), (name, fields) => {
        const text = JSON.stringify({ ...fields, colibriClass: `${name}?` });
        expect(read(text)).toEqual(JSON.parse(text));
      }),
      { seed, numRuns: 500 },
    );
  });
});

const sourceName = fc.string({ minLength: 1, maxLength: 12 });
const limit = fc.integer({ min: -1, max: 2 ** 31 - 1 });
const videoType = fc.constantFrom<BridgeVideoType>('camera', 'desktop', 'desktop_high_fps', 'none');
const videoConstraints = fc.record(
  {
    maxHeight: limit,
    maxFrameRate: fc.oneof(fc.constant(-1), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
  },
  { requiredKeys: ['maxHeight'] },
);
const receiverConstraints: fc.Arbitrary<ReceiverVideoConstraints> = fc.record(
  {
    lastN: limit,
    selectedSources: fc.array(sourceName),
    onStageSources: fc.array(sourceName),
    defaultConstraints: videoConstraints,
    constraints: fc.dictionary(sourceName, videoConstraints),
    assumedBandwidthBps: fc.maxSafeNat(),
  },
  { requiredKeys: [] },
);
const subscription: fc.Arbitrary<AudioSubscription> = fc.record(
  { all: fc.boolean(), include: fc.array(sourceName), exclude: fc.array(sourceName) },
  { requiredKeys: [] },
);

describe('the builders', () => {
  it('write any constraints so that they read back', () => {
    fc.assert(
      fc.property(receiverConstraints, (constraints) => {
        const text = built(() => buildReceiverVideoConstraints(constraints)) ?? '';
        expect(JSON.parse(text)).toEqual({
          colibriClass: 'ReceiverVideoConstraints',
          ...(asJson(constraints) as object),
        });
        const { colibriClass: _, ...again } = JSON.parse(text) as { colibriClass: string };
        expect(buildReceiverVideoConstraints(again)).toBe(text);
      }),
      { seed, numRuns: 500 },
    );
  });

  it('merge constraints as a bridge that gets both', () => {
    fc.assert(
      fc.property(receiverConstraints, receiverConstraints, (old, change) => {
        const merged = mergeReceiverVideoConstraints(old, change);
        expect(merged).toEqual({ ...old, ...change });
        built(() => buildReceiverVideoConstraints(merged));
      }),
      { seed, numRuns: 500 },
    );
  });

  it('write what else the bridge is told', () => {
    fc.assert(
      fc.property(limit, subscription, sourceName, videoType, (lastN, audio, source, type) => {
        for (const build of [
          () => buildLastN(lastN),
          () => buildAudioSubscription(audio),
          () => buildSourceVideoType(source, type),
          () => buildVideoType(type),
        ]) {
          expect(built(build)).toBeDefined();
        }
      }),
      { seed, numRuns: 500 },
    );
  });

  it('write any payload and any text so that they read back', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.string({ unit: 'binary' }), (to, payload, text) => {
        const message = read(built(() => buildEndpointMessage(to, payload)) ?? '');
        expect(message).toEqual({
          colibriClass: 'EndpointMessage',
          to,
          from: '',
          msgPayload: asJson(payload),
        });
        const spoken = parseBridgeMessage(built(() => buildTextMessage(to, text)) ?? '');
        expect(textOf(spoken)).toBe(text);
      }),
      { seed, numRuns: 500 },
    );
  });

  it('write any statistics so that they read back', () => {
    const fields = fc.dictionary(
      fc.string().filter((name) => name !== 'colibriClass' && name !== 'from'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fields, (statistics) => {
        const message = read(built(() => buildEndpointStats(statistics)) ?? '');
        expect(message).toEqual({
          ...(asJson(statistics) as object),
          colibriClass: 'EndpointStats',
          from: '',
        });
      }),
      { seed, numRuns: 500 },
    );
  });

  it('write what a bridge takes or refuse, whatever they are given', () => {
    const anything = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
      oddValue,
    );
    /** Right but for one value somewhere. */
    const spoilt = fc
      .tuple(receiverConstraints, fc.constantFrom('lastN', 'selectedSources', 'constraints', 'x'), anything)
      .map(([constraints, field, value]) => ({ ...constraints, [field]: value }));
    fc.assert(
      fc.property(anything, anything, spoilt, (first, second, constraints) => {
        const [one, other] = [first as never, second as never];
        for (const build of [
          () => buildReceiverVideoConstraints(constraints),
          () => buildReceiverVideoConstraints(one),
          () => buildReceiverVideoConstraints({ defaultConstraints: one, constraints: { a: other } }),
          () => buildLastN(one),
          () => buildAudioSubscription(one),
          () => buildAudioSubscription({ all: one, include: other }),
          () => buildSourceVideoType(one, other),
          () => buildVideoType(one),
          () => buildEndpointMessage(one, other),
          () => buildEndpointMessage('', one),
          () => buildTextMessage(one, other),
          () => buildEndpointStats(one),
        ]) {
          const text = built(build);
          if (text !== undefined) read(text);
        }
      }),
      { seed, numRuns: 2_000 },
    );
  });
});
