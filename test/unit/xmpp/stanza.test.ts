import { describe, expect, it } from 'vitest';
import { xml } from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { serialize } from '../../../src/xml/serialize.ts';
import {
  errorReply,
  iqGet,
  iqPayload,
  iqResult,
  iqSet,
  isStanza,
  isStanzaNamed,
  message,
  presence,
} from '../../../src/xmpp/stanza.ts';

const ping = xml('urn:xmpp:ping', 'ping');

describe('stanzas', () => {
  it('are iq, message and presence in jabber:client', () => {
    for (const name of ['iq', 'message', 'presence']) {
      expect(isStanza(xml('jabber:client', name))).toBe(true);
      expect(isStanza(xml('jabber:server', name))).toBe(false);
    }
    expect(isStanza(xml('urn:xmpp:sm:3', 'r'))).toBe(false);
    expect(isStanzaNamed(message({}), 'message')).toBe(true);
    expect(isStanzaNamed(message({}), 'iq')).toBe(false);
    expect(isStanzaNamed(presence({}), 'presence')).toBe(true);
  });

  it('are built with their namespace', () => {
    expect(serialize(iqGet('muc.example', 'i1', ping))).toBe(
      '<iq xmlns="jabber:client" type="get" to="muc.example" id="i1"><ping xmlns="urn:xmpp:ping"/></iq>',
    );
    expect(serialize(iqSet(undefined, 'i2', ping))).toBe(
      '<iq xmlns="jabber:client" type="set" id="i2"><ping xmlns="urn:xmpp:ping"/></iq>',
    );
    expect(iqPayload(iqGet('a', 'b', ping))).toEqual(ping);
    expect(iqPayload(xml('jabber:client', 'iq', {}, 'text'))).toBeUndefined();
  });
});

describe('answers', () => {
  const request = parseXml(
    `<iq xmlns='jabber:client' from='r@muc.example/focus' to='me@example/x' type='set' id=' aGk=&#10;'><ping xmlns='urn:xmpp:ping'/></iq>`,
  );

  it('go back to the sender, with the id as it came', () => {
    expect(iqResult(request).attrs).toEqual({ type: 'result', to: 'r@muc.example/focus', id: ' aGk=\n' });
    expect(iqResult(request, ping).children).toEqual([ping]);
    expect(parseXml(serialize(iqResult(request))).attrs.id).toBe(' aGk=\n');
  });

  it('to our own server have no address', () => {
    expect(iqResult(parseXml(`<iq xmlns='jabber:client' type='get' id='1'/>`)).attrs).toEqual({
      type: 'result',
      id: '1',
    });
  });

  it('of refusal name the condition', () => {
    const reply = errorReply(request, 'modify', 'bad-request', 'no', [xml('urn:x', 'why')]);
    expect(serialize(reply)).toBe(
      '<iq xmlns="jabber:client" type="error" to="r@muc.example/focus" id=" aGk=&#10;"><error type="modify">' +
        '<bad-request xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>' +
        '<text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas">no</text><why xmlns="urn:x"/></error></iq>',
    );
  });
});
