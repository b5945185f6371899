import { diffPolicies, type FieldChange, type Piece } from '@understory/core/policy-diff.ts';
import type { Policy, Rule } from '@understory/core/rule.ts';

/** Whoever reads rules: their language, and the phrases of the room `accountability`. */
interface RuleReader {
	readonly language: string;
	t(key: string, values?: Readonly<Record<string, unknown>>): string;
}

/** What changed from one version of a policy to another, for readers and for those who have it read to them: the data of the partial `policy-changes`. */
export function policyChanges(reader: RuleReader, before: Pick<Policy, 'rules' | 'version'>, after: Policy) {
	const { t } = reader;
	const { added, removed, changed } = diffPolicies(before, after);
	const none = added.length + removed.length + changed.length === 0;
	return {
		heading: t('policy.changes', { version: before.version }),
		same: none ? t('policy.same', { version: before.version }) : null,
		added: added.map((rule) => ruleLine(reader, rule)),
		removed: removed.map((rule) => ruleLine(reader, rule)),
		changed: changed.map(({ after: rule, fields }) => ({
			...ruleLine(reader, rule),
			fields: fields.map((field) => fieldView(reader, field)),
		})),
	};
}

/** A rule in three lines, in the reader's language or else in English. */
export function ruleLine({ t, language }: RuleReader, { id, version, title, text }: Rule) {
	const said = (texts: Rule['title']) => texts[language] ?? texts.en ?? Object.values(texts)[0] ?? '';
	return { title: said(title), number: t('policy.rule_number', { id, version }), text: said(text) };
}

function fieldView({ t, language }: RuleReader, change: FieldChange) {
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
function valueName(t: RuleReader['t'], field: FieldChange['field'], { text }: Piece): string {
	return `${t(field === 'down_during_appeal' ? `policy.down.${text}` : `action.${text}`)} `;
}

/** What a language is called in another; its code when it has no name there. */
export function languageName(inLanguage: string, language: string): string {
	return new Intl.DisplayNames([inLanguage], { type: 'language', fallback: 'code' }).of(language) ?? language;
}
