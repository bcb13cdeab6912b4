/**
 * Recorded sessions with a real focus, replayed through our conference and session machines: the user's actions come where
 * the recorded user acted, with the recorded transport and sources. What we send is compared with what the recorded client
 * sent, element by element; the differences are explained in docs/protocol/reference-client.md.
 */
import { describe, expect, it } from 'vitest';
import type { ConferenceEvent } from '../../src/conference/events.ts';
import { pairSteps, type Replay } from '../support/replay.ts';
import { replaySessions } from '../support/session-replay.ts';

/** Whatever the recording, with ids that are different every time left out. */
const explained = new Set([
  'iq@id: OURS ≠ THEIRS',
  'iq/conference/property[visitors-version]: only theirs',
  // The recorded client hashed an identity that we do not have, and named no codecs.
  'presence/c@ver: HASH ≠ HASH',
  'iq/query/identity[http://jitsi.org/jitsimeet]: only theirs',
  'presence/jitsi_participant_codecList: only ours',
  'presence/jitsi_participant_codecType: only theirs',
  // Jicofo reads no description of the data channel, and no creator.
  'iq/jingle/content[data]/description: only theirs',
  'iq/jingle/content[video]@creator: absent ≠ initiator',
]);

function normalized(difference: string): string {
  return difference
    .replace(/^.*\/source\[[0-9a-f]{8}-[av]\d\]\/parameter/, 'source/parameter')
    .replace(/(c@ver:) \S+ ≠ \S+/, '$1 HASH ≠ HASH');
}

const lifecycle: readonly ConferenceEvent['name'][] = [
  'sessionOffered',
  'sessionAccepted',
  'sourcesAdded',
  'sourcesRemoved',
  'transportChanged',
  'sessionEnded',
];

/** What happened to the sessions, one word an event: `+` and `-` for sources, and how a session ended. */
function story(run: Replay): string {
  return run.events
    .filter(({ name }) => lifecycle.includes(name))
    .map((event) => {
      if (event.name === 'sourcesAdded') return `+${event.payload.added.sources.length}`;
      if (event.name === 'sourcesRemoved') return `-${event.payload.removed.sources.length}`;
      if (event.name === 'transportChanged') return event.payload.iceRestart ? 'renewed' : 'trickled';
      if (event.name !== 'sessionEnded') return event.name.replace('session', '').toLowerCase();
      const { by, reason, text, nextOffer } = event.payload.end;
      return `ended(${[by, reason, text, nextOffer].filter((part) => part !== undefined).join(', ')})`;
    })
    .join(' ');
}

const left = 'ended(us, gone, after-rejoin)';
const moved = 'ended(focus, success, moving, at-once)';
const expired = 'ended(focus, expired, Idle session timeout, later)';
const restarted = 'ended(us, connectivity-error, ICE FAILED, at-once)';

describe.each([
  ['01-two-participants.alice', `offered accepted ${left}`],
  ['01-two-participants.bob', `offered accepted ${left}`],
  ['02-xml-sources-three-participants.alice', `offered accepted +3 +3 +2 -2 -3 -3 ${left}`],
  ['02-xml-sources-three-participants.bob', `offered +3 accepted +3 -3 ${left}`],
  ['02-xml-sources-three-participants.carol', `offered accepted +2 -2 ${left}`],
  ['03-json-sources-no-rewriting.alice', `offered accepted +3 +3 +2 -2 -3 -3 ${left}`],
  ['03-json-sources-no-rewriting.bob', `offered +3 accepted +3 -3 ${left}`],
  ['03-json-sources-no-rewriting.carol', `offered accepted +2 -2 ${left}`],
  ['04-rewriting-and-sctp-offered.alice', `offered accepted ${left}`],
  ['04-rewriting-and-sctp-offered.bob', `offered accepted ${left}`],
  ['04-rewriting-and-sctp-offered.carol', `offered accepted ${left}`],
  ['06-moving.alice', `offered accepted ${moved} offered accepted ${left}`],
  ['06-moving.bob', `offered accepted ${left}`],
  ['07-client-restart-request.alice', `offered accepted +3 ${restarted} offered accepted -3 ${left}`],
  ['07-client-restart-request.bob', `offered accepted -3 +3 -3 ${left}`],
  ['08-alone-after-a-call.alice', `offered accepted +3 -3 ${expired} offered accepted ${left}`],
  ['08-alone-after-a-call.bob', `offered +3 accepted ${left}`],
  ['08-alone-after-a-call.bob2', `offered ${left}`],
  ['13-bridge-dies.alice', `offered accepted ${moved} offered accepted ${left}`],
  ['13-bridge-dies.bob', `offered +3 accepted -3 ${moved} offered +3 accepted ${left}`],
  ['20-media-plain.alice', `offered accepted +1 ${left}`],
  ['20-media-plain.bob', `offered accepted +1 ${left}`],
  ['21-media-ssrc-rewriting.alice', `offered accepted ${left}`],
  ['21-media-ssrc-rewriting.bob', `offered accepted ${left}`],
  ['22-media-ice-restart.alice', `offered +1 accepted renewed ${left}`],
  ['22-media-ice-restart.bob', `offered accepted +1 ${left}`],
])('recording %s', (name, expected) => {
  const run = replaySessions(name);
  const steps = pairSteps(run);

  it('goes as it went', () => {
    expect(story(run)).toBe(expected);
    expect(run.eventsNamed('warning')).toEqual([]);
    expect(run.machine.sessions.current).toBeUndefined();
  });

  it('is answered as the recorded client answered, up to the differences that are explained', () => {
    expect([...new Set(steps.differences.map(normalized))].filter((each) => !explained.has(each))).toEqual([]);
  });

  it('leaves nothing out that a right client sends', () => {
    const skipped =
      name === '07-client-restart-request.alice'
        ? // Above the rate limit: it cost the recorded client its session.
          [expect.stringMatching(/ session-terminate$/)]
        : [];
    expect(steps.onlyTheirs).toEqual(skipped);
  });

  it('is told nothing else', () => {
    const others = [
      `iq get ${run.machine.room?.jid} http://jabber.org/protocol/disco#info query`,
      'iq get meet.jitsi.test urn:xmpp:ping ping',
      // The last stanza before the stream is closed.
      'presence unavailable ',
    ];
    expect(steps.onlyOurs.filter((step) => !others.includes(step))).toEqual([]);
  });

  it('carries every command to its end', () => {
    const failed = run.outcomes.flatMap(({ outcome }) =>
      outcome.ok ? [] : [(outcome.error as { code?: string }).code],
    );
    const failures: Readonly<Record<string, string[]>> = {
      '07-client-restart-request.alice': ['restart-limited'],
      // ICE was never connected: the bridge renews nothing, and bob left before the time for it was over.
      '07-client-restart-request.bob': ['session-ended'],
    };
    expect(failed).toEqual(failures[name] ?? []);
  });
});

describe('the session-accept', () => {
  it.each([
    '02-xml-sources-three-participants.bob',
    '03-json-sources-no-rewriting.bob',
  ])('and source changes of %s have their sources in XML', (name) => {
    const run = replaySessions(name);
    const sent = run.sent.map((element) => JSON.stringify(element)).filter((text) => text.includes('"source-') || text.includes('session-accept'));
    expect(sent).toHaveLength(3);
    for (const text of sent) {
      expect(text).toContain('ssrc-group');
      expect(text).not.toContain('json-message');
    }
  });
});
