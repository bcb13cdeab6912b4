/** Memory and CPU of chat-only participants in one process; the sandbox is another one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { joinRoom } from '../dist/index.js';

const count = 100;
const server = spawn(process.execPath, ['dist/cli/main.js', 'sandbox', '--json'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await once(createInterface({ input: server.stdout }), 'line');
const { url } = JSON.parse(line);

async function memory() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await sleep(50);
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed };
}

async function measure(name, roomOf) {
  const before = await memory();
  const cpu = process.cpuUsage();
  const conferences = [];
  for (let i = 0; i < count; i++)
    conferences.push(await joinRoom({ host: url, room: roomOf(i), nick: `bot ${i}` }));
  const joining = process.cpuUsage(cpu);
  await sleep(1_000);
  const after = await memory();
  const idle = process.cpuUsage();
  await sleep(10_000);
  const { user, system } = process.cpuUsage(idle);
  const each = (bytes) => `${(bytes / count / 1024).toFixed(0).padStart(5)} KiB`;
  console.log(
    `${name.padEnd(28)} heap ${each(after.heapUsed - before.heapUsed)} each, rss ${each(after.rss - before.rss)} each, ` +
      `CPU ${((joining.user + joining.system) / count / 1000).toFixed(1)} ms a join, idle ${(((user + system) / 10_000_000 / count) * 100).toFixed(4)} % of a core each`,
  );
  await Promise.all(conferences.map((conference) => conference.leave()));
}

try {
  await measure(`${count} in a room each`, (i) => `solo${i}`);
  await measure(`${count} in one room`, () => 'together');
} finally {
  server.kill('SIGTERM');
  await once(server, 'exit');
}
