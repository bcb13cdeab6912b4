import { describe, expect, it } from 'vitest';
import { xml } from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { serialize } from '../../../src/xml/serialize.ts';
import { buildMucJoin, buildMucUser, type MucUser, mucStatus, parseMucUser } from '../../../src/xmpp/muc.ts';
import { captureFrame } from '../../support/captures.ts';

const recorded = (name: string, ...parts: string[]): MucUser | undefined =>
  parseMucUser(parseXml(captureFrame(name, 'received', ...parts)));

describe('parseMucUser', () => {
  it('reads our own presence', () => {
    expect(recorded('30-lib-jitsi-meet.alice', '<presence', `code='110'`)).toEqual({
      item: {
        affiliation: 'none',
        role: 'participant',
        jid: 'af6c1005-12f4-4e85-9202-31f7d1165615@meet.jitsi.test/_4h5DHK85nmT',
      },
      statuses: new Set([100, 110]),
    });
  });

  it('reads who made somebody a moderator', () => {
    expect(recorded('30-lib-jitsi-meet.alice', '<presence', '<actor')?.item).toMatchObject({
      affiliation: 'owner',
      role: 'moderator',
      actorNick: 'focus',
    });
  });

  it('reads a kick, as its victim and as others see it', () => {
    const kick = { role: 'none', affiliation: 'none', actorNick: 'f0dfdbad', reason: 'bye carol' };
    const victim = recorded('33-moderation.carol', `code='307'`);
    expect(victim?.item).toMatchObject(kick);
    expect(victim?.statuses).toEqual(new Set([mucStatus.kicked, mucStatus.self]));
    const other = recorded('33-moderation.bob', `code='307'`);
    expect(other?.item).toMatchObject(kick);
    expect(other?.statuses).toEqual(new Set([mucStatus.kicked]));
  });

  it('reads the end of a room', () => {
    expect(recorded('37-end.alice', '<destroy')?.destroy).toEqual({
      reason: 'The meeting has been terminated',
    });
    expect(recorded('34-doors.frank', '<destroy')?.destroy).toEqual({
      jid: 'doors11047@conference.meet.jitsi.test',
      reason: 'Lobby room closed.',
    });
  });

  it('reads an invitation', () => {
    expect(recorded('34-doors.dave', '<invite')).toEqual({
      statuses: new Set(),
      invite: { from: '7872c759-09a9-4782-b0e5-769dbd7c7fef@meet.jitsi.test/FKm8cvqi5DsY', reason: '' },
    });
  });

  it('reads a change of the configuration', () => {
    expect(recorded('09-moderation.bob', `code='104'`)?.statuses).toEqual(
      new Set([mucStatus.configurationChanged]),
    );
  });

  it('reads a new nick', () => {
    const x = `<x xmlns='http://jabber.org/protocol/muc#user'><item nick='b' role='participant' affiliation='none'/><status code='303'/></x>`;
    expect(
      parseMucUser(parseXml(`<presence xmlns='jabber:client' type='unavailable'>${x}</presence>`))?.item,
    ).toEqual({
      nick: 'b',
      role: 'participant',
      affiliation: 'none',
    });
  });

  it('takes unknown words for none', () => {
    const x = `<x xmlns='http://jabber.org/protocol/muc#user'><item role='king' affiliation='__proto__'/><status/></x>`;
    expect(parseMucUser(parseXml(`<presence xmlns='jabber:client'>${x}</presence>`))).toEqual({
      item: { role: 'none', affiliation: 'none' },
      statuses: new Set([Number.NaN]),
    });
  });

  it('finds nothing where there is nothing', () => {
    expect(parseMucUser(xml('jabber:client', 'presence', {}, buildMucJoin()))).toBeUndefined();
  });
});

describe('buildMucUser', () => {
  it('writes what parseMucUser reads', () => {
    const user = {
      item: {
        affiliation: 'owner' as const,
        role: 'none' as const,
        jid: 'a@b/c',
        nick: 'n',
        actorNick: 'm',
        reason: 'why',
      },
      statuses: new Set([307, 110]),
      destroy: { jid: 'x@y', reason: 'over' },
    };
    expect(parseMucUser(xml('jabber:client', 'presence', {}, buildMucUser(user)))).toEqual(user);
  });

  it('leaves out what is not there', () => {
    const x = buildMucUser({ item: { affiliation: 'none', role: 'participant' }, destroy: {} });
    expect(serialize(x)).toBe(
      '<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="participant"/><destroy/></x>',
    );
  });
});

describe('buildMucJoin', () => {
  it('carries the password if there is one', () => {
    expect(serialize(buildMucJoin())).toBe('<x xmlns="http://jabber.org/protocol/muc"/>');
    expect(serialize(buildMucJoin('tea4two'))).toBe(
      '<x xmlns="http://jabber.org/protocol/muc"><password>tea4two</password></x>',
    );
  });
});
