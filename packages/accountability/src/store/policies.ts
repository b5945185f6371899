import type { Policy } from '@understory/core/rule.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { Db } from './database.ts';

/** One version of a policy as it was published, with the digest that statements name. */
export interface KeptPolicy {
	readonly policy: Policy;
	/** `sha256:<hex>` of its canonical JSON. */
	readonly digest: string;
}

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
				digest: digestDocument(policy),
			})),
		)
		.onConflict(['library_id', 'id', 'version'])
		.ignore();
}

/** Every version of every policy the library ever had, the newest first. */
export async function policiesOf(db: Db, libraryId: string): Promise<KeptPolicy[]> {
	const rows = await db('policies')
		.where({ library_id: libraryId })
		.orderBy([{ column: 'id' }, { column: 'version', order: 'desc' }])
		.select<{ document: string; digest: string }[]>('document', 'digest');
	return rows.map(({ document, digest }) => ({ policy: JSON.parse(document) as Policy, digest }));
}
