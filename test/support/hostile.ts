/** What clients could send that no client should, as seeded lists: HTTP requests, XMPP frames, bridge messages, datagrams. */
import * as fc from 'fast-check';
import { captureFrames, captureNames } from './captures.ts';
import { edited, editedElement, elementEdit, textEdit } from './mutations.ts';
import { nonsense } from './stranger.ts';
import type { RtpHeader } from '../../src/rtp/packet.ts';
import type { XmlElement } from '../../src/xml/element.ts';
import { isStanza } from '../../src/xmpp/stanza.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { serialize } from '../../src/xml/serialize.ts';

/** As many values of each kind, always the same for one seed. */
export function sample<Value>(values: fc.Arbitrary<Value>, numRuns: number, seed: number): Value[] {
  return fc.sample(values, { numRuns, seed });
}

const methods = 'GET HEAD POST PUT DELETE OPTIONS CONNECT TRACE PATCH get X'.split(' ');
const targets = [
  ...'/ // /// //x http://[ http:// http://x/ * /config.js /a/config.js /%00/config.js /% /xmpp-websocket /a/xmpp-websocket'.split(
    ' ',
  ),
  ...'/xmpp-websocket?room=%&previd=%ff&token=&prefix=.. /xmpp-websocket?# /colibri-ws /colibri-ws/ /colibri-ws/default-id'.split(
    ' ',
  ),
  ...'/colibri-ws/default-id/%/%?pwd=% /colibri-ws/default-id/__proto__/constructor?pwd= /colibri-ws// /conference-request/v1'.split(
    ' ',
  ),
  ...'/a/conference-request/v1 /../.. /\\ ? # /;/x http://u:p@[::1]:99999/ ws://x/ javascript:1 /𝕏'.split(
    ' ',
  ),
  `/${'x'.repeat(9_000)}`,
  `/${'%f0'.repeat(900)}/config.js`,
];
const headers = [
  'Host: x',
  'Host: [',
  'Host: a, b',
  'Origin: null',
  'Origin: http://[',
  'Origin: //',
  `Origin: ${'o'.repeat(5_000)}`,
  'Connection: Upgrade',
  'Connection: keep-alive, Upgrade',
  'Connection: close',
  'Upgrade: websocket',
  'Upgrade: h2c',
  'Upgrade: websocket, websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Version: 8',
  'Sec-WebSocket-Version: x',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Key: x',
  'Sec-WebSocket-Key:',
  'Sec-WebSocket-Protocol: xmpp',
  'Sec-WebSocket-Protocol: xmpp, xmpp',
  'Sec-WebSocket-Protocol: ,,',
  'Sec-WebSocket-Protocol: "\u0001"',
  'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99',
  'Sec-WebSocket-Extensions: ;;=,',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: x',
  'Content-Length: -1',
  'Content-Length: 5',
  'Content-Length: 99999999999999',
  'Content-Type: application/json',
  'Expect: 100-continue',
  'Expect: x',
  'Cookie: __proto__=1',
  ' folded',
  'no colon',
  ': nameless',
];
const bodies = [
  '{"room":"a@conference.meet.jitsi"}',
  '{"room":"a@conference.meet.jitsi","properties":{"startAudioMuted":{"toString":1}}}',
  '{"room":"a@conference.meet.jitsi","properties":{"__proto__":{"x":1},"startVideoMuted":[1e999]}}',
  '{"room":"A@CONFERENCE.meet.jitsi","properties":[]}',
  '{"room":"@/"}',
  '{"room":{"toLowerCase":1}}',
  '{"room":null,"machineUid":{}}',
  '{"room":"\\ud800@conference.meet.jitsi"}',
  '[[[[',
  'null',
  '',
  '[',
  '5\r\n{"a":',
  '['.repeat(30_000),
  'x'.repeat(70_000),
];

/** Whole requests, byte by byte as they go out; a good part of them asks for a WebSocket. */
export const httpRequests: fc.Arbitrary<Buffer> = fc
  .record({
    method: fc.constantFrom(...methods),
    target: fc.constantFrom(...targets),
    version: fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/9', 'RTSP/1.0', ''),
    headers: fc.array(fc.constantFrom(...headers), { maxLength: 12 }),
    body: fc.constantFrom(...bodies),
    isUpgrade: fc.boolean(),
    isLengthRight: fc.boolean(),
    junk: fc.uint8Array({ maxLength: 40 }),
  })
  .map(({ isUpgrade, isLengthRight, body, junk, ...request }) => {
    const method = isUpgrade ? 'GET' : request.method;
    const more = isUpgrade
      ? upgradeHeaders
      : isLengthRight
        ? [`Content-Length: ${Buffer.byteLength(body)}`]
        : [];
    const lines = [`${method} ${request.target} ${request.version}`, ...more, ...request.headers, '', body];
    return Buffer.concat([Buffer.from(lines.join('\r\n')), junk]);
  });

const upgradeHeaders = [
  'Host: x',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: xmpp',
];

/** What clients really sent, to a sandbox and its room `room`. */
const recorded = captureNames()
  .flatMap((name) => captureFrames(name, 'sent'))
  .map(({ text }) =>
    text
      .replaceAll('meet.jitsi.test', 'meet.jitsi')
      .replaceAll(/[\w-]+@conference\.meet\.jitsi/g, 'room@conference.meet.jitsi'),
  );

/** Stanzas with other elements in them, which end no stream. */
export const xmppStanzas: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...recorded.flatMap(elementOf).filter(isStanza)),
    fc.array(elementEdit, { minLength: 1, maxLength: 4 }),
  )
  .map(([element, edits]) => serialize(edits.reduce(editedElement, element)))
  .filter((text) => elementOf(text).some(isStanza));

