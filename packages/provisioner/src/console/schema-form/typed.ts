import { KEPT_SECRET } from '@understory/core/sign-in-document.ts';
import type { Control } from './controls.ts';

/** What stands in the fields of a form, by their names. */
export type Typed = Readonly<Record<string, string>>;

/** What a form of these controls shows for a document: its texts, and which secrets are kept and so shown as none. */
export function typedOf(
	controls: readonly Control[],
	document: unknown,
): { typed: Typed; kept: ReadonlySet<string> } {
	const typed: Record<string, string> = {};
	const kept = new Set<string>();
	const object = (typeof document === 'object' && document !== null ? document : {}) as Record<
		string,
		unknown
	>;
	for (const control of controls) {
		const { id, kind, parts, switched } = control;
		const value = object[nameOf(id)];
		if (value === undefined) continue;
		if (control.secret) kept.add(id);
		else if (kind === 'group') {
			if (switched) typed[id] = 'yes';
			const below = typedOf(parts, value);
			Object.assign(typed, below.typed);
			for (const secret of below.kept) kept.add(secret);
		} else if (kind === 'rows') Object.assign(typed, rowsTyped(control, value as readonly object[]));
		else if (kind === 'map')
			typed[id] = Object.entries(value as object)
				.map((pair) => pair.join(' = '))
				.join('\n');
		else typed[id] = value === true ? 'yes' : value === false ? 'no' : String(value);
	}
	return { typed, kept };
}

function rowsTyped({ id, alternatives }: Control, rows: readonly object[]): Typed {
	const typed: Record<string, string> = {};
	for (const [at, row] of rows.entries()) {
		const how = alternatives.find(({ name }) => name in row)?.name ?? '';
		for (const [name, value] of Object.entries(row))
			typed[`${id}.${at}.${name === how ? 'value' : name}`] = String(value);
		typed[`${id}.${at}.how`] = how;
	}
	return typed;
}

/**
 * The document that was typed. What is empty is left out; what does not fit is taken along as it is, for the check of the document to say so. A secret that is kept stays
 * (`KEPT_SECRET`) while nothing is typed over it and its removal is not asked for (`<id>.remove`).
 */
export function readTyped(
	controls: readonly Control[],
	typed: Typed,
	kept: ReadonlySet<string>,
): Record<string, unknown> {
	const read = controls.map((control): [string, unknown] => [
		nameOf(control.id),
		readOne(control, typed, kept),
	]);
	return Object.fromEntries(read.filter(([, value]) => value !== undefined));
}

function readOne(control: Control, typed: Typed, kept: ReadonlySet<string>): unknown {
	const { id, kind, parts, required, switched } = control;
	const text = textOf(control, typed[id]);
	if (kind === 'group') {
		const value = readTyped(parts, typed, kept);
		if (switched) return text === 'yes' ? value : undefined;
		// What is only kept says nothing: whoever empties the rest takes the group away.
		return required || says(value) ? value : undefined;
	}
	if (kind === 'rows') return rowsOf(control, typed);
	if (control.secret) {
		if (text !== '') return text;
		return kept.has(id) && typed[`${id}.remove`] !== 'yes' ? KEPT_SECRET : undefined;
	}
	if (text === '') return undefined;
	switch (kind) {
		case 'number':
			return /^\d{1,9}$/.test(text) ? Number(text) : text;
		case 'flag':
			return text === 'yes';
		case 'consent':
			return text === 'yes' ? true : undefined;
		case 'map':
			return mapOf(text);
		default:
			return text;
	}
}

/** Blanks around a text are nobody's, except where they may be all of it. */
function textOf({ kind, most }: Control, given: string | undefined): string {
	const text = (given ?? '').replaceAll('\r\n', '\n');
	return kind === 'text' && most === 1 ? text : text.trim();
}

function says(value: object): boolean {
	return Object.values(value).some((one) =>
		typeof one === 'object' && one !== null ? says(one) : one !== KEPT_SECRET,
	);
}

function rowsOf({ id, most, alternatives }: Control, typed: Typed): object[] | undefined {
	const rows = Array.from({ length: most }, (_, at) => {
		const value = typed[`${id}.${at}.value`]?.trim() ?? '';
		const how = typed[`${id}.${at}.how`];
		const { name, besides } = alternatives.find((one) => one.name === how) ?? alternatives[0]!;
		const more = besides.map((one): [string, string] => [one.name, typed[`${id}.${at}.${one.name}`] ?? '']);
		return value === ''
			? null
			: { [name]: value, ...Object.fromEntries(more.filter(([, text]) => text !== '')) };
	}).filter((row) => row !== null);
	return rows.length > 0 ? rows : undefined;
}

/** `code = meaning` on each line. A line without a meaning keeps its code, so that it is said to lack one. */
function mapOf(text: string): Record<string, string> {
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	return Object.fromEntries(
		lines.map((line) => {
			const at = line.indexOf('=');
			return at < 0 ? [line.trim(), ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
		}),
	);
}

/** The last part of a place. */
function nameOf(id: string): string {
	return id.slice(id.lastIndexOf('.') + 1);
}
