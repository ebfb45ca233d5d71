import type { Manifest } from './manifest.ts';
import type { AttemptOutcome, PackageRow, Receipt } from './store.ts';

/** A package as it leaves: bytes to send and the names under which it is filed. */
export type Outgoing = {
  readonly manifest: Manifest;
  readonly publicKey: string;
  readonly contentHash: string;
  readonly body: readonly Buffer[];
};

/** What came of one try: a receipt, or delivered without one (drop folder), or why not. */
export type Delivery =
  | { readonly outcome: 'receipt'; readonly receipt: Receipt }
  | { readonly outcome: Exclude<AttemptOutcome, 'receipt'>; readonly detail: string };

/** The way to the monitoring system. Everything on it may be repeated: the receiver knows a package by its hash. */
export type MonitorLink = {
  readonly kind: 'https' | 'folder';
  /** Sends a package once. Never throws for trouble on the way: it says what happened. */
  send(outgoing: Outgoing): Promise<Delivery>;
  /** The receipt of a package sent before, when there is one. */
  receiptOf(row: PackageRow): Promise<Receipt | undefined>;
  /** The receiver's data set as JSON lines, where the way allows asking. */
  records(query: {
    institutionCode?: string | undefined;
    asOf: string;
    knownAt?: string | undefined;
  }): Promise<AsyncIterable<Buffer>>;
  close(): Promise<void>;
};
