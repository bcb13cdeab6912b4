import { describe, expect, it } from 'vitest';
import { changedFields, Roster } from '../../../../src/conference/room/roster.ts';
import { type XmlElement, xml } from '../../../../src/xml/element.ts';
import { parseXml } from '../../../../src/xml/parse.ts';
import type { MucItem } from '../../../../src/xmpp/muc.ts';

const member: MucItem = { affiliation: 'none', role: 'participant', jid: 'u1@meet.example/r' };

const presence = (nick: string, content = ''): XmlElement =>
  parseXml(`<presence xmlns='jabber:client' from='room@muc.example/${nick}'>${content}</presence>`);
const named = (name: string): string => `<nick xmlns='http://jabber.org/protocol/nick'>${name}</nick>`;

describe('Roster', () => {
  it('notes who comes, changes and goes', () => {
    const roster = new Roster(undefined);
    const joined = roster.update(presence('aa', named('Ada')), member);
    expect(joined).toMatchObject({
      type: 'joined',
      participant: { id: 'aa', occupantJid: 'room@muc.example/aa', displayName: 'Ada', role: 'participant' },
    });
    const changed = roster.update(presence('aa', named('Ada B')), { ...member, role: 'moderator' });
    expect(changed).toMatchObject({
      type: 'changed',
      changed: ['displayName', 'role'],
      previous: { displayName: 'Ada', role: 'participant' },
      participant: { displayName: 'Ada B', role: 'moderator' },
    });
    expect([...roster.participants.keys()]).toEqual(['aa']);
    expect(roster.remove('aa')).toMatchObject({ displayName: 'Ada B' });
    expect(roster.remove('aa')).toBeUndefined();
    expect(roster.participants.size).toBe(0);
  });

  it('takes ten thousand participants, and says once that there are more', () => {
    const roster = new Roster(undefined);
    const come = (nick: string, content = ''): string | undefined =>
      roster.update(presence(nick, content), member)?.type;
    for (let number = 0; number < 10_000; number += 1) come(`n${number}`);
    expect([come('late'), come('later'), come('n7', named('Ada'))]).toEqual([
      'refused',
      undefined,
      'changed',
    ]);
    expect(roster.participants.size).toBe(10_000);
    roster.remove('n1');
    expect(come('late')).toBe('joined');
    // Coming back, in one go with the rest of the news.
    roster.begin();
    for (let number = 0; number < 10_002; number += 1) expect(come(`m${number}`)).toBeUndefined();
    const { gone, changes } = roster.settle();
    expect([gone.length, changes.length, changes.at(-1)]).toEqual([10_000, 10_001, { type: 'refused' }]);
    expect(come('late')).toBeUndefined();
  });

  it('takes so many characters of presence, and keeps the state before of who says more', () => {
    const roster = new Roster(undefined);
    const megabytes = (count: number): string =>
      Array.from(
        { length: count },
        (_, at) => `<jitsi_participant_${at}>${'x'.repeat(1_000_000)}</jitsi_participant_${at}>`,
      ).join('');
    for (let number = 0; number < 10; number += 1)
      roster.update(presence(`n${number}`, megabytes(3)), member);
    roster.update(presence('ada', named('Ada')), member);
    expect(roster.update(presence('ada', named('Bob') + megabytes(3)), member)).toMatchObject({
      type: 'changed',
    });
    expect(roster.update(presence('bea', megabytes(3)), member)?.type).toBe('refused');
    expect(roster.update(presence('n1', megabytes(4)), member)).toBeUndefined();
    expect(Object.keys(roster.get('n1')?.properties ?? {})).toHaveLength(3);
    expect(roster.update(presence('ada', named('Ada')), member)).toMatchObject({ type: 'changed' });
  });

  it('says nothing about a presence that says nothing new', () => {
    const roster = new Roster(undefined);
    const content = `${named('Ada')}<SourceInfo>{"aa-a0":{"muted":false}}</SourceInfo><jitsi_participant_x>1</jitsi_participant_x>`;
    roster.update(presence('aa', content), member);
    const before = roster.get('aa');
    expect(roster.update(presence('aa', content), member)).toBeUndefined();
    expect(roster.get('aa')).toBe(before);
  });

  it('notices what is not there any more', () => {
    const roster = new Roster(undefined);
    roster.update(
      presence('aa', `${named('Ada')}<jitsi_participant_raisedHand>5</jitsi_participant_raisedHand>`),
      member,
    );
    expect(roster.update(presence('aa', named('Ada')), member)).toMatchObject({
      changed: ['handRaisedAt', 'properties'],
    });
    expect(roster.get('aa')).not.toHaveProperty('handRaisedAt');
  });

  it('knows who is hidden by the domain of the real address', () => {
    const roster = new Roster('recorder.example');
    const read = (jid: string | undefined): boolean =>
      roster.read(presence('bb'), {
        affiliation: 'none',
        role: 'participant',
        ...(jid === undefined ? {} : { jid }),
      }).isHidden;
    expect(read('jibri@recorder.example/x')).toBe(true);
    expect(read('recorder.example')).toBe(true);
    expect(read('jibri@meet.example/recorder.example')).toBe(false);
    expect(read(undefined)).toBe(false);
    expect(new Roster(undefined).read(presence('bb'), member).isHidden).toBe(false);
    expect(roster.participants.size).toBe(0);
  });

  it('compares who is there when we come again with who was there before, in the same map', () => {
    const roster = new Roster(undefined);
    const { participants } = roster;
    for (const nick of ['aa', 'bb', 'cc']) roster.update(presence(nick, named(nick)), member);
    const same = roster.get('aa');
    roster.begin();
    for (const stanza of [presence('aa', named('aa')), presence('bb', named('Bo')), presence('dd')])
      expect(roster.update(stanza, member)).toBeUndefined();
    roster.update(presence('ee'), member);
    roster.remove('ee');
    expect([...participants.keys()]).toEqual(['aa', 'bb', 'cc']);
    expect(roster.settle()).toMatchObject({
      gone: [{ id: 'cc' }],
      changes: [
        { type: 'changed', participant: { id: 'bb' }, changed: ['displayName'] },
        { type: 'joined', participant: { id: 'dd' } },
      ],
    });
    expect(roster.participants).toBe(participants);
    expect([...participants.keys()]).toEqual(['aa', 'bb', 'dd']);
    expect(roster.get('aa')).toBe(same);
  });

  it('takes nicks for what they are', () => {
    const roster = new Roster(undefined);
    for (const nick of ['__proto__', 'constructor', 'a/b@c', '']) {
      const stanza = xml('jabber:client', 'presence', { from: `room@muc.example/${nick}` });
      expect(roster.update(stanza, member)).toMatchObject({ type: 'joined', participant: { id: nick } });
    }
  });
});

describe('changedFields', () => {
  it('compares structured fields by what they hold', () => {
    const roster = new Roster(undefined);
    const read = (codecs: string): ReturnType<Roster['read']> =>
      roster.read(
        presence('aa', `<jitsi_participant_codecList>${codecs}</jitsi_participant_codecList>`),
        member,
      );
    expect(changedFields(read('vp8'), read('vp8'))).toEqual([]);
    expect(changedFields(read('vp8,vp9'), read('vp9,vp8'))).toEqual(['codecs', 'properties']);
  });
});
