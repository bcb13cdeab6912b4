import { readFileSync } from 'node:fs';

/** A file of test/fixtures/config-js, as the web server stores it: with its server-side placeholders. */
export function configJsFixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/config-js/${name}`, import.meta.url), 'utf8');
}

/** The input of a folder of test/fixtures/cases. */
export function caseFile(path: string): string {
  return readFileSync(new URL(`../../../fixtures/cases/${path}`, import.meta.url), 'utf8');
}

/** What nginx with `ssi on` makes of it. */
export function served(source: string, variables: Readonly<Record<string, string>> = {}): string {
  return source.replace(
    /<!--# echo var="(\w+)" default="(\w*)" -->/g,
    (_placeholder, name: string, fallback: string) => variables[name] ?? fallback,
  );
}
