import type { Config } from '../../../config/config';

const OPENROUTER = 'https://openrouter.ai/api/v1';

/** The address of a model gateway. */
export interface GatewayAddress {
  baseUrl: string;
  apiKey: string | undefined;
  isOpenRouter: boolean;
}

/** Returns the gateway that the settings name; null if the embedded demo provider answers. */
export function gatewayAddress({
  AI_GATEWAY_URL: url,
  AI_API_KEY: apiKey,
}: Pick<Config, 'AI_GATEWAY_URL' | 'AI_API_KEY'>): GatewayAddress | null {
  if (url === undefined && apiKey === undefined) return null;
  const baseUrl = baseUrlOf(url ?? OPENROUTER);
  return { baseUrl, apiKey, isOpenRouter: new URL(baseUrl).host === new URL(OPENROUTER).host };
}

/** Gateways are often configured without the path that all of them share. */
function baseUrlOf(url: string): string {
  const parsed = new URL(url);
  if (parsed.pathname === '/') parsed.pathname = '/v1';
  return parsed.toString().replace(/\/+$/, '');
}
