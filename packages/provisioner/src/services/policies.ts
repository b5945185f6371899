import { dateIn, isDay } from '@understory/core/calendar.ts';
import { BadInput, Conflict, type Fault } from '@understory/core/errors.ts';
import { diffRules } from '@understory/core/policy-diff.ts';
import { type LintFinding, lintPolicy } from '@understory/core/policy-lint.ts';
import { type Policy, type Rule, strengthOf } from '@understory/core/rule.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import { branchesOf } from '../store/branches.ts';
import { type Database, lock } from '../store/database.ts';
import { addPolicy, policiesOf } from '../store/libraries.ts';
import type { LibraryRow } from '../store/rows.ts';

/** A version of a policy as somebody wants it adopted. Its number and the numbers of its rules are given here, and never chosen. */
export interface WantedPolicy {
	readonly id: string;
	/** Slug or id of the branch whose addition it is; missing for the whole library. */
	readonly branch?: string;
	readonly adopted_by: string;
	/** YYYY-MM-DD in the library's zone; not before today. */
	readonly effective_on: string;
	readonly rules: readonly Omit<Rule, 'version'>[];
}

/** A policy that could be adopted, and what its authors should look at twice. */
export interface CheckedPolicy {
	readonly policy: Policy;
	readonly warnings: readonly Fault[];
}

/** Looks at a version without adopting it. Throws `BadInput` with every fault, each with the field and why. */
export async function checkPolicy(
	context: Context,
	library: LibraryRow,
	wanted: WantedPolicy,
): Promise<CheckedPolicy> {
	return checked(context, context.database, library, wanted);
}

/**
 * Adopts a version (reference/accountability.md 3.4): it stands in the register from now on and holds from its day. Versions before it stay
 * as they were. `lookedAt` is the digest of what somebody looked at before they said yes. Throws `BadInput` with every fault, `Conflict` when it
 * says what the newest version says, and when it is no longer what was looked at.
 */
export async function adoptPolicy(
	context: Context,
	library: LibraryRow,
	wanted: WantedPolicy,
	by: string,
	lookedAt?: string,
): Promise<CheckedPolicy> {
	return context.database.transaction(async (transaction) => {
		await lock(transaction, `policies:${library.id}`);
		const found = await checked(context, transaction, library, wanted);
		const { policy } = found;
		if (lookedAt !== undefined && digestDocument(policy) !== lookedAt) {
			throw new Conflict('This is not what was looked at.', 'policy_not_looked_at');
		}
		await addPolicy(transaction, library.id, policy);
		await addAudit(transaction, {
			at: context.clock.now(),
			actor: by,
			act: 'policy_adopted',
			subject: `policy ${policy.id} ${policy.version} of library ${library.id}`,
		});
		return found;
	});
}

async function checked(
	context: Context,
	database: Database,
	library: LibraryRow,
	wanted: WantedPolicy,
): Promise<CheckedPolicy> {
	const all = await policiesOf(database, library.id);
	const before = all.findLast(({ id }) => id === wanted.id);
	const today = dateIn(library.zone, context.clock.now());
	const faults: Fault[] = [...formFaults(wanted), ...dayFaults(wanted, today, before)];
	const branch = await branchOf(database, library, wanted, faults);
	if (before && before.branch !== branch) {
		faults.push({ field: 'id', text: 'There is a policy of that name that belongs to somebody else here.' });
	}
	if (branch !== undefined) faults.push(...additionFaults(wanted, all));
	const rules = wanted.rules.map((rule) => numbered(rule, all));
	const findings = lintPolicy({ rules }, library.languages);
	faults.push(...findings.filter(({ severity }) => severity === 'refused').map(inWords));
	if (faults.length > 0) throw new BadInput('These rules cannot be adopted as they stand.', faults);
	if (before && saysTheSame(before.rules, rules)) {
		throw new Conflict('The newest version of this policy says exactly this.', 'policy_unchanged');
	}
	return {
		policy: {
			id: wanted.id,
			...(branch === undefined ? {} : { branch }),
			version: (before?.version ?? 0) + 1,
			adopted_by: wanted.adopted_by.trim(),
			effective_on: wanted.effective_on,
			rules,
		},
		warnings: findings.filter(({ severity }) => severity === 'warning').map(inWords),
	};
}

/** What policies and rules are called: the name stays for ever. */
export const POLICY_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

