/**
 * What the deployment offers besides rooms, however it is told: components by disco#info (asked or pushed), STUN and TURN
 * by external service discovery or in the room's metadata (lib-jitsi-meet `xmpp.ts`, `strophe.jingle.js`).
 */
import { type IceServer, iceServersFrom } from '../jitsi/ice-servers.ts';
import type { JsonMessage } from '../jitsi/json-message.ts';
import { type DomainServices, domainServices } from '../jitsi/services.ts';
import { child, type XmlElement } from '../xml/element.ts';
import { parseDiscoInfo } from '../xmpp/disco.ts';
import { type ExternalService, externalServiceFrom, parseExternalServices } from '../xmpp/extdisco.ts';
import { ns } from '../xmpp/namespaces.ts';
import type { ConferenceEvent } from './events.ts';

/** Identity type of the component that, where it exists, tells the STUN and TURN services itself. */
const metadataKind = 'room_metadata';

export class DeploymentServices {
  readonly #debug: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  #domain: DomainServices | undefined;
  #iceServers: readonly IceServer[] = [];

  /** @param debug hears of services that are left out */
  constructor(debug: (message: string, fields: Readonly<Record<string, unknown>>) => void = () => {}) {
    this.#debug = debug;
  }

  get domain(): DomainServices | undefined {
    return this.#domain;
  }

  get iceServers(): readonly IceServer[] {
    return this.#iceServers;
  }

  /** Whether STUN and TURN will come with the room's metadata, so that asking for them is not needed. */
  get metadataTellsIceServers(): boolean {
    return this.#domain !== undefined && metadataKind in this.#domain.components;
  }

  /** A disco#info result or push about the domain. */
  discoInfo(query: XmlElement): ConferenceEvent[] {
    this.#domain = domainServices(parseDiscoInfo(query));
    return [{ name: 'servicesChanged', payload: { services: this.#domain } }];
  }

  /** The answer to an external service query. */
  externalServices(result: XmlElement): ConferenceEvent[] {
    const services = child(result, 'services', ns.extdisco) ?? child(result, 'services', ns.extdisco1);
    return services ? this.#setServices(parseExternalServices(services)) : [];
  }

  /** A `room_metadata` message of the metadata component. */
  metadata(message: JsonMessage): ConferenceEvent[] {
    const { metadata } = message;
    if (
      typeof metadata !== 'object' ||
      metadata === null ||
      !('services' in metadata) ||
      !Array.isArray(metadata.services)
    )
      return [];
    const entries: unknown[] = metadata.services;
    const services = entries.flatMap((entry) =>
      typeof entry === 'object' && entry !== null
        ? (externalServiceFrom(entry as Record<string, unknown>) ?? [])
        : [],
    );
    return this.#setServices(services);
  }

  #setServices(services: readonly ExternalService[]): ConferenceEvent[] {
    const iceServers = iceServersFrom(services, (server, why) =>
      this.#debug('a STUN or TURN service is left out', { server, why }),
    );
    // Metadata comes whole at each change; the services in it rarely do.
    if (JSON.stringify(iceServers) === JSON.stringify(this.#iceServers)) return [];
    this.#iceServers = iceServers;
    return [{ name: 'iceServersChanged', payload: { iceServers } }];
  }
}
