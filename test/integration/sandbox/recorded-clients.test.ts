/**
 * Recordings of clients on a real deployment: what its participants sent is sent to the sandbox, and the answers
 * are compared with those of the real server, from the first frame to the last.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { captureFeatures } from '../../support/captures.ts';
import { type Played, playRecordings } from '../../support/recorded-client.ts';
import { type Conversation, conversations, type Reason } from './recorded-conversations.ts';

const turn = {
  type: 'turn',
  port: '23478',
  host: 'meet.jitsi.test',
  username: 'u',
  password: 'p',
  restricted: '1',
} as const;

async function play(conversation: Conversation): Promise<Played> {
  const { name, room, offsets, features } = conversation;
  const sandbox = await createSandbox({
    domain: 'meet.jitsi.test',
    externalServices: [
      { type: 'stun', transport: 'udp', port: '23478', host: 'meet.jitsi.test' },
      { ...turn, transport: 'udp' },
      { ...turn, transport: 'tcp' },
    ],
    ...conversation.options,
  });
  try {
    const url = `${sandbox.url.replace('http', 'ws')}/xmpp-websocket?room=${room}`;
    const participants = Object.entries(offsets).map(([participant, offset]) => {
      const capture = `${name}.${participant}`;
      return { capture, offset, url, features: features ?? captureFeatures(capture) ?? [] };
    });
    return await playRecordings(participants, {
      ...(conversation.events ? { events: conversation.events(sandbox) } : {}),
      ...(conversation.until === undefined ? {} : { until: conversation.until }),
    });
  } finally {
    await sandbox.close();
  }
}

/** What may differ, and why; docs/protocol/sandbox.md says more. */
const explained: readonly Reason[] = [
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
  [/\/source\[jvb-[av]0\]@ssrc: /, 'another bridge'],
  [/bridge-session@region: /, 'another bridge'],
  [/parameter\[useinbandfec\]: only ours$/, 'that deployment had RED enabled, where Jicofo leaves it out'],
  [/jingle\/traceparent: only theirs$/, 'tracing between Jitsi servers'],
  [/^presence@to: .* ≠ absent$/, 'Prosody does not address the copy of an own presence'],
];

const allPlayed = new Map<Conversation, Played>();
beforeAll(async () => {
  const playing = conversations.map(
    async (conversation) => [conversation, await play(conversation)] as const,
  );
  for (const [conversation, played] of await Promise.all(playing)) allPlayed.set(conversation, played);
}, 300_000);

describe.each(conversations)('recording $name', (conversation) => {
  let played: Played;
  beforeAll(() => {
    played = allPlayed.get(conversation) ?? { compared: [], missing: [], extra: [] };
  });

  it('answers every frame of the browsers with what the real server answered', () => {
    expect(played.missing.filter((line) => !isExplained(line, conversation.missing))).toEqual([]);
    expect(played.missing).toHaveLength(conversation.missing?.length ?? 0);
    expect(played.compared.length).toBeGreaterThan(40);
  });

  it('says nothing of its own but the close that the browsers ignore', () => {
    expect(played.extra).toEqual(conversation.extra);
  });

  it('means what the real server meant, up to differences that are explained', () => {
    const unexplained = played.compared.flatMap(({ participant, step, differences }) =>
      differences
        .filter((line) => !line.includes('json-message: ') && !isExplained(line, explained))
        .map((line) => `${participant}, ${step}: ${line}`)
        .filter((line) => !isExplained(line, conversation.explained)),
    );
    expect(unexplained).toEqual([]);
  });

  it('tells each of sessions and sources', () => {
    const told = Object.keys(conversation.offsets).map((name) => [name, jingleActions(played, name)]);
    expect(Object.fromEntries(told)).toEqual(conversation.told);
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
});

/** The Jingle actions that a participant was sent, in order. */
function jingleActions({ compared }: Played, name: string): (string | undefined)[] {
  return compared
    .filter(({ participant, step }) => participant === name && step.includes(' jingle '))
    .map(({ step }) => step.split(' ').at(-1));
}

function isExplained(line: string, reasons: readonly Reason[] = []): boolean {
  return reasons.some(([where]) => where.test(line));
}

/** The values that every deployment makes anew. */
function normalise(json: string): unknown {
  return JSON.parse(json, (key, value: unknown) => {
    if (key === 's' && typeof value === 'number') return 'ssrc';
    return ['expires', 'username', 'password'].includes(key) ? undefined : value;
  });
}
