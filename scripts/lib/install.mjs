/** What the project needs on a machine, installed where it is missing. Each step is quick when nothing is. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { run, root } from './run.mjs';

/** The packages of package-lock.json, unless node_modules already holds exactly them. */
export async function installNodeModules() {
  if (holdsLockedPackages()) return;
  await withProgress('installing the packages of package-lock.json', () => run('npm', ['ci']));
}

/** Says what is done, and every half a minute that it goes on: nothing on the screen looks like nothing at all. */
async function withProgress(what, work) {
  const start = Date.now();
  const seconds = () => Math.round((Date.now() - start) / 1000);
  console.log(what);
  const timer = setInterval(() => console.log(`${what}: ${seconds()} s so far`), 30_000);
  try {
    await work();
    console.log(`${what}: done in ${seconds()} s`);
  } finally {
    clearInterval(timer);
  }
}

function holdsLockedPackages() {
  const installedPath = `${root}node_modules/.package-lock.json`;
  if (!existsSync(installedPath)) return false;
  const installed = packagesIn(installedPath);
  const isHere = ([path, { version, optional, devOptional }]) =>
    path === '' || optional || devOptional || installed[path]?.version === version;
  return Object.entries(packagesIn(`${root}package-lock.json`)).every(isHere);
}

function packagesIn(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/** It waits for whoever else installs something, for ten minutes, and says so. */
const aptGet = 'apt-get -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3';

/**
 * Debian packages, given as { package: path of its program }. Freshly installed services stay off: Debian asks
 * policy-rc.d before it starts one.
 */
export async function installDebianPackages(programs) {
  const missing = Object.keys(programs).filter((name) => !existsSync(programs[name]));
  if (missing.length === 0) return;
  const script = `
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
      trap 'rm -f $policy' EXIT
      printf '#!/bin/sh\\nexit 101\\n' > $policy
      chmod +x $policy
    fi
    export DEBIAN_FRONTEND=noninteractive
    ${aptGet} update
    ${aptGet} install -y --no-install-recommends ${missing.join(' ')}`;
  const asRoot = process.getuid() === 0 ? [] : ['sudo'];
  const [command, ...args] = [...asRoot, 'sh', '-e', '-c', script];
  try {
    await withProgress(`installing Debian packages: ${missing.join(', ')}`, () => run(command, args));
  } catch (error) {
    const shown = [...asRoot, 'apt-get install -y --no-install-recommends', ...missing].join(' ');
    throw new Error(`could not install what the tests need: ${shown} failed`, { cause: error });
  }
}

/** The browser client of the interop tests: one file out of a published package, whose own dependencies are not needed. */
const libJitsiMeet = {
  spec: '@lyno/lib-jitsi-meet@2.6726.2',
  tarball: 'lyno-lib-jitsi-meet-2.6726.2.tgz',
  sha512: 'cTrKBgy4ZHD6vyFTOAOx5ylyzjWs3ft6MLhmchu9zRq7uLr8omD4lE2fmSfoyoSqMjFc/3sU9XLYXiJ21hqQuw==',
  file: 'lib-jitsi-meet.min.js',
};

export async function installLibJitsiMeet() {
  const { spec, tarball, sha512, file } = libJitsiMeet;
  const cache = `${root}.cache/`;
  const directory = `${cache}lib-jitsi-meet/`;
  if (existsSync(directory + file)) return;
  mkdirSync(directory, { recursive: true });
  await withProgress(`fetching ${spec}, the browser client of the tests`, () =>
    run('npm', ['pack', '--silent', spec, '--pack-destination', cache]),
  );
  const digest = createHash('sha512')
    .update(readFileSync(cache + tarball))
    .digest('base64');
  if (digest !== sha512) {
    rmSync(cache + tarball);
    throw new Error(`${spec} is not the known package: its sha512 is ${digest}`);
  }
  await run('tar', ['-xzf', cache + tarball, '-C', directory, '--strip-components=1', `package/${file}`]);
}
