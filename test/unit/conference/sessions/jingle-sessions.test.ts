/** Who may offer what, and one session at a time, as the conference machine sees them. */
import { describe, expect, it } from 'vitest';
import type { OfferPolicy } from '../../../../src/conference/sessions/jingle-sessions.ts';
import type { SessionCommand } from '../../../../src/jingle/session-io.ts';
import { findJingle, parseJingle } from '../../../../src/jingle/jingle.ts';
import { elements } from '../../../../src/xml/element.ts';
import { MachineHarness } from '../../../support/machine-harness.ts';
import { accept, audio } from '../../../support/session-harness.ts';

const offer = (sid: string): string =>
  `<jingle xmlns="urn:xmpp:jingle:1" action="session-initiate" sid="${sid}" initiator="focus@auth.meet.test/focus"><content name="audio" creator="initiator"/><bridge-session xmlns="http://jitsi.org/protocol/focus" id="b-${sid}"/></jingle>`;

const jingle = (action: string, sid: string, content: string = ''): string =>
  `<jingle xmlns="urn:xmpp:jingle:1" action="${action}" sid="${sid}">${content}</jingle>`;

class Room extends MachineHarness {
  #ids = 0;

  constructor(offers: OfferPolicy = 'offer') {
    super({ offers });
    this.join();
  }

  from(peer: string, content: string): void {
    this.#ids += 1;
    this.frame(
      `<iq xmlns="jabber:client" type="set" id="j${this.#ids}" from="${peer}" to="${this.jid}">${content}</iq>`,
    );
  }

  fromFocus(content: string): void {
    this.from(`${this.room}/focus`, content);
  }

  /** How the last IQ was answered: `result`, or the conditions of the refusal. */
  get reply(): string {
    const iq = this.sent.findLast(({ attrs }) => attrs.id === `j${this.#ids}`);
    if (!iq) return 'nothing';
    const error = elements(iq)[0];
    return error
      ? elements(error)
          .map(({ name }) => name)
          .join(' ')
      : 'result';
  }

  command(sid: string, command: SessionCommand, id: string = command.type): void {
    this.input({ type: 'session-command', sid, id, command });
  }

  /** What we asked the focus, by action and sid. */
  get asked(): string[] {
    return this.sent.flatMap((iq) => {
      const element = iq.attrs.type === 'set' ? findJingle(iq) : undefined;
      return element ? [`${element.attrs.action} ${element.attrs.sid}`] : [];
    });
  }
}

describe('offers without end', () => {
  it('are answered all, and told of four at once, then the latest of each second', () => {
    const run = new Room();
    const told = (): string[] => run.payloads('sessionOffered').map(({ session }) => session.sid);
    for (let index = 0; index < 100; index += 1) {
      run.fromFocus(offer(`s${index}`));
      expect(run.reply).toBe('result');
    }
    expect(told()).toEqual(['s0', 's1', 's2', 's3']);
    // Those that nobody heard of end as silently.
    expect(run.payloads('sessionEnded').map(({ session }) => session.sid)).toEqual(['s0', 's1', 's2', 's3']);
    run.advance(3_999);
    expect(told()).toHaveLength(4);
    run.advance(1);
    expect(told().slice(4)).toEqual(['s99']);
    run.command('s99', { type: 'accept', message: { ...accept, sid: 's99' } });
    expect(run.asked).toEqual(['session-accept s99']);
  });

  it('are forgotten when the focus ends them before they are told of', () => {
    const run = new Room();
    for (const sid of ['s0', 's1', 's2', 's3', 's4']) run.fromFocus(offer(sid));
    run.fromFocus(jingle('session-terminate', 's4'));
    expect(run.reply).toBe('result');
    run.advance(5_000);
    expect(run.payloads('sessionOffered')).toHaveLength(4);
    expect(run.payloads('sessionEnded')).toHaveLength(4);
    run.fromFocus(offer('s5'));
    expect(run.payloads('sessionOffered')).toHaveLength(5);
  });
});

