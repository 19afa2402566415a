import { HubError } from '@mooring/errors';

/** A query that cannot be understood: `ArgumentInvalid`, with the place in its text. */
export class QueryError extends HubError {
  /** Both from 1; columns count UTF-16 units. */
  readonly line: number;
  readonly column: number;

  constructor(problem: string, text: string, offset: number) {
    const before = text.slice(0, offset).split('\n');
    const line = before.length;
    const column = (before.at(-1) ?? '').length + 1;
    super('ArgumentInvalid', `Query, line ${line}, column ${column}: ${problem}`);
    this.line = line;
    this.column = column;
  }
}
