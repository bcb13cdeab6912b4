import { describe, expect, it } from 'vitest';
import { xml } from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { buildStanzaError, parseStanzaError, StanzaError } from '../../../src/xmpp/stanza-error.ts';
import { captureFrame } from '../../support/captures.ts';

const recorded = (name: string, ...parts: string[]): ReturnType<typeof parseStanzaError> =>
  parseStanzaError(parseXml(captureFrame(name, 'received', `type='error'`, ...parts)));

describe('parseStanzaError', () => {
  it('reads what the room says', () => {
    expect(recorded('05-bad-requests.xavier', 'not-allowed')).toEqual({
      type: 'cancel',
      condition: 'not-allowed',
      text: 'Room creation is restricted',
      by: 'conference.meet.jitsi.test',
      details: [],
    });
  });

  it('reads what the focus says, whose text has no namespace of its own', () => {
    expect(recorded('07-client-restart-request.alice', 'resource-constraint')).toEqual({
      type: 'wait',
      condition: 'resource-constraint',
      text: 'rate-limited',
      details: [],
    });
  });

  it('keeps what an application adds', () => {
    const { condition, details } = recorded('32-p2p.alice', 'unknown-session');
    expect(condition).toBe('item-not-found');
    expect(details).toEqual([xml('urn:xmpp:jingle:errors:1', 'unknown-session')]);
  });

  it.each([
    [
      'an error without a condition',
      `<error type='wait'/>`,
      { type: 'wait', condition: 'undefined-condition' },
    ],
    ['no error at all', '', { type: 'cancel', condition: 'undefined-condition' }],
    [
      'an unknown type',
      `<error type='odd'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`,
      { type: 'cancel', condition: 'gone' },
    ],
    [
      'a type in capitals',
      `<error type='WAIT'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`,
      { type: 'wait', condition: 'forbidden' },
    ],
    [
      'no type, of a condition that passes',
      `<error><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`,
      { type: 'wait', condition: 'resource-constraint' },
    ],
    [
      'no type, of one that stays',
      `<error code='500'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`,
      { type: 'cancel', condition: 'forbidden' },
    ],
    ['no more than a code', `<error code='504'/>`, { type: 'wait', condition: 'undefined-condition' }],
    ['a code that stays', `<error code='403'/>`, { type: 'cancel', condition: 'undefined-condition' }],
    [
      'a condition with a text of its own',
      `<error type='modify'><redirect xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:b@c</redirect></error>`,
      { type: 'modify', condition: 'redirect', text: 'xmpp:b@c' },
    ],
    [
      'only the text',
      `<error type='cancel'><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>hm</text></error>`,
      { type: 'cancel', condition: 'undefined-condition', text: 'hm' },
    ],
  ])('reads %s', (_, error, expected) => {
    expect(parseStanzaError(parseXml(`<iq xmlns='jabber:client' type='error'>${error}</iq>`))).toEqual({
      ...expected,
      details: [],
    });
  });

  it('reads what buildStanzaError writes', () => {
    const error = {
      type: 'auth' as const,
      condition: 'forbidden',
      text: 'go away',
      by: 'muc.example',
      details: [xml('urn:x', 'detail', { a: 1 })],
    };
    expect(parseStanzaError(xml('jabber:client', 'iq', {}, buildStanzaError(error)))).toEqual(error);
  });
});

describe('StanzaError', () => {
  it('has the condition as its code, and can be retried when the type says so', () => {
    const error = new StanzaError(
      'asking',
      recorded('07-client-restart-request.alice', 'resource-constraint'),
    );
    expect(error).toMatchObject({
      code: 'resource-constraint',
      kind: 'refused',
      retryable: true,
      name: 'StanzaError',
    });
    expect(error.message).toBe('asking: the server answered resource-constraint (rate-limited)');
    expect(new StanzaError('asking', recorded('05-bad-requests.xavier', 'not-allowed')).retryable).toBe(
      false,
    );
  });
});
