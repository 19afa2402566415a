// Modules are formatted, so what a file imports stands at the beginning of a line, and no comment or text looks like it.
const staticImport = /^(?:import|export)\b(?:[^;'"`]*?\bfrom)?\s*['"]([^'"]+)['"]/gm;
const dynamicImport = /\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g;

/**
 * What a TypeScript module imports, statically or not, types included.
 * @param {string} source
 * @returns {{ specifier: string, line: number }[]}
 */
export function importsOf(source) {
  return [staticImport, dynamicImport].flatMap((pattern) =>
    Array.from(source.matchAll(pattern), (match) => ({
      specifier: match[1],
      line: source.slice(0, match.index + match[0].lastIndexOf(match[1])).split('\n').length,
    })),
  );
}
