/**
 * Takes part with a peer connection of its own, and with another one whenever the focus moves the session to another bridge. Without an
 * address it runs against an embedded deployment that moves it, and checks what it heard.
 *
 *   node examples/own-peer-connection.mjs https://meet.example.com/standup
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join, joinSession } from 'jitsi-headless';
import { createSandbox } from 'jitsi-headless/sandbox';
// Any RTCPeerConnection of W3C's shape will do.
import { RTCPeerConnection } from 'werift';

/** Resolves when the conference is over. */
async function takePart(conference, makePeer, report = () => {}) {
  let { session } = conference;
  while (session) {
    const ended = new Promise((resolve) => conference.once('sessionEnded', resolve));
    const pc = makePeer(session);
    // From now on it is told of every source that comes or goes.
    await session.negotiator(pc).accept();
    await session.requestVideo(720);
    const { end } = await ended;
    await pc.close();
    report(end.text ?? end.reason);
    // "moving": the next is on its way. Alone: when somebody comes, in days perhaps.
    session = await conference.nextSession().catch((error) => {
      if (error.code !== 'conference-ended') throw error;
    });
  }
}

/** Calls `heard` with the SSRC of each packet. */
function listening(session, heard, options = {}) {
  const pc = new RTCPeerConnection({
    bundlePolicy: 'max-bundle',
    iceServers: [...session.iceServers],
    ...options,
  });
  const known = new Set();
  pc.onTrack.subscribe((track) => {
    // werift tells of a track again with each negotiation.
    if (!known.has(track)) track.onReceiveRtp.subscribe(({ header }) => heard(header.ssrc));
    known.add(track);
  });
  return pc;
}

const [url] = process.argv.slice(2);
if (url) {
  const conference = await joinSession(url, { nick: 'Own peer connection' });
  process.once('SIGINT', () => void conference.leave());
  let packets = 0;
  const timer = setInterval(() => console.log(`${packets} packets`), 1000);
  await takePart(conference, (session) => listening(session, () => packets++), console.log);
  clearInterval(timer);
} else {
  const sandbox = await createSandbox();
  const room = `${sandbox.url}/moved`;
  const ada = await join(room, { nick: 'Ada' });
  const track = ada.addTrack({ kind: 'audio' });
  let count = 0;
  const speaking = setInterval(() => {
    count += 1;
    track.send({ data: new Uint8Array(80).with(0, 0xf8), timestamp: count * 20 });
  }, 20);

  const conference = await joinSession(room, { nick: 'Own peer connection' });
  const packets = new EventTarget();
  const heardNow = () => once(packets, 'heard');
  const peers = new Set();
  const ends = [];
  const running = takePart(
    conference,
    (session) => {
      const pc = listening(session, () => packets.dispatchEvent(new Event('heard')), {
        iceAdditionalHostAddresses: ['127.0.0.1'],
      });
      peers.add(pc);
      return pc;
    },
    (end) => ends.push(end),
  );
  await heardNow();
  const again = new Promise((resolve) => conference.once('sessionAccepted', resolve));
  sandbox.faults.moveBridge('moved', conference.endpointId);
  await again;
  await heardNow();
  assert.equal(peers.size, 2);
  assert.deepEqual(ends, ['moving']);
  clearInterval(speaking);
  await conference.leave();
  await running;
  await ada.leave();
  await sandbox.close();
  console.log('heard before and after the move');
}
