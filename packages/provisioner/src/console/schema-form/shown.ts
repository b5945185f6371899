import type { Fault } from '@understory/core/errors.ts';
import type { Control } from './controls.ts';
import type { Typed } from './typed.ts';

/** What the words of a form are looked up by; null where there are none. */
export interface FormWords {
	label(id: string): string;
	hint(id: string): string | null;
	option(id: string, value: string): string;
	/** What is said beside a field; `empty`: nothing stands in it. */
	fault(id: string, about: { readonly empty: boolean; readonly secret: boolean }): string;
}

/** A control as the template shows it. */
export interface ShownControl extends Pick<Control, 'id' | 'kind' | 'required' | 'secret' | 'switched'> {
	readonly label: string;
	readonly hint: string | null;
	readonly fault: string | null;
	readonly value: string;
	/** A secret is kept, and may be taken away where it is not required. */
	readonly kept: boolean;
	readonly options: readonly Option[];
	readonly parts: readonly ShownControl[];
	readonly rows: readonly ShownRow[];
	/** Something stands in it or below it, or is wrong with it. */
	readonly speaks: boolean;
	/** Something stands below it. */
	readonly open: boolean;
	/** Something is wrong with it or below it. */
	readonly wrong: boolean;
}

interface Option {
	readonly value: string;
	readonly label: string;
	readonly selected: boolean;
}

interface ShownRow {
	readonly id: string;
	readonly number: number;
	readonly value: string;
	readonly hows: readonly Option[];
	readonly besides: readonly {
		readonly id: string;
		readonly label: string;
		readonly options: readonly Option[];
	}[];
	readonly fault: string | null;
}

export interface FormState {
	readonly typed: Typed;
	readonly kept: ReadonlySet<string>;
	readonly faults: readonly Fault[];
	readonly words: FormWords;
}

/** The controls with what stands in them, each fault beside the field it is about or the group it stands in. No secret is among them. */
export function shownControls(controls: readonly Control[], state: FormState): ShownControl[] {
	return controls.map((control) => shown(control, state));
}

function shown(control: Control, state: FormState): ShownControl {
	const { id, kind, required, secret, switched } = control;
	const { typed, kept, words } = state;
	const parts = shownControls(control.parts, state);
	const value = secret ? '' : (typed[id] ?? '');
	const own = faultsAt(control, state.faults);
	const fault = own ? words.fault(id, { empty: (typed[id] ?? '').trim() === '', secret }) : null;
	const rows = kind === 'rows' ? shownRows(control, state) : [];
	const wrong = fault !== null || parts.some((part) => part.wrong) || rows.some((row) => row.fault !== null);
	const speaks =
		value !== '' ||
		kept.has(id) ||
		wrong ||
		parts.some((part) => part.speaks) ||
		rows.some((row) => row.value !== '');
	return {
		id,
		kind,
		required,
		secret,
		switched,
		label: words.label(id),
		hint: words.hint(id),
		fault,
		value,
		kept: kept.has(id),
		options: optionsOf(control, value, words),
		parts,
		rows,
		speaks,
		open: parts.some((part) => part.speaks),
		wrong,
	};
}

/** Is a fault about this place, or about something in it that has no field of its own? */
function faultsAt({ id, parts, kind }: Control, faults: readonly Fault[]): boolean {
	const within = (field: string, place: string) => field === place || field.startsWith(`${place}.`);
	return faults.some(
		({ field }) =>
			field === id || (kind !== 'rows' && within(field, id) && !parts.some((part) => within(field, part.id))),
	);
}

function optionsOf({ id, kind, options }: Control, value: string, words: FormWords): Option[] {
	if (kind !== 'choice' && kind !== 'flag') return [];
	return choices(kind === 'flag' ? ['yes', 'no'] : options, value, (one) => words.option(id, one));
}

function choices(options: readonly string[], value: string, label: (one: string) => string): Option[] {
	return options.map((one) => ({ value: one, label: label(one), selected: one === value }));
}

function shownRows({ id, most, alternatives }: Control, { typed, faults, words }: FormState): ShownRow[] {
	const filled = Array.from({ length: most }, (_, at) => typed[`${id}.${at}.value`] ?? '').findLastIndex(
		(value) => value !== '',
	);
	// One more than there are, so that there is always a place for the next.
	return Array.from({ length: Math.min(most, filled + 2) }, (_, at) => {
		const row = `${id}.${at}`;
		const besides = new Map(alternatives.flatMap((one) => one.besides).map((one) => [one.name, one.options]));
		const wrong = faults.some(({ field }) => field === row || field.startsWith(`${row}.`));
		return {
			id: row,
			number: at + 1,
			value: typed[`${row}.value`] ?? '',
			hows: choices(
				alternatives.map(({ name }) => name),
				typed[`${row}.how`] ?? '',
				(one) => words.option(id, one),
			),
			besides: [...besides].map(([name, options]) => ({
				id: `${row}.${name}`,
				label: words.label(`${id}.${name}`),
				options: choices(options, typed[`${row}.${name}`] ?? '', (one) => words.option(`${id}.${name}`, one)),
			})),
			fault: wrong ? words.fault(id, { empty: false, secret: false }) : null,
		};
	});
}
