/** Headless Chromium, and a page of it that is a participant by lib-jitsi-meet. */
import { chromium } from 'playwright-core';
import { files, html } from '../../test/support/lib-jitsi-meet-site.mjs';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--allow-loopback-in-peer-connection',
  '--autoplay-policy=no-user-gesture-required',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

export function launchChromium(more = []) {
  const args = [...flags, ...more];
  return chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, timeout: 120_000, args });
}

/** @param options of `globalThis.participant.join` in the page @returns the page, once it has joined */
export async function joinByBrowser(browser, host, options) {
  const context = await browser.newContext({ permissions: ['local-network-access'] });
  const page = await context.newPage();
  const joined = new Promise((resolve, reject) => {
    void page.exposeFunction('report', ({ type, ...event }) => {
      if (type === 'joined') resolve();
      if (/failed/i.test(type)) reject(new Error(JSON.stringify({ type, ...event })));
    });
  });
  // The page has the deployment's origin, as Jitsi Meet's has.
  const place = `${host}/page/`;
  await page.route(`${place}**`, (route) => {
    const path = files[route.request().url().slice(place.length)];
    return route.fulfill(path === undefined ? { contentType: 'text/html', body: html } : { path });
  });
  await page.goto(place);
  const [websocketUrl, domain] = [`${host.replace('http:', 'ws:')}/xmpp-websocket`, 'meet.jitsi'];
  const address = { websocketUrl, domain, focus: `focus.${domain}`, name: 'browser' };
  await page.evaluate((all) => globalThis.participant.join(all), { ...address, ...options });
  await joined;
  return page;
}
