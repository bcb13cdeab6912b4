/** The channel messages of all recordings. */
import { describe, expect, it } from 'vitest';
import {
  buildClientHello,
  buildReceiverVideoConstraints,
  buildSourceVideoType,
} from '../../../../src/jitsi/bridge-messages/build.ts';
import {
  buildEndpointMessage,
  buildEndpointStats,
} from '../../../../src/jitsi/bridge-messages/endpoint-message.ts';
import type { BridgeVideoType, KnownBridgeMessage } from '../../../../src/jitsi/bridge-messages/messages.ts';
import { parseBridgeMessage } from '../../../../src/jitsi/bridge-messages/parse.ts';
import { type CaptureKind, captureNames, readCapture } from '../../../support/captures.ts';
import { dropReason } from '../../../support/strict-bridge-message.ts';

const texts = (kind: CaptureKind): string[] => [
  ...new Set(
    captureNames().flatMap((name) =>
      readCapture(name).flatMap((entry) => (entry.kind === kind ? [entry.text] : [])),
    ),
  ),
];

const received = texts('channel-received');
const sent = texts('channel-sent');

type Fields = Readonly<Record<string, unknown>>;

/** How each recorded message of a client is built. */
const builders: Readonly<Record<string, (fields: Fields) => string>> = {
  ClientHello: () => buildClientHello(),
  ReceiverVideoConstraints: (fields) => buildReceiverVideoConstraints(fields),
  SourceVideoTypeMessage: ({ sourceName, videoType }) =>
    buildSourceVideoType(String(sourceName), videoType as BridgeVideoType),
  EndpointMessage: ({ to, msgPayload }) => buildEndpointMessage(String(to), msgPayload),
  EndpointStats: (fields) => buildEndpointStats(fields),
};

/** Two were sent to see that a bridge drops them; the third has an older form that we do not write. */
const exceptions: readonly string[] = [
  '{"colibriClass":"NoSuchThing"}',
  '{"colibriClass":"ReceiverVideoConstraints","lastN":"many"}',
  '{"colibriClass":"ReceiverAudioSubscription","mode":"All"}',
];

describe('recorded messages of bridges', () => {
  it('are all read', () => {
    const seen = new Set(received.map((text) => parseBridgeMessage(text).colibriClass));
    const known: KnownBridgeMessage['colibriClass'][] = [
      'AudioSourcesMap',
      'ConnectionStats',
      'DominantSpeakerEndpointChangeEvent',
      'EndpointConnectivityStatusChangeEvent',
      'EndpointMessage',
      'EndpointStats',
      'ForwardedSources',
      'SenderSourceConstraints',
      'ServerHello',
      'VideoSourcesMap',
    ];
    expect([...seen].sort()).toEqual(known);
  });

  it('are given as they are, but for the case of video types', () => {
    for (const text of received) {
      expect(JSON.stringify(parseBridgeMessage(text))).toBe(
        JSON.stringify(JSON.parse(text.replaceAll('"CAMERA"', '"camera"'))),
      );
    }
  });
});

describe('recorded messages of clients', () => {
  it('can be built', () => {
    const ours = sent.filter((text) => !exceptions.includes(text));
    expect(ours.length).toBeGreaterThan(20);
    for (const text of ours) {
      const { colibriClass, ...fields } = JSON.parse(text) as { colibriClass: string };
      const built = builders[colibriClass]?.(fields) ?? '';
      expect(JSON.parse(built)).toEqual(JSON.parse(text));
    }
  });

  it('are those of lib-jitsi-meet to the letter, where the order of fields is kept', () => {
    const page = captureNames().filter((name) => name.includes('lib-jitsi-meet') || name.startsWith('35-'));
    const messages = page.flatMap((name) => readCapture(name).filter(({ kind }) => kind === 'channel-sent'));
    const inOrder = messages.filter(({ text }) => !text.includes('"ReceiverVideoConstraints"'));
    expect(inOrder.length).toBeGreaterThan(5);
    for (const { text } of inOrder) {
      const { colibriClass, ...fields } = JSON.parse(text) as { colibriClass: string };
      expect(builders[colibriClass]?.(fields)).toBe(text);
    }
  });

  it('pass the strict bridge, but for two that were sent to be dropped', () => {
    expect(sent.filter((text) => dropReason(text) !== undefined)).toEqual(exceptions.slice(0, 2));
  });
});
