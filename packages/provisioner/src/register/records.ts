import type { Contact } from '@understory/core/contact.ts';
import type { Grant } from '@understory/core/grants.ts';
import type { BranchRecord, LibraryRecord } from '@understory/core/register.ts';
import type { ContactRow } from '../store/contacts.ts';
import { type BranchRow, big, type GrantRow, type LibraryRow } from '../store/rows.ts';

/** How the rows of the provisioner look in the register. */
export function libraryRecord(row: LibraryRow): LibraryRecord {
	return {
		id: row.id,
		slug: row.slug,
		name: row.name,
		zone: row.zone,
		languages: row.languages,
		card_origin: row.card_origin,
		accountability_origin: row.accountability_origin,
		card_digits: row.card_digits,
		...(row.witnesses.length > 0 ? { witnesses: row.witnesses } : {}),
		...(row.watches.length > 0 ? { watches: row.watches } : {}),
		...(row.bodies.length > 0 ? { bodies: row.bodies } : {}),
		...(row.records ? { records: row.records } : {}),
		sample: row.sample,
	};
}

export function branchRecord(row: BranchRow, neighborhoods: readonly string[]): BranchRecord {
	return {
		id: row.id,
		slug: row.slug,
		name: row.name,
		code: row.code,
		cloth: row.cloth,
		kind: row.kind,
		stage: row.stage,
		origin: row.origin,
		federation: row.federation,
		home: row.home,
		epoch: row.epoch,
		branch_key: row.branch_key,
		sector: row.id,
		address: row.address,
		...(row.location ? { location: row.location } : {}),
		phone: row.phone,
		door: row.door,
		...(row.teens_public ? { teens_public: true } : {}),
		...(row.hosted_until === null ? {} : { hosted_until: big(row.hosted_until) }),
		...(row.unhosted ? { unhosted: row.unhosted } : {}),
		...(row.suspension ? { suspended: row.suspension } : {}),
		...(row.retirement ? { retired: { at: row.retirement.at, until: row.retirement.until } } : {}),
		...(row.successor ? { successor: row.successor } : {}),
		...(row.totals_only ? { totals_only: row.totals_only } : {}),
		policies: row.policies,
		appeal_partner: row.appeal_partner,
		neighborhoods: [...neighborhoods],
	};
}

export function grantRecord(row: GrantRow): Grant {
	return {
		staff_id: row.staff_id,
		name: row.name,
		role: row.role,
		branch: row.branch,
		from: big(row.valid_from),
		until: row.valid_until === null ? null : big(row.valid_until),
		...(row.team ? { team: row.team } : {}),
	};
}

/** Whom to turn to: the library and each branch, as far as the survey or library IT told, and whoever else stands behind them. */
export function contactsOf(
	library: LibraryRow,
	branches: readonly BranchRow[],
	others: readonly ContactRow[],
): Contact[] {
	const source = (key: string | null) =>
		key ? 'Institute of Museum and Library Services, Public Libraries Survey' : 'library IT';
	return [
		{
			role: 'library',
			name: library.name,
			phone: library.phone,
			address: library.address,
			branch: null,
			source: source(library.source_key),
			checked_on: null,
		},
		...branches.map((branch) => ({
			role: 'branch',
			name: branch.name,
			phone: branch.phone,
			address: branch.address,
			branch: branch.id,
			source: source(branch.source_seq),
			checked_on: null,
		})),
		...others.map(contactOf),
	];
}

/** As the register and the public pages have it. */
export function contactOf(row: ContactRow): Contact {
	const {
		role,
		name,
		phone,
		branch,
		source,
		checked_on,
		checked_by,
		body,
		division,
		email,
		languages,
		term_end,
		broken_on,
	} = row;
	return {
		...{ role, name, phone, address: null, branch, source, checked_on },
		...{ checked_by, body, division, email, languages, term_end, broken_on },
		...(row.sample ? { sample: true } : {}),
	};
}
