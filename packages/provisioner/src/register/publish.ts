import { NotFound } from '@understory/core/errors.ts';
import type { Register } from '@understory/core/register.ts';
import { digestDocument, signDocument } from '@understory/transparency-log/signed-document.ts';
import type { Context } from '../context.ts';
import { externalRecords } from '../services/external-servers.ts';
import { branchesOf } from '../store/branches.ts';
import { clientsOf } from '../store/clients.ts';
import { contactRows } from '../store/contacts.ts';
import { type Database, lock } from '../store/database.ts';
import { findLibrary, policiesOf } from '../store/libraries.ts';
import { neighborhoodsOf } from '../store/neighborhoods.ts';
import { big } from '../store/rows.ts';
import { grantsOf } from '../store/staff.ts';
import { isUuid } from '../store/uuid.ts';
import { deliberationsOf } from './deliberations.ts';
import { branchRecord, contactsOf, grantRecord, libraryRecord } from './records.ts';

/** A published register: the exact signed text and its version, which is its ETag. */
export interface Published {
	readonly version: number;
	readonly document: string;
}

/**
 * Publishes the register of a library when something in it changed (DESIGN 5.1). The version counts up by one and never back; the same
 * content never gets a second version. Returns the version that now stands, and whether this call made it.
 */
export async function publishRegister(
	context: Context,
	libraryId: string,
): Promise<{ version: number; isNew: boolean }> {
	const published = await context.database.transaction(async (transaction) => {
		await lock(transaction, `register:${libraryId}`);
		const content = await contentOf(transaction, libraryId, context.clock.now());
		const digest = digestDocument(content);
		const last = await transaction('register')
			.where({ library: libraryId })
			.first<{ version: string; digest: string } | undefined>('version', 'digest');
		if (last?.digest === digest) return { version: big(last.version), isNew: false };
		const next = last ? big(last.version) + 1 : 1;
		const register: Register = { ...content, version: next, issued: context.clock.now() };
		const document = JSON.stringify(signDocument(register, context.platformKey));
		await transaction('register')
			.insert({ library: libraryId, version: next, digest, document })
			.onConflict('library')
			.merge(['version', 'digest', 'document']);
		return { version: next, isNew: true };
	});
	context.afterStep('register_published');
	return published;
}

/** The register as it was last published. */
export async function publishedRegister(
	database: Database,
	libraryId: string,
): Promise<Published | undefined> {
	if (!isUuid(libraryId)) return undefined;
	const row = await database('register')
		.where({ library: libraryId })
		.first<{ version: string; document: string } | undefined>('version', 'document');
	return row && { version: big(row.version), document: row.document };
}

/** Every library that has a register, with its version. */
export async function publishedVersions(
	database: Database,
): Promise<{ id: string; slug: string; version: number }[]> {
	const rows = await database('register')
		.join('library', 'library.id', 'register.library')
		.orderBy('library.slug')
		.select<{ id: string; slug: string; version: string }[]>(
			'library.id',
			'library.slug',
			'register.version',
		);
	return rows.map((row) => ({ ...row, version: big(row.version) }));
}

async function contentOf(
	database: Database,
	libraryId: string,
	now: number,
): Promise<Omit<Register, 'version' | 'issued'>> {
	const library = await findLibrary(database, libraryId);
	if (!library) throw new NotFound('There is no such library.');
	const branches = await branchesOf(database, libraryId);
	const neighborhoods = await neighborhoodsOf(database, libraryId);
	const clients = await clientsOf(database, libraryId);
	const external = await externalRecords(database, library, now);
	const standing = (branch: string) =>
		neighborhoods.filter(({ branches: ids }) => ids.has(branch)).map(({ row }) => row.id);
	return {
		type: 'understory/register/v1',
		library: libraryRecord(library),
		branches: branches.map((branch) => branchRecord(branch, standing(branch.id))),
		grants: (await grantsOf(database, libraryId)).map(grantRecord),
		policies: await policiesOf(database, libraryId),
		contacts: contactsOf(library, branches, await contactRows(database, libraryId)),
		...(clients.length > 0 ? { clients } : {}),
		...(external.length > 0 ? { external } : {}),
		...(await deliberationsOf(database, neighborhoods, branches)),
		rosters: neighborhoods.flatMap(({ row }) => (row.roster ? [row.roster] : [])),
	};
}
