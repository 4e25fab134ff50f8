/** A diagram of nodes and arrows. */
export interface Flowchart {
  kind: 'flowchart';
  /** Ids, including those of nodes with a label. */
  nodes: ReadonlySet<string>;
  labelled: ReadonlySet<string>;
  edges: readonly (readonly [from: string, to: string])[];
}

/** A diagram of messages between participants. */
export interface Sequence {
  kind: 'sequence';
  participants: ReadonlySet<string>;
  messages: number;
}

export type Diagram = Flowchart | Sequence;

const ID = '[a-zA-Z]\\w*';
// A label must not contain the mark that ends it; other marks would need quotes.
const NODE = new RegExp(`^(${ID})(?:\\[\\(([^()[\\]{}|"]+)\\)\\]|\\[([^()[\\]{}|"]+)\\])?$`);
const EDGE = new RegExp(`^(${ID})\\s+(?:-->|-\\.->)(?:\\|([^|"()[\\]{}]+)\\|)?\\s+(${ID})$`);
const PARTICIPANT = new RegExp(`^participant (${ID}) as [^;#]+$`);
const MESSAGE = new RegExp(`^(${ID})-{1,2}>>(${ID}): [^;#]+$`);

function parseFlowchart(lines: readonly string[]): Flowchart {
  const nodes = new Set<string>();
  const labelled = new Set<string>();
  const edges: (readonly [string, string])[] = [];
  for (const line of lines) {
    const [, from, , to] = EDGE.exec(line) ?? [];
    const [, id, round, square] = NODE.exec(line) ?? [];
    if (from !== undefined && to !== undefined) {
      edges.push([from, to]);
      nodes.add(from).add(to);
    } else if (id !== undefined && id !== 'end') {
      nodes.add(id);
      if ((round ?? square) !== undefined) labelled.add(id);
    } else throw new Error(`neither a node nor an arrow: ${line}`);
  }
  return { kind: 'flowchart', nodes, labelled, edges };
}

function parseSequence(lines: readonly string[]): Sequence {
  const participants = new Set<string>();
  let messages = 0;
  for (const line of lines) {
    const [, name] = PARTICIPANT.exec(line) ?? [];
    const [, from, to] = MESSAGE.exec(line) ?? [];
    if (name !== undefined) participants.add(name);
    else if (from === undefined || to === undefined)
      throw new Error(`neither a participant nor a message: ${line}`);
    else {
      for (const each of [from, to])
        if (!participants.has(each)) throw new Error(`nobody was introduced as ${each}: ${line}`);
      messages += 1;
    }
  }
  return { kind: 'sequence', participants, messages };
}

/**
 * Reads the part of Mermaid's language that our pages use: flowcharts with plain labels, and sequence
 * diagrams. Mermaid itself needs a browser and 150 MB.
 * @throws Error naming the first line that it cannot read
 */
export function parseMermaid(text: string): Diagram {
  const [head = '', ...lines] = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (/^flowchart (?:LR|RL|TB|BT)$/.test(head)) return parseFlowchart(lines);
  if (head === 'sequenceDiagram') return parseSequence(lines);
  throw new Error(`no diagram begins with "${head}"`);
}
