import { describe, expect, it } from 'vitest';
import { RefusedError } from '../../../src/base/errors.ts';
import { text } from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { serialize } from '../../../src/xml/serialize.ts';
import {
  authenticationError,
  buildAuth,
  type Credentials,
  requireMechanism,
} from '../../../src/xmpp/sasl.ts';
import { captureFrame } from '../../support/captures.ts';

const anonymous: Credentials = { mechanism: 'ANONYMOUS' };

describe('buildAuth', () => {
  it('is what the recorded client sent for a guest', () => {
    const recorded = parseXml(captureFrame('30-lib-jitsi-meet.alice', 'sent', '<auth'));
    expect(buildAuth(anonymous)).toEqual(recorded);
  });

  it('is the example of RFC 4616, 4 for PLAIN', () => {
    const auth = buildAuth({ mechanism: 'PLAIN', username: 'tim', password: 'tanstaaftanstaaf' });
    expect(serialize(auth)).toBe(
      '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">AHRpbQB0YW5zdGFhZnRhbnN0YWFm</auth>',
    );
  });

  it('encodes names and passwords as UTF-8', () => {
    const auth = buildAuth({ mechanism: 'PLAIN', username: 'ü', password: 'pässwörd😀' });
    expect(Buffer.from(text(auth), 'base64').toString('utf8')).toBe('\0ü\0pässwörd😀');
  });
});

describe('requireMechanism', () => {
  it.each([
    [
      'a guest where accounts are needed',
      anonymous,
      ['PLAIN', 'SCRAM-SHA-1'],
      /offers PLAIN, SCRAM-SHA-1, not ANONYMOUS; guests/,
    ],
    [
      'an account where there are only guests',
      { mechanism: 'PLAIN', username: 'u', password: 'p' } satisfies Credentials,
      ['ANONYMOUS'],
      /not PLAIN; password login is not possible.*token \(JWT\)/,
    ],
    ['anybody where there is no mechanism', anonymous, [], /offers no mechanism/],
  ])('refuses %s', (_, credentials, offered, message) => {
    const act = (): unknown => requireMechanism(credentials, offered, 'meet.example');
    expect(act).toThrow(RefusedError);
    expect(act).toThrow(
      expect.objectContaining({ code: 'login-required', message: expect.stringMatching(message) }),
    );
  });
});

describe('authenticationError', () => {
  it('repeats the server’s own reason: for token hosts the only explanation there is', () => {
    const failure = parseXml(
      `<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-allowed/><text>token required</text></failure>`,
    );
    const error = authenticationError(failure, 'meet.example', 'ANONYMOUS');
    expect(error).toMatchObject({ code: 'authentication-failed', kind: 'refused' });
    expect(error.message).toContain('meet.example: the server answered not-allowed (token required)');
    expect(error.message).toContain('wants a token (JWT)');
    const password = authenticationError(failure, 'meet.example', 'PLAIN').message;
    expect(password).toContain('check the user name and the password');
    expect(password).not.toContain('JWT');
  });

  it('reads a failure without words', () => {
    const recorded = parseXml(captureFrame('11-services.plain', 'received', '<failure'));
    expect(authenticationError(recorded, 'd', 'ANONYMOUS').message).toContain('answered invalid-mechanism;');
    expect(authenticationError(parseXml('<failure/>'), 'd', 'PLAIN').message).toContain(
      'answered undefined-condition;',
    );
  });
});
