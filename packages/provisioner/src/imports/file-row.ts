import type { Outlet, System } from '../survey/outlet.ts';
import type { ListedBranch } from './list-row.ts';
import type { Why } from './reasons.ts';

/** A row as it was read; `library` is what the file calls the library it is about, when it says that much. */
export type FileRow =
	| { readonly what: 'system'; readonly line: number; readonly library: string; readonly row: System }
	| { readonly what: 'outlet'; readonly line: number; readonly library: string; readonly row: Outlet }
	| { readonly what: 'listed'; readonly line: number; readonly library: string; readonly row: ListedBranch }
	| {
			readonly what: 'none';
			readonly line: number;
			readonly library: string | null;
			readonly key: string | null;
			readonly outcome: 'skipped' | 'refused';
			readonly why: Why;
	  };

/** What one kind of file calls a row. */
export function keyOf(row: FileRow): string | null {
	if (row.what === 'none') return row.key;
	if (row.what === 'system') return row.library;
	return row.what === 'outlet' ? `${row.library}-${row.row.sequence}` : `${row.library}/${row.row.branch}`;
}
