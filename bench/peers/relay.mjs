/** The relay of the bridge channel's bench: a sandbox in a process of its own. Requests as in peer.mjs: `open` and `look`. */
import { createInterface } from 'node:readline';
import { createSandbox } from '../../dist/sandbox/index.js';
import { usage } from './usage.mjs';

const sandbox = await createSandbox({ bridge: 'both' });
for await (const line of createInterface({ input: process.stdin })) {
  const { type } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(type === 'open' ? { url: sandbox.url } : usage())}\n`);
}
await sandbox.close();
process.exit();
