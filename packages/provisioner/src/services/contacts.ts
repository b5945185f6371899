import { dateIn, isDay } from '@understory/core/calendar.ts';
import { contactState, isDivision } from '@understory/core/contact.ts';
import { BadInput, Conflict, type Fault, NotFound } from '@understory/core/errors.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { Context } from '../context.ts';
import { contactOf } from '../register/records.ts';
import { findBranch } from '../store/branches.ts';
import {
	addContact,
	type ContactRow,
	changeContact,
	contactRows,
	findContact,
	removeContact,
} from '../store/contacts.ts';
import { type Database, lock } from '../store/database.ts';
import type { LibraryRow } from '../store/rows.ts';
import { isUuid } from '../store/uuid.ts';
import { type ContactFile, isEmail, readContactFile, type ToldContact } from './contact-file.ts';

/** What somebody writes down about a contact. */
export interface WantedContact {
	readonly role: string;
	readonly name?: string | null;
	readonly body?: string | null;
	readonly division?: string | null;
	readonly phone?: string | null;
	readonly email?: string | null;
	readonly languages?: readonly string[];
	readonly term_end?: string | null;
	/** Slug of a branch; null for the library. */
	readonly branch?: string | null;
}

/** What is changed: what it says, that somebody checked it, or that it does not work. */
export type ContactChange = Partial<WantedContact> & { readonly checked?: true; readonly broken?: boolean };

/** What taking in a file would do. `digest` names the file and what it would change: a plan that was looked at is the one that is carried out. */
export interface ImportPlan {
	readonly kind: ContactFile['kind'];
	readonly source: string;
	readonly added: readonly ToldContact[];
	readonly changed: readonly { readonly was: ContactRow; readonly will: ToldContact }[];
	/** Those that an earlier file of this source had. */
	readonly ended: readonly ContactRow[];
	readonly unchanged: number;
	readonly faults: readonly Fault[];
	readonly digest: string;
}

const TOLD = [
	'role',
	'name',
	'body',
	'division',
	'phone',
	'email',
	'term_end',
] as const satisfies readonly (keyof ToldContact)[];
const MOST = 5_000;

/** Adds a contact; whoever writes it down has checked it. Throws `BadInput`. */
export async function writeContact(
	context: Context,
	library: LibraryRow,
	wanted: WantedContact,
	by: string,
): Promise<ContactRow> {
	const today = dateIn(library.zone, context.clock.now());
	const branch = await checked(context.database, library, wanted);
	const row = {
		id: context.randomId(),
		library: library.id,
		branch,
		role: wanted.role.trim(),
		name: clean(wanted.name),
		body: clean(wanted.body),
		division: clean(wanted.division),
		phone: clean(wanted.phone),
		email: clean(wanted.email),
		languages: [...(wanted.languages ?? [])],
		term_end: clean(wanted.term_end),
		source: 'library IT',
		source_id: null,
		checked_on: today,
		checked_by: by,
		broken_on: null,
		sample: library.sample,
		created: context.clock.now(),
	};
	await addContact(context.database, row);
	return { ...row, created: String(row.created) };
}

/** Changes a contact. What was changed or checked works, as far as one knows. Throws `NotFound` or `BadInput`. */
export async function reviseContact(
	context: Context,
	library: LibraryRow,
	id: string,
	change: ContactChange,
	by: string,
): Promise<ContactRow> {
	const row = isUuid(id) ? await findContact(context.database, library.id, id) : undefined;
	if (!row) throw new NotFound('There is no such contact.');
	const today = dateIn(library.zone, context.clock.now());
	const { checked: isChecked, broken, branch: slug, ...said } = change;
	const wanted = { ...row, branch: null, ...said, ...(slug === undefined ? {} : { branch: slug }) };
	const branch = await checked(context.database, library, wanted);
	const texts = Object.fromEntries(
		TOLD.flatMap((field) => (said[field] === undefined ? [] : [[field, clean(said[field])]])),
	);
	const fresh =
		isChecked || Object.keys(texts).length > 0 || said.languages !== undefined || slug !== undefined;
	const update: Partial<ContactRow> = {
		...texts,
		...(said.languages ? { languages: [...said.languages] } : {}),
		...(slug === undefined ? {} : { branch }),
		...(fresh ? { checked_on: today, checked_by: by, broken_on: null } : {}),
		...(broken === undefined ? {} : { broken_on: broken ? today : null }),
	};
	if (Object.keys(update).length > 0) await changeContact(context.database, library.id, id, update);
	return { ...row, ...update };
}

/** Takes a contact away. Throws `NotFound`. */
export async function endContact(context: Context, library: LibraryRow, id: string): Promise<void> {
	if (!isUuid(id) || !(await removeContact(context.database, library.id, id)))
		throw new NotFound('There is no such contact.');
}

/** Says what taking in a file would do, and does nothing. Throws `BadInput` for a file that is neither Popolo nor Legistar. */
export async function planImport(
	context: Context,
	library: LibraryRow,
	document: unknown,
): Promise<ImportPlan> {
	return planned(context.database, library, document);
}

