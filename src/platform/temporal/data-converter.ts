import type { DataConverter } from '@temporalio/common';
import type { TemporalSettings } from '../../config/config';
import { EncryptionCodec } from './codec';

/**
 * Turns inputs, results and failures into the bytes of a Temporal history. Clients, workers and replays all
 * use it. It never gets personal data; with keys, nothing at all is readable.
 */
export function createDataConverter({
  TEMPORAL_CODEC_KEYS: keys,
}: Pick<TemporalSettings, 'TEMPORAL_CODEC_KEYS'>): DataConverter {
  return {
    failureConverterPath: require.resolve('./failure-converter'),
    payloadCodecs: keys.length === 0 ? [] : [new EncryptionCodec(keys)],
  };
}
