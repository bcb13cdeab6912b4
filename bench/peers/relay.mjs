/** The relay of the bridge channel's bench: a sandbox in a process of its own. Requests as in peer.mjs: `open` and `look`. */
import { createInterface } from 'node:readline';
import { createSandbox } from '../../dist/sandbox/index.js';
import { usage } from './usage.mjs';

const sandbox = await createSandbox({ bridge: 'both' });
const { url, mucDomain } = sandbox;
for await (const line of createInterface({ input: process.stdin })) {
  const { type } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(type === 'open' ? { url, mucDomain } : usage())}\n`);
}
await sandbox.close();
process.exit();
