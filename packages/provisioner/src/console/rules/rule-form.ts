import { ACTIONS, type Action, strengthOf } from '@understory/core/rule.ts';
import { languageName } from '@understory/design/policy-changes.ts';
import type { WrittenRule } from './draft.ts';
import type { RuleFault } from './faults.ts';

/** What stands in the fields of a form, by their names. */
export type Typed = Readonly<Record<string, string>>;

const TEXTS = ['title', 'text', 'test'] as const;
const EXAMPLES = ['examples_yes', 'examples_no'] as const;
const MILD_FIRST: readonly Action[] = [...ACTIONS].sort((a, b) => strengthOf(a) - strengthOf(b));

/** The languages a rule is written in: English, those of the library, and whatever it was in before, so that no translation gets lost. */
export function languagesOf(library: readonly string[], rule: WrittenRule | undefined): string[] {
	const before = [...TEXTS, ...EXAMPLES].flatMap((field) => Object.keys(rule?.[field] ?? {}));
	return [...new Set(['en', ...library, ...before])];
}

/** What the form of a rule shows; examples stand one on a line. */
export function typedOf(rule: WrittenRule, languages: readonly string[]): Typed {
	const oneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ');
	return {
		id: rule.id,
		greatest_first_action: rule.greatest_first_action,
		...(rule.down_during_appeal ? { down_during_appeal: 'yes' } : {}),
		...Object.fromEntries(
			languages.flatMap((language) => [
				...TEXTS.map((field) => [`${field}.${language}`, rule[field][language] ?? '']),
				...EXAMPLES.map((field) => [
					`${field}.${language}`,
					(rule[field]?.[language] ?? []).map(oneLine).join('\n'),
				]),
			]),
		),
	};
}

/** The rule that was typed. What is empty is left out, for the lint to say so. */
export function ruleOf(typed: Typed, id: string, languages: readonly string[]): WrittenRule {
	const textOf = (name: string) => (typed[name] ?? '').replaceAll('\r\n', '\n').trim();
	const texts = (field: string) =>
		Object.fromEntries(
			languages.map((language) => [language, textOf(`${field}.${language}`)]).filter(([, text]) => text),
		);
	const examples = (field: string) =>
		Object.fromEntries(
			Object.entries(texts(field)).map(([language, text]) => [
				language,
				String(text)
					.split('\n')
					.map((line) => line.trim())
					.filter(Boolean),
			]),
		);
	return {
		id,
		title: texts('title'),
		text: texts('text'),
		test: texts('test'),
		examples_yes: examples('examples_yes'),
		examples_no: examples('examples_no'),
		greatest_first_action: textOf('greatest_first_action') as Action,
		...(typed.down_during_appeal === 'yes' ? { down_during_appeal: true } : {}),
	};
}

/** The fields of the form with what is typed and what is wrong, for its view. */
export function formView(
	typed: Typed,
	languages: readonly string[],
	faults: readonly RuleFault[],
	reader: { language: string; t: (key: string) => string },
) {
	const whyOf = (place: string) =>
		faults
			.filter((fault) => fault.field === place)
			.map(({ text }) => text)
			.join(' ');
	const fieldOf = (field: string, language: string, rows: number | null) => ({
		id: `${field}.${language}`,
		label: reader.t(`accountability.policy.field.${field}`),
		hint: reader.t(`rules.hint.${field}`),
		rows,
		value: typed[`${field}.${language}`] ?? '',
		fault: whyOf(`${field}.${language}`),
	});
	return {
		ruleName: { value: typed.id ?? '', fault: whyOf('id') },
		byLanguage: languages.map((language) => ({
			inWords: languageName(reader.language, language),
			fields: [
				fieldOf('title', language, null),
				fieldOf('text', language, 3),
				fieldOf('test', language, 2),
				...EXAMPLES.map((field) => fieldOf(field, language, 4)),
			],
		})),
		greatest: {
			fault: whyOf('greatest_first_action'),
			options: MILD_FIRST.map((action) => ({
				action,
				label: `accountability.action.${action}`,
				chosen: action === typed.greatest_first_action,
			})),
		},
		down: { chosen: typed.down_during_appeal === 'yes' },
	};
}
