import { describe, expect, it } from 'vitest';
import { xml } from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { iqGet } from '../../../src/xmpp/stanza.ts';
import { handshake, jid, mechanisms, received, Run, success } from '../../support/stream-run.ts';

describe('a pipelined login', () => {
  const frames = received(handshake);
  const afterSuccess = frames.slice(frames.findIndex((frame) => frame.startsWith('<success')) + 1);
  const serviceQuery = iqGet('meet.jitsi.test', 'q1', xml('urn:xmpp:extdisco:2', 'services'));

  it('sends what the recorded client sent, waits for the <success/> alone, and says when requests may follow', () => {
    const run = new Run({ login: 'pipelined' });
    // Nothing that Prosody could read together with the <auth/>, however long it takes for it.
    run.advance(9_999);
    run.receive(mechanisms('ANONYMOUS'));
    expect(run.sent.map(({ name }) => name)).toEqual(['open', 'auth']);
    run.receive(success);
    const recorded = handshake.flatMap(({ kind, text }) => (kind === 'sent' ? [parseXml(text)] : []));
    expect(run.sent).toEqual(recorded);
    expect(run.effects.at(-1)).toEqual({ type: 'flight' });
    run.receive(...afterSuccess);
    expect(run.sent).toEqual(recorded);
    expect(run.stream.state).toEqual({ name: 'established', jid });
  });

  it('counts what follows <enable/>, and nothing before it', () => {
    const run = new Run({ login: 'pipelined' });
    run.receive(mechanisms('ANONYMOUS'), success);
    run.note(run.stream.request(serviceQuery, 'asking', 15_000, run.now));
    expect(run.stream.resumption).toBeUndefined();
    run.receive(...afterSuccess);
    expect(run.stream.undelivered.unconfirmed).toEqual([serviceQuery]);
    run.receive(`<a xmlns='urn:xmpp:sm:3' h='1'/>`);
    expect(run.stream.undelivered.unconfirmed).toEqual([]);
    run.receive(`<a xmlns='urn:xmpp:sm:3' h='2'/>`);
    expect(run.end).toMatchObject({ code: 'sm-handled-too-many' });
  });

  it('ends on an answer that comes before its turn', () => {
    const run = new Run({ login: 'pipelined' });
    run.receive(mechanisms('ANONYMOUS'), success);
    run.note(run.stream.request(serviceQuery, 'asking', 15_000, run.now));
    run.receive(`<iq xmlns='jabber:client' type='result' id='q1' from='meet.jitsi.test'/>`);
    expect(run.end).toMatchObject({ code: 'login-out-of-order' });
  });

  it('sends nothing after <auth/> once it was refused', () => {
    const run = new Run({ login: 'pipelined' });
    run.receive(
      mechanisms('ANONYMOUS'),
      `<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-allowed/></failure>`,
    );
    run.advance(1_000);
    expect(run.sent.map(({ name }) => name)).toEqual(['open', 'auth', 'close']);
  });
});
