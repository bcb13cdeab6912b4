import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../../src/base/errors.ts';
import type { ConferenceOptions } from '../../../src/conference/options.ts';
import { MachineHarness, standardConfig } from '../../support/machine-harness.ts';

const bosh = (to: string): string => standardConfig.replace(' }, websocket', ` }, bosh: '${to}', websocket`);
const withBosh = bosh('/http-bind');

const body = (attributes: string, content = ''): string =>
  `<body xmlns="http://jabber.org/protocol/httpbind" xmlns:stream="http://etherx.jabber.org/streams" ${attributes}>${content}</body>`;
const mechanisms =
  '<stream:features><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>ANONYMOUS</mechanism></mechanisms></stream:features>';

const refused = (code = 'websocket-refused'): ConnectionError =>
  new ConnectionError('the WebSocket is refused', { code });

/** What a server answers over BOSH, from the first request to the bound resource. */
function login(run: MachineHarness): void {
  run.boshAnswers(200, body('sid="s1" wait="60" requests="2"', mechanisms));
  run.boshAnswers(200, body('', '<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/>'));
  run.boshAnswers(
    200,
    body(
      '',
      '<stream:features><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/><sm xmlns="urn:xmpp:sm:3"/></stream:features>',
    ),
  );
  const [, id] = / id="([^"]+)"/.exec(run.boshRequest.body ?? '') ?? [];
  run.boshAnswers(
    200,
    body(
      '',
      `<iq xmlns="jabber:client" type="result" id="${id}"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"><jid>${run.jid}</jid></bind></iq>`,
    ),
  );
}

function started(options: Partial<ConferenceOptions> = {}, config = withBosh): MachineHarness {
  const run = new MachineHarness({ streamManagement: true, pipelining: true, ...options });
  run.discover(config);
  return run;
}

describe('a conference over BOSH', () => {
  it('logs in step by step, without stream management', () => {
    const run = started({ transport: 'bosh' });
    expect(run.sockets).toEqual([]);
    login(run);
    expect(run.machine.state.name).toBe('requesting');
    expect(run.machine.jid).toBe(run.jid);
    const sent = run.requests.map((request) => request.body).join('\n');
    expect(sent).not.toContain('urn:xmpp:sm:3');
    expect(sent).toContain('http://jitsi.org/protocol/focus');
    expect(run.transitions.slice(0, 4)).toEqual([
      'idle → discovering',
      'discovering → connecting',
      'connecting → logging-in',
      'logging-in → requesting',
    ]);
  });

  it('is asked for with the room and the token, at the address that config.js names', () => {
    const run = started({ transport: 'bosh', token: 'jwt' }, bosh('https://bosh.meet.test/http-bind?x=1'));
    expect(run.boshRequest).toMatchObject({
      method: 'POST',
      url: 'https://bosh.meet.test/http-bind?x=1&room=standup&token=jwt',
      headers: { 'content-type': 'text/xml; charset=utf-8' },
    });
  });

  it('never leaves the page’s TLS', () => {
    const run = started({ transport: 'bosh' }, bosh('http://meet.test/http-bind'));
    expect(run.boshRequest.url).toMatch(/^https:/);
  });

  it('comes after a WebSocket that does not open', () => {
    const run = started();
    run.input({ type: 'socket-failed', error: refused() });
    login(run);
    expect(run.machine.state.name).toBe('requesting');
    expect(run.socketSteps.at(-1)).toBe('close');
  });

  it('comes after a WebSocket that opens and says nothing', () => {
    const run = started();
    run.input({ type: 'socket-opened' });
    run.input({ type: 'socket-closed', reason: 'it broke' });
    // First without the flight.
    run.input({ type: 'socket-opened' });
    run.input({ type: 'socket-closed', reason: 'it broke' });
    login(run);
    expect(run.machine.state.name).toBe('requesting');
  });

  it('does not come after a server that has spoken', () => {
    const run = started();
    run.input({ type: 'socket-opened' });
    run.answerLogin();
    run.input({ type: 'socket-closed', reason: 'it broke' });
    run.login();
    run.input({ type: 'socket-closed', reason: 'it broke' });
    expect(run.ended).toMatchObject({ error: { code: 'connection-lost' } });
    expect(run.requests.filter(({ purpose }) => purpose === 'bosh')).toEqual([]);
  });

  it.each(['host-not-found', 'connection-refused', 'certificate-invalid'])(
    'is not tried at the same host after %s',
    (code) => {
      const run = started();
      run.input({ type: 'socket-failed', error: refused(code) });
      expect(run.ended).toMatchObject({ error: { code } });
      const elsewhere = started({}, bosh('https://other.test/http-bind'));
      elsewhere.input({ type: 'socket-failed', error: refused(code) });
      expect(elsewhere.boshRequest.url).toContain('other.test');
    },
  );

  it('is not tried when a WebSocket is wanted', () => {
    const run = started({ transport: 'websocket' });
    run.input({ type: 'socket-failed', error: refused() });
    expect(run.ended).toMatchObject({ error: { code: 'websocket-refused' } });
  });

  it('that fails, too, leaves the WebSocket’s error, with both in words', () => {
    const run = started();
    run.input({ type: 'socket-failed', error: refused() });
    run.boshAnswers(404, '');
    expect(run.ended).toMatchObject({
      reason: 'join-failed',
      error: { code: 'websocket-refused', message: expect.stringMatching(/is refused; and BOSH: .*404/) },
    });
  });

  it('that fails alone says so', () => {
    const run = started({ transport: 'bosh' });
    run.boshAnswers(403, '');
    expect(run.ended).toMatchObject({ error: { code: 'bosh-refused' } });
  });

  it('is said in a warning once somebody can listen', () => {
    const run = started();
    run.input({ type: 'socket-failed', error: refused() });
    login(run);
    const from = (content: string): string => body('', content);
    const [, id] = /<iq[^>]* id="([^"]+)"[^>]*><conference/.exec(run.boshRequest.body ?? '') ?? [];
    run.boshAnswers(
      200,
      from(
        `<iq xmlns="jabber:client" type="result" id="${id}" from="focus.meet.test"><conference xmlns="http://jitsi.org/protocol/focus" ready="true"/></iq>`,
      ),
    );
    expect(run.machine.state.name).toBe('entering');
    run.boshAnswers(
      200,
      from(
        `<presence xmlns="jabber:client" from="${run.room}/3f9c21ab"><x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="participant"/><status code="110"/></x></presence>`,
      ),
    );
    expect(run.joined).toBe(true);
    expect(run.payloads('warning')).toEqual([]);
    run.advance(0);
    expect(run.payloads('warning')).toMatchObject([{ error: { code: 'bosh-fallback' } }]);
    expect(run.payloads('warning')[0]?.error.message).toContain('https://meet.test/http-bind');
  });

  it('that ends is a lost connection', () => {
    const run = started({ transport: 'bosh' });
    login(run);
    run.boshAnswers(200, body('type="terminate" condition="item-not-found"'));
    expect(run.ended).toMatchObject({ error: { code: 'connection-lost', retryable: true } });
  });
});
