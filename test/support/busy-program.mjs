/**
 * A participant's end of a transport in a program that is busy when it is told to, and looks at nothing until it is told something else. Lines of JSON:
 * {"connect": transport} → {"local": …}, {"connected": true}; {"busy": true} → {"isBusy": true}, and with the next line, whatever it is, {"packets": numbers}.
 */
import { readSync } from 'node:fs';
import { steadyClock } from '../../dist/base/clock.js';
import { silentLogger } from '../../dist/base/logger.js';
import { systemRandom } from '../../dist/base/random.js';
import { loadEngine } from '../../dist/rtc/engines.js';

const tell = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const chunk = Buffer.alloc(65_536);
let text = '';

/** Blocks the whole program until there is one. */
function nextLine() {
  for (;;) {
    const end = text.indexOf('\n');
    if (end >= 0) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      return JSON.parse(line);
    }
    text += chunk.toString('utf8', 0, readSync(0, chunk));
  }
}

const feedback = { nack: true, pli: true, transportFeedback: true };
const parameters = {
  codecs: [
    { payloadType: 100, name: 'vp8', kind: 'video', clockRate: 90_000, rtxPayloadType: 96, ...feedback },
  ],
  extensions: { transportSequence: { audio: 5, video: 5 } },
};
const packets = [];
const engine = await loadEngine('werift', { media: true, thread: true });
const transport = await engine.create(
  { end: 'participant', hostAddress: '127.0.0.1', logger: silentLogger },
  {
    stateChanged(state) {
      if (state === 'connected') becomeBusy();
    },
    candidate() {},
  },
);
const rtp = transport.openRtp(
  { parameters, localSsrc: 3333, cname: 'busy', clock: steadyClock, random: systemRandom },
  {
    packet: ({ sequenceNumber }) => packets.push(sequenceNumber),
    reported() {},
    keyFrameRequested() {},
    available() {},
  },
);
rtp.addReceived({ kind: 'video', ssrc: 1000, rtxSsrc: 1001 });
tell({ local: transport.local });
transport.connect(nextLine().connect);

function becomeBusy() {
  tell({ isBusy: true });
  const { expected } = nextLine();
  const look = () => {
    if (packets.length < expected) return void setTimeout(look, 10);
    tell({ packets, statistics: rtp.receivedStatistics(1000) });
    return void transport.close();
  };
  look();
}
