import * as fc from 'fast-check';
import { defined } from '../../src/base/defined.ts';
import type {
  Content,
  IceTransport,
  JingleMessage,
  MediaType,
  PayloadType,
  RtpDescription,
  Source,
  SourceSet,
  SsrcGroup,
} from '../../src/jingle/model.ts';

/** What an attribute can hold, quotes and angle brackets included. */
const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom('<&>"\'', 'a\nb\tc', 'é…𝒿'),
);
const word = fc.stringMatching(/^[!-~]{1,12}$/);
const uint32 = fc.nat({ max: 2 ** 32 - 1 });
const ssrc = fc.integer({ min: 1, max: 2 ** 32 - 1 });

/** An object without its undefined properties. */
function record<Fields>(fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> }) {
  return fc.record(fields).map((value) => defined(value as object));
}

function maybe<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(value, { nil: undefined, freq: 2 });
}

const feedback = fc.array(record({ type: word, subtype: maybe(text) }), { maxLength: 3 });
const trrInt = maybe(fc.nat());

/** Numbers are unique in a message: each content has its own tens. */
const payloadType = (from: number) =>
  record({
    id: fc.integer({ min: from, max: from + 9 }),
    name: word.map((name) => name.replaceAll('/', '-')),
    clockRate: fc.integer({ min: 1, max: 192000 }),
    channels: maybe(fc.integer({ min: 1, max: 255 })),
    parameters: fc.array(
      fc.oneof(
        fc.record({ name: text, value: fc.string() }),
        fc.record({ name: fc.constant(''), value: text }),
      ),
      { maxLength: 3 },
    ),
    feedback,
    trrInt,
  }) as fc.Arbitrary<PayloadType>;

function description(
  media: fc.Arbitrary<RtpDescription['media']>,
  from: number,
): fc.Arbitrary<RtpDescription> {
  return record({
    media,
    maxPtime: maybe(fc.integer({ min: 1, max: 1000 })),
    payloadTypes: fc.uniqueArray(payloadType(from), { selector: ({ id }) => id, maxLength: 4 }),
    feedback,
    trrInt,
    headerExtensions: fc.uniqueArray(
      fc
        .record({
          id: fc.integer({ min: from + 1, max: from + 9 }),
          uri: word,
          senders: maybe(fc.constantFrom('both', 'initiator', 'responder', 'none')),
        })
        .map(({ id, uri, senders }) => defined({ id, uri: `${uri}${id}`, senders })),
      { selector: ({ id }) => id, maxLength: 3 },
    ),
    extmapAllowMixed: fc.boolean(),
    rtcpMux: fc.boolean(),
  }) as fc.Arbitrary<RtpDescription>;
}

const port = fc.nat({ max: 65535 });
const hexPair = fc.stringMatching(/^[0-9A-F]{2}$/);

const transport = record({
  ufrag: maybe(word),
  pwd: maybe(word),
  iceGeneration: maybe(uint32),
  rtcpMux: fc.boolean(),
  fingerprints: fc.array(
    fc.constantFrom(['sha-1', 20] as const, ['sha-256', 32] as const).chain(([hash, length]) =>
      record({
        hash: fc.constant(hash),
        value: fc.array(hexPair, { minLength: length, maxLength: length }).map((pairs) => pairs.join(':')),
        setup: maybe(fc.constantFrom('actpass', 'active', 'passive', 'holdconn')),
        cryptex: maybe(fc.boolean()),
      }),
    ),
    { maxLength: 2 },
  ),
  candidates: fc.array(
    record({
      foundation: word,
      component: fc.integer({ min: 1, max: 256 }),
      protocol: fc.constantFrom('udp', 'tcp', 'ssltcp'),
      priority: uint32,
      ip: fc.oneof(fc.ipV4(), fc.ipV6(), word),
      port: fc.integer({ min: 1, max: 65535 }),
      type: fc.constantFrom('host', 'srflx', 'prflx', 'relay'),
      relatedAddress: maybe(word),
      relatedPort: maybe(port),
      tcpType: maybe(fc.constantFrom('active', 'passive', 'so')),
      generation: uint32,
      id: maybe(text),
    }),
    { maxLength: 3 },
  ),
  webSocketUrls: fc.array(fc.webUrl({ validSchemes: ['ws', 'wss'] }), { maxLength: 2 }),
  sctp: maybe(record({ port: fc.integer({ min: 1, max: 65535 }), protocol: word, streams: maybe(port) })),
}) as fc.Arbitrary<IceTransport>;

