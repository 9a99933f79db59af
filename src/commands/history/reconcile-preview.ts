import type { Emit } from '../../cli/reporter.js';
import type { ColumnsNotice, ReconcilePlanNotice } from '../../output/notice.js';
import type { KeyField } from '../../payload/row-fields.js';
import type { Sides } from '../../reconciliation/choose-key.js';
import { needsOf } from '../../reconciliation/reconcile.js';
import type { Needs, RowSide } from '../../reconciliation/side.js';
import { reconciledRow } from './reconciled-notice.js';

const maxRows = 3;

/** Shows how files are understood, with their first rows. */
export function emitPreview(
  sides: Sides,
  { key, within }: { readonly key: readonly KeyField[]; readonly within: number | undefined },
  emit: Emit<ColumnsNotice | ReconcilePlanNotice>,
): void {
  for (const [side, each] of [
    ['expect', sides.expected],
    ['in', sides.found],
  ] as const) {
    for (const file of each.files) {
      emit({
        type: 'columns',
        side,
        file: file.name,
        form: file.form,
        fields: [...file.recognised].map(([field, indexes]) => ({
          field,
          columns: indexes.map((index) => file.columns[index] ?? ''),
        })),
        ignored: file.columns.filter(
          (_, index) => ![...file.recognised.values()].some((taken) => taken.includes(index)),
        ),
        rows: firstRows(each, file.name, needsOf(key, within)),
      });
    }
  }
  emit({
    type: 'reconcile_plan',
    expected: sides.expected.name,
    in: sides.found.name,
    key,
    within: within ?? null,
  });
}

function firstRows(side: RowSide, name: string, needs: Needs) {
  return side.firstRows(name, maxRows, needs).map(({ row, at }) => {
    const { panel, msgid, shownWho, channel, event, time } = row;
    return reconciledRow({ at, panel, msgid, who: shownWho, channel, event, time });
  });
}
