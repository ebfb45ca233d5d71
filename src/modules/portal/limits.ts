/** How often the portal may be tried. Conventions of this platform, in one place; every count is of attempts, successful or not. */
export const limits = {
  codeMinutes: 5,
  codeDigits: 6,
  triesPerCode: 5,
  secondsBetweenCodes: 60,
  codesPerPhoneAnHour: 5,
  codesPerIdentityAnHour: 8,
  codesPerAddressAnHour: 60,
  /** Wrong codes of one identity within an hour, over all its codes. */
  wrongPerIdentityAnHour: 15,
  sessionMinutes: 30,
  uploadsPerSession: 30,
  uploadMegabytes: 30,
  /** Asked codes and sessions are forgotten after this many days. */
  keptDays: 7,
} as const;
