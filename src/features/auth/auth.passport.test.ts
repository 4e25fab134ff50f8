import type { Request } from 'express';
import { PassportGate } from './auth.passport';

const REQUEST = { headers: {} } as Request;

describe('a strategy', () => {
  it('answers with what it found, or with null', async () => {
    const gate = new PassportGate();
    const ask = gate.strategy('known', async (_req, name: string) => (name === 'Ada' ? { name } : null));
    await expect(ask(REQUEST, 'Ada')).resolves.toEqual({ name: 'Ada' });
    await expect(ask(REQUEST, 'Bob')).resolves.toBeNull();
  });

  it('that fails, at once or later, fails for its caller and never hangs', async () => {
    const gate = new PassportGate();
    const later = gate.strategy('later', async () => {
      await Promise.resolve();
      throw new Error('later');
    });
    const atOnce = gate.strategy('at-once', () => {
      throw new Error('at once');
    });
    await expect(later(REQUEST, null)).rejects.toThrow('later');
    await expect(atOnce(REQUEST, null)).rejects.toThrow('at once');
  });
});