function formFaults({ id, adopted_by, rules }: WantedPolicy): Fault[] {
	const faults: Fault[] = [];
	const bad = (field: string, text: string): void => void faults.push({ field, text });
	if (!POLICY_NAME.test(id)) bad('id', 'Small letters, digits and hyphens, at most 40.');
	if (!adopted_by.trim()) bad('adopted_by', 'Name who adopted these rules: a board, and its resolution.');
	if (rules.length === 0) bad('rules', 'Write at least one rule.');
	for (const [n, rule] of rules.entries()) {
		if (!POLICY_NAME.test(rule.id)) bad(`rules.${n}.id`, 'Small letters, digits and hyphens, at most 40.');
		if (rules.findIndex((one) => one.id === rule.id) < n) bad(`rules.${n}.id`, 'Two rules have this name.');
	}
	return faults;
}

function dayFaults({ effective_on }: WantedPolicy, today: string, before: Policy | undefined): Fault[] {
	const field = 'effective_on';
	if (!isDay(effective_on)) return [{ field, text: 'Write a day as 2026-12-31.' }];
	if (effective_on < today) return [{ field, text: `Rules hold from today, ${today}, at the earliest.` }];
	return before && effective_on < before.effective_on
		? [
				{
					field,
					text: `The version before holds from ${before.effective_on}; this one cannot begin earlier.`,
				},
			]
		: [];
}

async function branchOf(
	database: Database,
	library: LibraryRow,
	{ branch }: WantedPolicy,
	faults: Fault[],
): Promise<string | undefined> {
	if (branch === undefined) return undefined;
	const row = (await branchesOf(database, library.id)).find(
		({ id, slug }) => id === branch || slug === branch,
	);
	if (!row) faults.push({ field: 'branch', text: 'This library has no such branch.' });
	return row?.id;
}

/** A branch adds within what the library set: rules of its own, none in place of the library's, and nothing stronger than those allow. */
function additionFaults({ rules }: WantedPolicy, all: readonly Policy[]): Fault[] {
	const ofLibrary = all.filter(({ branch }) => branch === undefined).flatMap((policy) => policy.rules);
	const strongest = Math.max(...ofLibrary.map((rule) => strengthOf(rule.greatest_first_action)));
	return rules.flatMap((rule, n) => [
		...(ofLibrary.some(({ id }) => id === rule.id)
			? [
					{
						field: `rules.${n}.id`,
						text: 'The library has a rule of this name; a branch adds, and replaces none.',
					},
				]
			: []),
		...(strengthOf(rule.greatest_first_action) > strongest
			? [
					{
						field: `rules.${n}.greatest_first_action`,
						text: 'This is stronger than anything the library’s own rules allow the first time.',
					},
				]
			: []),
	]);
}

/** The rule with its number: that of the version whose very words it has, else the next. Numbers go on across policies of a library. */
function numbered(rule: Omit<Rule, 'version'>, all: readonly Policy[]): Rule {
	const known = all.flatMap((policy) => policy.rules).filter(({ id }) => id === rule.id);
	const highest = Math.max(0, ...known.map(({ version }) => version));
	const next = { ...rule, version: highest + 1 };
	const same = known.find((one) => one.version === highest && diffRules(one, next).length === 0);
	return same ?? next;
}

function saysTheSame(before: readonly Rule[], after: readonly Rule[]): boolean {
	return (
		before.length === after.length &&
		before.every((rule, n) => rule.id === after[n]!.id && rule.version === after[n]!.version)
	);
}

const WHY: Readonly<Record<LintFinding['code'], string>> = {
	discretion:
		'leaves the decision to the taste of whoever decides. A rule of a public library must be objective enough that two hosts decide alike: say what somebody does, and count or name it.',
	viewpoint:
		'judges an opinion. A public library may not prefer one viewpoint to another: say which conduct is meant, whoever does it and whatever they think.',
	no_title: 'The title is missing.',
	no_text: 'The text is missing.',
	no_test: 'The test is missing: a question that a host can answer with yes or no.',
	no_example_yes: 'An example to which the test says yes is missing.',
	no_example_no: 'An example near it to which the test says no is missing.',
	down_without_effect:
		'says that what is down stays so during an appeal, but the rule allows nothing that takes a post down.',
	protects_officials:
		'names those whom people must be free to criticize. Look twice whether this rule would hold in the same way for anybody else.',
};

function inWords({ rule, field, language, code, found }: LintFinding): Fault {
	const why = found === null ? WHY[code] : `“${found}” ${WHY[code]}`;
	return { field: [rule, field, language].filter((part) => part !== null).join('.'), text: why };
}
