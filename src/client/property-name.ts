/** Names of participant properties become names of elements in our presence. */
import { UsageError } from '../base/errors.ts';

const propertyName = /^[A-Za-z_][\w.-]*$/;

/** @throws UsageError `property-name-invalid` */
export function checkPropertyName(name: unknown): void {
  if (typeof name === 'string' && propertyName.test(name)) return;
  throw new UsageError(
    `participant property ${JSON.stringify(String(name))}: only letters, digits, _ . - are allowed`,
    { code: 'property-name-invalid' },
  );
}