describe('an offer', () => {
  it('of somebody who calls himself focus outside of our room is declined', () => {
    const run = new Room();
    run.from('mallory@meet.test/focus', offer('s1'));
    run.from('other@conference.meet.test/focus', offer('s2'));
    expect(run.reply).toBe('result');
    expect(run.asked).toEqual(['session-terminate s1', 'session-terminate s2']);
    expect(run.payloads('sessionOffered')).toEqual([]);
  });

  it('with the sid of the session, or of the one that just ended, is refused', () => {
    const run = new Room();
    run.fromFocus(offer('s1'));
    run.fromFocus(offer('s1'));
    expect(run.reply).toBe('service-unavailable text');
    run.fromFocus(jingle('session-terminate', 's1'));
    run.fromFocus(offer('s1'));
    expect(run.reply).toBe('service-unavailable text');
    expect(run.payloads('sessionOffered')).toHaveLength(1);
  });

  it('with an entry that cannot be used is taken without it, which the log tells', () => {
    const run = new Room();
    const odd =
      '<content name="audio"><description xmlns="urn:xmpp:jingle:apps:rtp:1"><payload-type id="99"/></description></content>';
    run.fromFocus(offer('s1').replace('<bridge-session', `${odd}<bridge-session`));
    expect(run.reply).toBe('result');
    expect(run.payloads('sessionOffered')).toHaveLength(1);
    expect(run.logs).toContain('debug left out of a Jingle message: <payload-type id="99"/>');
  });

  it('takes the place of the session, which ends first', () => {
    const run = new Room();
    run.fromFocus(offer('s1'));
    run.command('s1', { type: 'accept', message: accept });
    run.fromFocus(offer('s2'));
    expect(run.payloads('sessionEnded')).toMatchObject([
      { session: { sid: 's1' }, end: { reason: 'replaced', by: 'focus', nextOffer: 'at-once' } },
    ]);
    expect(run.machine.sessions.current?.sid).toBe('s2');
    const names = run.events.map(({ name }) => name).filter((name) => name.startsWith('session'));
    expect(names).toEqual(['sessionOffered', 'sessionEnded', 'sessionOffered']);
  });

  it('is declined when nobody wants it, again and again', () => {
    const run = new Room('decline');
    run.fromFocus(offer('s1'));
    run.fromFocus(offer('s2'));
    expect(run.asked).toEqual(['session-terminate s1', 'session-terminate s2']);
    const message = parseJingle(findJingle(run.last('iq', 'jingle')) as never);
    expect(message).toMatchObject({
      reason: { condition: 'decline' },
      bridgeSession: { id: 'b-s2', restart: false },
    });
  });
});

describe('a message', () => {
  it.each([
    ['of an unknown session', (run: Room) => run.fromFocus(jingle('source-add', 's9'))],
    ['of another sender', (run: Room) => run.from(`${run.room}/abc`, jingle('session-terminate', 's1'))],
    ['of nobody', (run: Room) => run.from('', jingle('session-terminate', 's1'))],
  ])('%s changes nothing', (_, send) => {
    const run = new Room();
    run.fromFocus(offer('s1'));
    send(run);
    expect(run.reply).toBe('item-not-found unknown-session');
    expect(run.machine.sessions.current?.state.name).toBe('offered');
  });

  it('that cannot be read is refused and reported', () => {
    const run = new Room();
    run.fromFocus('<jingle xmlns="urn:xmpp:jingle:1"/>');
    expect(run.reply).toBe('bad-request text');
    expect(run.payloads('warning')).toMatchObject([{ error: { code: 'jingle-missing-attribute' } }]);
  });
});

describe('a command', () => {
  it('is answered when the focus has answered', () => {
    const run = new Room();
    const answers: unknown[] = [];
    run.fromFocus(offer('s1'));
    const feed = (input: Parameters<typeof run.machine.handle>[0]): void => {
      for (const effect of run.machine.handle(input, run.now)) {
        if (effect.type === 'send-frame') run.sent.push(effect.element);
        if (effect.type === 'answer') answers.push([effect.id, effect.outcome.ok]);
        if (effect.type === 'event') run.events.push(effect.event);
      }
    };
    feed({ type: 'session-command', sid: 's1', id: 'c1', command: { type: 'accept', message: accept } });
    expect(answers).toEqual([]);
    const { id } = run.last('iq', 'jingle').attrs;
    const result = `<iq xmlns="jabber:client" type="result" id="${id}" from="${run.room}/focus" to="${run.jid}"/>`;
    feed({ type: 'socket-frame', text: result });
    expect(answers).toEqual([['c1', true]]);
    expect(run.payloads('sessionAccepted')).toMatchObject([{ session: { sid: 's1' } }]);
    // Nobody answers this one.
    feed({
      type: 'session-command',
      sid: 's1',
      id: 'c2',
      command: { type: 'add-sources', sources: audio(7) },
    });
    run.now += 10_000;
    feed({ type: 'tick' });
    expect(answers.at(-1)).toEqual(['c2', false]);
    expect(run.machine.sessions.current?.state.name).toBe('active');
    feed({ type: 'session-command', sid: 's0', id: 'c3', command: { type: 'restart' } });
    expect(answers.at(-1)).toEqual(['c3', false]);
    // What waits ends with the room.
    feed({
      type: 'session-command',
      sid: 's1',
      id: 'c4',
      command: { type: 'add-sources', sources: audio(8) },
    });
    feed({ type: 'leave' });
    expect(answers.at(-1)).toEqual(['c4', false]);
  });

  it('sends sources in XML', () => {
    const run = new Room();
    run.fromFocus(offer('s1'));
    run.command('s1', { type: 'accept', message: accept });
    const text = JSON.stringify(run.last('iq', 'jingle'));
    expect(text).toContain('"ssrc":"500"');
    expect(text).not.toContain('json-message');
  });

  it('restarts are counted for the participant, not for the session', () => {
    const run = new Room();
    for (let index = 1; index <= 5; index += 1) {
      run.fromFocus(offer(`s${index}`));
      run.command(`s${index}`, { type: 'restart' });
      run.now += 5_000;
    }
    expect(run.asked.filter((each) => each.startsWith('session-terminate'))).toHaveLength(4);
    expect(run.machine.sessions.current?.sid).toBe('s5');
  });
});
