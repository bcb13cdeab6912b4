/**
 * The built sandbox as a process, so that tests see it die: options as JSON in, then its URL and every error that it logs as JSON out,
 * one a line. Commands come on stdin, one a line, and are answered; it ends when stdin does.
 */
import { createInterface } from 'node:readline';
import { control } from '../../dist/sandbox/control.js';
import { createSandbox } from '../../dist/sandbox/index.js';

const say = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
const logger = {
  log(level, message, fields) {
    if (level === 'error') say({ type: 'error', message, ...fields });
  },
  child: () => logger,
};
const sandbox = await createSandbox({ ...JSON.parse(process.argv[2]), logger });
say({ type: 'ready', url: sandbox.url });
for await (const line of createInterface({ input: process.stdin })) say(control(sandbox, line));
await sandbox.close();
say({ type: 'closed' });
