import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkPins, pinOf } from '../../../src/net/pinned-key.ts';
import { checkCa } from '../../../src/net/tls-trust.ts';

/** Made by OpenSSL, and so is the pin: `openssl x509 -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64`. */
const pem = `-----BEGIN CERTIFICATE-----
MIIBfTCCASOgAwIBAgIUMS9i/B10ep4GbFdcrzy87rn/XzgwCgYIKoZIzj0EAwIw
EzERMA8GA1UEAwwIcGluLnRlc3QwIBcNMjYxMTI5MTc1OTA5WhgPMjEyNjExMDUx
NzU5MDlaMBMxETAPBgNVBAMMCHBpbi50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAERqjOT4NFDrKktENus2ilgECsCBnjSkAUF5lxYzhmkoPIIRMcEZRfF6g7
YPHaDXk/lP8XJ+32gFzKJF38Occ+Y6NTMFEwHQYDVR0OBBYEFDbA/DATrK0sgzY2
+BUhKYaH/YNCMB8GA1UdIwQYMBaAFDbA/DATrK0sgzY2+BUhKYaH/YNCMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAPqAEYT8K7EzsdZETWRPVSmQ
rcECtUTunUDLtXFX31fiAiAwfu75ko7oOI7OOBvQz716ioMZclBd0CatCyWUO8LQ
AQ==
-----END CERTIFICATE-----
`;
const pin = 'sha256//2mEwt1muVFWLEPP9GjUgCM/WjL1M7FYpupzFJHFIvTI=';

describe('a pinned key', () => {
  it('is what OpenSSL makes of the certificate', () => {
    expect(pinOf(new X509Certificate(pem))).toBe(pin);
    expect(() => checkPins([pin, pin])).not.toThrow();
  });

  it.each([[''], [pin.slice(8)], [pin.slice(0, -1)], [`${pin} `], [pin.replace('256', '1')], ['sha256//ä']])(
    'is not %j',
    (text) => {
      expect(() => checkPins([pin, text])).toThrow(expect.objectContaining({ code: 'pin-invalid' }));
    },
  );

  it('is there where keys are pinned at all', () => {
    expect(() => checkPins([])).toThrow(expect.objectContaining({ code: 'pin-invalid' }));
  });
});

describe('an authority of one’s own', () => {
  it.each([
    ['one', pem],
    ['two, and words', `the first:\n${pem}\nand the second:\n${pem}`],
  ])('%s', (_, text) => {
    expect(() => checkCa(text)).not.toThrow();
  });

  it.each([
    ['nothing', ''],
    ['a path', '/etc/ssl/ca.pem'],
    ['a broken one', pem.replace('MIIB', 'AAAA')],
    ['a good one and a broken one', pem + pem.replace('MIIB', 'AAAA')],
    ['half of one', pem.slice(0, 300)],
  ])('is not %s', (_, text) => {
    expect(() => checkCa(text)).toThrow(expect.objectContaining({ code: 'ca-invalid' }));
  });
});
