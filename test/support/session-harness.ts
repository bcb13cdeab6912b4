/** A session machine with its focus: for tests of its steps, in virtual time. */
import { TimeoutError } from '../../src/base/errors.ts';
import type { JingleMessage, SourceSet } from '../../src/jingle/model.ts';
import { RestartLimit } from '../../src/jingle/restart-limit.ts';
import { JingleSession, type RestartLimits } from '../../src/jingle/session.ts';
import type {
  SessionCommand,
  SessionEffect,
  SessionEvent,
  SessionInput,
  SessionRequest,
} from '../../src/jingle/session-io.ts';
import { parseXml } from '../../src/xml/parse.ts';
import type { IqOutcome } from '../../src/xmpp/iq-tracker.ts';
import { parseStanzaError, StanzaError } from '../../src/xmpp/stanza-error.ts';

export const none: SourceSet = { sources: [], groups: [] };

export function audio(ssrc: number, owner?: string): SourceSet {
  const source = { ssrc, mediaType: 'audio' as const, ...(owner === undefined ? {} : { owner }) };
  return { sources: [source], groups: [] };
}

export const offer: JingleMessage = {
  action: 'session-initiate',
  sid: 's1',
  initiator: 'focus@auth.meet.test/focus',
  contents: [
    {
      name: 'audio',
      creator: 'initiator',
      transport: {
        ufrag: 'u0',
        pwd: 'p0',
        rtcpMux: true,
        fingerprints: [{ hash: 'sha-256', value: 'AA:BB', setup: 'actpass' }],
        candidates: [],
        webSocketUrls: ['wss://meet.test/colibri-ws/jvb1/c/e?pwd=x'],
      },
    },
  ],
  sources: audio(1, 'jvb'),
  bridgeSession: { id: 'b1' },
};

export const accept: JingleMessage = {
  action: 'session-accept',
  sid: 's1',
  contents: [
    {
      name: 'audio',
      creator: 'responder',
      transport: {
        ufrag: 'mine',
        pwd: 'secret',
        rtcpMux: false,
        fingerprints: [{ hash: 'sha-256', value: 'CC:DD', setup: 'active' }],
        candidates: [],
        webSocketUrls: [],
      },
    },
  ],
  sources: audio(500),
};

export const acknowledged: IqOutcome = {
  ok: true,
  result: parseXml('<iq xmlns="jabber:client" type="result" id="1"/>'),
};

export const silence: IqOutcome = {
  ok: false,
  error: new TimeoutError('trying: no answer', { code: 'no-answer', retryable: true }),
};

/** The focus' refusal, as it writes it. */
export function refusal(content: string, type: string = 'cancel'): IqOutcome {
  const iq = parseXml(
    `<iq xmlns="jabber:client" type="error" id="1"><error type="${type}">${content}</error></iq>`,
  );
  return { ok: false, error: new StanzaError('trying', parseStanzaError(iq)) };
}

export function condition(name: string, text?: string): string {
  const words = text === undefined ? '' : `<text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas">${text}</text>`;
  return `<${name} xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>${words}`;
}

interface Settled {
  id: string;
  /** `ok`, or the error's code. */
  code: string;
  error?: Error;
}

export class SessionHarness {
  readonly session: JingleSession;
  readonly limits: RestartLimits;
  readonly sent: { request: SessionRequest; message: JingleMessage }[] = [];
  readonly settled: Settled[] = [];
  readonly events: SessionEvent[] = [];
  readonly transitions: string[] = [];
  /** `result`, or the condition of the refusal. */
  readonly replies: string[] = [];
  now = 1_790_000_000_000;

  constructor(change: Partial<JingleMessage> = {}, limits?: RestartLimits) {
    this.limits = limits ?? { restart: new RestartLimit(), iceRestart: new RestartLimit() };
    const { bridgeSession, ...others } = { ...offer, ...change };
    this.session = new JingleSession(
      { ...others, ...(bridgeSession?.id === undefined ? {} : { bridgeSession }) },
      { peer: 'room@conference.meet.test/focus', self: 'me@meet.test/r' },
      this.limits,
    );
  }

  feed(input: SessionInput): void {
    for (const effect of this.session.handle(input, this.now)) this.#note(effect);
  }

  command(command: SessionCommand, id: string = command.type): void {
    this.feed({ type: 'command', id, command });
  }

  focus(action: string, change: Partial<JingleMessage> = {}): void {
    this.feed({ type: 'message', message: { action, sid: 's1', contents: [], sources: none, ...change } });
  }

  /** Answers the oldest request that is not answered. */
  answer(outcome: IqOutcome): void {
    const next = this.sent.shift();
    if (!next) throw new Error('nothing was asked');
    this.feed({ type: 'answered', request: next.request, outcome });
  }

  /** With the accept acknowledged. */
  activate(): this {
    this.command({ type: 'accept', message: accept });
    this.answer(acknowledged);
    return this;
  }

  /** Lets time pass, with a tick wherever the machine asked for one. */
  advance(ms: number): void {
    const end = this.now + ms;
    for (
      let next = this.session.nextTimeout();
      next !== undefined && next <= end;
      next = this.session.nextTimeout()
    ) {
      this.now = Math.max(this.now, next);
      this.feed({ type: 'tick' });
    }
    this.now = end;
  }

  get state(): string {
    return this.session.state.name;
  }

  eventsNamed<Type extends SessionEvent['type']>(type: Type): Extract<SessionEvent, { type: Type }>[] {
    return this.events.flatMap((event) => (event.type === type ? [event as never] : []));
  }

  #note(effect: SessionEffect): void {
    switch (effect.type) {
      case 'send':
        this.sent.push(effect);
        return;
      case 'event':
        this.events.push(effect.event);
        return;
      case 'reply':
        this.replies.push(effect.refusal?.condition ?? 'result');
        return;
      case 'transition':
        this.transitions.push(`${effect.from} → ${effect.to}: ${effect.why}`);
        return;
      case 'settled': {
        const { id, outcome } = effect;
        const code = outcome.ok ? 'ok' : (outcome.error as { code?: string }).code;
        this.settled.push({ id, code: code ?? 'no code', ...(outcome.ok ? {} : { error: outcome.error }) });
        return;
      }
      default:
        effect satisfies never;
    }
  }
}
