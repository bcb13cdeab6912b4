/** People who speak, and show a moving picture, in one process: clips, again and again. Requests: `join`, `show`, `look`, `stop`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { steadyClock } from '../../../dist/base/clock.js';
import { join } from '../../../dist/index.js';
import { builtInClip, loadClip } from '../../../dist/media/clips/load-clip.js';
import { sendClip } from '../../../dist/media/clips/send-clip.js';
import { unmuteOnce } from '../../../dist/media/clips/unmute-once.js';
import { serve } from '../media/lines.mjs';
import { usage } from '../usage.mjs';

const conferences = [];
const tracks = [];
const speech = await builtInClip('speech');

function send(conference, kind, clip) {
  const track = conference.addTrack({ kind, codec: clip.codec });
  unmuteOnce(track);
  tracks.push(track);
  const sent = sendClip(track, clip, steadyClock);
  void conference.closed.then(() => sent.stop());
}

await serve({
  /** So many more speak. They listen to nobody. */
  async join({ host, room, count }) {
    const before = conferences.length;
    for (let index = 0; index < count; index++) {
      const conference = await join({ host, room, nick: `speaker ${before + index}` });
      conference.requestAudio({ all: false });
      conferences.push(conference);
      send(conference, 'audio', speech);
    }
    return { joined: conferences.length };
  },
  /** All of them have a camera too. @param path of its picture; default: the package's */
  async show({ path }) {
    const picture = path === undefined ? await builtInClip('picture') : await loadClip('video', path);
    for (const conference of conferences) send(conference, 'video', picture);
  },
  look() {
    return { packets: tracks.reduce((sum, { statistics }) => sum + statistics.packets, 0), ...usage() };
  },
  async stop() {
    await Promise.race([Promise.all(conferences.map((each) => each.leave())), sleep(5_000)]);
  },
});
