import { type Finding, failed, ok, warning } from './report';

/**
 * Tokens and links live for minutes: users notice the first difference, and the second one breaks sign-in.
 */
const WARN_MS = 2_000;
const FAIL_MS = 30_000;
const FIX = 'turn on time synchronisation (chrony, systemd-timesyncd) on both machines';

/** The difference between this machine's clock and another one's, in milliseconds. */
export function clockFinding(whose: string, differenceMs: number): Finding {
  const seconds = (Math.abs(differenceMs) / 1000).toFixed(1);
  const seen = `${seconds} s ${differenceMs < 0 ? 'ahead of' : 'behind'} ${whose}'s`;
  if (Math.abs(differenceMs) > FAIL_MS) return failed(seen, FIX);
  return Math.abs(differenceMs) > WARN_MS ? warning(seen, FIX) : ok(seen);
}
