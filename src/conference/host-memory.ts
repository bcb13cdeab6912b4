/**
 * What is remembered of deployments from one join to the next, so that the next takes fewer round trips: their config.js,
 * for a while, and which servers want a login step by step. Bounded; the oldest is forgotten first.
 */
import type { EvaluatedConfig } from '../jitsi/config-js/config.ts';
import type { MeetingAddress } from '../jitsi/meeting-address.ts';
import { meetingUrl } from '../jitsi/service-urls.ts';

/** ms that a config.js is good for. */
const configAge = 10 * 60_000;
/** ms: servers are updated, and a network's whim may have been taken for a rule. */
const orderlyAge = 60 * 60_000;
const sizeLimit = 200;

export class HostMemory {
  readonly #configs = new Map<string, { config: EvaluatedConfig; at: number }>();
  /** When it was learnt, by host and port. */
  readonly #orderly = new Map<string, number>();

  /** config.js of the address' origin and tenant, if it was fetched in the last ten minutes. */
  config(address: MeetingAddress, now: number): EvaluatedConfig | undefined {
    const known = this.#configs.get(roomKey(address)) ?? this.#configs.get(configKey(address));
    return known && now - known.at < configAge ? known.config : undefined;
  }

  rememberConfig(address: MeetingAddress, config: EvaluatedConfig, now: number): void {
    this.forgetConfig(address);
    const key = config.isOfRoom ? roomKey(address) : configKey(address);
    // Taken out first, so that it becomes the youngest.
    this.#configs.delete(key);
    this.#configs.set(key, { config, at: now });
    dropOldest(this.#configs);
  }

  forgetConfig(address: MeetingAddress): void {
    this.#configs.delete(configKey(address));
    this.#configs.delete(roomKey(address));
  }

  /** Whether the server at this WebSocket URL was seen to refuse a pipelined login, and to take an orderly one. */
  isOrderly(websocketUrl: string, now: number): boolean {
    const since = this.#orderly.get(new URL(websocketUrl).host);
    return since !== undefined && now - since < orderlyAge;
  }

  rememberOrderly(websocketUrl: string, now: number): void {
    this.#orderly.set(new URL(websocketUrl).host, now);
    dropOldest(this.#orderly);
  }
}

/** Tenants may have a config.js of their own; rooms share their tenant's. */
function configKey({ origin, tenant }: MeetingAddress): string {
  return `${origin}/${tenant}`;
}

/** For a config.js that looks at the page's path or query. No path has a `?`. */
function roomKey(address: MeetingAddress): string {
  return `?${meetingUrl(address)}`;
}

function dropOldest(kept: Map<string, unknown>): void {
  const [oldest] = kept.keys();
  if (kept.size > sizeLimit && oldest !== undefined) kept.delete(oldest);
}
