import type { ExternalDocument } from '@understory/core/external-server.ts';
import { diffWords, type Piece } from '@understory/core/policy-diff.ts';
import type { Reading } from './reading.ts';

/** What a server says otherwise than before: rule by rule, and word by word within a text. Rules are told apart by their ids alone. */
export function externalChanges({ t }: Reading, before: ExternalDocument, after: ExternalDocument) {
	const rules = new Map<string, [was: string, is: string]>();
	for (const { id, text, hint } of before.rules) rules.set(id, [ruleText(text, hint), '']);
	for (const { id, text, hint } of after.rules)
		rules.set(id, [rules.get(id)?.[0] ?? '', ruleText(text, hint)]);
	const texts: [label: string, was: string, is: string][] = [
		[t('external.calls_itself'), before.title, after.title],
		[t('external.description'), before.description, after.description],
		[t('external.software'), before.software ?? '', after.software ?? ''],
		[t('external.languages'), before.languages.join(' '), after.languages.join(' ')],
		[t('external.contact'), contactText(before), contactText(after)],
		[t('external.security'), securityText(before), securityText(after)],
		...[...rules].map(([id, [was, is]]): [string, string, string] => [t('external.rule', { id }), was, is]),
		[t('external.about'), before.about ?? '', after.about ?? ''],
	];
	return texts
		.filter(([, was, is]) => was !== is)
		.map(([label, was, is]) => ({ label, pieces: piecesOf(was, is).map(pieceView) }));
}

/** Comparing word by word takes the product of both lengths, and the texts are a stranger's. */
const MOST_COMPARED = 4_000_000;

function piecesOf(was: string, is: string): Piece[] {
	if (was.length * is.length <= MOST_COMPARED) return diffWords(was, is);
	return [
		{ kind: 'removed', text: was },
		{ kind: 'added', text: is },
	];
}

const ruleText = (text: string, hint: string | null): string => [text, hint].filter(Boolean).join(' ');
const contactText = ({ contact }: ExternalDocument): string =>
	[contact.email, contact.account].filter(Boolean).join(' ');
const securityText = ({ security }: ExternalDocument): string =>
	[...(security?.contacts ?? []), security?.policy].filter(Boolean).join(' ');

function pieceView({ kind, text }: Piece) {
	return { removed: kind === 'removed', added: kind === 'added', text };
}
