import { noProblems, type RowProblem, type SheetLimits, type SheetRow } from './row.ts';
import type { XmlHandlers } from './xlsx-package.ts';
import type { SharedStrings } from './xlsx-strings.ts';
import {
  cellProblem,
  columnOf,
  lostDigits,
  type NumberKind,
  showNumber,
  showPercentNumber,
  showSerial,
  unescapeText,
} from './xlsx-values.ts';

type Context = {
  readonly strings: SharedStrings;
  readonly kinds: readonly NumberKind[];
  readonly is1904: boolean;
  readonly limits: SheetLimits;
};

/** Collects the rows of a sheet's XML as it streams by; `take` hands over those finished. */
export class SheetCells implements XmlHandlers {
  readonly #context: Context;
  #rows: SheetRow[] = [];
  #line = 0;
  #cells: string[] = [];
  #problems: RowProblem[] = [];
  #column = -1;
  #type = '';
  #style = 0;
  #value: string | undefined;
  #hasFormula = false;
  #collects = false;
  #inPhonetic = false;
  #tooLong = false;

  constructor(context: Context) {
    this.#context = context;
  }

  take(): SheetRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  readonly open = (name: string, attributes: Readonly<Record<string, string>>): void => {
    if (name === 'c') {
      this.#column = attributes.r === undefined ? this.#column + 1 : columnOf(attributes.r);
      this.#type = attributes.t ?? 'n';
      this.#style = Number(attributes.s ?? 0);
      this.#value = undefined;
      this.#hasFormula = false;
      this.#tooLong = false;
    } else if (name === 'v' || name === 't') {
      this.#collects = !this.#inPhonetic;
      this.#value ??= '';
    } else if (name === 'f') this.#hasFormula = true;
    else if (name === 'rPh') this.#inPhonetic = true;
    else if (name === 'row') {
      const given = Number(attributes.r);
      this.#line = Number.isInteger(given) && given > 0 ? given : this.#line + 1;
      this.#cells = [];
      this.#problems = [];
      this.#column = -1;
    }
  };

  readonly text = (piece: string): void => {
    if (!this.#collects || this.#value === undefined) return;
    const room = this.#context.limits.maxCellChars - this.#value.length;
    if (piece.length > room) this.#tooLong = true;
    this.#value += piece.slice(0, room);
  };

  readonly close = (name: string): void => {
    if (name === 'v' || name === 't') this.#collects = false;
    else if (name === 'rPh') this.#inPhonetic = false;
    else if (name === 'c') this.#closeCell();
    else if (name === 'row' && this.#cells.length > 0) {
      const problems = this.#problems.length === 0 ? noProblems : this.#problems;
      this.#rows.push({ line: this.#line, cells: this.#cells, problems });
    }
  };

  #closeCell(): void {
    if (this.#value === undefined && !this.#hasFormula) return;
    if (this.#column < 0) return;
    const { maxColumns, maxCellChars } = this.#context.limits;
    if (this.#column >= maxColumns) {
      if (this.#problems.at(-1)?.code !== 'column-count') {
        const message = `第${this.#line}行的内容超出第${maxColumns}列：请删去多余的列`;
        this.#problems.push({ code: 'column-count', message, column: this.#column });
      }
      return;
    }
    while (this.#cells.length <= this.#column) this.#cells.push('');
    if (this.#tooLong) this.#fault('cell-too-long', `超过${maxCellChars}字：请缩短`);
    this.#cells[this.#column] = this.#show(this.#value);
  }

  #show(value: string | undefined): string {
    if (value === undefined) {
      this.#fault('formula-uncached', '是没有计算结果的公式：请用表格软件打开、重算并保存，或改填数值');
      return '';
    }
    switch (this.#type) {
      case 's': {
        const text = this.#context.strings.get(Number(value));
        if (text === undefined) this.#fault('cell-error', '指向不存在的文字：工作簿可能损坏，请另存后重报');
        return text ?? '';
      }
      case 'str':
      case 'inlineStr':
        return unescapeText(value);
      case 'b':
        return value === '1' || value === 'true' ? 'TRUE' : 'FALSE';
      case 'e':
        this.#fault('cell-error', `是公式错误${value}：请改正公式或改填数值`);
        return value;
      case 'd':
        return value.replace('T', ' ').replace(/ 00:00:00(\.0+)?$|Z$/g, '');
      default:
        return value === '' ? '' : this.#showNumber(value);
    }
  }

  #showNumber(stored: string): string {
    const kind = this.#context.kinds[this.#style] ?? 'number';
    const shown =
      kind === 'date'
        ? (showSerial(Number(stored), this.#context.is1904) ?? showNumber(stored))
        : kind === 'percent'
          ? showPercentNumber(stored)
          : showNumber(stored);
    if (shown === undefined) {
      this.#fault('cell-error', `的数值“${stored.slice(0, 40)}”无法辨认：请重新填写`);
      return stored;
    }
    if (kind === 'number' && lostDigits(stored)) {
      this.#fault('number-precision', '是16位以上的数字，表格软件已把末尾改成零：证件号、账号请设为文本格式后重填');
    }
    return shown;
  }

  #fault(code: RowProblem['code'], what: string): void {
    this.#problems.push(cellProblem(code, this.#line, this.#column, what));
  }
}
