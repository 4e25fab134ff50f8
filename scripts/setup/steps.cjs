// Plain JavaScript, because it also reports on installing and compiling, before anything is compiled.
const { stripVTControlCharacters } = require('node:util');

// Without a terminal, an occasional line shows that a long step is still running; short steps stay one
// line.
const FIRST_SIGN_MS = 5_000;
const NEXT_SIGN_MS = 15_000;

// Fast enough to look alive, slow enough to cost nothing.
const SPIN_MS = 120;
// The spinner cannot erase a line that wraps.
const DETAIL_LENGTH = 50;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

const output = process.stdout;
const isTerminal = Boolean(output.isTTY) && process.env.TERM !== 'dumb';
const hasColour = process.env.FORCE_COLOR
  ? process.env.FORCE_COLOR !== '0'
  : isTerminal && !process.env.NO_COLOR;

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 };

/**
 * Colours a text for terminals; leaves it plain for files, pipes and NO_COLOR.
 * @param {keyof typeof CODES} colour @param {string} text @returns {string}
 */
function paint(colour, text) {
  return hasColour ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
}

/**
 * Adapts a line that another program has coloured to our own lines. @param {string} line @returns {string}
 */
function adopt(line) {
  return hasColour ? line : stripVTControlCharacters(line);
}

/** @param {number} ms @returns {string} as in "0.4 s", "12 s", "2 min 5 s" */
function duration(ms) {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

const CLEAR_LINE = '\r\u001b[2K';
let isSpinning = false;

/** Prints a line, above the spinner if one is shown. @param {string} text */
function say(text) {
  output.write(`${isSpinning ? CLEAR_LINE : ''}${text}\n`);
}

/** Prints information that needs no action. @param {string} text */
function note(text) {
  say(`${paint('cyan', '·')} ${text}`);
}

/** @param {string} text */
function warn(text) {
  say(`${paint('yellow', '!')} ${text}`);
}

/** @param {string} text */
function fail(text) {
  say(`${paint('red', '✗')} ${text}`);
}

/** @param {string} label @param {() => string} detail @returns {() => void} ends the display */
function showProgress(label, detail) {
  const started = Date.now();
  const text = () =>
    `${label}${detail() && ` (${detail()})`} ${paint('dim', duration(Date.now() - started))}`;
  if (isTerminal) {
    let frame = 0;
    const timer = setInterval(() => {
      frame += 1;
      const spin = paint('cyan', SPINNER[frame % SPINNER.length] ?? '');
      output.write(`${CLEAR_LINE}${spin} ${text()}`);
    }, SPIN_MS);
    isSpinning = true;
    return () => {
      clearInterval(timer);
      isSpinning = false;
      output.write(CLEAR_LINE);
    };
  }
  const sign = () => {
    say(`… ${text()}`);
    timer = setTimeout(sign, NEXT_SIGN_MS);
  };
  let timer = setTimeout(sign, FIRST_SIGN_MS);
  return () => clearTimeout(timer);
}

/**
 * Runs one step of the set-up: shows its progress and, at the end, how long it took.
 * @template T
 * @param {string} label
 * @param {(progress: (detail: string) => void) => T | Promise<T>} work may report its progress in a few
 * words
 * @param {(result: Awaited<T>) => string | undefined} [describe] what to add to the label at the end
 * @returns {Promise<Awaited<T>>}
 */
async function step(label, work, describe) {
  const started = Date.now();
  let detail = '';
  const endProgress = showProgress(label, () => detail);
  try {
    const result = await work((text) => {
      detail = text.slice(0, DETAIL_LENGTH);
    });
    endProgress();
    const addition = describe?.(result);
    const took = paint('dim', duration(Date.now() - started));
    say(`${paint('green', '✓')} ${label}${addition ? `: ${addition}` : ''} ${took}`);
    return result;
  } catch (error) {
    endProgress();
    fail(`${label} ${paint('dim', duration(Date.now() - started))}`);
    throw error;
  }
}

module.exports = { paint, adopt, duration, say, note, warn, fail, step };
