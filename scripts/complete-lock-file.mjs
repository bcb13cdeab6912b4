/**
 * Run after a dependency was added from a registry mirror that lacks binaries for other platforms. There `npm install` leaves
 * them out of package-lock.json, and `npm ci` then refuses the file everywhere. This adds them: name and version are known
 * from the package that wants them, the platform from the name.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { root } from './lib/run.mjs';

const platform =
  /(?<os>android|darwin|freebsd|linux|openharmony|win32)-(?<cpu>arm64|arm|ia32|ppc64|riscv64|s390x|x64)(?:-(?<abi>\w+))?$/;

const path = `${root}package-lock.json`;
const lock = JSON.parse(readFileSync(path, 'utf8'));
const locked = new Set(Object.keys(lock.packages).map((place) => place.replace(/^.*node_modules\//, '')));
for (const { dev, optionalDependencies = {} } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (locked.has(name)) continue;
    lock.packages[`node_modules/${name}`] = entryFor(name, version, dev);
    console.log(`added ${name} ${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);

function entryFor(name, version, dev) {
  const { os, cpu, abi } = platform.exec(name)?.groups ?? {};
  if (os === undefined) throw new Error(`${name}: which platform is it for? Add it by hand`);
  return {
    version,
    cpu: [cpu],
    ...(dev ? { dev } : {}),
    ...(os === 'linux' ? { libc: [abi?.startsWith('musl') ? 'musl' : 'glibc'] } : {}),
    optional: true,
    os: [os],
  };
}
