import type { Rounding } from '../../../kernel/money.ts';
import type { Ratio } from '../../../kernel/ratio.ts';
import { FormulaError, type Token, tokenise } from './tokens.ts';
import { combineUnits, isSameUnit, parseLiteral, ratioUnit, showUnit, type Unit } from './units.ts';

/** What a name in a formula stands for: its unit, whether it is always above zero, and its value where it is a constant. */
export type Name = {
  readonly unit: Unit;
  readonly isPositive: boolean;
  readonly isWhole: boolean;
  readonly constant?: Ratio;
};
export type Names = ReadonlyMap<string, Name>;

/** How a product or quotient is settled: kept exact, or rounded to a whole 分 (天, 户). */
export type Settling = Rounding | 'exact';
/** The words for rounding inside a formula. */
export const settlings: Readonly<Record<string, Settling>> = {
  精确: 'exact',
  四舍五入: 'half-up',
  去尾: 'down',
  进一: 'up',
  五成双: 'half-even',
};
export type Comparison = '≥' | '≤' | '>' | '<' | '=';

/** A checked formula. `whole` says that every value is a whole 分 (天, 户), so nothing is lost by storing it. */
export type Expression =
  | {
      readonly kind: 'value';
      readonly unit: Unit;
      readonly isWhole: boolean;
      readonly value: Ratio;
      readonly text: string;
    }
  | {
      readonly kind: 'name';
      readonly unit: Unit;
      readonly isWhole: boolean;
      readonly name: string;
      readonly constant?: Ratio;
    }
  | {
      readonly kind: 'arithmetic';
      readonly unit: Unit;
      readonly isWhole: boolean;
      readonly operator: '+' | '−' | '×' | '÷';
      readonly settling: Settling;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'choice';
      readonly unit: Unit;
      readonly isWhole: boolean;
      readonly pick: 'min' | 'max';
      readonly of: readonly Expression[];
    }
  | {
      readonly kind: 'if';
      readonly unit: Unit;
      readonly isWhole: boolean;
      readonly condition: Test;
      readonly yes: Expression;
      readonly no: Expression;
    };
export type Test =
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Test[] };

/** Reads and checks an amount's formula. Throws FormulaError: unknown name, units that do not fit, no rounding named. */
export function parseAmount(text: string, names: Names): Expression {
  const reader = new Reader(text, names);
  const found = reader.sum();
  reader.end();
  return found;
}

