/** Entity capabilities (XEP-0115): the verification string (5.1) and the `<c/>` element. Only sha-1 is in use at Jitsi. */
import { sha1 } from '@noble/hashes/legacy.js';
import { child, type XmlElement, xml } from '../xml/element.ts';
import type { DiscoInfo } from './disco.ts';
import { ns } from './namespaces.ts';

export interface Caps {
  node: string;
  ver: string;
  hash: string;
}

/** The verification string's hash, base64 (XEP-0115, 5.1). */
export function capsVer(info: Omit<DiscoInfo, 'node'>): string {
  const parts = [
    ...info.identities
      .map(({ category, type, lang, name }) => `${category}/${type}/${lang ?? ''}/${name ?? ''}`)
      .sort(byCodeUnit),
    ...[...info.features].sort(byCodeUnit),
  ];
  const forms = [...info.forms].sort((a, b) =>
    byCodeUnit(a.get('FORM_TYPE')?.[0] ?? '', b.get('FORM_TYPE')?.[0] ?? ''),
  );
  for (const form of forms) {
    parts.push(form.get('FORM_TYPE')?.[0] ?? '');
    const names = [...form.keys()].filter((name) => name !== 'FORM_TYPE').sort(byCodeUnit);
    for (const name of names) parts.push(name, ...[...(form.get(name) ?? [])].sort(byCodeUnit));
  }
  const text = parts.map((part) => `${part}<`).join('');
  return toBase64(sha1(new TextEncoder().encode(text)));
}

export function buildCaps(caps: Caps): XmlElement {
  return xml(ns.caps, 'c', { hash: caps.hash, node: caps.node, ver: caps.ver });
}

/** The capabilities in a presence, if it has any that are complete. */
export function parseCaps(presence: XmlElement): Caps | undefined {
  const { node, ver, hash } = child(presence, 'c', ns.caps)?.attrs ?? {};
  return node === undefined || ver === undefined || hash === undefined ? undefined : { node, ver, hash };
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
