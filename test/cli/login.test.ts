/** `jcli --login`: rooms of deployments that want an account. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSandbox } from '../../src/sandbox/index.ts';
import { jcli, jcliOnTerminal } from '../support/jcli.ts';

const secret = 'open sesame';

async function deployment(): Promise<string> {
  const sandbox = await createSandbox({ accounts: { alice: secret } });
  onTestFinished(() => sandbox.close());
  return sandbox.url;
}

describe('--login', () => {
  it('takes the password from the environment, and says it nowhere', async () => {
    const url = await deployment();
    const env = { JCLI_LOGIN_PASSWORD: secret };
    const alice = jcli(['chat', `${url}/room`, '--login', 'alice', '--debug', '--wire', '/dev/stderr'], {
      env,
    });
    alice.endInput();
    expect(await alice.waitForExit(), alice.stderr).toEqual({ code: 0, signal: null });
    expect(alice.stderr).toContain('PLAIN');
    expect(alice.stderr).not.toContain(secret);
    expect(alice.stderr).not.toContain(Buffer.from(`\0alice\0${secret}`).toString('base64'));
  });

  it('is refused with a wrong password, and without one', async () => {
    const url = await deployment();
    const wrong = jcli(['chat', `${url}/room`, '--login', 'alice', '--quiet'], {
      env: { JCLI_LOGIN_PASSWORD: 'no' },
    });
    expect((await wrong.waitForExit()).code).toBe(4);
    expect(wrong.errorLines.at(-1)).toMatch(/\[authentication-failed\]$/);
    const none = jcli(['-host', url, '-room', 'room', '-login', 'alice', '-chat']);
    expect((await none.waitForExit()).code).toBe(2);
    expect(none.errorLines.at(-1)).toMatch(/^error: logging in as alice: .* \[login-password-missing\]$/);
  });

  it('asks for the password on a terminal', async () => {
    const url = await deployment();
    const alice = jcliOnTerminal(['chat', `${url}/room`, '--login', 'alice'], 80);
    await alice.waitFor(
      () => (alice.stdout.includes('Password of alice: ') ? true : undefined),
      'the question',
    );
    alice.process.stdin.write(`${secret}\r`);
    await alice.waitFor(() => (alice.stdout.includes('* in room as') ? true : undefined), 'the room');
    alice.process.stdin.write('/exit\r');
    expect((await alice.waitForExit()).code).toBe(0);
    expect(alice.stdout).not.toContain(secret);
  });
});
