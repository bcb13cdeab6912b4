import { describe, expect, it } from 'vitest';
import { accountFrom, askSecret, canAsk, secretsFrom } from '../../../../src/cli/streams/secrets.ts';
import { testIo } from '../cli-io.ts';

describe('secrets', () => {
  it('come from flags before the environment', () => {
    const env = { JCLI_PASSWORD: 'from env', JCLI_TOKEN: 'token' };
    expect(secretsFrom({ password: 'from flag' }, env)).toEqual({ password: 'from flag', token: 'token' });
    expect(secretsFrom({}, { JCLI_PASSWORD: '' })).toEqual({});
  });

  it('are asked for on a terminal only', () => {
    expect(canAsk(testIo({ terminal: true }))).toBe(true);
    expect(canAsk(testIo())).toBe(false);
  });

  it('belong to an account, from the environment or typed', async () => {
    const env = { JCLI_LOGIN_PASSWORD: 'from env' };
    expect(await accountFrom('alice', testIo({ env }))).toEqual({ username: 'alice', password: 'from env' });
    const io = testIo({ terminal: true });
    const asked = accountFrom('al\u001bice', io);
    io.stdin.write('sesame\r');
    expect(await asked).toEqual({ username: 'al\u001bice', password: 'sesame' });
    expect(io.err()).toBe('Password of al\\x1bice: \n');
    await expect(accountFrom('alice', testIo())).rejects.toMatchObject({
      code: 'login-password-missing',
      message: expect.stringContaining('JCLI_LOGIN_PASSWORD'),
    });
  });

  it('are typed without being shown', async () => {
    const io = testIo({ terminal: true });
    const asked = askSecret(io, 'Password: ');
    io.stdin.write('sesamx\u007fe\r');
    expect(await asked).toBe('sesame');
    expect(io.err()).toBe('Password: \n');
    expect(io.out()).toBe('');
  });

  it.each([
    ['nothing', '\r'],
    ['Ctrl-D', '\u0004'],
  ])('may be refused with %s', async (_, keys) => {
    const io = testIo({ terminal: true });
    const asked = askSecret(io, 'Password: ');
    io.stdin.write(keys);
    expect(await asked).toBeUndefined();
  });

  it('are not waited for after Ctrl-C', async () => {
    const io = testIo({ terminal: true });
    const asked = askSecret(io, 'Password: ');
    io.stdin.write('half\u0003');
    expect(await asked).toBeUndefined();
    expect(io.signal.aborted).toBe(true);
  });
});
