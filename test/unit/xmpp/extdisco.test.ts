import { describe, expect, it } from 'vitest';
import { child } from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import {
  buildExternalServices,
  externalServiceFrom,
  parseExternalServices,
} from '../../../src/xmpp/extdisco.ts';
import { captureFrame } from '../../support/captures.ts';

const turn = {
  type: 'turn',
  host: 'meet.jitsi.test',
  port: '23478',
  transport: 'udp',
  username: '1795503690',
  password: 'xs1tvQEAA3sdVMeXtqDh+uLqfqM=',
  expires: '2026-11-24T07:01:30Z',
  restricted: '1',
};
const recorded = [
  { type: 'stun', host: 'meet.jitsi.test', port: '23478', transport: 'udp' },
  turn,
  { ...turn, transport: 'tcp' },
];

describe('external services', () => {
  it.each(['urn:xmpp:extdisco:2', 'urn:xmpp:extdisco:1'])(
    'are read as a server lists them in %s',
    (namespace) => {
      const frame = captureFrame(
        '11-services.alice',
        'received',
        `<services xmlns='${namespace}'`,
        `type='stun'`,
      );
      const services = child(parseXml(frame), 'services', namespace);
      expect(services && parseExternalServices(services)).toEqual(recorded);
    },
  );

  it('are read as they are written', () => {
    expect(parseExternalServices(buildExternalServices(recorded))).toEqual(recorded);
    expect(buildExternalServices([], 'urn:xmpp:extdisco:1').ns).toBe('urn:xmpp:extdisco:1');
  });

  it('need a type and a host; of the rest only text and numbers count', () => {
    expect(externalServiceFrom({ type: 'turn', host: '' })).toBeUndefined();
    expect(externalServiceFrom({ type: 7, host: 'h' })).toBeUndefined();
    expect(externalServiceFrom({ host: 'h' })).toBeUndefined();
    expect(
      externalServiceFrom({
        type: 'turn',
        host: 'h',
        port: 3478,
        username: { a: 1 },
        password: null,
        odd: 'x',
      }),
    ).toEqual({ type: 'turn', host: 'h', port: '3478' });
  });
});
