import type { BlockWire, ParagraphWire } from '../../src/modules/documents/contract.ts';
import './paper-view.css';

/** Where it stands in a text, the PDF has the seal. */
const sealMark = '\uE000';

type PaperViewProps = { readonly blocks: readonly BlockWire[]; readonly mark?: string | undefined };

/** The text of a paper as its PDF has it: the same paragraphs and tables, `mark` (样例文本、已作废) across it. */
export const PaperView = ({ blocks, mark }: PaperViewProps) => (
  <article className="paper-view" aria-label="文书正文">
    {mark && <div className="paper-mark">{mark}</div>}
    {blocks.map((block, index) =>
      block.kind === 'paragraph' ? (
        // biome-ignore lint/suspicious/noArrayIndexKey: a paper's text never changes
        <Paragraph key={index} of={block} />
      ) : (
        // biome-ignore lint/suspicious/noArrayIndexKey: a paper's text never changes
        <table key={index} className={block.hasRules ? '' : 'no-rules'}>
          <tbody>
            {block.rows.map((row, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a paper's text never changes
              <tr key={at}>
                {row.cells.map((cell, column) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a paper's text never changes
                  <td key={column} colSpan={cell.span} style={cell.continues ? { borderTop: 0 } : undefined}>
                    {!cell.continues &&
                      cell.paragraphs.map((each, line) => (
                        // biome-ignore lint/suspicious/noArrayIndexKey: a paper's text never changes
                        <Paragraph key={line} of={each} />
                      ))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      ),
    )}
  </article>
);

const Paragraph = ({ of }: { of: ParagraphWire }) => (
  <p
    style={{
      textAlign: of.align,
      textIndent: of.first,
      marginLeft: of.left,
      marginTop: of.before,
      marginBottom: of.after,
    }}
  >
    {of.runs.map((run, index) => (
      <span
        // biome-ignore lint/suspicious/noArrayIndexKey: a paper's text never changes
        key={index}
        style={{
          fontSize: run.size * 1.2,
          fontWeight: run.bold ? 700 : 400,
          textDecoration: run.underline ? 'underline' : undefined,
        }}
      >
        {run.text.split(sealMark).map((text, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a paper's text never changes
          <span key={at}>
            {at > 0 && <span className="paper-seal">印</span>}
            {text}
          </span>
        ))}
      </span>
    ))}
  </p>
);
