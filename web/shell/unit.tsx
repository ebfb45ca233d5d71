import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import type { MoneyUnit } from '../../src/kernel/money.ts';

const key = 'rongdan.unit';
const units: readonly MoneyUnit[] = ['元', '万元', '亿元'];
const UnitContext = createContext<{ unit: MoneyUnit; choose: (unit: MoneyUnit) => void }>({
  unit: '万元',
  choose: () => undefined,
});

/** Holds the display unit of money for all pages and remembers it on this computer. It never touches a value. */
export function UnitProvider({ children }: { children: ReactNode }) {
  const [unit, setUnit] = useState<MoneyUnit>(remembered);
  const value = useMemo(
    () => ({
      unit,
      choose: (chosen: MoneyUnit) => {
        setUnit(chosen);
        try {
          localStorage.setItem(key, chosen);
        } catch {
          // Storage may be forbidden on locked-down office computers; the choice then lasts until the tab closes.
        }
      },
    }),
    [unit],
  );
  return <UnitContext.Provider value={value}>{children}</UnitContext.Provider>;
}

/** The unit money is shown in now. */
export const useUnit = (): MoneyUnit => useContext(UnitContext).unit;

/** For the switch itself. */
export const useUnitChoice = () => ({ ...useContext(UnitContext), units });

function remembered(): MoneyUnit {
  try {
    const stored = localStorage.getItem(key);
    return units.find((each) => each === stored) ?? '万元';
  } catch {
    return '万元';
  }
}
