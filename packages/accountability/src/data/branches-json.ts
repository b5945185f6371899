import { dateIn } from '@understory/core/calendar.ts';
import type { Contact } from '@understory/core/contact.ts';
import { inDegrees } from '@understory/core/location.ts';
import { policiesInForce } from '@understory/core/policy-versions.ts';
import type { BranchRecord } from '@understory/core/register.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { Library } from '../registers.ts';
import { externalJson } from './external-data.ts';

/** The contacts of a branch: its own, then the library's. */
export function contactsOf(library: Library, branch: BranchRecord): Contact[] {
	const { contacts } = library.register;
	return [
		...contacts.filter((contact) => contact.branch === branch.id),
		...contacts.filter((contact) => contact.branch === null),
	];
}

/** What `/branches.json` says: every branch with its policies in force, contacts and neighborhoods (DESIGN section 8). */
export function branchesJson(library: Library, now: number): object {
	const { register, origin } = library;
	const today = dateIn(library.zone, now);
	return {
		library: {
			id: register.library.id,
			name: register.library.name,
			url: `${origin}/`,
			time_zone: library.zone,
			sample: register.library.sample,
		},
		register_version: register.version,
		branches: register.branches.map((branch) => branchJson(library, branch, today)),
		external: (register.external ?? []).map((server) => externalJson(library, server)),
	};
}

function branchJson(library: Library, branch: BranchRecord, today: string): object {
	const { register, origin } = library;
	const { host } = new URL(branch.origin);
	return {
		host,
		url: `${branch.origin}/`,
		page: `${origin}/branches/${host}`,
		name: branch.name,
		kind: branch.kind,
		stage: branch.stage,
		federation: branch.federation,
		address: branch.address,
		location: branch.location ? inDegrees(branch.location) : null,
		phone: branch.phone,
		door: branch.door,
		branch_key: branch.branch_key,
		policies: policiesInForce(register.policies, branch, today).map((policy) => ({
			id: policy.id,
			version: policy.version,
			url: `${origin}/policies/${policy.id}/${policy.version}`,
			sha256: digestDocument(policy),
			adopted_by: policy.adopted_by,
			effective_on: policy.effective_on,
			of: policy.branch === undefined ? 'library' : 'branch',
			rules: policy.rules.map(({ id, version }) => ({ id, version })),
		})),
		contacts: contactsOf(library, branch).map(({ branch: of, ...contact }) => ({
			...contact,
			of: of === null ? 'library' : 'branch',
		})),
		neighborhoods: register.rosters
			.filter(({ id }) => branch.neighborhoods.includes(id))
			.map(({ id, name, url, version }) => ({ id, name, url, version })),
	};
}
