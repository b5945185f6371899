import type { Entry } from '@understory/core/statement.ts';
import { toCloth } from '@understory/design/cloth.ts';
import type { Statement } from '../data/statement.ts';
import type { Reading } from './reading.ts';

/** A statement as one line of a list. */
export interface StatementLine {
	readonly what: string;
	readonly href: string;
	readonly spine: {
		readonly cloth: string;
		readonly code: string;
		readonly href: string;
		readonly name: string;
	};
	readonly rule: string;
	readonly scope: { readonly word: string; readonly label: string };
	readonly on: string;
}

/** Lines that were made: a decision stands in five lists or more, and a site that is written whole makes each line once a language. */
const made = new WeakMap<Statement, Map<string, StatementLine>>();

/** The line of a statement. */
export function statementLine(reading: Reading, statement: Statement): StatementLine {
	const { language } = reading.reader;
	const key = `${language} ${reading.today.slice(0, 4)}`;
	const lines = made.get(statement) ?? new Map<string, StatementLine>();
	made.set(statement, lines);
	const known = lines.get(key);
	if (known) return known;
	const line = {
		what: whatWasDone(reading, statement),
		href: `/statements/${statement.entry.id}`,
		spine: spineOf(statement),
		rule: ruleTitle(reading, statement),
		scope: scopeOf(reading, statement),
		on: reading.date(statement.entry.decided_on),
	};
	lines.set(key, line);
	return line;
}

/** "A post was hidden", or for what is no decision, what it did to one. */
export function whatWasDone({ t }: Reading, { entry }: Statement): string {
	if (entry.kind !== 'decision') return t(`kind.title.${entry.kind}`);
	return entry.action.map((action) => t(`action.${action}`)).join(' · ');
}

const ROLES = new Set([
	...['host', 'branch_lead', 'moderation_team', 'greeter', 'library_it'],
	...['appeal_partner', 'auditor'],
]);

/** The role in `host@belmont#1`, in words. */
export function roleInWords({ t }: Pick<Reading, 't'>, decidedBy: string): string {
	const role = /^([a-z_]+)@.+#\d+$/.exec(decidedBy)?.[1] ?? '';
	return t(`role.${ROLES.has(role) ? role : 'other'}`);
}

/** The branch's name, or its host when it is gone from the register. */
export function branchName({ branch, entry }: Statement): string {
	return branch?.name ?? entry.branch;
}

/** The rule's title, or its id when its text was never here. */
export function ruleTitle({ said }: Reading, { rule, entry }: Statement): string {
	return rule ? said(rule.title) : entry.rule.id;
}

/** The scope as its partial draws it. What came from elsewhere was for everyone there. */
export function scopeOf({ t }: Reading, statement: Statement): { word: string; label: string } {
	const { scope } = statement.entry;
	return {
		word: scope === 'federated_in' ? 'public' : scope,
		label: t(`scope.${scope}`, { branch: branchName(statement) }),
	};
}

/** The name of a bucket of hours among the words. */
export function hoursKey(bucket: Entry['received_to_decided_hours']): string {
	return bucket === '>168' ? 'over' : `h${bucket.slice(2)}`;
}

function spineOf(statement: Statement): StatementLine['spine'] {
	const { branch, entry } = statement;
	return {
		cloth: toCloth(branch?.cloth),
		code: branch?.code ?? '?',
		href: `/branches/${entry.branch}`,
		name: branchName(statement),
	};
}
