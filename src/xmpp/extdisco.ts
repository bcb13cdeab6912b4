/** External service discovery (XEP-0215): the list of STUN and TURN services. Push updates are not implemented. */
import { childrenNamed, type XmlElement, xml } from '../xml/element.ts';
import { ns } from './namespaces.ts';

/** One `<service/>`; also the shape of an entry of Jitsi's room metadata. Values as on the wire. */
export interface ExternalService {
  type: string;
  host: string;
  port?: string;
  transport?: string;
  username?: string;
  password?: string;
  expires?: string;
  restricted?: string;
}

const optional = ['port', 'transport', 'username', 'password', 'expires', 'restricted'] as const;

export function parseExternalServices(services: XmlElement): ExternalService[] {
  return childrenNamed(services, 'service').flatMap(({ attrs }) => externalServiceFrom(attrs) ?? []);
}

/** Keeps the known string and number fields of an entry; undefined without type or host. */
export function externalServiceFrom(entry: Readonly<Record<string, unknown>>): ExternalService | undefined {
  const { type, host } = entry;
  if (typeof type !== 'string' || typeof host !== 'string' || type === '' || host === '') return undefined;
  const service: ExternalService = { type, host };
  for (const key of optional) {
    const value = entry[key];
    if (typeof value === 'string' || typeof value === 'number') service[key] = String(value);
  }
  return service;
}

export function buildExternalServices(
  services: readonly ExternalService[],
  namespace: string = ns.extdisco,
): XmlElement {
  return xml(
    namespace,
    'services',
    {},
    ...services.map((service) => xml(namespace, 'service', { ...service })),
  );
}
