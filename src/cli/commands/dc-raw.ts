/**
 * `jcli dc-raw`: bytes from stdin go over the bridge, bytes that come go to stdout. Who has sent something leaves when it has
 * arrived; who has nothing to send leaves when those it received from have left.
 */
import type { Conference } from '../../client/conference.ts';
import type { RawFlags } from '../flags/bridge-flags.ts';
import { warnOfDeaf } from '../data/deaf.ts';
import { receiveRaw } from '../data/raw-receiving.ts';
import { type RawSent, sendRaw } from '../data/raw-sending.ts';
import { cutOffWords, StreamLedger } from '../data/stream-ledger.ts';
import {
  announce,
  bridgeOptions,
  isOver,
  untilBridgeOpens,
  type Visit,
  VisitOver,
  visit,
} from '../data/visit.ts';
import { type CommandContext, oneShot } from '../visit/enter.ts';
import { exitCode } from '../exit-codes.ts';
import type { Output } from '../streams/output.ts';
import { lookUpParticipant, nameOfId } from '../visit/participants.ts';

export interface DcRawFlags extends RawFlags {
  /** Bytes of payload in a message at most. */
  chunk: number;
  /** Endpoint id or display name; undefined: everybody's bytes. */
  from?: string;
  /** ms */
  idle?: number;
}

export function dcRaw(url: string | undefined, flags: DcRawFlags, context: CommandContext): Promise<number> {
  const { io, output } = context;
  const { to, from, idle, chunk, rawForm, rate } = flags;
  output.keepStdoutForBytes();
  const isSending = io.stdin.isTTY !== true;
  const options = { ...bridgeOptions(flags), ...(isSending ? oneShot : {}) };
  const exchange = async (stay: Visit): Promise<number> => {
    const { conference } = stay;
    const { bridge } = conference;
    const done = new AbortController();
    const signal = AbortSignal.any([stay.signal, done.signal]);
    // From the beginning: nothing is missed.
    const messages = bridge.rawMessages();
    const ledger = new StreamLedger({
      bridge,
      isWanted: (id) => from === undefined || isCalled(id, from, conference),
      nameOf: (id) => nameOfId(id, conference.participants),
    });
    const isHere = (id: string): boolean => conference.participants.has(id);
    let phase: 'sending' | 'sent' | 'receiving' = 'receiving';
    announce(conference, output);
    try {
      await untilBridgeOpens(stay, flags, output);
      const receiving = receiveRaw({
        messages,
        stdout: io.stdout,
        ledger,
        isHere,
        phase: () => phase,
        idle,
        signal,
      });
      const begun = (): void => {
        phase = 'sending';
        const isMeant = (id: string): boolean => to === undefined || isCalled(id, to, conference);
        if (rawForm === 'field') warnOfDeaf(conference, isMeant, (message) => output.warn(message), signal);
      };
      // What is typed on a terminal is not meant: it is lines, and it has no end.
      const input = isSending ? io.stdin : nothing();
      const waiting = (whom: string): void => output.status(`* waiting for ${whom}`);
      const sending = sendRaw({ input, conference, to, chunk, rawForm, mbps: rate, begun, waiting, signal });
      const sent = await ended(sending, receiving);
      if (sent) phase = 'sent';
      const received = await receiving;
      if (received > 0) output.status(`* received ${received} bytes`);
      const isWhole = judgeReceived(ledger, (id) => idle !== undefined && isHere(id), output);
      const code = phase === 'receiving' ? exitCode.ok : judge(sent, output);
      return isWhole ? code : exitCode.failed;
    } finally {
      done.abort(new VisitOver('all is done'));
      ledger.close();
      io.stdin.destroy();
    }
  };
  return visit(url, flags, context, exchange, options);
}

/** When the one direction that decides has ended: sending, where there is anything to send. */
async function ended(
  sending: Promise<RawSent | undefined>,
  receiving: Promise<number>,
): Promise<RawSent | undefined> {
  const received = receiving.then(() => undefined);
  const sent = sending.catch((error: unknown) => {
    if (isOver(error)) return undefined;
    throw error;
  });
  return Promise.race([sent.then((result) => result ?? received), received]);
}

function judge(sent: RawSent | undefined, output: Output): number {
  if (!sent) {
    output.warn('the time was over before everything was sent');
    return exitCode.failed;
  }
  const { bytes, seconds, silent, isHeard } = sent;
  output.status(`* sent ${bytes} bytes in ${seconds.toFixed(1)} s`);
  if (silent.length > 0) output.warn(`not confirmed by ${silent.join(', ')}: the last bytes may be missing`);
  return isHeard ? exitCode.ok : exitCode.failed;
}

/** Whether all came of what was begun. @param isGivenUp of an end that has not come: the user said how long a pause may be */
function judgeReceived(ledger: StreamLedger, isGivenUp: (from: string) => boolean, output: Output): boolean {
  const missing = ledger.cutOff();
  for (const each of missing) output.warn(cutOffWords(each));
  return missing.every(({ from, total }) => total === undefined && isGivenUp(from));
}

/** @throws UsageError `participant-ambiguous` */
function isCalled(id: string, name: string, { participants }: Pick<Conference, 'participants'>): boolean {
  return id === name || lookUpParticipant(name, participants)?.id === id;
}

async function* nothing(): AsyncGenerator<Buffer> {}
