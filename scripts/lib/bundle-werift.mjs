/**
 * Puts the parts of werift that we use into what is built, as one file in the place of `rtc/werift/parts.js`. Loaded whole, from its package, werift
 * costs a process a third of a second of CPU and 14 MB: some 280 modules, most of them for certificates that we make ourselves, for media
 * containers and for names of multicast DNS.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

/** What is there instead: modules of ours, `native` of them, or nothing that anybody calls. */
const replaced = {
  tweetnacl: { file: 'x25519.js', exports: '{ x25519 as default }' },
  '@noble/curves/p256': { file: 'p256.js', exports: '{ p256 }' },
  '@fidm/x509': { file: 'x509.js', exports: '{ Certificate, PrivateKey }' },
};
/** Making certificates, and names of multicast DNS: we have our own certificate, and pass such names over. */
const unused = {
  '@peculiar/x509': `export const cryptoProvider = { set() {} };
    export const X509CertificateGenerator = undefined, PemConverter = undefined;`,
  'multicast-dns': 'export default undefined;',
  mediabunny: '',
};
const prefix = '\0instead:';

/** @param folder what was compiled, with `rtc/werift` in it */
export async function bundleWerift(folder) {
  const werift = join(folder, 'rtc/werift');
  const bundle = await rolldown({
    input: join(werift, 'parts.js'),
    platform: 'node',
    // None of these modules is imported for what it does on its own.
    treeshake: { moduleSideEffects: false },
    plugins: [instead(join(werift, 'native'))],
    onLog: (_level, log) => {
      throw new Error(`bundling werift: ${log.message}`);
    },
  });
  const { output } = await bundle.generate({ format: 'esm', minify: false });
  await bundle.close();
  const [{ code, moduleIds }] = output;
  writeFileSync(join(werift, 'parts.js'), code);
  writeFileSync(join(werift, 'LICENSES.txt'), licensesOf(moduleIds));
  rmSync(join(werift, 'native'), { recursive: true });
}

function instead(native) {
  return {
    name: 'instead',
    resolveId(id) {
      return id in replaced || id in unused ? prefix + id : undefined;
    },
    load(id) {
      if (!id.startsWith(prefix)) return undefined;
      const name = id.slice(prefix.length);
      if (name in unused) return unused[name];
      const { file, exports } = replaced[name];
      return `export ${exports} from ${JSON.stringify(join(native, file))};`;
    },
  };
}

/** The packages whose code is in the bundle, with the words of their licences. */
function licensesOf(moduleIds) {
  const folders = moduleIds.filter((id) => id.includes('/node_modules/')).map(packageOf);
  return [...new Set(folders)].map(licenseOf).join(`\n${'-'.repeat(80)}\n\n`);
}

function packageOf(file) {
  const folder = dirname(file);
  return existsSync(join(folder, 'package.json')) ? folder : packageOf(folder);
}

function licenseOf(folder) {
  const { name, version, license, author, repository } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const by = typeof author === 'object' ? author.name : author;
  const head = [`${name} ${version} (${license})`, by, repository?.url ?? repository];
  const words = file ? `\n${readFileSync(join(folder, file), 'utf8')}` : '';
  return `${head.filter((line) => line !== undefined).join('\n')}\n${words}`;
}
