import type { DocumentBody, Filter, Query } from '../port.js';

/** What a query should find, worked out the slow and obvious way, for documents without arrays of objects. */
export function naiveQuery<T extends DocumentBody>(documents: readonly T[], query: Query): T[] {
  const found = documents.filter((document) => matches(document, query.filter));
  found.sort((left, right) => {
    for (const [path, direction] of query.sort ?? []) {
      const order = compare(at(left, path), at(right, path));
      if (order !== 0) {
        return order * direction;
      }
    }
    return compare(left._id, right._id);
  });
  return found.slice(0, query.limit);
}

function matches(document: unknown, filter: Filter): boolean {
  return Object.entries(filter).every(([key, condition]) => {
    const branches = () => (condition as readonly Filter[]).map((branch) => matches(document, branch));
    switch (key) {
      case '$and':
        return branches().every(Boolean);
      case '$or':
        return branches().some(Boolean);
      case '$nor':
        return !branches().some(Boolean);
      default:
        return meets(at(document, key), condition);
    }
  });
}

function meets(value: unknown, condition: unknown): boolean {
  if (typeof condition !== 'object' || condition === null) {
    return meets(value, { $eq: condition });
  }
  return Object.entries(condition).every(([operator, operand]) => meetsOperator(value, operator, operand));
}

function meetsOperator(value: unknown, operator: string, operand: unknown): boolean {
  const candidates = Array.isArray(value) ? [value, ...value] : [value];
  const any = (test: (candidate: unknown) => boolean) => candidates.some(test);
  const ordered = (test: (order: number) => boolean) =>
    any((candidate) => typeof candidate === typeof operand && test(compare(candidate, operand)));
  switch (operator) {
    case '$eq':
      return any((candidate) => (candidate ?? null) === operand);
    case '$ne':
      return !meetsOperator(value, '$eq', operand);
    case '$in':
      return (operand as readonly unknown[]).some((member) => meetsOperator(value, '$eq', member));
    case '$nin':
      return !meetsOperator(value, '$in', operand);
    case '$gt':
      return ordered((order) => order > 0);
    case '$gte':
      return ordered((order) => order >= 0);
    case '$lt':
      return ordered((order) => order < 0);
    case '$lte':
      return ordered((order) => order <= 0);
    case '$exists':
      return (value !== undefined) === operand;
    case '$type':
      return any(
        (candidate) => (candidate === null ? 'null' : typeof candidate) === (operand === 'bool' ? 'boolean' : operand),
      );
    case '$regex':
      return any((candidate) => typeof candidate === 'string' && candidate.startsWith(String(operand).slice(1)));
    default:
      return !meets(value, operand);
  }
}

function at(document: unknown, path: string): unknown {
  return path.split('.').reduce((value, name) => (value as Record<string, unknown> | undefined)?.[name], document);
}

const TYPES = ['null', 'number', 'string', 'boolean'];

function compare(left: unknown, right: unknown): number {
  const [a, b] = [left ?? null, right ?? null];
  const types = [a, b].map((value) => TYPES.indexOf(value === null ? 'null' : typeof value));
  const byType = (types[0] ?? 0) - (types[1] ?? 0);
  if (byType !== 0) {
    return byType;
  }
  return typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(String(b))) : Number(a) - Number(b);
}
