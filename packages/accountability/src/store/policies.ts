import type { Policy } from '@understory/core/rule.ts';
import type { Db } from './database.ts';

/** Keeps the policies of a register, so that every version that was ever in force keeps its address. */
export async function keepPolicies(db: Db, libraryId: string, policies: readonly Policy[]): Promise<void> {
	if (policies.length === 0) return;
	await db('policies')
		.insert(
			policies.map((policy) => ({
				library_id: libraryId,
				id: policy.id,
				version: policy.version,
				document: JSON.stringify(policy),
			})),
		)
		.onConflict(['library_id', 'id', 'version'])
		.ignore();
}

/** One version of a policy; null when the library never had it. */
export async function findPolicy(
	db: Db,
	libraryId: string,
	id: string,
	version: number,
): Promise<Policy | null> {
	const row = await db('policies')
		.where({ library_id: libraryId, id, version })
		.first<{ document: string } | undefined>('document');
	return row ? (JSON.parse(row.document) as Policy) : null;
}
