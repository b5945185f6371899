import type { Rule } from '@understory/core/rule.ts';
import { untranslated } from '@understory/design/untranslated.ts';
import type { Reading } from './reading.ts';

/** A rule as pages show it. */
export function ruleView({ t, common, said, reader: { language } }: Reading, rule: Rule) {
	const examples = (texts: Rule['examples_yes']) => texts?.[language] ?? texts?.en ?? [];
	const other = untranslated(rule.text, language);
	return {
		id: rule.id,
		lang: other?.code ?? null,
		other: other && common('untranslated', { language: other.name }),
		number: t('policy.rule_number', { id: rule.id, version: rule.version }),
		title: said(rule.title),
		text: said(rule.text),
		test: said(rule.test),
		yes: examples(rule.examples_yes),
		no: examples(rule.examples_no),
		down: t(`policy.down.${rule.down_during_appeal ? 'yes' : 'no'}`),
		greatest: t(`action.${rule.greatest_first_action}`),
	};
}
