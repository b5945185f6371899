import { diffPolicies, type FieldChange, type Piece } from '@understory/core/policy-diff.ts';
import type { Policy } from '@understory/core/rule.ts';
import type { Reading } from './reading.ts';
import { ruleView } from './rule-view.ts';

/** What changed from one version of a policy to the next, for readers and for those who have it read to them. */
export function policyChanges(reading: Reading, before: Policy, after: Policy) {
	const { t, said } = reading;
	const { added, removed, changed } = diffPolicies(before, after);
	const none = added.length + removed.length + changed.length === 0;
	return {
		heading: t('policy.changes', { version: before.version }),
		same: none ? t('policy.same', { version: before.version }) : null,
		added: added.map((rule) => ruleView(reading, rule)),
		removed: removed.map((rule) => ruleView(reading, rule)),
		changed: changed.map(({ after: rule, fields }) => ({
			title: said(rule.title),
			number: t('policy.rule_number', { id: rule.id, version: rule.version }),
			fields: fields.map((field) => fieldView(reading, field)),
		})),
	};
}

function fieldView({ t, reader: { language } }: Reading, change: FieldChange) {
	const name = t(`policy.field.${change.field}`);
	const foreign = change.language !== null && change.language !== language;
	return {
		label: foreign
			? t('policy.in_language', { field: name, language: languageName(language, change.language!) })
			: name,
		lang: foreign ? change.language : null,
		pieces: change.pieces.map(({ kind, text }) => ({
			removed: kind === 'removed',
			added: kind === 'added',
			text: change.language === null && kind !== 'same' ? valueName(t, change.field, { kind, text }) : text,
		})),
	};
}

/** What has no language is one of a few values, each with a name. */
function valueName(t: Reading['t'], field: FieldChange['field'], { text }: Piece): string {
	return `${t(field === 'down_during_appeal' ? `policy.down.${text}` : `action.${text}`)} `;
}

function languageName(inLanguage: string, language: string): string {
	return new Intl.DisplayNames([inLanguage], { type: 'language', fallback: 'code' }).of(language) ?? language;
}
