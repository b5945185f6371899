import type { Context } from '../context.ts';
import { insertBranches, type NewBranch } from '../services/branches.ts';
import { insertLibraries, type NewLibrary } from '../services/libraries.ts';
import type { Transaction } from '../store/database.ts';
import type { BranchRow, LibraryRow } from '../store/rows.ts';

/** What a row changes of a branch that is there. */
export type BranchSet = Pick<BranchRow, 'name' | 'address'> &
	Partial<Pick<BranchRow, 'location' | 'phone' | 'door' | 'housing' | 'source_digest'>>;

/** One thing to write. */
export type Act =
	| { readonly act: 'insert_library'; readonly library: NewLibrary & { readonly id: string } }
	| {
			readonly act: 'update_library';
			readonly id: string;
			readonly set: Pick<LibraryRow, 'name' | 'phone' | 'address' | 'source_digest'>;
	  }
	| {
			readonly act: 'insert_branch';
			readonly library: Pick<LibraryRow, 'id' | 'slug'>;
			readonly branch: NewBranch & { readonly id: string };
			readonly place: number;
	  }
	| { readonly act: 'update_branch'; readonly id: string; readonly set: BranchSet }
	| { readonly act: 'propose_closing'; readonly id: string; readonly reason: string };

/** Writes what a batch of rows comes to. Host labels are given once and never changed; what is new is only listed. */
export async function carryOutActs(
	context: Context,
	transaction: Transaction,
	acts: readonly Act[],
): Promise<void> {
	const of = <A extends Act['act']>(name: A) =>
		acts.filter((act): act is Extract<Act, { act: A }> => act.act === name);
	const libraries = of('insert_library').map(({ library }) => library);
	if (libraries.length > 0) await insertLibraries(context, transaction, libraries);
	await insertBranches(context, transaction, of('insert_branch'), 'listed');
	for (const { id, set } of of('update_library')) {
		const row = { ...set, address: JSON.stringify(set.address) };
		await transaction('library').where({ id }).update(row);
	}
	for (const { id, set } of of('update_branch')) {
		const json = (['address', 'location', 'door'] as const).flatMap((field) =>
			set[field] === undefined ? [] : [[field, JSON.stringify(set[field])]],
		);
		await transaction('branch')
			.where({ id })
			.update({
				...set,
				...Object.fromEntries(json),
				proposed_closing: null,
				generation: transaction.raw("case when stage = 'listed' then generation else generation + 1 end"),
			});
	}
	for (const { id, reason } of of('propose_closing'))
		await transaction('branch').where({ id }).update({ proposed_closing: reason });
}
