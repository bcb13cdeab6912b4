/**
 * node bench/toolkit/play.mjs: what music bots cost. So many in one process play an Ogg file in a room each; the deployment and somebody else for each
 * room are in another process. Prints the CPU of the bots' process, in percent of a core, its memory and the underruns; judges nothing.
 *
 *   --bots N (50)  --seconds S (20)  --file FILE.ogg (the built-in speech, again and again)  --volume V (1)  --json
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { join, joinRoom } from 'jitsi-headless';
import { AudioPlayer } from 'jitsi-headless/media';
import { createSandbox } from 'jitsi-headless/sandbox';
import { printMusic } from './music.mjs';

const { values } = parseArgs({
  options: {
    bots: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '20' },
    file: { type: 'string', default: fileURLToPath(new URL('../../clips/speech.ogg', import.meta.url)) },
    volume: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    deployment: { type: 'boolean', default: false },
  },
});
const bots = Number(values.bots);
const room = (index) => `room-${index}`;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

if (values.deployment) await deploy();
else await measure();

/** A deployment, and somebody in each room: nobody plays to an empty one. */
async function deploy() {
  const sandbox = await createSandbox();
  for (let index = 0; index < bots; index += 1)
    await joinRoom({ host: sandbox.url, room: room(index), nick: 'audience' });
  process.send(sandbox.url);
  await once(process, 'disconnect');
  process.exit();
}

async function measure() {
  const deployment = fork(fileURLToPath(import.meta.url), ['--deployment', '--bots', String(bots)]);
  const [host] = await once(deployment, 'message');
  const players = [];
  for (let index = 0; index < bots; index += 1) {
    const conference = await join({ host, room: room(index), nick: 'jukebox' });
    conference.requestAudio({ all: false });
    const player = new AudioPlayer({ loop: 'one', volume: Number(values.volume) });
    const track = player.attach(conference);
    player.play(values.file);
    await track.ready();
    players.push(player);
  }
  await pause(3_000);
  const [cpu, start, frames] = [process.cpuUsage(), performance.now(), sent(players)];
  await pause(Number(values.seconds) * 1_000);
  const { user, system } = process.cpuUsage(cpu);
  const ms = performance.now() - start;
  const result = {
    bots,
    framesPerSecond: (sent(players) - frames) / bots / (ms / 1_000),
    underruns: players.reduce((sum, { underruns }) => sum + underruns, 0),
    /** Part of a core. */
    cpu: (user + system) / 1_000 / ms,
    rss: process.memoryUsage.rss(),
  };
  if (values.json) console.log(JSON.stringify(result));
  else printMusic(result);
  deployment.disconnect();
  process.exit();
}

function sent(players) {
  return players.reduce((sum, { framesSent }) => sum + framesSent, 0);
}
