import type { TemporalSettings } from '../../config/config';

/** How long a call to Temporal may take. */
export interface TemporalCallLimits {
  /** Of one call, or of several that `within` holds together, in milliseconds. */
  callMs: number;
  /** Within that, how often an answer that speaks of a hiccup is asked for. */
  attempts: number;
}

/**
 * For those who try again by themselves, such as the relay: a start takes milliseconds, past this the server is as good
 * as away; only a hiccup is bridged, so that an outage shows soon.
 */
export const backgroundLimits = ({ TEMPORAL_WAIT_MS }: TemporalSettings): TemporalCallLimits => ({
  callMs: 2 * TEMPORAL_WAIT_MS,
  attempts: 3,
});
