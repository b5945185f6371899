import { dateIn, monthAfter } from '@understory/core/calendar.ts';
import type { SignedBranchEntry } from '@understory/core/statement.ts';
import { reveal } from '@understory/transparency-log/sd.ts';
import { digestText } from '@understory/transparency-log/signed-document.ts';
import { CASE_KINDS, type Case, type CaseFiles, type ChainEntry } from './case-files.ts';
import type { Logged, LoggedEntries } from './logged-entries.ts';
import { totalsFaults } from './totals.ts';

/** How many there are of one kind, in each place. */
export interface Count {
	readonly kind: string;
	/** In the case files; null where no case file stands behind such an entry. */
	readonly cases: number | null;
	/** Signed by the branch. */
	readonly signed: number;
	/** In the log, open or sealed. */
	readonly logged: number;
	/** Not in the log yet, and not due. */
	readonly waiting: number;
	/** Perhaps sealed in the log; salted copies would tell. */
	readonly unseen: number;
}

/** What holding the case files of a branch against the log found. */
export interface Comparison {
	readonly branch: string;
	readonly agrees: boolean;
	readonly counts: readonly Count[];
	/** What is missing or otherwise, each as a sentence. */
	readonly faults: readonly string[];
}

/** Whatever was handed over longer ago than this stands in the log, where it is shown one by one. */
const PUBLISHED_AFTER = 48 * 3_600_000;

/**
 * Holds the case files of a branch against the log, both ways: each case has its signed entry, each entry its case, both say the same, and
 * each month was summed up as the cases count. `now` is in UTC milliseconds. Changes nothing, and needs no key: what is sealed stays so.
 */
export function compare(files: CaseFiles, logged: LoggedEntries, now: number): Comparison {
	const faults: string[] = [];
	const states = new Map(files.chain.map((one) => [one.id, stateOf(one, files, logged, now)]));
	const known = new Map<string, SignedBranchEntry>();
	for (const [at, one] of files.chain.entries()) {
		faults.push(...chainFaults(files.chain, at, logged.entries.get(one.id)));
		known.set(one.id, JSON.parse(one.body) as SignedBranchEntry);
	}
	for (const [id, { entry }] of logged.entries) {
		if (known.has(id)) continue;
		faults.push(`The log has ${named(entry)}, and the branch has no such entry.`);
		known.set(id, entry);
	}
	for (const [id, entry] of known) {
		const state = states.get(id);
		if (state === 'missing') faults.push(`${cap(named(entry))} was handed over, and is not in the log.`);
	}
	faults.push(...caseFaults(files.cases, [...known.values()]));
	faults.push(...totalsFaults(files, [...known.values()]), ...monthFaults(files, now), ...logged.sums);
	if (logged.strayCopies > 0)
		faults.push(`${logged.strayCopies} of the salted copies open nothing in this log.`);
	const counts = countsOf(files, [...known.values()], states, logged);
	const unseen = counts.reduce((sum, count) => sum + count.unseen, 0);
	if (unseen > 0)
		faults.push(
			`${unseen} entries may be sealed in the log. Give their salted copies with --sealed to have them compared.`,
		);
	return { branch: files.branch, agrees: faults.length === 0, counts, faults };
}

type State = 'logged' | 'waiting' | 'unseen' | 'missing';

function stateOf(one: ChainEntry, files: CaseFiles, logged: LoggedEntries, now: number): State {
	if (logged.entries.has(one.id)) return 'logged';
	if (one.sent === null || now - one.sent < PUBLISHED_AFTER) return 'waiting';
	if (logged.sealedLeaves === 0) return 'missing';
	if (!logged.opened) return 'unseen';
	// What is sealed comes into the log when its month is over.
	const month = (at: number) => dateIn(files.zone, at).slice(0, 7);
	return month(one.sent) === month(now - PUBLISHED_AFTER) ? 'waiting' : 'missing';
}

function chainFaults(chain: readonly ChainEntry[], at: number, logged: Logged | undefined): string[] {
	const one = chain[at]!;
	const entry = JSON.parse(one.body) as SignedBranchEntry;
	const what = cap(named(entry));
	const faults: string[] = [];
	if (digestText(one.body) !== one.digest || entry.prev !== (chain[at - 1]?.digest ?? null))
		faults.push(`${what} does not follow the entry before it in the chain of the branch.`);
	if (reveal(entry._sd, one.disclosures) === null)
		faults.push(`${what} is kept with a text that it does not commit to.`);
	if (logged && logged.text !== one.body)
		faults.push(`${what} stands in the log otherwise than the branch signed it.`);
	return faults;
}

