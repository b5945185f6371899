import { contactsDocument } from '@understory/core/contact-versions.ts';
import type { BranchRecord } from '@understory/core/register.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { Act } from '../data/act.ts';
import { contactsOf } from '../data/branches-json.ts';
import { actLine, contactChange } from './act-page.ts';
import { contactLine } from './contact-words.ts';
import type { Reading } from './reading.ts';

/** `/branches/{host}/contacts`: whom to turn to, and every change of that which the branch wrote into the log, the newest first. */
export function contactsPage(reading: Reading, branch: BranchRecord, acts: readonly Act[]) {
	const { library, t } = reading;
	const { host } = new URL(branch.origin);
	const digest = digestDocument(contactsDocument(branch, library.register.contacts));
	const told = acts.flatMap((act) => (act.entry.kind === 'contacts' ? [{ act, ...act.entry.contacts }] : []));
	const title = t('contacts.title', { branch: branch.name });
	return {
		title,
		heading: title,
		branch: { name: branch.name, href: `/branches/${host}` },
		contacts: contactsOf(library, branch).map((contact) => contactLine(reading, contact)),
		digest,
		file: `/branches/${host}/contacts.json`,
		standing: t(told[0]?.sha256 === digest ? 'contacts.logged' : 'contacts.not_logged'),
		history: told.map(({ act, changes }) => ({
			...actLine(reading, act),
			changes: changes.map((change) => contactChange(reading, change)),
		})),
	};
}
