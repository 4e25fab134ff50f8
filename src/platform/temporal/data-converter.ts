import type { DataConverter } from '@temporalio/common';
import type { TemporalSettings } from '../../config/config';
import { EncryptionCodec } from './codec';

/**
 * How inputs, results and failures become bytes in a Temporal history; clients, workers and replays all take it from
 * here. Nothing personal is ever given to it in the first place; with keys, nothing at all can be read.
 */
export function createDataConverter({
  TEMPORAL_CODEC_KEYS: keys,
}: Pick<TemporalSettings, 'TEMPORAL_CODEC_KEYS'>): DataConverter {
  return {
    failureConverterPath: require.resolve('./failure-converter'),
    payloadCodecs: keys.length === 0 ? [] : [new EncryptionCodec(keys)],
  };
}
