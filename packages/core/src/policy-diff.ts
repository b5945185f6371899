import type { Policy, Rule } from './rule.ts';

/** A stretch of a text: in both versions, only in the older, or only in the newer. */
export interface Piece {
	readonly kind: 'same' | 'removed' | 'added';
	readonly text: string;
}

/** One text of a rule that differs, in one language. */
export interface FieldChange {
	readonly field:
		| 'title'
		| 'text'
		| 'test'
		| 'examples_yes'
		| 'examples_no'
		| 'greatest_first_action'
		| 'down_during_appeal';
	/** Null for what has no language. */
	readonly language: string | null;
	readonly pieces: readonly Piece[];
}

/** What one version of a policy has otherwise than the one before. */
export interface PolicyDiff {
	readonly added: readonly Rule[];
	readonly removed: readonly Rule[];
	readonly changed: readonly {
		readonly before: Rule;
		readonly after: Rule;
		readonly fields: readonly FieldChange[];
	}[];
}

const TEXTS = ['title', 'text', 'test'] as const;
const LISTS = ['examples_yes', 'examples_no'] as const;

/** Compares two versions rule by rule, and word by word within a text. Rules are told apart by their ids alone. */
export function diffPolicies(before: Pick<Policy, 'rules'>, after: Pick<Policy, 'rules'>): PolicyDiff {
	const older = new Map(before.rules.map((rule) => [rule.id, rule]));
	const kept = new Set(after.rules.map(({ id }) => id));
	return {
		added: after.rules.filter(({ id }) => !older.has(id)),
		removed: before.rules.filter(({ id }) => !kept.has(id)),
		changed: after.rules.flatMap((rule) => {
			const old = older.get(rule.id);
			const fields = old ? diffRules(old, rule) : [];
			return old && fields.length > 0 ? [{ before: old, after: rule, fields }] : [];
		}),
	};
}

/** The fields in which two versions of a rule differ; none when they say the same, whatever their numbers are. */
export function diffRules(before: Rule, after: Rule): FieldChange[] {
	const changes: FieldChange[] = [];
	const compare = (field: FieldChange['field'], language: string | null, a: string, b: string): void => {
		if (a !== b) changes.push({ field, language, pieces: diffWords(a, b) });
	};
	for (const field of TEXTS) {
		for (const language of languagesOf(before[field], after[field]))
			compare(field, language, before[field][language] ?? '', after[field][language] ?? '');
	}
	for (const field of LISTS) {
		const [a, b] = [before[field] ?? {}, after[field] ?? {}];
		for (const language of languagesOf(a, b))
			compare(field, language, (a[language] ?? []).join('\n'), (b[language] ?? []).join('\n'));
	}
	compare('greatest_first_action', null, before.greatest_first_action, after.greatest_first_action);
	const down = ({ down_during_appeal }: Rule) => (down_during_appeal ? 'yes' : 'no');
	compare('down_during_appeal', null, down(before), down(after));
	return changes;
}

/** The words of two texts, those of both in the order of both, by the longest common sequence; spaces stay with the word before them. */
export function diffWords(before: string, after: string): Piece[] {
	const [a, b] = [wordsOf(before), wordsOf(after)];
	// longest[i][j]: how many words the rests from i and from j have in common.
	const longest = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
	for (let i = a.length - 1; i >= 0; i--) {
		for (let j = b.length - 1; j >= 0; j--) {
			longest[i]![j] =
				a[i] === b[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
		}
	}
	const pieces: { kind: Piece['kind']; text: string }[] = [];
	const say = (kind: Piece['kind'], text: string): void => {
		const last = pieces.at(-1);
		if (last?.kind === kind) last.text += text;
		else pieces.push({ kind, text });
	};
	let [i, j] = [0, 0];
	while (i < a.length || j < b.length) {
		if (i < a.length && j < b.length && a[i] === b[j]) {
			say('same', b[j]!);
			i += 1;
			j += 1;
		} else if (j >= b.length || (i < a.length && longest[i + 1]![j]! >= longest[i]![j + 1]!)) {
			say('removed', a[i++]!);
		} else {
			say('added', b[j++]!);
		}
	}
	return pieces;
}

function wordsOf(text: string): string[] {
	return text.match(/\s*\S+\s*|\s+/g) ?? [];
}

function languagesOf(...texts: readonly object[]): string[] {
	return [...new Set(texts.flatMap((one) => Object.keys(one)))].sort();
}
