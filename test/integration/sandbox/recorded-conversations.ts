/** The recordings that are played to the sandbox: who takes part, what happened on the server, what may differ. */
import type { Sandbox, SandboxOptions } from '../../../src/sandbox/index.ts';

const browserFeatures = [
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

export type Reason = readonly [where: RegExp, why: string];

export interface Conversation {
  name: string;
  room: string;
  /** Seconds from the start of the first recording to that of each participant's. */
  offsets: Readonly<Record<string, number>>;
  features?: readonly string[];
  options?: SandboxOptions;
  /** What happened on the server, by the recorded event. */
  events?: (sandbox: Sandbox) => Readonly<Record<string, () => void>>;
  /** Seconds after which the rest has nothing to do with the focus. */
  until?: number;
  /** Jingle actions that each participant was sent, by both servers. */
  told: Readonly<Record<string, readonly string[]>>;
  /** What only the real server said, and why. */
  missing?: readonly Reason[];
  /** What differs here only, and why. */
  explained?: readonly Reason[];
  /** What the sandbox said and the real server did not. */
  extra: readonly string[];
}

/** Bob shows his screen, and stops; Carol comes last and leaves first. */
const relayedAmongThree = {
  alice: ['session-initiate', 'source-add', 'source-add', 'source-add', 'source-remove'],
  bob: ['session-initiate', 'source-add', 'source-add'],
  carol: ['session-initiate', 'source-add', 'source-remove'],
};

/** The focus makes the first member the owner: here before the second comes, there a moment later. */
function ownerLater(who: string, first: string): Reason {
  return [new RegExp(`^${who}: no \\S+/${first} presence for `), 'it tells that the first is the owner now'];
}

function ownerBefore(who: string, first: string): Reason {
  return [
    new RegExp(`^${who}, \\S+/${first} presence: .*@(affiliation|role): `),
    'the first is the owner already',
  ];
}

export const conversations: readonly Conversation[] = [
  {
    name: '30-lib-jitsi-meet',
    room: 'ljmtrace17254',
    offsets: { alice: 0, bob: 2.785 },
    features: browserFeatures,
    told: { alice: ['session-initiate', 'source-add'], bob: ['session-initiate', 'source-add'] },
    extra: ['alice: close', 'bob: close'],
  },
  {
    name: '31-lib-jitsi-meet-rewriting',
    room: 'ljmrw19769',
    offsets: { alice: 0, bob: 2.65 },
    features: [...browserFeatures, 'http://jitsi.org/ssrc-rewriting-1'],
    // The bridge tells of sources.
    told: { alice: ['session-initiate'], bob: ['session-initiate'] },
    extra: ['alice: close', 'bob: close'],
  },
  {
    name: '02-xml-sources-three-participants',
    room: 'xmle64cd3',
    offsets: { alice: 0, bob: 0.048, carol: 0.05 },
    told: relayedAmongThree,
    missing: [ownerLater('bob', '698c3061')],
    explained: [ownerBefore('bob', '698c3061')],
    extra: [],
  },
  {
    name: '06-moving',
    room: 'movefca370',
    offsets: { alice: 0, bob: 0.006 },
    told: {
      alice: ['session-initiate', 'session-terminate', 'session-initiate'],
      bob: ['session-initiate'],
    },
    events: ({ faults }) => ({
      'jicofo: move-endpoint alice': () => void faults.moveBridge('movefca370', 'c70d27a2'),
    }),
    extra: [],
  },
  {
    name: '08-alone-after-a-call',
    room: 'alonecf8b89',
    offsets: { alice: 0, bob: 0, bob2: 23.485 },
    options: { timeouts: { singleParticipant: 100 } },
    told: {
      alice: ['session-initiate', 'source-add', 'session-terminate', 'session-initiate'],
      bob: ['session-initiate', 'source-add'],
      bob2: ['session-initiate'],
    },
    extra: [],
  },
  {
    name: '03-json-sources-no-rewriting',
    room: 'json8c11ef',
    offsets: { alice: 0, bob: 0.007, carol: 0.015 },
    told: relayedAmongThree,
    missing: [[/^bob: no \S+\/focus iq get \S+#info query /, 'such a question is answered without counting']],
    extra: [],
  },
  {
    name: '05-bad-requests',
    room: 'bad6b23a4',
    offsets: { alice: 0, bob: 0.009, carol: 11.794 },
    until: 16,
    told: {
      alice: ['session-initiate', 'source-add', 'source-add', 'source-remove'],
      bob: ['session-initiate', 'source-add', 'session-terminate'],
      carol: ['session-initiate'],
    },
    missing: [ownerLater('bob', '6f635aac')],
    explained: [
      ownerBefore('bob', '6f635aac'),
      [
        /iq error .*\/(extmap-allow-mixed|group): only ours$/,
        'the copy of the request in a refusal: Jicofo copies only what it has understood',
      ],
    ],
    // Whom ICE failed for was to be moved, but that deployment never offered a new session.
    extra: [
      'bob: bad6b23a4@conference.meet.jitsi.test/focus iq set urn:xmpp:jingle:1 jingle session-initiate',
    ],
  },
  {
    name: '13-bridge-dies',
    room: 'bd988de3',
    offsets: { alice: 0, bob: 0.005 },
    // Both leave then, in one moment.
    until: 27,
    events: ({ faults }) => ({
      'jvb2 is killed (SIGKILL)': () => void faults.moveBridge('bd988de3'),
    }),
    told: {
      alice: ['session-initiate', 'session-terminate', 'session-initiate'],
      bob: [
        'session-initiate',
        'source-add',
        'source-remove',
        'session-terminate',
        'session-initiate',
        'source-add',
      ],
    },
    missing: [ownerLater('bob', 'd998d78c')],
    explained: [ownerBefore('bob', 'd998d78c')],
    extra: [],
  },
];