/** Each case has one entry that says what it says, and the other way round. */
function caseFaults(cases: readonly Case[], entries: readonly SignedBranchEntry[]): string[] {
	const faults: string[] = [];
	const open = new Map(entries.filter(hasCase).map((entry) => [keyOf(entry), entry]));
	for (const one of cases) {
		const key = `${one.kind} ${one.key}`;
		const entry = open.get(key);
		open.delete(key);
		if (!entry) faults.push(`${cap(caseNamed(one))} has no entry: it was done, and not recorded.`);
		else
			for (const [field, wanted] of Object.entries(one.says)) {
				const said = fieldOf(entry, field);
				if (said === String(wanted)) continue;
				faults.push(`${cap(named(entry))} says ${field} ${said}, and its case says ${wanted}.`);
			}
	}
	for (const entry of open.values())
		faults.push(`${cap(named(entry))} has no case: nothing like it was done.`);
	return faults;
}

/** Every month between the first that was summed up and this one was. */
function monthFaults({ cases, zone }: CaseFiles, now: number): string[] {
	const months = cases.filter(({ kind }) => kind === 'period_totals').map(({ key }) => key);
	const begun = cases.filter(({ kind }) => kind === 'policy').map(({ on }) => on.slice(0, 7));
	const first = [...months, ...begun].sort()[0];
	const faults: string[] = [];
	for (let month = first; month && month < dateIn(zone, now).slice(0, 7); month = monthAfter(month))
		if (!months.includes(month)) faults.push(`${month} is over, and was not summed up.`);
	return faults;
}

function countsOf(
	files: CaseFiles,
	entries: readonly SignedBranchEntry[],
	states: ReadonlyMap<string, State>,
	logged: LoggedEntries,
): Count[] {
	const kinds = [...new Set([...files.cases.map(({ kind }) => kind), ...entries.map(({ kind }) => kind)])];
	return kinds.map((kind) => {
		const own = entries.filter((entry) => entry.kind === kind);
		const among = (state: State) => own.filter(({ id }) => states.get(id) === state).length;
		return {
			kind,
			cases: WITH_CASE.has(kind) ? files.cases.filter((one) => one.kind === kind).length : null,
			signed: own.filter(({ id }) => states.has(id)).length,
			logged: own.filter(({ id }) => logged.entries.has(id)).length,
			waiting: among('waiting'),
			unseen: among('unseen'),
		};
	});
}

const WITH_CASE: ReadonlySet<string> = new Set(CASE_KINDS);

function hasCase({ kind }: SignedBranchEntry): boolean {
	return WITH_CASE.has(kind);
}

function keyOf(entry: SignedBranchEntry): string {
	if (entry.kind === 'policy') return `policy ${entry.policy.id}/${entry.policy.version}`;
	if (entry.kind === 'period_totals') return `period_totals ${entry.month}`;
	return `${entry.kind} ${entry.id}`;
}

/** The value of a field as a text; `rule.id` is the `id` in `rule`, a list is its items with commas. */
function fieldOf(entry: SignedBranchEntry, field: string): string {
	let value: unknown = entry;
	for (const name of field.split('.')) value = (value as Record<string, unknown> | null)?.[name];
	return String(value ?? 'nothing');
}

const NAMES: Readonly<Record<string, string>> = {
	decision: 'decision',
	appeal_outcome: 'answer to an appeal',
	federation: 'answer to a server',
	policy: 'version of the rules',
	period_totals: 'sum of a month',
};

function named(entry: SignedBranchEntry): string {
	const about =
		entry.kind === 'policy' || entry.kind === 'period_totals' ? keyOf(entry).split(' ')[1]! : entry.id;
	return `${NAMES[entry.kind] ?? entry.kind} ${about} of ${entry.decided_on}`;
}

function caseNamed({ kind, key, on }: Case): string {
	return `${NAMES[kind] ?? kind} ${key} of ${on}`;
}

function cap(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
