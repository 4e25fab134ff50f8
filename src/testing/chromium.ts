import { execFileSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const FLAGS = [
  // The tests may run as root in a container, where Chromium's own sandbox does not work.
  '--no-sandbox',
  '--disable-gpu',
  // Chromium makes no connection except to the page under test.
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The path of a Chromium on this machine, or undefined. */
export function findChromium(): string | undefined {
  for (const name of NAMES) {
    try {
      return execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

/** `describe` if this machine has a Chromium; otherwise its tests are listed as skipped. */
export const describeWithChromium: jest.Describe = findChromium() === undefined ? describe.skip : describe;

/** Starts a headless browser that connects only to the page under test. */
export async function startChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium on this machine');
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}
