/**
 * What a sender hears of its packets: transport-wide feedback, receiver reports, requests for what is missing (jitsi-videobridge
 * `TccGeneratorNode.kt`, `RtcpRrGenerator.kt`, `RetransmissionRequester.kt`). All of it comes from the bridge's own video source.
 */
import type { Milliseconds } from '../../../../base/clock.ts';
import { readUint16 } from '../../../../rtp/bytes.ts';
import { ArrivalRecorder } from '../../../../rtp/arrival-recorder.ts';
import { extensionOf, type RtpPacket } from '../../../../rtp/packet.ts';
import type { ReportBlock, RtcpPacket } from '../../../../rtp/rtcp.ts';
import type { ExtensionIds } from '../formats.ts';
import type { IncomingStream } from './incoming-stream.ts';

const feedbackInterval: Milliseconds = 100;
/** After the last packet of a frame. */
const feedbackIntervalAfterMarker: Milliseconds = 20;
const reportInterval: Milliseconds = 500;
/** As many fit into one receiver report. */
const maxReports = 31;

export class SenderFeedback {
  readonly #ssrc: number;
  readonly #send: (packets: readonly RtcpPacket[]) => void;
  readonly #arrivals = new ArrivalRecorder();
  #mediaSsrc = 0;
  #lastFeedback = Number.NEGATIVE_INFINITY;
  #lastReport = Number.NEGATIVE_INFINITY;

  /** @param ssrc the bridge's own */
  constructor(ssrc: number, send: (packets: readonly RtcpPacket[]) => void) {
    this.#ssrc = ssrc;
    this.#send = send;
  }

  /** A packet has come, whatever becomes of it: signalled or not, probes too. */
  arrived(packet: RtpPacket, { transportSequence }: ExtensionIds, now: Milliseconds): void {
    const value = extensionOf(packet, transportSequence);
    if (value?.length !== 2) return;
    if (this.#mediaSsrc === 0) this.#mediaSsrc = packet.ssrc;
    this.#arrivals.record(readUint16(value, 0), now);
    const interval = packet.marker ? feedbackIntervalAfterMarker : feedbackInterval;
    if (now - this.#lastFeedback >= interval) this.#sendFeedback(now);
  }

  /** @param incoming all that the sender has */
  tick(incoming: Iterable<{ stream: IncomingStream }>, now: Milliseconds): void {
    if (now - this.#lastFeedback >= feedbackInterval) this.#sendFeedback(now);
    const isReportDue = now - this.#lastReport >= reportInterval;
    const reports: ReportBlock[] = [];
    for (const { stream } of incoming) {
      const report = isReportDue ? stream.reception.report(stream.ssrc, now) : undefined;
      if (report) reports.push(report);
      const missing = stream.missing?.due(now) ?? [];
      if (missing.length === 0) continue;
      const sequenceNumbers = missing.map((sequence) => sequence & 0xffff);
      this.#send([{ type: 'nack', senderSsrc: this.#ssrc, mediaSsrc: stream.ssrc, sequenceNumbers }]);
    }
    if (reports.length === 0) return;
    this.#lastReport = now;
    for (let start = 0; start < reports.length; start += maxReports) {
      const some = reports.slice(start, start + maxReports);
      this.#send([{ type: 'receiver-report', ssrc: this.#ssrc, reports: some }]);
    }
  }

  #sendFeedback(now: Milliseconds): void {
    for (let more = this.#arrivals.take(now); more; more = this.#arrivals.take(now)) {
      this.#lastFeedback = now;
      this.#send([
        { type: 'transport-feedback', senderSsrc: this.#ssrc, mediaSsrc: this.#mediaSsrc, feedback: more },
      ]);
    }
  }
}
