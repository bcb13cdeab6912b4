/** Fields of data forms with what a user interface shows (XEP-0004, 3.2), as Prosody sends them. */
import { ns } from '../../xmpp/namespaces.ts';
import { type XmlElement, xml } from '../../xml/element.ts';

export interface FormField {
  var: string;
  type: 'boolean' | 'hidden' | 'list-single' | 'text-private' | 'text-single';
  label?: string;
  value?: string | undefined;
  options?: readonly { label: string; value: string }[];
}

export function buildFormField(field: FormField): XmlElement {
  const { var: name, type, label, value, options = [] } = field;
  return xml(
    ns.dataForm,
    'field',
    { var: name, type, label },
    ...options.map((option) => xml(ns.dataForm, 'option', { label: option.label }, valueOf(option.value))),
    value === undefined ? undefined : valueOf(value),
  );
}

function valueOf(text: string): XmlElement {
  return xml(ns.dataForm, 'value', {}, text === '' ? undefined : text);
}
