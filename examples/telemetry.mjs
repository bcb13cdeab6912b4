/**
 * A robot that tells everybody where it is, over the bridge, and may be asked to stop; and somebody who watches it. Without an address both run
 * against an embedded deployment, and what was seen is checked.
 *
 *   node examples/telemetry.mjs https://meet.example.com/robots robot
 *   node examples/telemetry.mjs https://meet.example.com/robots watch
 */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { join, RpcRefusal } from 'jitsi-headless';
import { createSandbox } from 'jitsi-headless/sandbox';

const options = { media: false };

/** Ten times a second, until it is asked to stop, or the conference ends. */
async function drive(conference) {
  const stopped = new AbortController();
  conference.rpc.register('stop', (payload) => {
    if (payload?.reason === undefined) throw new RpcRefusal('say why');
    stopped.abort();
    return { stoppedFor: payload.reason };
  });
  await conference.bridge.opened();
  for (let count = 0; !stopped.signal.aborted && conference.state !== 'ended'; count += 1) {
    const [x, y] = [Math.cos(count / 10), Math.sin(count / 10)];
    // What is not sent now is worth nothing later.
    if (conference.bridge.canSend) conference.bridge.sendMessage('', { type: 'pose', count, x, y });
    await pause(100);
  }
}

async function* watch(conference) {
  for await (const { colibriClass, from, msgPayload } of conference.bridge.messages())
    if (colibriClass === 'EndpointMessage' && msgPayload?.type === 'pose') yield { ...msgPayload, from };
}

const [url, role] = process.argv.slice(2);
if (url) {
  const conference = await join(url, { nick: role, ...options });
  if (role === 'robot') await drive(conference);
  else for await (const pose of watch(conference)) console.log(JSON.stringify(pose));
} else {
  const sandbox = await createSandbox();
  const [robot, watcher] = await Promise.all(
    ['robot', 'watch'].map((nick) => join(`${sandbox.url}/lab`, { nick, ...options })),
  );
  const driving = drive(robot);
  const poses = [];
  for await (const pose of watch(watcher)) if (poses.push(pose) === 5) break;
  const answer = await watcher.rpc.call(robot.endpointId, 'stop', { reason: 'seen enough' });
  await driving;
  await Promise.all([robot.leave(), watcher.leave()]);
  await sandbox.close();
  assert.deepEqual(answer, { stoppedFor: 'seen enough' });
  assert.deepEqual([...new Set(poses.map(({ from }) => from))], [robot.endpointId]);
  assert.ok(poses.every(({ x, y }) => Math.abs(Math.hypot(x, y) - 1) < 1e-9));
  console.log(`${poses.length} poses were seen, and the robot was stopped`);
}
