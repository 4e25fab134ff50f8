/**
 * Text that is wrapped in the source for reading: lines of a paragraph are joined, blank lines part paragraphs, and
 * list items (`- …`, `1. …`) keep lines of their own.
 */
export function prose(parts: TemplateStringsArray): string {
  return (parts[0] ?? '')
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) =>
      paragraph
        .split('\n')
        .map((line) => line.trim())
        .join('\n')
        .replace(/\n(?!- |\d+\. )/g, ' '),
    )
    .join('\n\n');
}
