/** Whatever clients send, the sandbox's server goes on serving the others, and no handler fails. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Logger } from '../../src/base/logger.ts';
import { captureFrames } from '../support/captures.ts';
import { createRig, domain, type Rig, type RigClient, roomJid } from '../support/xmpp-server-rig.ts';

/** What real clients sent, moved to our domain and to one room. */
const recorded = ['30-lib-jitsi-meet.alice', '09-moderation.alice', '35-talk.alice', '10-smacks.bob'].flatMap(
  (name) =>
    captureFrames(name, 'sent').map(({ text }) =>
      text
        .replaceAll('meet.jitsi.test', domain)
        .replaceAll(/[\w-]+@conference\.meet\.jitsi/g, roomJid('room')),
    ),
);

interface Mutation {
  frame: number;
  at: number;
  /** Characters that go. */
  remove: number;
  insert: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  frame: fc.nat(recorded.length - 1),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat(12),
  insert: fc.oneof(
    fc.constantFrom(
      '',
      '<',
      '>',
      '"',
      '&',
      '/',
      '@',
      '\0',
      '\ud800',
      '<x/>',
      ' type="error"',
      ' type="unavailable"',
      ' to=""',
    ),
    fc.string({ maxLength: 8 }),
  ),
});

function mutated({ frame, at, remove, insert }: Mutation): string {
  const text = recorded[frame] ?? '';
  const index = Math.floor(at * text.length);
  return text.slice(0, index) + insert + text.slice(index + remove);
}

const ping = `<iq xmlns="jabber:client" type="get" id="alive" to="${domain}"><ping xmlns="urn:xmpp:ping"/></iq>`;

it('mutations of recorded frames', () => {
  const failures: unknown[] = [];
  const logger: Logger = {
    log: (level, message, fields) => void (level === 'error' && failures.push([message, fields])),
    child: () => logger,
  };
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 30 }), (mutations) => {
      const rig = createRig({ logger });
      rig.focus.enter('room');
      const witness = rig.login();
      witness.enter('room');
      let client = member(rig);
      for (const each of mutations) {
        client.send(mutated(each));
        if (client.closed) client = member(rig);
      }
      client.lose();
      rig.clock.advance(60_000);
      witness.take();
      expect(witness.send(ping)).toHaveLength(1);
      expect(failures).toEqual([]);
    }),
    { numRuns: 150, seed: 30 },
  );
});

/** A moderator, whose wishes are carried out. */
function member(rig: Rig): RigClient {
  const client = rig.login();
  client.enter('room');
  rig.focus.makeOwner('room', client);
  return client;
}