/** Reads and checks a condition, such as 单户在保余额 ≤ 500万元 且 费率 ≤ 1%. Throws FormulaError. */
export function parseTest(text: string, names: Names): Test {
  const reader = new Reader(text, names);
  const found = reader.test();
  reader.end();
  return found;
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #names: Names;
  #at = 0;
  #depth = 0;

  constructor(text: string, names: Names) {
    this.#tokens = tokenise(text);
    this.#names = names;
  }

  end(): void {
    if (this.#here.kind !== 'end') this.#fail(`不应有“${this.#here.text}”`);
  }

  test(): Test {
    const any = [this.#every()];
    while (this.#take('或')) any.push(this.#every());
    return any.length === 1 ? any[0]! : { kind: 'any', of: any };
  }

  sum(): Expression {
    if (++this.#depth > 40) this.#fail('公式嵌套过深');
    let left = this.#product();
    for (let sign = this.#sign(); sign; sign = this.#sign()) {
      const right = this.#product();
      this.#sameUnit(left, right, sign === '+' ? '相加' : '相减');
      const isWhole = left.isWhole && right.isWhole;
      left = { kind: 'arithmetic', unit: left.unit, isWhole, operator: sign, settling: 'exact', left, right };
    }
    this.#depth -= 1;
    return left;
  }

  #every(): Test {
    const all = [this.#compare()];
    while (this.#take('且')) all.push(this.#compare());
    return all.length === 1 ? all[0]! : { kind: 'all', of: all };
  }

  #compare(): Test {
    const left = this.sum();
    const operator = (['≥', '≤', '>', '<', '='] as const).find((each) => this.#take(each));
    if (!operator) this.#fail('此处应为比较（≥ ≤ > < =）');
    const right = this.sum();
    this.#sameUnit(left, right, '比较');
    return { kind: 'compare', operator, left, right };
  }

  #product(): Expression {
    let left = this.#primary();
    for (;;) {
      const operator = this.#take('×') ? '×' : this.#take('÷') ? '÷' : undefined;
      if (!operator) return left;
      const settling = this.#settling(operator);
      const right = this.#primary();
      if (operator === '÷' && !isNeverZero(right, this.#names)) {
        this.#fail('除数须是不为零的常数，或恒大于零的输入项');
      }
      const made = combineUnits(left.unit, right.unit, operator === '×' ? 1 : -1);
      if (settling !== 'exact' && isSameUnit(made, ratioUnit)) this.#fail('比例不取整，请写［精确］');
      const isWhole = settling !== 'exact' || (operator === '×' && left.isWhole && right.isWhole);
      left = { kind: 'arithmetic', unit: made, isWhole, operator, settling, left, right };
    }
  }

  #settling(operator: string): Settling {
    const names = Object.keys(settlings).join('、');
    if (!this.#take('[')) this.#fail(`“${operator}”之后须写明取整方式，如 ${operator}[四舍五入]（可用：${names}）`);
    const settling = settlings[this.#here.text];
    if (!settling) this.#fail(`没有取整方式“${this.#here.text}”（可用：${names}）`);
    this.#at += 1;
    this.#expect(']');
    return settling;
  }

  #primary(): Expression {
    const token = this.#here;
    if (this.#take('(')) {
      const inside = this.sum();
      this.#expect(')');
      return inside;
    }
    this.#at += 1;
    if (token.kind === 'literal') {
      const literal = parseLiteral(token.text);
      if (!literal) this.#fail(`看不懂数值“${token.text}”`);
      const isWhole = literal.value.denominator === 1n;
      return { kind: 'value', unit: literal.unit, isWhole, value: literal.value, text: token.text };
    }
    if (token.kind !== 'name') this.#fail(`此处应为数值、名称或括号${token.text ? `，而非“${token.text}”` : ''}`);
    if (this.#here.text === '(') return this.#call(token.text);
    const name = this.#names.get(token.text);
    if (!name) this.#fail(`没有名为“${token.text}”的输入项或常数`);
    const constant = name.constant ? { constant: name.constant } : {};
    return { kind: 'name', unit: name.unit, isWhole: name.isWhole, name: token.text, ...constant };
  }

  #call(name: string): Expression {
    this.#expect('(');
    if (name === '若') {
      const condition = this.test();
      this.#expect(',');
      const yes = this.sum();
      this.#expect(',');
      const no = this.sum();
      this.#expect(')');
      this.#sameUnit(yes, no, '二选一');
      return { kind: 'if', unit: yes.unit, isWhole: yes.isWhole && no.isWhole, condition, yes, no };
    }
    const pick =
      name === '取小' ? 'min' : name === '取大' ? 'max' : this.#fail(`没有函数“${name}”（可用：取小、取大、若）`);
    const of = [this.sum()];
    while (this.#take(',')) {
      const next = this.sum();
      this.#sameUnit(of[0]!, next, '比大小');
      of.push(next);
    }
    this.#expect(')');
    if (of.length < 2) this.#fail(`${name}至少要有两项`);
    return { kind: 'choice', unit: of[0]!.unit, isWhole: of.every((each) => each.isWhole), pick, of };
  }

  #sameUnit(left: Expression, right: Expression, doing: string): void {
    if (isSameUnit(left.unit, right.unit)) return;
    this.#fail(`单位不同，不能${doing}：${showUnit(left.unit)}与${showUnit(right.unit)}`);
  }

  #sign(): '+' | '−' | undefined {
    return this.#take('+') ? '+' : this.#take('−') ? '−' : undefined;
  }

  get #here(): Token {
    return this.#tokens[this.#at]!;
  }

  #take(text: string): boolean {
    if (this.#here.kind === 'literal' || this.#here.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) this.#fail(`此处应为“${text}”`);
  }

  #fail(message: string): never {
    throw new FormulaError(message, (this.#tokens[this.#at] ?? this.#tokens.at(-1)!).at);
  }
}

function isNeverZero(expression: Expression, names: Names): boolean {
  if (expression.kind === 'value') return expression.value.numerator !== 0n;
  if (expression.kind !== 'name') return false;
  return expression.constant ? expression.constant.numerator !== 0n : (names.get(expression.name)?.isPositive ?? false);
}

/** The inputs (not the constants) a formula or condition names. */
export function inputsOf(of: Expression | Test): string[] {
  switch (of.kind) {
    case 'value':
      return [];
    case 'name':
      return of.constant ? [] : [of.name];
    case 'arithmetic':
    case 'compare':
      return [...inputsOf(of.left), ...inputsOf(of.right)];
    case 'if':
      return [...inputsOf(of.condition), ...inputsOf(of.yes), ...inputsOf(of.no)];
    default:
      return of.of.flatMap(inputsOf);
  }
}
