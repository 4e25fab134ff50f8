import type { TemporalSettings } from '../../config/config';

/** How long a call to Temporal may take. */
export interface TemporalCallLimits {
  /** Milliseconds for one call, or for several inside one `within`. */
  callMs: number;
  /** How often a call is repeated within that time after a temporary error. */
  attempts: number;
}

/**
 * For callers that retry by themselves, such as the relay. A start takes milliseconds, so a server that
 * needs longer counts as unreachable; only a brief fault is bridged, so that an outage shows soon.
 */
export const backgroundLimits = ({ TEMPORAL_WAIT_MS }: TemporalSettings): TemporalCallLimits => ({
  callMs: 2 * TEMPORAL_WAIT_MS,
  attempts: 3,
});
