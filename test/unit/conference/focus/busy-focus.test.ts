import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../../../src/base/errors.ts';
import { MachineHarness, standardConfig } from '../../../support/machine-harness.ts';

/** Nobody answers pings here. */
const byIq = standardConfig.replace(' }, websocket', ' }, xmppPing: { interval: 3_600_000 }, websocket');
const overHttp = byIq.replace(' }, websocket', " }, conferenceRequestUrl: '/request', websocket");

/** Logged in, with the focus asked once. */
function asked(config: string = byIq, joinTimeout: number = 600_000): MachineHarness {
  const run = new MachineHarness({ joinTimeout });
  run.discover(config);
  run.login();
  return run;
}

const busy = (type: string, condition: string): string =>
  `<error type="${type}"><${condition} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`;

function httpSays(run: MachineHarness, status: number, retryAfter?: number): void {
  const body = status === 200 ? '{"ready":true}' : '';
  run.input({
    type: 'http-response',
    purpose: 'conference-request',
    status,
    body,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

const requests = (run: MachineHarness): number =>
  run.requests.filter(({ purpose }) => purpose === 'conference-request').length +
  run.count('iq', 'conference');

/** ms until it is asked again. */
function pause(run: MachineHarness): number {
  const since = run.now;
  const before = requests(run);
  while (requests(run) === before) {
    if (run.ended || run.now - since > 600_000) return Infinity;
    run.advance(100);
  }
  return run.now - since;
}

describe('a focus that is busy', () => {
  it('is asked again (case 08-focus-busy)', () => {
    const run = asked();
    const { id = '' } = run.last('iq', 'conference').attrs;
    run.frame(
      readFileSync('test/fixtures/cases/08-focus-busy/iq.xml', 'utf8')
        .replace("id='ID'", `id='${id}'`)
        .replace('focus.x.test', 'focus.meet.test'),
    );
    run.advance(1_250);
    expect(run.count('iq', 'conference')).toBe(2);
    run.focusSays();
    run.enter();
    expect(run.joined).toBe(true);
  });

  it.each(['internal-server-error', 'resource-constraint', 'remote-server-timeout', 'service-unavailable'])(
    'with %s is asked again for as long as the join has time, less and less often',
    (condition) => {
      const run = asked();
      for (let tries = 1; tries <= 20; tries++) {
        expect(run.count('iq', 'conference')).toBe(tries);
        run.answer('conference', 'error', busy('wait', condition));
        expect(pause(run)).toBeLessThan(19_000);
      }
      run.focusSays();
      run.enter();
      expect(run.joined).toBe(true);
    },
  );

  it.each(['cancel', 'modify', 'auth'])('is not what refuses with %s', (type) => {
    const run = asked();
    run.answer('conference', 'error', busy(type, 'internal-server-error'));
    expect(run.machine.state).toMatchObject({
      info: { error: { code: 'conference-request-refused', retryable: false } },
    });
  });

  it.each([408, 425, 429, 502, 503, 504])('is asked again after HTTP %d', (status) => {
    const run = asked(overHttp);
    for (const least of [1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
      httpSays(run, status);
      const waited = pause(run);
      expect(waited).toBeGreaterThanOrEqual(least);
      expect(waited).toBeLessThanOrEqual(least * 1.25 + 100);
    }
    httpSays(run, 200);
    run.enter();
    expect(run.joined).toBe(true);
  });

  it.each([
    [0, 1_000],
    [7_000, 7_000],
    [86_400_000, 30_000],
  ])('is asked when it wants to be: Retry-After %d ms', (retryAfter, least) => {
    const run = asked(overHttp);
    httpSays(run, 429, retryAfter);
    const waited = pause(run);
    expect(waited).toBeGreaterThanOrEqual(least);
    expect(waited).toBeLessThanOrEqual(least * 1.25 + 100);
  });

  it('is what the error is about when the time is over', () => {
    const run = asked(overHttp, 20_000);
    for (let tries = 0; !run.ended && tries < 10; tries++) {
      httpSays(run, 429);
      pause(run);
      if (run.machine.state.name === 'closing') break;
    }
    expect(run.machine.state).toMatchObject({
      info: {
        reason: 'join-failed',
        error: { code: 'join-timeout', retryable: true, cause: { code: 'focus-busy' } },
      },
    });
    const { info } = run.machine.state as { info: { error: Error } };
    expect(info.error.message).toMatch(/the focus was asked \d times, .*the focus is busy, it answered 429/);
  });
});

describe('a conference request that gets no answer', () => {
  const lost = (retryable: boolean): ConnectionError =>
    new ConnectionError('broken', { code: 'connection-lost', retryable });

  it('is made a few more times', () => {
    const run = asked(overHttp);
    for (let tries = 1; tries <= 3; tries++) {
      run.input({ type: 'http-failed', purpose: 'conference-request', error: lost(true) });
      pause(run);
      expect(requests(run)).toBe(tries + 1);
    }
    run.input({ type: 'http-failed', purpose: 'conference-request', error: lost(true) });
    expect(run.machine.state).toMatchObject({ info: { error: { code: 'connection-lost' } } });
  });

  it('is not made again where that is useless', () => {
    const run = asked(overHttp);
    run.input({ type: 'http-failed', purpose: 'conference-request', error: lost(false) });
    expect(run.machine.state).toMatchObject({ info: { error: { code: 'connection-lost' } } });
  });
});
