/** What `dc` tells: texts that came over the bridge, and how the channel does. */
import type { Conference } from '../../client/conference.ts';
import { textOf } from '../../jitsi/bridge-messages/index.ts';
import type { CliIo } from '../streams/io.ts';
import type { Output } from '../streams/output.ts';
import { nameOf } from '../visit/participants.ts';
import { printable } from '../streams/printable.ts';
import { HeardLines } from './line-keeper.ts';

/** The objects of `dc --json` besides those about people, by `type`. */
type TextRecord =
  | {
      type: 'message';
      /** Endpoint id. */
      from: string;
      displayName: string | null;
      /** Our endpoint id; '' when it was sent to everybody. */
      to: string;
      text: string;
    }
  | { type: 'bridge'; state: 'open'; transport: 'ws' | 'sctp' }
  | { type: 'bridge'; state: 'down'; reason: string };

/** Shows every text that comes, and when the channel opens or is lost, until the signal is aborted: we leave. */
export function reportTexts(
  conference: Pick<Conference, 'bridge' | 'participants'>,
  { io, output }: { io: CliIo; output: Output },
  signal: AbortSignal,
): void {
  const { bridge } = conference;
  const news = (record: TextRecord, words: string): void => output.news(record, words);
  const heard = new HeardLines();
  bridge.on('messageReceived', ({ message }) => {
    if (heard.isRepeated(message)) return;
    const text = textOf(message);
    if (text === undefined || message.colibriClass !== 'EndpointMessage') return;
    const { from, to } = message;
    const participant = conference.participants.get(from);
    const displayName = participant?.displayName ?? null;
    const record: TextRecord = { type: 'message', from, displayName, to, text };
    const name = participant ? nameOf(participant) : from;
    // Programs want the text, people also who wrote it.
    if (output.json) output.object(record);
    else if (io.stdout.isTTY === true)
      output.data(`${output.style('bold', printable(name))}: ${printable(text)}`);
    else output.data(oneLine(text));
  });
  bridge.on('opened', ({ transport }) => {
    news({ type: 'bridge', state: 'open', transport }, `bridge channel open (${transport})`);
  });
  bridge.on('down', ({ reason }) => {
    // On the way out it is no news.
    if (signal.aborted || io.signal.aborted) return;
    news({ type: 'bridge', state: 'down', reason }, `bridge channel lost: ${reason}`);
  });
}

/** A text as it came but for line breaks and what would harm a terminal at the pipe's end; tabs are data. */
function oneLine(text: string): string {
  return text.split('\t').map(printable).join('\t');
}
