import type { Fault } from '@understory/core/errors.ts';
import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { BranchContext } from '../context.ts';
import { type Field, fieldsOf, keepCheck, nextCheck, setFields } from '../store/fields.ts';
import { personById } from '../store/people.ts';
import type { Writing } from '../store/store.ts';
import { cleanLine, lengthOf, toHtml } from './plain-text.ts';

/** So many lines; each as long as this at most, in characters. */
export const MOST_FIELDS = 4;
export const LONGEST_FIELD_NAME = 40;
export const LONGEST_FIELD = 200;
/** A link is looked at again after a month, or tomorrow when its server did not answer; in milliseconds. */
const MONTH = 30 * 24 * 60 * 60_000;
const DAY = 24 * 60 * 60_000;
const MAX_PAGE = 1_000_000;
const TIMEOUT = 8_000;

/** A line of a form. */
export interface FieldForm {
	readonly name: string;
	readonly value: string;
}

/** Lines as they may be kept; those without any words are left out. Faults are `field_long` and `field_half`. */
export function readFields(form: readonly FieldForm[]): {
	readonly lines: readonly FieldForm[];
	readonly faults: readonly Fault[];
} {
	const faults: Fault[] = [];
	const lines = form.slice(0, MOST_FIELDS).flatMap((line, n) => {
		const name = cleanLine(line.name);
		const value = cleanLine(line.value);
		if (name === '' && value === '') return [];
		const bad = (text: string) => void faults.push({ field: `field_${n + 1}`, text });
		if (name === '' || value === '') bad('field_half');
		if (lengthOf(name) > LONGEST_FIELD_NAME || lengthOf(value) > LONGEST_FIELD) bad('field_long');
		return [{ name, value }];
	});
	return { lines, faults };
}

/** Keeps the lines of a person. A link that was there already stays as it was found; a new one is looked at soon. */
export function keepFields(
	context: BranchContext,
	writing: Writing,
	person: number,
	lines: readonly FieldForm[],
): void {
	const before = fieldsOf(writing, person);
	const now = context.clock.now();
	const fields = lines.map(({ name, value }, n): Field => {
		const known = before.find((field) => field.value === value);
		const check_at = known ? known.check_at : isLink(value) ? now : null;
		return { person, n, name, value, check_at, verified: known?.verified ?? null };
	});
	setFields(writing, person, fields);
	writing.afterwards(context.wake);
}

/** Lines as everybody reads them; a link that links back says so (`rel="me"`, microformats.org/wiki/rel-me). */
export function shownFields(fields: readonly Field[]) {
	return fields.map(({ name, value, verified }) => ({
		name,
		html: toHtml(value, [])
			.replace(/^<p>|<\/p>$/g, '')
			.replaceAll('rel="', 'rel="me '),
		verified,
	}));
}

/** When a link is to be looked at, or null. */
export function nextCheckAt(context: Pick<BranchContext, 'store'>): number | null {
	return context.store.read((reading) => nextCheck(reading))?.check_at ?? null;
}

/** Looks at the link that waits longest: does the page there link back to the profile here? Through the guarded client; never throws for what is there. */
export async function checkLink(context: BranchContext): Promise<void> {
	const now = context.clock.now();
	const field = context.store.read((reading) => nextCheck(reading));
	if (!field || field.check_at === null || field.check_at > now) return;
	const person = context.store.read((reading) => personById(reading, field.person));
	const found = person ? await linksBack(context, field.value, context.at.profile(person.handle)) : false;
	const verified = found === null ? field.verified : found ? now : null;
	const check_at = now + (found === null ? DAY : MONTH);
	context.store.transact((writing) => keepCheck(writing, field, { check_at, verified }));
}

/** Null when that server does not answer. */
async function linksBack(context: BranchContext, url: string, profile: string): Promise<boolean | null> {
	try {
		const answer = await context.outgoing.request({
			url,
			headers: { accept: 'text/html' },
			maxBytes: MAX_PAGE,
			timeoutMs: TIMEOUT,
			redirects: 3,
		});
		if (answer.status >= 500) return null;
		const page = /^text\/html\b/.test(answer.headers['content-type'] ?? '');
		return answer.status === 200 && page && hasLinkTo(answer.body.toString('utf8'), profile);
	} catch (error) {
		if (!(error instanceof OutgoingFailure)) throw error;
		return error.silent ? null : false;
	}
}

/** Is there an `a` or `link` with `rel="me"` to this page? */
export function hasLinkTo(html: string, profile: string): boolean {
	for (const [tag] of html.replace(/<!--[\s\S]*?-->/g, '').matchAll(/<(?:a|link)\s[^<>]{1,2000}>/gi)) {
		const rel = attribute(tag, 'rel').toLowerCase().split(/\s+/);
		const href = attribute(tag, 'href').replaceAll('&amp;', '&');
		if (rel.includes('me') && URL.canParse(href) && bare(href) === bare(profile)) return true;
	}
	return false;
}

function attribute(tag: string, name: string): string {
	const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(tag);
	return found?.[1] ?? found?.[2] ?? found?.[3] ?? '';
}

function bare(url: string): string {
	return new URL(url).href.replace(/\/$/, '');
}

function isLink(value: string): boolean {
	return URL.canParse(value) && new URL(value).protocol === 'https:';
}
