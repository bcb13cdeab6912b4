/** Data forms (XEP-0004): the fields of a form, read and written. Media, layout and multi-item results are not implemented. */
import { childrenNamed, text, type XmlElement, xml } from '../xml/element.ts';
import { ns } from './namespaces.ts';

export type DataFormFields = ReadonlyMap<string, readonly string[]>;

/** The values by field name (`FORM_TYPE` included). */
export function parseDataForm(form: XmlElement): DataFormFields {
  const fields = new Map<string, readonly string[]>();
  for (const field of childrenNamed(form, 'field')) {
    if (field.attrs.var !== undefined) fields.set(field.attrs.var, childrenNamed(field, 'value').map(text));
  }
  return fields;
}

/** @param fields values by name, `FORM_TYPE` first */
export function buildDataForm(type: 'form' | 'submit' | 'result', fields: DataFormFields): XmlElement {
  return xml(
    ns.dataForm,
    'x',
    { type },
    ...[...fields].map(([name, values]) =>
      xml(
        ns.dataForm,
        'field',
        // XEP-0004, 3.2 leaves the type out of submitted forms; FORM_TYPE is hidden elsewhere (XEP-0068, 3).
        { var: name, type: name === 'FORM_TYPE' && type !== 'submit' ? 'hidden' : undefined },
        ...values.map((value) => xml(ns.dataForm, 'value', {}, value)),
      ),
    ),
  );
}
