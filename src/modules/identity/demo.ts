/** One account of the demo province, as the sign-in page offers it. */
export type DemoAccount = {
  readonly account: string;
  readonly password: string;
  readonly name: string;
  readonly institution: string;
  readonly role: string;
};

/** Is this a demo installation? Only then are demo accounts shown and the demo may be controlled. */
export const isDemo = (): boolean => /^(1|true|on|yes)$/i.test(process.env.RONGDAN_DEMO ?? '');

/** The one password of every demo account. Nothing but a demo seed may use it. */
export const demoPassword = 'rongdan-demo';
