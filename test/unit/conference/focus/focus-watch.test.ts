import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../../../src/base/errors.ts';
import type { ConferenceOptions } from '../../../../src/conference/options.ts';
import { MachineHarness, standardConfig } from '../../../support/machine-harness.ts';

const overHttp = standardConfig.replace(' }, websocket', " }, conferenceRequestUrl: '/c', websocket");

function joined(options: Partial<ConferenceOptions> = {}): MachineHarness {
  const run = new MachineHarness(options);
  run.join();
  return run;
}

function focusLeaves(run: MachineHarness): void {
  run.occupant('focus', '', 'affiliation="owner" role="none"');
  run.presence(
    'focus',
    '<x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="owner" role="none"/></x>',
    'unavailable',
  );
}

function focusComes(run: MachineHarness): void {
  run.occupant('focus', '', 'affiliation="owner" role="moderator"');
}

/** Time passes, and the server answers pings. */
function pass(run: MachineHarness, ms: number, each: () => void = () => {}): void {
  for (const end = run.now + ms; run.now < end; ) {
    run.advance(1_000);
    if (run.count('iq', 'ping') > 0) run.answer('ping', 'result', '');
    each();
  }
}

const asked = (run: MachineHarness): number => run.count('iq', 'conference');

describe('a focus that leaves the room', () => {
  it('is asked for the conference again, after a while of our own', () => {
    const run = joined();
    focusLeaves(run);
    expect(run.payloads('focusChanged').at(-1)).toEqual({ focus: undefined });
    const wait = (run.machine.nextTimeout() ?? 0) - run.now;
    run.advance(499);
    expect(asked(run)).toBe(1);
    run.advance(4_501);
    expect(asked(run)).toBe(2);
    expect(wait).toBeGreaterThanOrEqual(500);
    expect(run.machine.state.name).toBe('joined');
  });

  it('is left alone once it is there', () => {
    const run = joined();
    focusLeaves(run);
    focusComes(run);
    pass(run, 3_600_000);
    expect(run.machine.state.name).toBe('joined');
    expect(asked(run)).toBe(1);
  });

  it('is asked later each time, and for ever', () => {
    const run = joined();
    focusLeaves(run);
    const times: number[] = [];
    let before = asked(run);
    pass(run, 3_600_000, () => {
      if (asked(run) === before) return;
      before = asked(run);
      times.push(run.now);
      run.answer(
        'conference',
        'error',
        '<error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>',
      );
    });
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(61_000);
    expect(gaps.slice(-20).every((gap) => gap >= 29_000)).toBe(true);
    expect(times.length).toBeGreaterThan(50);
    expect(run.ended).toBeUndefined();
    // One word of an absence, not one a minute.
    expect(run.payloads('warning').map(({ error }) => error.code)).toEqual(['focus-away']);
    focusComes(run);
    pass(run, 3_600_000);
    expect(asked(run)).toBe(before);
  });

  it('that says it is there, and is not, is asked again', () => {
    const run = joined();
    focusLeaves(run);
    run.advance(5_000);
    run.focusSays();
    run.advance(5_000);
    expect(asked(run)).toBe(3);
    run.focusSays('ready="false"');
    run.advance(10_000);
    expect(asked(run)).toBe(4);
  });

  it('that does not answer is asked again', () => {
    const run = joined();
    focusLeaves(run);
    pass(run, 60_000);
    expect(asked(run)).toBeGreaterThanOrEqual(3);
  });

  it.each([
    ['<error type="auth"><not-authorized xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>', 'error'],
    ['<conference xmlns="http://jitsi.org/protocol/focus" ready="true" vnode="v1"/>', 'result'],
    ['<nonsense xmlns="urn:other"/>', 'result'],
  ] as const)('that answers %s does not end the conference', (content, type) => {
    const run = joined();
    focusLeaves(run);
    run.advance(5_000);
    run.answer('conference', type, content);
    run.advance(6_000);
    expect(run.ended).toBeUndefined();
    expect(run.payloads('warning').map(({ error }) => error.code)).toContain('focus-away');
    expect(asked(run)).toBeGreaterThanOrEqual(2);
  });

  it('is asked over HTTP where the deployment wants it', () => {
    const run = new MachineHarness();
    const requests = (): number =>
      run.requests.filter(({ purpose }) => purpose === 'conference-request').length;
    run.discover(overHttp);
    run.input({ type: 'http-response', purpose: 'conference-request', status: 200, body: '{"ready":true}' });
    run.login();
    focusComes(run);
    run.enter();
    focusLeaves(run);
    run.advance(5_000);
    expect(requests()).toBe(2);
    const error = new ConnectionError('the network is gone', { code: 'host-unreachable', retryable: true });
    run.input({ type: 'http-failed', purpose: 'conference-request', error });
    run.advance(4_000);
    expect(requests()).toBe(3);
    run.input({ type: 'http-response', purpose: 'conference-request', status: 403, body: '' });
    run.advance(8_000);
    expect(requests()).toBe(4);
    run.input({ type: 'http-response', purpose: 'conference-request', status: 200, body: '<html>' });
    expect(run.ended).toBeUndefined();
    expect(run.machine.state.name).toBe('joined');
    expect(run.count('iq', 'conference')).toBe(0);
  });

  it('is not asked by those who leave', () => {
    const run = joined();
    focusLeaves(run);
    run.input({ type: 'leave' });
    pass(run, 60_000);
    expect(asked(run)).toBe(1);
    expect(run.ended).toMatchObject({ reason: 'left' });
  });

  it('was never seen in some rooms, and is not missed there', () => {
    const run = new MachineHarness();
    run.discover();
    run.login();
    run.focusSays();
    run.enter();
    pass(run, 3_600_000);
    expect(run.machine.state.name).toBe('joined');
    expect(asked(run)).toBe(1);
  });
});
