/** What the focus said, in short. */
import { child, childrenNamed, text, type XmlElement } from '../../src/xml/element.ts';
import type { FocusRig } from './focus-rig.ts';

/** `bridge-count` as told by the presences that wait in the outbox, taken from it. */
export function bridgeCounts(rig: FocusRig): (string | undefined)[] {
  const presences = rig.outbox.filter(({ name }) => name === 'presence');
  for (const presence of presences) rig.outbox.splice(rig.outbox.indexOf(presence), 1);
  return presences.map((presence) => {
    const properties = child(presence, 'conference-properties');
    const property =
      properties && childrenNamed(properties, 'property').find(({ attrs }) => attrs.key === 'bridge-count');
    return property?.attrs.value;
  });
}

export function reasonOf(jingle: XmlElement | undefined): string[] {
  const reason = jingle && child(jingle, 'reason');
  return (reason?.children ?? []).map((node) =>
    typeof node === 'string' ? node : `${node.name} ${text(node)}`.trim(),
  );
}
