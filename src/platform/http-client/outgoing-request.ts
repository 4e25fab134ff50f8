import http from 'node:http';
import https from 'node:https';
import type { OutgoingGuard } from './outgoing-guard';

export interface OutgoingRequest {
  method: 'GET' | 'POST';
  headers: http.OutgoingHttpHeaders;
  body?: string | Buffer | null;
  signal: AbortSignal;
}

/**
 * Sends a request to an address that a user gave. It does not follow redirects. It returns the head of the
 * answer; the caller reads the body with a limit or destroys it.
 * @throws ForbiddenAddressError, or the network's error
 */
export function requestOutgoing(
  guard: OutgoingGuard,
  url: URL,
  { method, headers, body, signal }: OutgoingRequest,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    guard.assertAllowed(url);
    const request = (url.protocol === 'http:' ? http : https).request(
      url,
      // A new connection each time, because one that another guard opened cannot be trusted here.
      { method, headers, signal, lookup: guard.lookupFor(url), agent: false },
      resolve,
    );
    request.once('error', reject);
    request.end(body ?? undefined);
  });
}
