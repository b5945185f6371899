import { type ContactsDocument, contactsDocument, officeInLog } from '@understory/core/contact-versions.ts';
import { isLive } from '@understory/core/stage.ts';
import { type ContactInLog, type ContactsEntry, MOST_CONTACT_CHANGES } from '@understory/core/statement.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { BranchContext } from '../context.ts';
import { bodiesOf } from '../store/entries.ts';
import type { Reading, Writing } from '../store/store.ts';
import { record } from './recording.ts';

type Office = Omit<ContactInLog, 'what' | 'sha256' | 'replaces'>;

/** What the log says so far: every contact that holds by its digest, and the newest version. */
interface LoggedContacts {
	readonly holding: ReadonlyMap<string, Office>;
	readonly version: number;
	readonly sha256: string | null;
}

/**
 * Makes what writes into the log which contacts of this branch or its library were added, changed or ended since the log last told. The chain itself
 * remembers what was told, and it is read only when the list is another one than this process saw before.
 */
export function contactsRecorder(): (context: BranchContext) => void {
	let seen: string | null = null;
	return (context) => {
		const branch = context.current.branch();
		// While no register is known, nobody has said that there are no contacts.
		if (!isLive(branch.stage) || !context.current.register()) return;
		const document = contactsDocument(branch, context.current.contacts());
		const sha256 = digestDocument(document);
		if (sha256 === seen) return;
		if (context.store.read((reading) => changesSince(loggedContacts(reading), document)).length > 0)
			context.store.transact((writing) => tellContacts(context, writing, document));
		seen = sha256;
	};
}

function tellContacts(context: BranchContext, writing: Writing, document: ContactsDocument): void {
	const logged = loggedContacts(writing);
	const changes = changesSince(logged, document);
	const [version, sha256] = [logged.version + 1, digestDocument(document)];
	for (let at = 0; at < changes.length; at += MOST_CONTACT_CHANGES)
		recordChanges(context, writing, {
			...{ version, sha256, replaces: logged.sha256 },
			changes: changes.slice(at, at + MOST_CONTACT_CHANGES),
		});
}

function recordChanges(context: BranchContext, writing: Writing, contacts: ContactsEntry['contacts']): void {
	record(context, writing, { id: context.ids.random(), kind: 'contacts', contacts, refs: [], texts: {} });
}

function loggedContacts(reading: Reading): LoggedContacts {
	const holding = new Map<string, Office>();
	let [version, sha256]: [number, string | null] = [0, null];
	for (const body of bodiesOf(reading, 'contacts')) {
		const { contacts } = JSON.parse(body) as ContactsEntry;
		for (const change of contacts.changes) {
			const { what: _what, sha256: now, replaces, ...office } = change;
			if (replaces) holding.delete(replaces);
			if (now) holding.set(now, office);
		}
		({ version, sha256 } = contacts);
	}
	return { holding, version, sha256 };
}

/** Who of an office comes in the place of somebody else of it is a change; whoever is left is added or ended. */
function changesSince({ holding }: LoggedContacts, { contacts }: ContactsDocument): ContactInLog[] {
	const now = new Map<string, Office>(
		contacts.map((contact) => [digestDocument(contact), officeInLog(contact)]),
	);
	const gone = new Map([...holding].filter(([sha256]) => !now.has(sha256)));
	const changes: ContactInLog[] = [];
	for (const [sha256, office] of now) {
		if (holding.has(sha256)) continue;
		const [replaces] = [...gone].find(([, was]) => isSame(was, office)) ?? [null];
		if (replaces) gone.delete(replaces);
		changes.push({ what: replaces ? 'changed' : 'added', ...office, sha256, replaces });
	}
	for (const [replaces, office] of gone) changes.push({ what: 'ended', ...office, sha256: null, replaces });
	return changes;
}

function isSame(a: Office, b: Office): boolean {
	return a.of === b.of && a.role === b.role && a.body === b.body && a.division === b.division;
}
