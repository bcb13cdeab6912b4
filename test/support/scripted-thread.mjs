/** A network thread that makes transports, and brings a packet for each source that was ever received there as soon as another one is. */
import { parentPort } from 'node:worker_threads';
import { packReceived } from '../../dist/rtc/thread/received-batch.js';

const side = { ufrag: 'u', pwd: 'p', rtcpMux: true, fingerprints: [], candidates: [], webSocketUrls: [] };
const value = { local: side, state: 'new', isLooking: false, canRestartIce: false };
const streams = [];
const tell = (report) => parentPort.postMessage(report, []);

function packetOf(stream, ssrc) {
  const times = { timestamp: 0, arrival: 0, read: 0 };
  const packet = { ssrc, sequenceNumber: stream, marker: true, payload: Uint8Array.of(1), ...times };
  return { stream, codec: 0, packet: { ...packet, isRecovered: false, gap: false } };
}

parentPort.on('message', ({ name, request, stream, source }) => {
  if (name === 'create') tell({ name: 'answer', request, value });
  if (name !== 'addReceived') return;
  streams.push(stream);
  for (const each of streams) {
    tell({
      name: 'reported',
      stream: each,
      report: { ntp: { seconds: each, fraction: 0 }, rtpTimestamp: 0, arrival: 0 },
    });
    tell({ name: 'packets', batches: [packReceived([packetOf(each, source.ssrc)])] });
  }
});
