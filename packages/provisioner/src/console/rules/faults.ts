import type { Fault } from '@understory/core/errors.ts';
import { type LintFinding, lintPolicy } from '@understory/core/policy-lint.ts';
import { languageName } from '@understory/design/policy-changes.ts';
import type { WrittenRule } from './draft.ts';

/** What is wrong with a rule, in the reader's language. */
export interface RuleFault {
	/** Id of the rule. */
	readonly rule: string;
	/** `text.es`, `greatest_first_action`: the field of its form. */
	readonly field: string;
	readonly text: string;
	/** The same for a list, where it does not stand beside its field. */
	readonly said: string;
}

export interface FaultWords {
	readonly language: string;
	t(key: string, values?: Readonly<Record<string, unknown>>): string;
}

/** What the lint refuses in these rules, or what it only warns of, with the word it found and why. */
export function lintFaults(
	words: FaultWords,
	rules: readonly WrittenRule[],
	languages: readonly string[],
	severity: LintFinding['severity'],
): RuleFault[] {
	const numbered = rules.map((rule) => ({ ...rule, version: 0 }));
	return lintPolicy({ rules: numbered }, languages)
		.filter((finding) => finding.severity === severity)
		.map(({ rule, field, language, code, found }) => {
			const text = words.t(`rules.why.${code}`, { found });
			return placed(words, rule, [field, language].filter((part) => part !== null).join('.'), text);
		});
}

/** What the service found besides, rule by rule: names, and what a branch may not add. */
export function placeFaults(
	words: FaultWords,
	rules: readonly WrittenRule[],
	faults: readonly Fault[],
): RuleFault[] {
	return faults.flatMap(({ field }) => {
		const place = /^rules\.(\d+)\.(id|greatest_first_action)$/.exec(field);
		const rule = place && rules[Number(place[1])];
		return rule ? [placed(words, rule.id, place[2]!, words.t(`rules.fault.rule_${place[2]}`))] : [];
	});
}

/** What does not fit the form that rules have: too long, too many, or nothing that can be chosen. */
export function formFaults(words: FaultWords, rule: string, faults: readonly Fault[]): RuleFault[] {
	const places = new Set(faults.map(({ field }) => field.split('.').slice(0, 2).join('.')));
	return [...places].map((place) => {
		const key = place === 'id' || place === 'greatest_first_action' ? `rule_${place}` : 'form';
		return placed(words, rule, place, words.t(`rules.fault.${key}`));
	});
}

function placed({ t, language }: FaultWords, rule: string, field: string, text: string): RuleFault {
	const [name, inLanguage] = field.split('.');
	const label = name === 'id' ? t('rules.id') : t(`accountability.policy.field.${name}`);
	const where = inLanguage
		? t('accountability.policy.in_language', { field: label, language: languageName(language, inLanguage) })
		: label;
	return { rule, field, text, said: t('rules.at', { where, why: text }) };
}