/**
 * Carries out a plan that somebody looked at. Throws `Conflict` when the file or the contacts are not what they were then: it has to be looked at
 * again.
 */
export async function carryOutImport(
	context: Context,
	library: LibraryRow,
	asked: { readonly file: unknown; readonly digest: string },
	by: string,
): Promise<ImportPlan> {
	return context.database.transaction(async (transaction) => {
		await lock(transaction, `contacts:${library.id}`);
		const plan = await planned(transaction, library, asked.file);
		if (plan.digest !== asked.digest)
			throw new Conflict(
				'The file or the contacts changed since it was looked at. Look at it again.',
				'plan_changed',
			);
		const now = context.clock.now();
		const told = { checked_on: dateIn(library.zone, now), checked_by: by, broken_on: null };
		for (const contact of plan.added) {
			await addContact(transaction, {
				...contact,
				...told,
				id: context.randomId(),
				library: library.id,
				branch: null,
				languages: [],
				source: plan.source,
				sample: library.sample,
				created: now,
			});
		}
		for (const { was, will } of plan.changed)
			await changeContact(transaction, library.id, was.id, { ...will, ...told });
		for (const { id } of plan.ended) await removeContact(transaction, library.id, id);
		return plan;
	});
}

async function planned(database: Database, library: LibraryRow, document: unknown): Promise<ImportPlan> {
	const file = readContactFile(document);
	if (!file) {
		throw new BadInput('This file cannot be read.', [
			{
				field: 'file',
				text: 'Give a Popolo document with persons and memberships, or the OfficeRecords of Legistar.',
			},
		]);
	}
	const source = file.kind === 'popolo' ? 'Popolo file' : 'Legistar';
	const rows = (await contactRows(database, library.id)).filter((row) => row.source === source);
	const known = new Map(rows.map((row) => [row.source_id, row]));
	const told = new Set(file.contacts.map(({ source_id }) => source_id));
	const same = (row: ContactRow, will: ToldContact) => TOLD.every((field) => row[field] === will[field]);
	const added = file.contacts.filter(({ source_id }) => !known.has(source_id));
	const changed = file.contacts.flatMap((will) => {
		const was = known.get(will.source_id);
		return was && !same(was, will) ? [{ was, will }] : [];
	});
	const ended = rows.filter(({ source_id }) => source_id !== null && !told.has(source_id));
	if (rows.length - ended.length + added.length > MOST)
		throw new BadInput('That are too many.', [
			{ field: 'file', text: `A library has at most ${MOST} contacts.` },
		]);
	const digest = digestDocument({
		added: added.map((one) => ({ ...one })),
		changed: changed.map(({ was, will }) => ({
			was: was.id,
			before: TOLD.map((field) => was[field]),
			will: { ...will },
		})),
		ended: ended.map(({ id }) => id),
	});
	const unchanged = file.contacts.length - added.length - changed.length;
	return { kind: file.kind, source, added, changed, ended, unchanged, faults: file.faults, digest };
}

/** The id of the branch a contact is of, once everything it says can be used. */
async function checked(
	database: Database,
	library: LibraryRow,
	wanted: WantedContact,
): Promise<string | null> {
	const faults: Fault[] = [];
	const bad = (field: string, text: string): void => void faults.push({ field, text });
	if (!wanted.role.trim()) bad('role', 'Say what this contact is: council member, library board, ombuds.');
	if (!clean(wanted.phone) && !clean(wanted.email))
		bad('phone', 'Give a telephone number or an e-mail address.');
	if (clean(wanted.email) && !isEmail(clean(wanted.email)!))
		bad('email', 'Write an address such as council@city.example.');
	if (clean(wanted.division) && !isDivision(clean(wanted.division)!))
		bad(
			'division',
			'Write an Open Civic Data division, such as ocd-division/country:us/state:or/place:portland.',
		);
	if (clean(wanted.term_end) && !isDay(clean(wanted.term_end)!))
		bad('term_end', 'Write a day as 2027-12-31.');
	if (wanted.languages?.some((tag) => !/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag)))
		bad('languages', 'Write languages as en or es.');
	const branch = wanted.branch ? await findBranch(database, library.id, wanted.branch) : null;
	if (branch === undefined) bad('branch', `There is no branch "${wanted.branch}" here.`);
	if (faults.length > 0) throw new BadInput('This contact cannot be kept as it stands.', faults);
	return branch?.id ?? null;
}

const clean = (text: string | null | undefined): string | null =>
	text?.replace(/[\s\p{Cc}]+/gu, ' ').trim() || null;

/** How many contacts of a library somebody has to look at: too old, over, or broken. */
export async function contactsToLookAt(context: Context, library: LibraryRow): Promise<number> {
	const today = dateIn(library.zone, context.clock.now());
	const rows = await contactRows(context.database, library.id);
	return rows.filter((row) => contactState(contactOf(row), today) !== 'checked').length;
}
