import { dateIn, isDay, momentIn } from '@understory/core/calendar.ts';
import { newestBegun } from '@understory/core/policy-versions.ts';
import { seal } from '@understory/core/seal.ts';
import type { Context } from '../context.ts';
import type { Clerk } from '../desk/clerk.ts';
import { mayStill } from '../desk/issuing.ts';
import { aboutRestrictions, addRestriction } from '../store/restrictions.ts';
import type { Site } from '../web/site.ts';
import { accountNamed } from './named.ts';
import type { Told } from './told.ts';

/** What somebody of the panel typed. */
export interface ProposalForm {
	readonly named: string;
	readonly ground: string;
	readonly from: string;
	readonly until: string;
	readonly reason: string;
	readonly appeal: string;
}

export type ProposalFault = keyof ProposalForm | 'enough';

const DAY = 86_400_000;
/** The longest restriction, in days. */
export const LONGEST_DAYS = 365;
const LONGEST_REASON = 1_000;
const LONGEST_APPEAL = 300;

/** A rule that a restriction may rest on, as `<policy>@<version>/<rule>`, with its title by language. */
export interface Ground {
	readonly key: string;
	readonly title: Readonly<Record<string, string>>;
}

/** The rules that a library set for all its branches and that are in force today. */
export function groundsOf(context: Context, { library }: Pick<Site, 'library'>): Ground[] {
	const policies = context.registers.registers.get(library.id)?.policies ?? [];
	const today = dateIn(library.zone, context.clock.now());
	return newestBegun(policies, today)
		.filter((policy) => policy.branch === undefined)
		.flatMap(({ id, version, rules }) =>
			rules.map((rule) => ({ key: `${id}@${version}/${rule.id}`, title: rule.title })),
		);
}

/**
 * Proposes to restrict somebody to the porch of every branch. Nothing is in force until somebody else of the panel confirms it. Returns what is wrong with
 * the form, and then nothing was kept.
 */
export async function proposeRestriction(
	context: Context,
	site: Pick<Site, 'library' | 'branches'>,
	clerk: Clerk,
	form: ProposalForm,
): Promise<ProposalFault[]> {
	const { library } = site;
	const faults = faultsOf(context, site, form);
	if (faults.length > 0) return faults;
	if (!(await mayStill(context, library, clerk, 'restriction_proposed'))) return ['enough'];
	const account = await accountNamed(context, site, form.named);
	if (account === null) return ['named'];
	const id = context.randomId();
	const told: Told = { id, named: form.named.trim(), reason: form.reason.trim(), appeal: form.appeal.trim() };
	const row = {
		id,
		library: library.id,
		state: 'proposed',
		ground: form.ground,
		from_day: form.from,
		until_day: form.until,
		from_at: new Date(momentIn(library.zone, form.from, '00:00')!),
		until_at: new Date(momentIn(library.zone, dayAfter(form.until), '00:00')!),
		sealed: seal(context.keysOf(library.id).seal, aboutRestrictions(library.id), JSON.stringify(told)),
		proposed_by: clerk.staff,
		confirmed_by: null,
		made_at: new Date(context.clock.now()),
	} as const;
	await addRestriction(context.database, row, account);
	context.log.info('restriction_proposed', { library: library.slug });
	return [];
}

function faultsOf(context: Context, site: Pick<Site, 'library'>, form: ProposalForm): ProposalFault[] {
	const { zone } = site.library;
	const today = dateIn(zone, context.clock.now());
	const begins = isDay(form.from) && form.from >= today;
	const ends =
		isDay(form.until) &&
		form.until >= form.from &&
		Date.parse(form.until) - Date.parse(form.from) < LONGEST_DAYS * DAY;
	const isText = (text: string, longest: number) => text.trim() !== '' && text.length <= longest;
	const checks: readonly [ProposalFault, boolean][] = [
		['named', /^\s*[a-z0-9-]+\/[a-z2-7]{26}\s*$/i.test(form.named)],
		['ground', groundsOf(context, site).some(({ key }) => key === form.ground)],
		['from', begins],
		['until', ends],
		['reason', isText(form.reason, LONGEST_REASON)],
		['appeal', isText(form.appeal, LONGEST_APPEAL)],
	];
	return checks.filter(([, good]) => !good).map(([field]) => field);
}

function dayAfter(day: string): string {
	return new Date(Date.parse(`${day}T12:00:00Z`) + DAY).toISOString().slice(0, 10);
}