function content(
  name: fc.Arbitrary<string>,
  media: fc.Arbitrary<RtpDescription['media']>,
  from: number,
): fc.Arbitrary<Content> {
  return record({
    name,
    creator: fc.constantFrom('initiator', 'responder'),
    senders: maybe(fc.constantFrom('both', 'initiator', 'responder', 'none', 'rejected')),
    description: maybe(description(media, from)),
    transport: maybe(transport),
    initialLastN: maybe(fc.integer({ min: -1, max: 100 })),
  }) as fc.Arbitrary<Content>;
}

const owner = fc.oneof(
  fc.stringMatching(/^[0-9a-f]{8}$/),
  fc.constantFrom('jvb', '__proto__', 'constructor', '12345678'),
);

/** @param json what JSON can say: every source has an owner, video a type; the groups have the two known semantics */
function sourceSet(json: boolean): fc.Arbitrary<SourceSet> {
  const source = (mediaType: MediaType) =>
    record({
      ssrc,
      mediaType: fc.constant(mediaType),
      owner: json ? owner : maybe(owner),
      name: maybe(text),
      msid: maybe(text),
      videoType:
        mediaType === 'audio'
          ? fc.constant(undefined)
          : json
            ? fc.constantFrom('camera', 'desktop')
            : maybe(fc.constantFrom('camera', 'desktop')),
      mid: json ? fc.constant(undefined) : maybe(text),
    }) as fc.Arbitrary<Source>;
  const semantics = json ? fc.constantFrom('FID', 'SIM') : fc.constantFrom('FID', 'SIM', 'FEC-FR');
  return fc
    .uniqueArray(fc.oneof(source('audio'), source('video')), { selector: (each) => each.ssrc, maxLength: 12 })
    .chain((sources) => {
      const group = fc
        .tuple(fc.nat(), semantics, fc.array(ssrc, { maxLength: 3 }))
        .map(([pick, kind, others]): SsrcGroup[] => {
          const primary = sources[pick % (sources.length || 1)];
          if (!primary) return [];
          const { mediaType } = primary;
          const whose = primary.owner === undefined ? {} : { owner: primary.owner };
          return [{ semantics: kind, ssrcs: [primary.ssrc, ...others], mediaType, ...whose }];
        });
      return fc.array(group, { maxLength: 4 }).map((groups) => ({ sources, groups: groups.flat() }));
    });
}

/** Any message that `buildJingle` can write without loss in this form of sources. */
export function jingleMessage(form: 'xml' | 'json'): fc.Arbitrary<JingleMessage> {
  const session = record({
    action: fc.constantFrom('session-initiate', 'session-accept', 'transport-info', 'whatever'),
    contents: fc.tuple(
      // Sources have to have a place.
      content(fc.constant('audio'), fc.constant('audio'), 40),
      content(fc.constant('video'), fc.constant('video'), 50),
      content(word, fc.constantFrom('audio', 'video', 'application'), 60),
    ),
    sources: sourceSet(form === 'json'),
  });
  const change = record({
    action: fc.constantFrom('source-add', 'source-remove'),
    contents: fc.constant([]),
    sources: sourceSet(form === 'json'),
  });
  const rest = record({
    sid: text,
    initiator: maybe(text),
    responder: maybe(text),
    bundle: maybe(fc.array(text, { maxLength: 3 })),
    bridgeSession: maybe(
      record({
        id: maybe(text),
        region: maybe(text),
        restart: maybe(fc.boolean()),
        iceRestart: maybe(fc.boolean()),
      }),
    ),
    startMuted: maybe(fc.record({ audio: fc.boolean(), video: fc.boolean() })),
    reason: maybe(
      record({
        condition: fc.constantFrom('success', 'expired', 'decline', 'gone'),
        text: maybe(fc.string()),
      }),
    ),
    iceState: maybe(fc.string()),
  });
  return fc
    .tuple(fc.oneof(session, change), rest)
    .map(([what, envelope]) => ({ ...what, ...envelope }) as JingleMessage);
}
