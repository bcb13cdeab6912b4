/** Service discovery, information half (XEP-0030, 3), with extensions in data forms (XEP-0128). */
import { defined } from '../base/defined.ts';
import { child, childrenNamed, type XmlElement, xml } from '../xml/element.ts';
import { buildDataForm, type DataFormFields, parseDataForm } from './data-form.ts';
import { ns } from './namespaces.ts';

export interface DiscoIdentity {
  category: string;
  type: string;
  name?: string;
  lang?: string;
}

export interface DiscoInfo {
  node?: string;
  identities: readonly DiscoIdentity[];
  features: readonly string[];
  forms: readonly DataFormFields[];
}

/** Reads a `<query xmlns="…disco#info"/>`. */
export function parseDiscoInfo(query: XmlElement): DiscoInfo {
  return defined({
    node: query.attrs.node,
    identities: childrenNamed(query, 'identity').map(({ attrs }) =>
      defined({
        category: attrs.category ?? '',
        type: attrs.type ?? '',
        name: attrs.name,
        lang: attrs['xml:lang'],
      }),
    ),
    features: childrenNamed(query, 'feature').flatMap(({ attrs }) => attrs.var ?? []),
    forms: childrenNamed(query, 'x', ns.dataForm).map(parseDataForm),
  });
}

export function buildDiscoInfo(info: DiscoInfo): XmlElement {
  return xml(
    ns.discoInfo,
    'query',
    { node: info.node },
    ...info.identities.map(({ category, type, name, lang }) =>
      xml(ns.discoInfo, 'identity', { category, type, name, 'xml:lang': lang }),
    ),
    ...info.features.map((feature) => xml(ns.discoInfo, 'feature', { var: feature })),
    ...info.forms.map((form) => buildDataForm('result', form)),
  );
}

/** A question about an entity, or about one of its nodes. */
export function discoInfoQuery(node?: string): XmlElement {
  return xml(ns.discoInfo, 'query', { node });
}

/** The disco#info query inside an IQ or message, if there is one. */
export function discoInfoOf(stanza: XmlElement): XmlElement | undefined {
  return child(stanza, 'query', ns.discoInfo);
}
