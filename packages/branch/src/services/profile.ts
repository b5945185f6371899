import { BadInput, type Fault } from '@understory/core/errors.ts';
import { toQuotePolicy } from '@understory/core/quote.ts';
import type { BranchContext } from '../context.ts';
import { changePerson, type Person } from '../store/people.ts';
import { defaultFor, isYoung } from './audiences.ts';
import { type FieldForm, keepFields, readFields } from './fields.ts';
import { sendProfile } from './outbox.ts';
import { cleanLine, cleanText, lengthOf, toHtml } from './plain-text.ts';

/** Longest name people see, and longest words about oneself, in characters. */
export const LONGEST_NAME = 50;
export const LONGEST_SUMMARY = 500;

/** What is wrong with the name people see, as fault codes. It must not look like a card number, which we do not know. */
export function nameFaults(name: string): Fault[] {
	if (lengthOf(name) === 0) return [{ field: 'name', text: 'name_missing' }];
	if (lengthOf(name) > LONGEST_NAME) return [{ field: 'name', text: 'name_long' }];
	return /\d{7,}/.test(name.replace(/[\s-]/g, '')) ? [{ field: 'name', text: 'name_digits' }] : [];
}

/** Changes what a person says about themselves; the handle stays for ever. Throws BadInput with fault codes. */
export function changeProfile(
	context: BranchContext,
	person: Person,
	form: {
		readonly name: string;
		readonly summary: string;
		readonly scope: string;
		/** Whoever wants to follow asks first. */
		readonly asksFirst: boolean;
		/** Search engines may list them; nothing of a teen's does. */
		readonly listed?: boolean;
		/** Who may quote them. */
		readonly quotes?: string;
		readonly language: string;
		/** Lines of their own. */
		readonly fields?: readonly FieldForm[];
	},
): void {
	const name = cleanLine(form.name);
	const summary = cleanText(form.summary);
	const faults = nameFaults(name);
	if (lengthOf(summary) > LONGEST_SUMMARY) faults.push({ field: 'summary', text: 'summary_long' });
	const fields = readFields(form.fields ?? []);
	faults.push(...fields.faults);
	if (faults.length > 0) throw new BadInput('Something on this page needs another look.', faults);
	context.store.transact((writing) => {
		changePerson(writing, person.id, {
			name,
			summary_source: summary,
			summary_html: toHtml(summary, []),
			default_scope: defaultFor(context, person, form.scope),
			asks_first: form.asksFirst ? 1 : 0,
			...(form.quotes === undefined ? {} : { quote_policy: toQuotePolicy(form.quotes) }),
			...(form.listed === undefined ? {} : { listed: form.listed && !isYoung(person) ? 1 : 0 }),
			language: form.language,
		});
		if (form.fields) keepFields(context, writing, person.id, fields.lines);
		sendProfile(context, writing, person);
	});
}
