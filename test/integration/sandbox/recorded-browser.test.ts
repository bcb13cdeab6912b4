/**
 * Recording 30, the reference browser client on a real deployment: what its two participants sent is sent to the sandbox, and the answers
 * are compared with those of the real server, from the first frame to the last.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { type Played, playRecordings } from '../../support/recorded-client.ts';

const features = [
  'http://jabber.org/protocol/caps',
  'http://jitsi.org/json-encoded-sources',
  'http://jitsi.org/receive-multiple-video-streams',
  'http://jitsi.org/remb',
  'http://jitsi.org/source-name',
  'http://jitsi.org/start-muted-room-metadata',
  'http://jitsi.org/tcc',
  'http://jitsi.org/visitors-1',
  'urn:ietf:rfc:4588',
  'urn:xmpp:jingle:1',
  'urn:xmpp:jingle:apps:dtls:0',
  'urn:xmpp:jingle:apps:rtp:1',
  'urn:xmpp:jingle:apps:rtp:audio',
  'urn:xmpp:jingle:apps:rtp:video',
  'urn:xmpp:jingle:transports:dtls-sctp:1',
  'urn:xmpp:jingle:transports:ice-udp:1',
  'urn:xmpp:rayo:client:1',
];

let sandbox: Sandbox;
let played: Played;
beforeAll(async () => {
  sandbox = await createSandbox({
    domain: 'meet.jitsi.test',
    externalServices: [
      { type: 'stun', transport: 'udp', port: '23478', host: 'meet.jitsi.test' },
      {
        type: 'turn',
        transport: 'udp',
        port: '23478',
        host: 'meet.jitsi.test',
        username: 'u',
        password: 'p',
        restricted: '1',
      },
      {
        type: 'turn',
        transport: 'tcp',
        port: '23478',
        host: 'meet.jitsi.test',
        username: 'u',
        password: 'p',
        restricted: '1',
      },
    ],
  });
  const url = `${sandbox.url.replace('http', 'ws')}/xmpp-websocket?room=ljmtrace17254`;
  played = await playRecordings([
    { capture: '30-lib-jitsi-meet.alice', offset: 0, url, features },
    { capture: '30-lib-jitsi-meet.bob', offset: 2.785, url, features },
  ]);
}, 120_000);
afterAll(() => sandbox.close());

/** What may differ, and why; docs/protocol/sandbox.md says more. */
const explained: readonly [where: RegExp, why: string][] = [
  [/@id: \S+ ≠ \S+$/, 'every server makes ids of its own'],
  [/^presence@id: absent/, 'the focus has no use for an id on its presence'],
  [/@xml:lang: absent ≠ en$/, 'Jicofo stamps a language that nobody reads'],
  [
    /^features\/(c@node|c@ver|sm|sub|ver)\b/,
    'Prosody offers old stream management, pre-approval and roster versions, which nobody uses',
  ],
  [/^presence\/c@ver: /, 'the features of our focus'],
  [/^presence\/versions\/component\[focus\]: /, 'the version of our focus'],
  [/^message\/query\/(identity|feature)\[/, 'components that the sandbox does not have are not announced'],
  [/field\[muc#roominfo_(meetingId|created_timestamp)\]/, 'another meeting'],
  [
    /^iq\/query\/(feature|x\/field)\[[^\]]*(#request|iq:register|allowinvites|allowmemberinvites|roominfo_description|roominfo_lang)\]: only theirs$/,
    'what rooms in Prosody can do and Jitsi does not use',
  ],
  [/\/transport@(ufrag|pwd): /, 'every endpoint has its own'],
  [/\/transport\/(candidate@(ip|port)|fingerprint|web-socket@url): /, 'another bridge'],
  [/bridge-session@region: /, 'another bridge'],
  [/parameter\[useinbandfec\]: only ours$/, 'that deployment had RED enabled, where Jicofo leaves it out'],
  [/jingle\/traceparent: only theirs$/, 'tracing between Jitsi servers'],
  [/^presence@to: .* ≠ absent$/, 'Prosody does not address the copy of an own presence'],
];

it('answers every frame of the browsers with what the real server answered', () => {
  expect(played.missing).toEqual([]);
  expect(played.compared.length).toBeGreaterThan(60);
});

it('says nothing of its own but the close that the browsers ignore', () => {
  expect(played.extra).toEqual(['alice: close', 'bob: close']);
});

it('means what the real server meant, up to differences that are explained', () => {
  const unexplained = played.compared.flatMap(({ participant, step, differences }) =>
    differences
      .filter(
        (difference) =>
          !difference.includes('json-message: ') && !explained.some(([where]) => where.test(difference)),
      )
      .map((difference) => `${participant}, ${step}: ${difference}`),
  );
  expect(unexplained).toEqual([]);
});

it('says the same in JSON: the sources of others, the services', () => {
  const [ours, theirs] = [0, 1].map((side) =>
    played.compared.flatMap(({ step, differences }) =>
      differences
        .filter((difference) => difference.includes('json-message: '))
        .map((difference): unknown => ({
          step,
          json: normalise(difference.split(': ').slice(1).join(': ').split(' ≠ ')[side] ?? ''),
        })),
    ),
  );
  expect(ours?.length).toBeGreaterThan(0);
  expect(ours).toEqual(theirs);
});

/** The values that every deployment makes anew. */
function normalise(json: string): unknown {
  return JSON.parse(json, (key, value: unknown) => {
    if (key === 's' && typeof value === 'number') return 'ssrc';
    return ['expires', 'username', 'password'].includes(key) ? undefined : value;
  });
}
