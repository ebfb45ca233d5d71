/** Sign-in limits in one place. Minutes unless the name says otherwise. */
export const limits = {
  failuresBeforeLock: 5,
  lockMinutes: 15,
  /** How many attempts of one address may fail in its window, over all accounts that never signed in from there. */
  failuresOfAddress: 30,
  addressWindowMinutes: 15,
  /** How long an account that signed in from an address may be tried from there whatever others do. */
  knownAtAddressMinutes: 30 * 24 * 60,
  accountsPerAddress: 2_000,
  addressesRemembered: 20_000,
  idleMinutes: 30,
  absoluteMinutes: 12 * 60,
  clientTokenMinutes: 60,
  passwordLengthMin: 10,
  passwordLengthMax: 200,
  /** How long a resolved caller may be answered from memory. */
  callerCacheMs: 5_000,
  /** How old `last_seen_at` may grow before it is written again. */
  lastSeenMs: 60_000,
} as const;
