/** A connection with the model server behind its sockets, in virtual time. */
import type { JitsiError } from '../../src/base/errors.ts';
import { Connection } from '../../src/conference/connection/connection.ts';
import { discover } from '../../src/conference/discovery.ts';
import type { ConferenceOptions } from '../../src/conference/options.ts';
import { serialize } from '../../src/xml/serialize.ts';
import type { Undelivered } from '../../src/xmpp/stream-management.ts';
import { machineOptions, standardConfig } from './machine-harness.ts';
import { type ModelSocket, ModelXmppServer } from './model-xmpp-server.ts';
import { seededRandom } from './random.ts';

export class ConnectionRig {
  readonly server: ModelXmppServer = new ModelXmppServer();
  readonly connection: Connection;
  /** What the sink was told, in words. */
  readonly told: string[] = [];
  /** URLs that were opened. */
  readonly sockets: string[] = [];
  readonly errors: (JitsiError | undefined)[] = [];
  readonly undelivered: Undelivered[] = [];
  readonly #options: ConferenceOptions;
  #socket: ModelSocket | undefined;
  /** Frames in both directions, of the socket that is open. */
  #work: (() => void)[] = [];
  now = 1_790_000_000_000;

  constructor(options: Partial<ConferenceOptions> = {}) {
    this.#options = machineOptions({ streamManagement: true, ...options });
    const tell = (word: string, error?: JitsiError): void => {
      this.told.push(word);
      if (error) this.errors.push(error);
    };
    this.connection = new Connection(this.#options, seededRandom(3), {
      openSocket: (url) => this.sockets.push(url),
      closeSocket: () => this.#close('closed'),
      dropSocket: () => this.#close('dropped'),
      frame: (element) => {
        const socket = this.#socket;
        this.#work.push(() => socket?.receive(serialize(element)));
      },
      http: () => {},
      connecting: () => tell('connecting'),
      loggingIn: () => tell('logging in'),
      flight: () => tell('flight'),
      established: (jid) => tell(`established ${jid}`),
      interrupted: (error) => tell('interrupted', error),
      resumed: () => tell('resumed'),
      notResumed: (undelivered) => {
        this.undelivered.push(undelivered);
        tell('not resumed');
      },
      acknowledged: (ids) => tell(`acknowledged ${ids.join(' ')}`),
      stanza: (stanza) => tell(`stanza ${serialize(stanza).replace(/.*<body>|<.body>.*/g, '')}`),
      answer: (id, outcome) => tell(`answer ${id} ${outcome.ok ? 'ok' : (outcome.error as JitsiError).code}`),
      warning: (error) => tell('warning', error),
      failed: (error) => tell('failed', error),
      ended: (error) => tell('ended', error),
    });
  }

  /** What was told since the last time. */
  take(): string[] {
    return this.told.splice(0);
  }

  discovery(config: string = standardConfig): ReturnType<typeof discover> {
    return discover(this.#options, { status: 200, body: config }, this.now);
  }

  start(): void {
    this.connection.discovered(this.discovery(), this.now);
    this.connection.connect('test', this.now);
    this.open();
  }

  /** The socket that was asked for opens, and everything that follows happens. */
  open(): void {
    this.#socket = this.server.connect((frame) => {
      this.#work.push(() => this.connection.socketFrame(frame, this.now));
    });
    this.connection.socketOpened(this.now);
    this.run();
  }

  /** The socket opens, and nothing comes of it. */
  openOnly(): void {
    this.#socket = undefined;
    this.connection.socketOpened(this.now);
    this.#work = [];
  }

  run(): void {
    for (let next = this.#work.shift(); next; next = this.#work.shift()) next();
  }

  /** The socket breaks, with all that is on the way. */
  lose(): void {
    this.#socket?.lost();
    this.#socket = undefined;
    this.#work = [];
    this.connection.socketClosed('the socket broke', this.now);
  }

  advance(ms: number): void {
    const end = this.now + ms;
    for (
      let next = this.connection.nextTimeout();
      next !== undefined && next <= end;
      next = this.connection.nextTimeout()
    ) {
      this.now = Math.max(this.now, next);
      this.connection.tick(this.now);
      this.run();
    }
    this.now = end;
  }

  /** Nothing gets through any more, and nobody notices. */
  blackhole(): void {
    this.#socket = undefined;
  }

  #close(how: string): void {
    this.told.push(how);
    this.#socket?.lost();
    this.#socket = undefined;
    this.#work = [];
  }
}
