/**
 * Somebody who listens, as a process: joins what is named in its argument (`url`, `room`), and writes for every frame of sound that comes
 * when, by this machine's clock, and how loud it is, one object a line. It ends when stdin does.
 */
import { join } from '../../dist/index.js';

const tell = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
const { url: host, room } = JSON.parse(process.argv[2]);
const conference = await join({ host, room, nick: 'hearer' });
conference.on('trackAdded', async ({ track }) => {
  for await (const { audioLevel, timestamp, data } of track.frames())
    tell({
      type: 'frame',
      at: performance.timeOrigin + performance.now(),
      level: audioLevel?.level,
      timestamp,
      bytes: data.length,
    });
});
tell({ type: 'joined' });
process.stdin.on('end', () => void conference.leave()).resume();