/** Frames of any kind, as they were recorded and with their text damaged. */
export const xmppFrames: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...recorded),
  fc.tuple(fc.constantFrom(...recorded), textEdit(recorded)).map(([text, edit]) => edited(text, edit)),
  xmppStanzas,
);

/** Some recorded frames are broken already. */
function elementOf(text: string): XmlElement[] {
  try {
    return [parseXml(text)];
  } catch {
    return [];
  }
}

const bridgeValues = `{"colibriClass":"ClientHello"}
  {"colibriClass":"EndpointMessage","to":"","msgPayload":{"a":[1,"\\u0000"]}}
  {"colibriClass":"EndpointMessage","to":"nobody","raw":"AAAA"}
  {"colibriClass":"EndpointMessage","to":"","from":{}}
  {"colibriClass":"EndpointStats","bitrate":{"upload":1}}
  {"colibriClass":"LastNChangedEvent","lastN":-1}
  {"colibriClass":"LastNChangedEvent","lastN":2147483647}
  {"colibriClass":"ReceiverVideoConstraints","lastN":-1,"defaultConstraints":{"maxHeight":2147483647},"constraints":{"__proto__":{"maxHeight":1}}}
  {"colibriClass":"ReceiverVideoConstraints","selectedSources":[""],"onStageSources":["constructor"],"constraints":{}}
  {"colibriClass":"ReceiverAudioSubscription","mode":"Include","list":["x"]}
  {"colibriClass":"SourceVideoTypeMessage","videoType":"CAMERA","sourceName":"__proto__"}
  {"colibriClass":"VideoTypeMessage","videoType":"desktop"}
  {"colibriClass":"ServerHello"}
  {"colibriClass":null}
  {"colibriClass":{"colibriClass":"EndpointMessage"}}
  {}
  [{}]
  null`.split(/\n\s*/);

/** In each indentation, and of all short lengths: readers may look at words, and words have places in memory. */
const bridgeTexts = bridgeValues.flatMap((value) => {
  const indented = [0, 1, 2, 3, 4, 7, '\t', '\t\n '].map((space) =>
    JSON.stringify(JSON.parse(value), undefined, space),
  );
  const padded = Array.from({ length: 9 }, (_, size) => `${' '.repeat(size)}${value}${'\n'.repeat(size)}`);
  const filled = Array.from({ length: 40 }, (_, size) =>
    value.replace(
      /^\{/,
      `{\n"k${'y'.repeat(size)}": "${'v'.repeat(size % 7)}"${value === '{}' ? '' : ','}\r\n`,
    ),
  );
  return [value, ...indented, ...padded, ...filled];
});
/** All prefixes of one message, so all lengths. */
const bridgePrefixes = [...Array(80).keys()].map((size) => (bridgeTexts[1] ?? '').slice(0, size));

/** Every one of {@link bridgeTexts}, and so many that are damaged. */
export function bridgeMessages(damaged: number, seed: number): string[] {
  const text = fc.constantFrom(...bridgeTexts);
  const deep = ['[', '{"a":', '{"a":[', '"\\u00', '\\'].map((piece) => piece.repeat(3_000));
  const edits = fc.tuple(text, textEdit(bridgeTexts)).map(([each, edit]) => edited(each, edit));
  return [...bridgeTexts, ...bridgePrefixes, ...deep, ...sample(edits, damaged, seed)];
}

/** For the bridge's UDP port: what is in `known`, damaged; and nonsense of every protocol. */
export function datagrams(known: readonly Buffer[], damaged: number, seed: number): Buffer[] {
  const damage = fc
    .record({
      datagram: fc.constantFrom(...known),
      flips: fc.array(fc.record({ at: fc.nat(), value: fc.nat(255) }), { maxLength: 4 }),
      cut: fc.option(fc.nat(), { freq: 3 }),
      more: fc.uint8Array({ maxLength: 20 }),
    })
    .map(({ datagram, flips, cut, more }) => {
      const size = cut === null ? datagram.length : cut % (datagram.length + 1);
      const bytes = Buffer.concat([datagram.subarray(0, size), more]);
      if (bytes.length > 0) for (const { at, value } of flips) bytes[at % bytes.length] = value;
      return bytes;
    });
  return [...nonsense, ...sample(damage, damaged, seed)];
}

export const junk: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 200 });
/** RTP that looks right up to some point. */
export const rtpPackets: fc.Arbitrary<{ header: RtpHeader; payload: Uint8Array }> = fc
  .record({
    payloadType: fc.constantFrom(41, 42, 96, 97, 99, 100, 101, 107, 111, 126, 5),
    marker: fc.boolean(),
    sequenceNumber: fc.nat(65_535),
    timestamp: fc.nat(2 ** 32 - 1),
    ssrc: fc.constantFrom(1, 2, 3, 4),
    extensions: fc.array(
      fc.record({ id: fc.constantFrom(1, 3, 5, 10, 11, 20), value: fc.uint8Array({ maxLength: 20 }) }),
      { maxLength: 4 },
    ),
    payload: junk,
  })
  .map(({ payload, ...header }) => ({ header, payload }));
/** RTCP whose first packet has a length that fits. */
export const rtcpCompounds: fc.Arbitrary<Uint8Array> = fc
  .record({
    head: fc.constantFrom(0x80, 0x81, 0x84, 0x8f, 0x9f, 0xa1),
    type: fc.integer({ min: 200, max: 207 }),
    body: junk,
  })
  .map(({ body, head, type }) => {
    const words = Math.floor(body.length / 4);
    return Uint8Array.from([head, type, words >> 8, words, ...body.subarray(0, words * 4), 0x80]);
  });
