/** What crosses the wire of aftercare, by subject. */
export * from './contract/change.ts';
export * from './contract/watch.ts';
