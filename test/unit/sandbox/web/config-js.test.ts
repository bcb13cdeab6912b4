import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { buildConfigJs, type ConfigJsOptions } from '../../../../src/sandbox/web/config-js.ts';
import { evaluateConfigJs } from '../../../../src/jitsi/config-js/evaluate.ts';

const base: ConfigJsOptions = {
  webSocketBase: 'ws://127.0.0.1:8000',
  domain: 'meet.jitsi',
  mucDomain: 'conference.meet.jitsi',
  tenant: '',
};

/** As a browser does it. */
function run(options: Partial<ConfigJsOptions>): Record<string, unknown> {
  return runInNewContext(
    `${buildConfigJs({ ...base, ...options })}; JSON.parse(JSON.stringify(config))`,
  ) as Record<string, unknown>;
}

describe('config.js', () => {
  it('says where everything is', () => {
    expect(run({})).toMatchObject({
      hosts: { domain: 'meet.jitsi', muc: 'conference.meet.jitsi', focus: 'focus.meet.jitsi' },
      websocket: 'ws://127.0.0.1:8000/xmpp-websocket',
    });
    expect(run({})).not.toHaveProperty('conferenceRequestUrl');
    expect(run({})).not.toHaveProperty('hosts.anonymousdomain');
  });

  it('has a tenant’s addresses', () => {
    expect(run({ tenant: 'Ac.Me', conferenceRequestBase: 'http://127.0.0.1:8000' })).toMatchObject({
      hosts: { muc: 'conference.ac_me.meet.jitsi' },
      websocket: 'ws://127.0.0.1:8000/Ac.Me/xmpp-websocket',
      conferenceRequestUrl: 'http://127.0.0.1:8000/Ac.Me/conference-request/v1',
    });
  });

  it('tells guests where to log in', () => {
    expect(run({ anonymousDomain: 'guest.meet.jitsi' })).toMatchObject({
      hosts: { anonymousdomain: 'guest.meet.jitsi' },
    });
  });

  it('writes what comes from an address as text', () => {
    const tenant = `'+alert("\\")+'`;
    expect(run({ tenant })).toMatchObject({ websocket: `ws://127.0.0.1:8000/${tenant}/xmpp-websocket` });
  });

  it('means the same when it is not executed', () => {
    const script = buildConfigJs({ ...base, tenant: 'acme' });
    expect(evaluateConfigJs(script).config).toEqual(run({ tenant: 'acme' }));
  });
});
