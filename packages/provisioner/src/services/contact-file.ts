import { isDay } from '@understory/core/calendar.ts';
import { isDivision } from '@understory/core/contact.ts';
import type { Fault } from '@understory/core/errors.ts';

/** A contact as a file tells it. */
export interface ToldContact {
	/** What the file calls it; the same the next time. */
	readonly source_id: string;
	readonly role: string;
	readonly name: string;
	readonly body: string | null;
	readonly division: string | null;
	readonly phone: string | null;
	readonly email: string | null;
	readonly term_end: string | null;
}

/** What a file was read as. `faults` name what could not be used; the rest is there all the same. */
export interface ContactFile {
	readonly kind: 'popolo' | 'legistar';
	readonly contacts: readonly ToldContact[];
	readonly faults: readonly Fault[];
}

const MOST = 2_000;
const LONGEST = 200;
type Thing = Readonly<Record<string, unknown>>;

/**
 * Reads people of a council from a file: Popolo (https://www.popoloproject.com/specs/: persons, memberships, organizations, posts, areas) or the
 * OfficeRecords of a Legistar web API. Null when it is neither. Nothing of it is trusted: long texts, strange divisions and addresses that are none are
 * left out, each with its fault.
 */
export function readContactFile(document: unknown): ContactFile | null {
	if (Array.isArray(document)) return fromLegistar(document);
	const { persons, memberships } = thing(document);
	return Array.isArray(persons) && Array.isArray(memberships) ? fromPopolo(thing(document)) : null;
}

function fromLegistar(records: readonly unknown[]): ContactFile | null {
	if (records.length === 0 || !records.every((record) => 'OfficeRecordFullName' in thing(record)))
		return null;
	const reader = readerOf();
	const contacts = records.slice(0, MOST).flatMap((record, at) => {
		const one = thing(record);
		const name = reader.text(one.OfficeRecordFullName, `${at}.OfficeRecordFullName`);
		const id = one.OfficeRecordGuid ?? one.OfficeRecordId;
		if (name === null || (typeof id !== 'string' && typeof id !== 'number')) {
			reader.fault(`${at}`, 'This one has no name or no number, and is left out.');
			return [];
		}
		const role = reader.text(one.OfficeRecordTitle, `${at}.OfficeRecordTitle`) ?? 'Member';
		const extra = reader.text(one.OfficeRecordExtraText, `${at}.OfficeRecordExtraText`);
		return [
			{
				source_id: String(id).slice(0, LONGEST),
				// What Legistar keeps there is often the district.
				role: extra ? `${role}, ${extra}` : role,
				name,
				body: reader.text(one.OfficeRecordBodyName, `${at}.OfficeRecordBodyName`),
				division: null,
				phone: null,
				email: reader.email(one.OfficeRecordEmail, `${at}.OfficeRecordEmail`),
				term_end: reader.day(one.OfficeRecordEndDate, `${at}.OfficeRecordEndDate`),
			},
		];
	});
	return finish('legistar', contacts, reader.faults, records.length);
}

function fromPopolo(document: Thing): ContactFile {
	const reader = readerOf();
	const byId = (name: string) =>
		new Map(
			(Array.isArray(document[name]) ? (document[name] as unknown[]) : []).map((one) => [
				thing(one).id,
				thing(one),
			]),
		);
	const [persons, organizations, posts, areas] = ['persons', 'organizations', 'posts', 'areas'].map(byId);
	const memberships = document.memberships as unknown[];
	const contacts = memberships.slice(0, MOST).flatMap((membership, at) => {
		const one = thing(membership);
		const field = (name: string) => `memberships.${at}.${name}`;
		const person = thing(one.person ?? persons!.get(one.person_id));
		const name = reader.text(person.name, field('person'));
		const id =
			one.id ?? `${String(one.person_id)} ${String(one.organization_id)} ${String(one.post_id ?? '')}`;
		if (name === null || typeof id !== 'string') {
			reader.fault(field('person_id'), 'Nobody in the file is meant, and it is left out.');
			return [];
		}
		const post = thing(one.post ?? posts!.get(one.post_id));
		const area = thing(one.area ?? areas!.get(one.area_id ?? post.area_id) ?? post.area);
		const details = [one, post, person].flatMap((whose) =>
			Array.isArray(whose.contact_details) ? whose.contact_details.map(thing) : [],
		);
		const detail = (...types: string[]) => details.find(({ type }) => types.includes(String(type)))?.value;
		return [
			{
				source_id: id.slice(0, LONGEST),
				role: reader.text(one.role ?? one.label ?? post.label ?? post.role, field('role')) ?? 'Member',
				name,
				body: reader.text(
					thing(one.organization ?? organizations!.get(one.organization_id)).name,
					field('organization'),
				),
				division: reader.division(
					[area.id, area.identifier, one.area_id, post.area_id].find((text) =>
						String(text).startsWith('ocd-division/'),
					),
					field('area'),
				),
				phone: reader.text(detail('voice', 'phone', 'cell'), field('contact_details')),
				email: reader.email(detail('email') ?? person.email, field('contact_details')),
				term_end: reader.day(one.end_date, field('end_date')),
			},
		];
	});
	return finish('popolo', contacts, reader.faults, memberships.length);
}

function finish(
	kind: ContactFile['kind'],
	contacts: ToldContact[],
	faults: Fault[],
	told: number,
): ContactFile {
	if (told > MOST) faults.push({ field: '', text: `Only the first ${MOST} of ${told} were read.` });
	const seen = new Set<string>();
	const once = contacts.filter(({ source_id, name }) => {
		const first = !seen.has(source_id);
		seen.add(source_id);
		if (!first) faults.push({ field: source_id, text: `${name} is there twice; the first one counts.` });
		return first;
	});
	return { kind, contacts: once, faults };
}

/** Reads single values; what cannot be used is null, and a fault when there was something. */
function readerOf() {
	const faults: Fault[] = [];
	const fault = (field: string, text: string): null => {
		if (faults.length < 100) faults.push({ field, text });
		return null;
	};
	function text(value: unknown, field: string): string | null {
		if (value === undefined || value === null || value === '') return null;
		const read = typeof value === 'string' ? value.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim() : '';
		if (read && read.length <= LONGEST) return read;
		return fault(field, `Not a text of at most ${LONGEST} letters; it is left out.`);
	}
	return {
		faults,
		fault,
		text,
		email(value: unknown, field: string): string | null {
			const read = text(value, field);
			if (read === null || isEmail(read)) return read;
			return fault(field, `"${read}" is not an e-mail address; it is left out.`);
		},
		division(value: unknown, field: string): string | null {
			const read = text(value, field);
			if (read === null || isDivision(read)) return read;
			return fault(field, `"${read}" is not an Open Civic Data division; it is left out.`);
		},
		day(value: unknown, field: string): string | null {
			const read = text(value, field)?.slice(0, 10) ?? null;
			if (read === null || isDay(read)) return read;
			return fault(field, `"${read}" is not a day such as 2027-12-31; it is left out.`);
		},
	};
}

/** One at sign, something on both sides, no spaces: what is left out of a table of contacts. */
export function isEmail(text: string): boolean {
	return text.length <= 254 && /^[^\s@<>"',;:()\\]+@[^\s@<>"',;:()\\]+\.[^\s@<>"',;:()\\]+$/.test(text);
}

function thing(value: unknown): Thing {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Thing) : {};
}
