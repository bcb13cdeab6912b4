/**
 * All client sessions of a server: runs the effects of each session's machine, keeps those that wait to be resumed and
 * moves their streams to new sockets (XEP-0198, 5). Knows sockets only as something that takes frames.
 */
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { RandomBytes } from '../../base/random.ts';
import type { DiscoInfo } from '../../xmpp/disco.ts';
import type { VirtualHost } from './authentication.ts';
import type { Delivery } from './delivery.ts';
import type { Router } from './router.ts';
import { ServerSession } from './server-session.ts';
import type { SessionEffect } from './session-effects.ts';
import type { SessionQuery } from './session-query.ts';

/** A client's connection, as the sessions use it. */
export interface FrameSocket {
  send(frame: string): void;
  /** Starts the closing handshake. */
  close(code: number, reason: string): void;
  /** Breaks the connection. */
  terminate(): void;
}

/** What the owner of a socket tells. */
export interface SocketEvents {
  frame(text: string): void;
  closed(): void;
}

export interface SessionsOptions {
  router: Router;
  hosts: readonly VirtualHost[];
  info: DiscoInfo;
  clock: Clock;
  random: RandomBytes;
  logger: Logger;
  /** ms that a lost stream can be resumed; 0 never. */
  resumptionTime: number;
}

const rememberedLimit = 1000;

interface Live {
  readonly machine: ServerSession;
  readonly query: SessionQuery;
  socket: FrameSocket | undefined;
  jid: string | undefined;
  cancelExpiry: (() => void) | undefined;
}

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #hosts: ReadonlyMap<string, VirtualHost>;
  readonly #live = new Set<Live>();
  /** Of streams that nobody resumed in time, by user and id: how many stanzas they had received. */
  readonly #expired = new Map<string, number>();

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#hosts = new Map(options.hosts.map((host) => [host.domain, host]));
  }

  /** A client has connected. */
  accept(socket: FrameSocket, query: SessionQuery): SocketEvents {
    const machine = new ServerSession({
      hosts: this.#hosts,
      info: this.#options.info,
      query,
      random: this.#options.random,
      resumptionTime: Math.round(this.#options.resumptionTime / 1000),
      resumableUser: (id) => usernameOf(this.#resumable(id)),
    });
    // A resumption puts another session in this one's place.
    let live: Live = { machine, query, socket, jid: undefined, cancelExpiry: undefined };
    this.#live.add(live);
    return {
      frame: (text) => {
        for (const effect of live.machine.receive(text)) {
          if (effect.type === 'resume') live = this.#resume(live, effect.id, effect.h);
          else this.#run(live, effect);
        }
        this.#options.router.flush();
      },
      closed: () => {
        if (live.socket !== socket) return;
        live.socket = undefined;
        this.#runAll(live, live.machine.disconnected());
      },
    };
  }

  /** The socket of a bound session. */
  socketOf(jid: string): FrameSocket | undefined {
    return [...this.#live].find((live) => live.jid === jid)?.socket;
  }

  /** Breaks every connection; the sessions may be resumed. */
  breakAll(): void {
    for (const { socket } of this.#live) socket?.terminate();
  }

  /** The address of the session that can be resumed by this id. */
  addressOf(resumptionId: string): string | undefined {
    return this.#resumable(resumptionId)?.jid;
  }

  /** The address of the session that has this connection. */
  addressAt(socket: FrameSocket): string | undefined {
    return [...this.#live].find((live) => live.socket === socket)?.jid;
  }

  /** Dies: every connection breaks, and nothing is left to be resumed. */
  crash(): void {
    const dying = [...this.#live];
    this.#live.clear();
    for (const live of dying) {
      live.cancelExpiry?.();
      const { socket } = live;
      live.socket = undefined;
      socket?.terminate();
    }
  }

  /** Ends every session (RFC 6120, 4.9.3.21). */
  close(): void {
    for (const live of this.#live) this.#runAll(live, live.machine.fail('system-shutdown'));
  }

  #runAll(live: Live, effects: readonly SessionEffect[]): void {
    for (const effect of effects) this.#run(live, effect);
    this.#options.router.flush();
  }

  #run(live: Live, effect: SessionEffect): void {
    const { router, clock, logger } = this.#options;
    switch (effect.type) {
      case 'send':
        live.socket?.send(effect.frame);
        break;
      case 'route':
        router.route(effect.stanza);
        break;
      case 'bound':
        this.#replace(effect.jid);
        live.jid = effect.jid;
        logger.log('debug', 'bound', { jid: effect.jid });
        router.addSession(effect.jid, {
          query: live.query,
          deliver: (delivery: Delivery) => {
            for (const made of live.machine.deliver(delivery, clock.now())) this.#run(live, made);
          },
        });
        break;
      case 'hibernated':
        live.cancelExpiry = clock.schedule(this.#options.resumptionTime, () => {
          this.#remember(live);
          this.#runAll(live, live.machine.expire());
        });
        break;
      case 'closeSocket':
        live.socket?.close(effect.code, effect.reason);
        live.socket = undefined;
        break;
      case 'ended':
        live.cancelExpiry?.();
        this.#live.delete(live);
        if (live.jid !== undefined) router.removeSession(live.jid, effect.status);
        break;
      case 'resume':
        break; // only while a frame is handled
    }
  }

  /** @returns the session that the socket belongs to from now on */
  #resume(current: Live, id: string, h: string | undefined): Live {
    const wanted = this.#resumable(id);
    if (!wanted || usernameOf(wanted) !== usernameOf(current)) {
      const counted = this.#expired.get(`${usernameOf(current)}/${id}`);
      for (const effect of current.machine.refuseResumption(counted)) this.#run(current, effect);
      return current;
    }
    this.#live.delete(current);
    wanted.cancelExpiry?.();
    wanted.socket?.close(1000, 'Stream resumed elsewhere');
    wanted.socket = current.socket;
    this.#options.logger.log('debug', 'resumed', { jid: wanted.jid });
    for (const effect of wanted.machine.resume(h)) this.#run(wanted, effect);
    return wanted;
  }

  /** What an account's stream had received (Prosody's `smacks_h`); anonymous users are others after each login. */
  #remember(live: Live): void {
    const { received, resumptionId } = live.machine;
    if (received === undefined || resumptionId === undefined) return;
    this.#expired.set(`${usernameOf(live)}/${resumptionId}`, received);
    if (this.#expired.size > rememberedLimit) this.#expired.delete(this.#expired.keys().next().value ?? '');
  }

  #resumable(id: string): Live | undefined {
    return [...this.#live].find(({ machine }) => machine.resumptionId === id);
  }

  /** The newer of two sessions with one address wins (RFC 6120, 7.7.2.2). */
  #replace(jid: string): void {
    for (const live of this.#live) {
      if (live.jid !== jid) continue;
      if (live.socket === undefined) {
        // Who waits to be resumed is succeeded in silence, in rooms too (seen on Prosody 0.12).
        live.cancelExpiry?.();
        this.#live.delete(live);
      } else {
        const effects = live.machine.fail('conflict', 'Replaced by new connection');
        for (const effect of effects) this.#run(live, effect);
      }
    }
  }
}

function usernameOf(live: Live | undefined): string | undefined {
  const state = live?.machine.state;
  return state && 'username' in state ? state.username : undefined;
}
