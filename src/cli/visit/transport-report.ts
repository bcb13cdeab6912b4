/** Which way datagrams take to the bridge, whenever a session has found one. */
import type { Conference } from '../../client/conference.ts';
import { pairInWords, type SelectedCandidatePair } from '../../rtc/selected-candidate-pair.ts';
import type { Output } from '../streams/output.ts';
import { printable } from '../streams/printable.ts';

/** The object for `--json`. */
type TransportRecord = { type: 'transport'; state: 'connected' } & SelectedCandidatePair;

export function reportTransport(conference: Pick<Conference, 'on'>, output: Output): void {
  conference.on('transportConnected', ({ candidatePair }) => {
    const record: TransportRecord = { type: 'transport', state: 'connected', ...candidatePair };
    output.news(record, `connected to the bridge: ${printable(pairInWords(candidatePair))}`);
  });
}
