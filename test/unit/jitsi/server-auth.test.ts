import { describe, expect, it } from 'vitest';
import { serverWords } from '../../../src/cli/visit/server-words.ts';
import { parseConferenceIq, parseConferenceJson } from '../../../src/jitsi/conference-request.ts';
import { serverAuth } from '../../../src/jitsi/server-auth.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { MachineHarness, standardConfig } from '../../support/machine-harness.ts';
import { resolved, withMore } from './deployment-fixture.ts';

const guests = withMore("config.hosts.anonymousdomain = 'guest.d.example';");

describe('what a server says of who may come in', () => {
  it('is read of an IQ', () => {
    const answer = parseXml(
      `<iq xmlns="jabber:client" type="result"><conference xmlns="http://jitsi.org/protocol/focus" room="r@m" ready="true" focusjid="focus@auth">
        <property name="authentication" value="true"/><property name="externalAuth" value="false"/>
        <property name="sipGatewayEnabled" value="true"/><property name="visitors-supported" value="true"/></conference></iq>`,
    );
    expect(serverAuth(parseConferenceIq(answer), guests, { anonymous: true })).toEqual({
      ready: true,
      authenticationRequired: true,
      externalAuth: false,
      guestAccess: true,
      anonymous: true,
      visitors: true,
      properties: {
        authentication: 'true',
        externalAuth: 'false',
        sipGatewayEnabled: 'true',
        'visitors-supported': 'true',
      },
    });
  });

  it('is read of JSON, whatever kind its values are of', () => {
    const answer = parseConferenceJson(
      '{"ready":true,"properties":{"authentication":true,"externalAuth":"TRUE"}}',
    );
    expect(serverAuth(answer, resolved(undefined), { anonymous: false })).toEqual({
      ready: true,
      authenticationRequired: true,
      externalAuth: true,
      guestAccess: false,
      anonymous: false,
      visitors: false,
      properties: { authentication: 'true', externalAuth: 'TRUE' },
    });
  });

  it('is known once the focus has answered, also that it is not ready', () => {
    const run = new MachineHarness({ token: 'a.b.c' });
    run.discover(standardConfig.replace('hosts: {', "hosts: { anonymousdomain: 'guest.meet.test',"));
    run.login();
    expect(run.machine.serverAuth).toBeUndefined();
    const answer = (ready: boolean): void =>
      run.answer(
        'conference',
        'result',
        `<conference xmlns="http://jitsi.org/protocol/focus" ready="${ready}"/>`,
      );
    answer(false);
    expect(run.machine.serverAuth).toMatchObject({ ready: false, guestAccess: true, anonymous: false });
    run.advance(2_000);
    answer(true);
    expect(run.machine.serverAuth).toMatchObject({ ready: true, properties: {} });
  });

  it('fits a line', () => {
    const auth = { ready: true, authenticationRequired: false, externalAuth: false, guestAccess: false };
    const rest = { anonymous: true, visitors: false, properties: {} };
    expect(serverWords({ ...auth, ...rest })).toBe('* server: no login needed; we are a guest');
    expect(
      serverWords({
        ...auth,
        ...rest,
        authenticationRequired: true,
        guestAccess: true,
        visitors: true,
        anonymous: false,
      }),
    ).toBe(
      '* server: rooms are opened by those who log in; guests have a domain of their own; visitors are supported; we are logged in',
    );
  });
});
