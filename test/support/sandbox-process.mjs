/**
 * The built sandbox as a process, so that tests see it die: options as JSON in, then its URL and every error that it logs as JSON out,
 * one a line. Ends when its stdin does.
 */
import { once } from 'node:events';
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
await once(process.stdin.resume(), 'end');
await sandbox.close();
say({ type: 'closed' });
