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
 * Sends a request to an address that a person gave. Redirects are not followed; the answer's head is handed out, and
 * its body is for the caller to read with a limit, or to destroy.
 * @throws ForbiddenAddressError, or the network's error.
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
      // A connection of its own: one that another guard has opened is not this one's to trust.
      { method, headers, signal, lookup: guard.lookupFor(url), agent: false },
      resolve,
    );
    request.once('error', reject);
    request.end(body ?? undefined);
  });
}
