/**
 * A sender that sends what its controller allows, a link, and a receiver whose feedback comes back: in virtual time, second by second.
 */
import { randomBetween } from '../../../src/base/random.ts';
import { ArrivalRecorder } from '../../../src/rtp/arrival-recorder.ts';
import { CongestionController, type CongestionOptions } from '../../../src/rtp/send/congestion/controller.ts';
import { Delivery } from '../../../src/rtp/send/delivery.ts';
import { buildTransportFeedback, parseTransportFeedback } from '../../../src/rtp/transport-feedback.ts';
import { seededRandom } from '../random.ts';
import { EmulatedLink, type LinkOptions } from './emulated-link.ts';

export interface RunOptions extends Partial<Omit<LinkOptions, 'random'>> {
  seed?: number;
  /** s */
  duration: number;
  /** bit/s that there is to send at most, at a time in ms. Default: whatever is allowed */
  wanted?(now: number): number;
  congestion?: CongestionOptions;
  /** ms between two feedbacks */
  interval?: number;
}

/** Of a second. bit/s, ms */
export interface Second {
  estimate: number;
  sent: number;
  arrived: number;
  waited: number;
}

const packetBytes = 1_200;
const step = 1;
const returnDelay = 50;

export function congestionRun(options: RunOptions): Second[] {
  const { congestion, duration, interval = 100, seed = 1, wanted } = options;
  const random = seededRandom(seed);
  const link = new EmulatedLink({ rate: () => 100_000_000, ...options, random });
  const controller = new CongestionController(congestion);
  const delivery = new Delivery(random);
  const recorder = new ArrivalRecorder();
  const seconds: Second[] = [];
  const onTheWay: { number: number; arrival: number; bytes: number }[] = [];
  const feedbacks: { bytes: Uint8Array; at: number }[] = [];
  let [budget, feedbackDue] = [0, interval];
  let second: Second = { estimate: 0, sent: 0, arrived: 0, waited: 0 };
  for (let now = 0; now < duration * 1_000; now += step) {
    while (feedbacks[0] && feedbacks[0].at <= now) {
      const feedback = parseTransportFeedback(feedbacks.shift()?.bytes ?? new Uint8Array());
      if (feedback) controller.feedback(delivery.receive(feedback, now), now);
    }
    budget = Math.min(
      budget + (Math.min(controller.bitrate, wanted?.(now) ?? Infinity) / 8_000) * step,
      2 * packetBytes,
    );
    while (budget >= packetBytes) {
      budget -= packetBytes;
      const number = delivery.nextSequenceNumber;
      // No packet is sent exactly when the one before it has left.
      const at = now + randomBetween(random, 0, step);
      delivery.sent(packetBytes, at);
      second.sent += packetBytes * 8;
      const arrival = link.send(packetBytes, at);
      second.waited = Math.max(second.waited, link.waited);
      if (arrival !== undefined) onTheWay.push({ number, arrival, bytes: packetBytes });
    }
    onTheWay.sort((one, other) => one.arrival - other.arrival);
    while (onTheWay[0] && onTheWay[0].arrival <= now) {
      const { arrival, bytes, number } = onTheWay[0];
      onTheWay.shift();
      recorder.record(number, arrival);
      second.arrived += bytes * 8;
    }
    if (now >= feedbackDue) {
      feedbackDue = now + interval;
      for (let taken = recorder.take(now); taken; taken = recorder.take(now))
        feedbacks.push({ bytes: buildTransportFeedback(taken), at: now + returnDelay });
    }
    if ((now + step) % 1_000 === 0) {
      second.estimate = controller.bitrate;
      seconds.push(second);
      second = { estimate: 0, sent: 0, arrived: 0, waited: 0 };
    }
  }
  return seconds;
}

/** Of seconds from `from` up to `to`. */
export function mean(seconds: readonly Second[], of: keyof Second, from: number, to: number): number {
  const values = seconds.slice(from, to).map((second) => second[of]);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
