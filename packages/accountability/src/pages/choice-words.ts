import { parseQuarter } from '@understory/core/quarters.ts';
import { ACTIONS } from '@understory/core/rule.ts';
import { type Choice, PARTS, type Part } from '../data/choice.ts';
import type { Reading } from './reading.ts';

/** The value of a part of a choice, in words. What has no words any more, such as a branch that is gone, is named by its address. */
export function valueInWords({ t, said, library }: Reading, part: Part, value: string): string {
	const { branches, policies } = library.register;
	if (part === 'branch') return branches.find(({ origin }) => new URL(origin).host === value)?.name ?? value;
	if (part === 'quarter') {
		const { year, number } = parseQuarter(value)!;
		return t('small.quarter', { year, number });
	}
	if (part === 'act')
		return t(ACTIONS.some((action) => action === value) ? `action.${value}` : `kind.title.${value}`);
	const [policy, id] = value.split('/');
	const rules = policies.filter((one) => one.id === policy).flatMap(({ rules }) => rules);
	const rule = rules.findLast((one) => one.id === id);
	return rule ? said(rule.title) : value;
}

/** A choice in words: `Belmont, Quarter 4, 2026`. */
export function choiceInWords(reading: Reading, choice: Choice): string {
	return PARTS.flatMap((part) =>
		choice[part] === undefined ? [] : [valueInWords(reading, part, choice[part])],
	).join(' · ');
}
