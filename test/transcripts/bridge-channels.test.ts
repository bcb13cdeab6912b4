/**
 * Recorded bridge channels replayed through our Bridge: what the real bridge said is fed in, in its order; where the recorded user
 * acted, ours does the same, and has to send the same.
 */
import { describe, expect, it } from 'vitest';
import type { BridgeMessage } from '../../src/jitsi/bridge-messages/index.ts';
import { BridgeRig } from '../support/bridge-rig.ts';
import { readCapture } from '../support/captures.ts';

/** What the recorded user wanted; undefined for what our client does by itself, or writes in another way. */
function act({ bridge }: BridgeRig, sent: Record<string, unknown>): void {
  const { colibriClass, ...fields } = sent;
  switch (colibriClass) {
    case 'ReceiverVideoConstraints':
      return bridge.sendReceiverVideoConstraints(fields);
    case 'SourceVideoTypeMessage':
      return bridge.sendVideoType(fields.videoType as 'camera', { source: String(fields.sourceName) });
    case 'EndpointMessage':
      return void bridge.sendMessage(String(fields.to), fields.msgPayload);
    default:
  }
}

describe.each([
  ['04-rewriting-and-sctp-offered.alice', 'ws', { forwarded: 3, wanted: 1, mapped: 2, messages: 0 }],
  ['04-rewriting-and-sctp-offered.bob', 'ws', { forwarded: 1, wanted: 2, mapped: 2, messages: 0 }],
  ['20-media-plain.alice', 'sctp', { forwarded: 1, wanted: 0, mapped: 0, messages: 0 }],
  ['20-media-plain.bob', 'sctp', { forwarded: 1, wanted: 0, mapped: 0, messages: 1 }],
  ['21-media-ssrc-rewriting.alice', 'sctp', { forwarded: 1, wanted: 0, mapped: 1, messages: 0 }],
  ['21-media-ssrc-rewriting.bob', 'sctp', { forwarded: 1, wanted: 0, mapped: 1, messages: 1 }],
] as const)('recorded channel %s', (name, kind, expected) => {
  const entries = readCapture(name).filter((entry) => entry.kind.startsWith('channel-'));
  const rig = new BridgeRig({}, kind).open();
  const received: BridgeMessage[] = [];
  const counts = { forwarded: 0, wanted: 0, mapped: 0, messages: 0 };
  rig.bridge.on('messageReceived', ({ message }) => {
    received.push(message);
    if (message.colibriClass === 'EndpointMessage') counts.messages += 1;
  });
  rig.bridge.on('forwardedSourcesChanged', () => (counts.forwarded += 1));
  rig.bridge.on('senderConstraintsChanged', () => (counts.wanted += 1));
  rig.bridge.on('sourcesMapped', () => (counts.mapped += 1));
  const sent = entries.filter((entry) => entry.kind === 'channel-sent').map(({ text }) => JSON.parse(text));
  for (const { kind: direction, text } of entries) {
    if (direction === 'channel-received') rig.route.link.receive(text);
    else act(rig, JSON.parse(text));
  }

  it('is understood, message for message', () => {
    expect(received).toHaveLength(entries.length - sent.length);
    expect(counts).toEqual(expected);
    expect(rig.told).toEqual([`opened ${kind}`]);
  });

  it('is answered as the recorded client answered', () => {
    // The hello belongs to the link; the older form of the subscription says what holds without it.
    const ours = sent.filter(
      ({ colibriClass }) => colibriClass !== 'ClientHello' && colibriClass !== 'ReceiverAudioSubscription',
    );
    expect(rig.route.link.messages).toEqual(ours);
  });
});
