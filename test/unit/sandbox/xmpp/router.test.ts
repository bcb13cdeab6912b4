import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src/base/logger.ts';
import { Router } from '../../../../src/sandbox/xmpp/router.ts';
import { parseXml } from '../../../../src/xml/parse.ts';
import { serialize } from '../../../../src/xml/serialize.ts';
import { expectXml } from '../../../support/expect-xml.ts';

const focus = { jid: 'focus@auth.meet.jitsi/focus', aliases: ['focus.meet.jitsi'] };

function message(to: string, body = ''): ReturnType<typeof parseXml> {
  return parseXml(`<message xmlns="jabber:client" from="a@b/c" to="${to}"><body>${body}</body></message>`);
}

describe('a link', () => {
  it('gets what is sent to its address and to those it answers for, the address kept', () => {
    const router = new Router('meet.jitsi', silentLogger);
    const got: string[] = [];
    router.attach(focus).onStanza((stanza) => got.push(stanza.attrs.to ?? ''));
    const addresses = [
      focus.jid,
      'focus.meet.jitsi',
      'focus.meet.jitsi/x',
      'focus@auth.meet.jitsi',
      'meet.jitsi',
    ];
    for (const to of addresses) router.route(message(to));
    router.flush();
    expect(got).toEqual(addresses.slice(0, 3));
  });

  it('sends as itself or as one of its addresses, not as another', () => {
    const router = new Router('meet.jitsi', silentLogger);
    const got: string[] = [];
    router.addComponent({ serves: () => true, handle: (stanza) => got.push(serialize(stanza)) });
    const link = router.attach(focus);
    link.send(parseXml('<message xmlns="jabber:client" to="x"/>'));
    link.send(parseXml('<message xmlns="jabber:client" from="focus.meet.jitsi" to="x"/>'));
    router.flush();
    expectXml(got[0], `<message xmlns='jabber:client' from='${focus.jid}' to='x'/>`);
    expectXml(got[1], `<message xmlns='jabber:client' from='focus.meet.jitsi' to='x'/>`);
    expect(() => link.send(message('x'))).toThrow(expect.objectContaining({ code: 'link-address' }));
  });

  it('never answers within the call that sends', async () => {
    const router = new Router('meet.jitsi', silentLogger);
    const order: string[] = [];
    router.addComponent({
      serves: (domain) => domain === 'echo',
      handle: (stanza) =>
        router.route({ ...stanza, attrs: { ...stanza.attrs, to: focus.jid, from: 'echo' } }),
    });
    const link = router.attach(focus);
    let rounds = 0;
    link.onStanza(() => {
      order.push('got');
      // Deeper than any call stack.
      if (++rounds < 20_000) link.send(parseXml('<message xmlns="jabber:client" to="echo"/>'));
    });
    link.send(parseXml('<message xmlns="jabber:client" to="echo"/>'));
    order.push('sent');
    await Promise.resolve();
    expect(order.slice(0, 2)).toEqual(['sent', 'got']);
    expect(rounds).toBe(20_000);
  });

  it('is gone for everybody when it closes, and can be attached anew', async () => {
    const router = new Router('meet.jitsi', silentLogger);
    const gone: string[] = [];
    const reasons: string[] = [];
    router.onGone((jid) => gone.push(jid));
    const link = router.attach(focus);
    link.onClosed((reason) => reasons.push(reason));
    expect(() => router.attach(focus)).toThrow(expect.objectContaining({ code: 'link-taken' }));
    await link.close();
    await link.close();
    router.flush();
    expect(gone).toEqual([focus.jid]);
    expect(reasons).toEqual(['closed']);
    link.send(message('x'));
    expect(router.attach(focus).jid).toBe(focus.jid);
  });
});

describe('the router', () => {
  it('keeps the order of stanzas to one and to many', () => {
    const router = new Router('meet.jitsi', silentLogger);
    const got: string[] = [];
    for (const jid of ['a@b/1', 'a@b/2']) {
      router.addSession(jid, { query: {}, deliver: (delivery) => got.push(delivery.text()) });
    }
    router.route(message('a@b/1', 'first'));
    router.routeToAll(parseXml('<message xmlns="jabber:client" from="r@c"><body>second</body></message>'), [
      'a@b/1',
      'a@b/2',
    ]);
    router.route(message('a@b/1', 'third'));
    router.flush();
    expect(got.map((text) => /<body>(.*)<\/body>/.exec(text)?.[1])).toEqual([
      'first',
      'second',
      'second',
      'third',
    ]);
    expectXml(got[2], `<message xmlns='jabber:client' from='r@c' to='a@b/2'><body>second</body></message>`);
  });

  it('puts addresses into text that mean what they are', () => {
    const router = new Router('meet.jitsi', silentLogger);
    const jid = `a&b@c/"<'>`;
    const got: string[] = [];
    router.addSession(jid, { query: {}, deliver: ({ text, stanza }) => got.push(text(), serialize(stanza)) });
    router.routeToAll(parseXml('<presence xmlns="jabber:client"/>'), [jid]);
    router.flush();
    for (const text of got) expectXml(text, `<presence xmlns='jabber:client' to='a&amp;b@c/"&lt;&apos;>'/>`);
  });

  it('goes on after a handler that fails', () => {
    const errors: unknown[] = [];
    const logger = { ...silentLogger, log: (level: string) => errors.push(level) };
    const router = new Router('meet.jitsi', logger);
    const got: string[] = [];
    router.addComponent({
      serves: () => true,
      handle(stanza) {
        if (stanza.attrs.to === 'bad') throw new Error('bad');
        got.push(stanza.attrs.to ?? '');
      },
    });
    router.route(message('bad'));
    router.route(message('good'));
    router.flush();
    expect(got).toEqual(['good']);
    expect(errors).toEqual(['error']);
  });
});
