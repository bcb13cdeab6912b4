/** The questions a participant asks the deployment and the room; none of the answers is needed to be in the room. */
import { roomInfo } from '../jitsi/room-info.ts';
import { type XmlElement, xml } from '../xml/element.ts';
import { discoInfoOf, discoInfoQuery, parseDiscoInfo } from '../xmpp/disco.ts';
import { ns } from '../xmpp/namespaces.ts';
import type { DeploymentServices } from './deployment-services.ts';
import type { ConferenceEvent } from './events.ts';
import { timing } from './options.ts';

export interface Query {
  to: string;
  payload: XmlElement;
  /** What it is for, in words. */
  tried: string;
  timeout: number;
  read(result: XmlElement): ConferenceEvent[];
  /** What to ask when this is refused. */
  otherwise?: Query;
}

/** Components and features of the domain. */
export function domainInfoQuery(domain: string, services: DeploymentServices): Query {
  return {
    to: domain,
    payload: discoInfoQuery(),
    tried: `asking ${domain} for its services`,
    timeout: timing.discoDomain,
    read(result) {
      const query = discoInfoOf(result);
      return query ? services.discoInfo(query) : [];
    },
  };
}

/** STUN and TURN servers (XEP-0215); servers that do not know the namespace are asked with the older one. */
export function externalServicesQuery(domain: string, services: DeploymentServices): Query {
  const query = (namespace: string): Query => ({
    to: domain,
    payload: xml(namespace, 'services'),
    tried: `asking ${domain} for STUN and TURN servers`,
    timeout: timing.discoDomain,
    read: (result) => services.externalServices(result),
  });
  return { ...query(ns.extdisco), otherwise: query(ns.extdisco1) };
}

/** The room's settings; only occupants get an answer. */
export function roomInfoQuery(room: string): Query {
  return {
    to: room,
    payload: discoInfoQuery(),
    tried: `asking ${room} for its information`,
    timeout: timing.discoRoom,
    read(result) {
      const query = discoInfoOf(result);
      return query ? [{ name: 'roomInfoChanged', payload: { room: roomInfo(parseDiscoInfo(query)) } }] : [];
    },
  };
}
