import { Connection } from '@temporalio/client';
import { makeScratchFolder } from './scratch-folder';
import { ensureTemporalCli } from './temporal-cli';
import { SEARCH_ATTRIBUTES, startTemporal } from './temporal-server';

async function searchAttributes(address: string): Promise<string[]> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    return Object.keys(customAttributes ?? {});
  } finally {
    await connection.close();
  }
}

it('starts Temporal on a file, and again on the same file after a kill', async () => {
  const folder = makeScratchFolder();
  const { path: cli } = await ensureTemporalCli();
  const server = await startTemporal({ cli, dbFile: `${folder.path}/temporal.sqlite` });
  try {
    expect(await searchAttributes(server.address)).toEqual(expect.arrayContaining(SEARCH_ATTRIBUTES));
    await server.kill();
    await expect(searchAttributes(server.address)).rejects.toThrow(/connect/i);
    await server.restart();
    expect(await searchAttributes(server.address)).toEqual(expect.arrayContaining(SEARCH_ATTRIBUTES));
  } finally {
    await server.kill();
    folder.remove();
  }
});
