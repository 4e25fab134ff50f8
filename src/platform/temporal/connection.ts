import type { TemporalSettings } from '../../config/config';

/** The address of Temporal and how to connect to it: the same for the client and for the workers. */
export interface TemporalAddress {
  address: string;
  tls: boolean;
  apiKey?: string;
}

/** An API key is sent with each call, so it switches TLS on. */
export function temporalAddress(config: TemporalSettings): TemporalAddress {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_TLS: tls, TEMPORAL_API_KEY: apiKey } = config;
  return { address, tls: tls || apiKey !== undefined, ...(apiKey === undefined ? {} : { apiKey }) };
}
