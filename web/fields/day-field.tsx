import { DatePicker, Select } from 'antd';
import dayjs from 'dayjs';

type DayFieldProps = {
  /** Set by the form, so that its label belongs to the field. */
  readonly id?: string;
  readonly value?: string | undefined;
  readonly onChange?: (value: string | undefined) => void;
  readonly min?: string;
  readonly max?: string;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly allowClear?: boolean;
};

/** Chooses a calendar day; the value is 'YYYY-MM-DD' both ways. 20240930 may be typed as well. */
export function DayField({
  id,
  value,
  onChange,
  min,
  max,
  placeholder = '选择日期',
  disabled,
  allowClear = true,
}: DayFieldProps) {
  return (
    <DatePicker
      {...(id ? { id } : {})}
      value={value ? dayjs(value) : null}
      onChange={(chosen) => onChange?.(chosen ? chosen.format('YYYY-MM-DD') : undefined)}
      format={['YYYY-MM-DD', 'YYYYMMDD', 'YYYY/M/D']}
      placeholder={placeholder}
      // Enter takes the day typed; it must not send the form around the field as well.
      onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      allowClear={allowClear}
      {...(disabled === undefined ? {} : { disabled })}
      {...(min ? { minDate: dayjs(min) } : {})}
      {...(max ? { maxDate: dayjs(max) } : {})}
    />
  );
}

type QuarterFieldProps = {
  readonly value?: string | undefined;
  readonly onChange?: (value: string) => void;
  /** The newest quarter offered: pass the server's, from `useMe().today`. */
  readonly newest: string;
  readonly count?: number;
};

/** Chooses a quarter 'YYYY-Qn' out of the newest few. */
export function QuarterField({ value, onChange, newest, count = 12 }: QuarterFieldProps) {
  return (
    <Select
      value={value ?? null}
      placeholder="选择季度"
      style={{ width: 150 }}
      onChange={(chosen) => chosen && onChange?.(chosen)}
      options={quartersBack(newest, count).map((each) => ({
        value: each,
        label: `${each.slice(0, 4)}年第${'一二三四'[Number(each.slice(6)) - 1]}季度`,
      }))}
    />
  );
}

/** `count` quarters ending with `newest`, newest first. */
export function quartersBack(newest: string, count: number): string[] {
  const index = Number(newest.slice(0, 4)) * 4 + Number(newest.slice(6)) - 1;
  return Array.from({ length: count }, (_, back) => `${Math.floor((index - back) / 4)}-Q${((index - back) % 4) + 1}`);
}
