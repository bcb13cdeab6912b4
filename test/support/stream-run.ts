/** A stream machine with the server of a recording at its other end, in virtual time. */
import { expect } from 'vitest';
import type { JitsiError } from '../../src/base/errors.ts';
import type { XmlElement } from '../../src/xml/element.ts';
import { serialize } from '../../src/xml/serialize.ts';
import type { IqOutcome } from '../../src/xmpp/iq-tracker.ts';
import { type StreamEffect, type StreamOptions, XmppStream } from '../../src/xmpp/stream.ts';
import { type CaptureEntry, captureFrames } from './captures.ts';

export const start: number = 1_790_000_000_000;
const recording = '01-two-participants.alice';
/** The stream part of the recording: up to the first stanza of somebody else than the server's login. */
export const handshake: CaptureEntry[] = captureFrames(recording).slice(0, 13);
export const jid: string = '11102930-5fe8-409a-b637-90991a3e8c5d@meet.jitsi.test/pBXqe040BbAV';

/** A stream, what it did, and its time. */
export class Run {
  readonly stream: XmppStream;
  readonly sent: XmlElement[] = [];
  readonly stanzas: XmlElement[] = [];
  readonly answers: { id: string; outcome: IqOutcome }[] = [];
  readonly warnings: JitsiError[] = [];
  readonly effects: StreamEffect[] = [];
  now: number = start;

  constructor(options: Partial<StreamOptions> = {}) {
    this.stream = new XmppStream({
      domain: 'meet.jitsi.test',
      credentials: { mechanism: 'ANONYMOUS' },
      streamManagement: true,
      ping: { interval: 10_000, timeout: 5_000, threshold: 2 },
      pingTo: 'meet.jitsi.test',
      setupTimeout: 20_000,
      idPrefix: 'alice',
      ...options,
    });
    this.note(this.stream.open(this.now));
  }

  note(effects: StreamEffect[]): void {
    for (const effect of effects) {
      this.effects.push(effect);
      if (effect.type === 'send') this.sent.push(effect.element);
      if (effect.type === 'stanza') this.stanzas.push(effect.stanza);
      if (effect.type === 'answer') this.answers.push({ id: effect.id, outcome: effect.outcome });
      if (effect.type === 'warning') this.warnings.push(effect.error);
    }
  }

  receive(...frames: readonly string[]): void {
    for (const frame of frames) this.note(this.stream.receive(frame, this.now));
  }

  /** Lets time pass, with a tick wherever the stream asked for one. */
  advance(duration: number): void {
    const end = this.now + duration;
    for (
      let next = this.stream.nextTimeout();
      next !== undefined && next <= end;
      next = this.stream.nextTimeout()
    ) {
      expect(next, 'a tick is due in the past').toBeGreaterThan(this.now);
      this.now = next;
      this.note(this.stream.tick(this.now));
    }
    this.now = end;
  }

  login(): void {
    this.receive(...received(handshake));
  }

  /** The error it ended with; undefined if it ended in order; 'still open' if it did not end. */
  get end(): JitsiError | undefined | 'still open' {
    const last = this.effects.at(-1);
    return last?.type === 'ended' ? last.error : 'still open';
  }

  get lastSent(): string {
    const last = this.sent.at(-1);
    return last ? serialize(last) : '';
  }
}

export function received(entries: typeof handshake): string[] {
  return entries.filter(({ kind }) => kind === 'received').map(({ text }) => text);
}

export function loggedIn(options: Partial<StreamOptions> = {}): Run {
  const run = new Run(options);
  run.login();
  return run;
}

export const features = (content: string): string =>
  `<features xmlns='http://etherx.jabber.org/streams'>${content}</features>`;
export const mechanisms = (...names: string[]): string =>
  features(
    `<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${names.map((name) => `<mechanism>${name}</mechanism>`).join('')}</mechanisms>`,
  );
export const success: string = `<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>`;
export const bindFeature: string = `<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>`;
export const close: string = `<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>`;
export const closeSent: string = '<close xmlns="urn:ietf:params:xml:ns:xmpp-framing"/>';
