/** Bytes in a message, as the Go library that this project is modelled on writes them. */
export function endpointMessage(to, payload) {
  return JSON.stringify({ colibriClass: 'EndpointMessage', to, raw: payload.toString('base64') });
}
