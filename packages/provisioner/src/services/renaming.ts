import type { Door } from '@understory/core/door.ts';
import { BadInput, Conflict, type Fault } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import { changeBranch, findBranch, subjectOf } from '../store/branches.ts';
import { lock, type Transaction } from '../store/database.ts';
import { isUnderway } from '../store/operations.ts';
import type { BranchRow, LibraryRow } from '../store/rows.ts';
import { spineCode } from '../survey/names.ts';
import { type Asked, actOnBranch } from './act-on-branch.ts';
import { doorFaults, insertBranches, namingFaults } from './branches.ts';
import { holdToQuotas } from './quotas.ts';
import { takeAlong } from './taking-along.ts';

/** How a branch is to be called. */
export interface Renaming {
	/** In addresses. */
	readonly slug: string;
	/** For people; as before when nothing is said. */
	readonly name?: string;
	/** Who hosts it there; as before when nothing is said. */
	readonly door?: Door;
}

/**
 * Gives a branch another name in addresses (docs/adr/0126). One that is only listed gets it. For every other a new branch is made with its settings,
 * place, rules, contacts and roles (docs/adr/0135), and the operation goes on: once the new one serves, the old one is announced to close and to go on there, or, where
 * nobody was ever in, closed for good. The new branch has the id of the operation. Throws `BadInput` with each fault, `Conflict` for a name
 * that is taken, for a branch that goes on elsewhere already, and for one that is closed for good.
 */
export async function renameBranch(
	context: Context,
	library: LibraryRow,
	branch: BranchRow,
	wanted: Partial<Renaming>,
	asked: Asked & { readonly id: string },
): Promise<void> {
	await actOnBranch(
		context,
		branch.id,
		{ ...asked, kind: 'rename', audit: 'renaming' },
		async (database, row) => {
			if (row.stage === 'retired')
				throw new Conflict('A branch that is retired cannot be renamed.', 'renamed_late');
			if (row.successor !== null)
				throw new Conflict(`This branch goes on as ${row.successor.name} already.`, 'has_successor');
			if (await isUnderway(database, 'rename', row.id))
				throw new Conflict('This branch is being renamed already.', 'rename_underway');
			const slug = wanted.slug?.trim() ?? '';
			const name = wanted.name?.trim() || row.name;
			const opens = row.stage !== 'listed' && row.stage !== 'unopened';
			const faults = [...namingFaults({ slug, name }), ...(opens ? hostFaults(row, wanted.door) : [])];
			if (faults.length > 0) throw new BadInput('This branch cannot be renamed like that.', faults);
			await lock(database, `branches:${library.id}`);
			if (await findBranch(database, library.id, slug))
				throw new Conflict(`${library.name} already has a branch "${slug}".`, 'slug_taken');
			if (row.stage === 'listed') {
				// Nothing ever answered at its address.
				const origin = context.addresses.branch(library.slug, slug);
				return { slug, origin, name, ...(name === row.name ? {} : { code: spineCode(name) }) };
			}
			await makeAnew(context, database, { library, row, asked, opens, wanted: { ...wanted, slug, name } });
			return {};
		},
	);
}

/** A branch that nobody hosts does not go on with the same door. */
function hostFaults(row: BranchRow, door: Door | undefined): Fault[] {
	if (door === undefined && row.unhosted !== null)
		return [{ field: 'host', text: 'Nobody hosts this branch: say who hosts the new one.' }];
	return doorFaults(door ?? row.door);
}

/** Inserts the branch that goes on, open where the old one was, with everything that library IT settled for that one. */
async function makeAnew(
	context: Context,
	database: Transaction,
	at: {
		library: LibraryRow;
		row: BranchRow;
		wanted: Renaming & { readonly name: string };
		asked: Asked & { readonly id: string };
		opens: boolean;
	},
): Promise<void> {
	const { library, row, wanted, asked, opens } = at;
	const { address, location, phone, cloth, housing } = row;
	const now = context.clock.now();
	const door = wanted.door ?? row.door;
	const branch = {
		...{ id: asked.id, slug: wanted.slug, name: wanted.name, home: housing },
		...{ address, location, phone, cloth, door },
	};
	const [made] = await insertBranches(context, database, [{ library, branch, place: 0 }], 'unopened');
	const { federation, teens_public, totals_only, policies, appeal_partner, source_seq, source_digest } = row;
	// What the survey says of it is about the one that goes on.
	if (source_seq !== null) await changeBranch(database, row.id, { source_seq: null, source_digest: null });
	await changeBranch(database, made!.id, {
		...{ federation, teens_public, totals_only, source_seq, source_digest, renamed_from: row.id },
		...(opens ? { stage: 'open', policies, appeal_partner, door_since: String(now) } : {}),
	});
	await holdToQuotas(database, library);
	await takeAlong(context, database, { library, from: row, to: made!, by: asked.by });
	await addAudit(database, { at: now, actor: asked.by, act: 'renamed_from', subject: subjectOf(made!) });
}
