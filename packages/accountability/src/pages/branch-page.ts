import { weekMinuteIn } from '@understory/core/calendar.ts';
import { type Door, type Hours, isStaffed } from '@understory/core/door.ts';
import { inDegrees } from '@understory/core/location.ts';
import { policiesInForce } from '@understory/core/policy-versions.ts';
import type { BranchRecord } from '@understory/core/register.ts';
import { isServed } from '@understory/core/stage.ts';
import { faceOf } from '@understory/design/face.ts';
import { timeInWords } from '@understory/design/when.ts';
import type { Act } from '../data/act.ts';
import { contactsOf } from '../data/branches-json.ts';
import { addressOf } from '../data/choice.ts';
import { branchLinkedData } from '../data/linked-data.ts';
import type { Statement } from '../data/statement.ts';
import { actLine } from './act-page.ts';
import { addressInWords, contactLine, phoneInWords } from './contact-words.ts';
import { feedTitle } from './found-page.ts';
import { stageCondition } from './home-page.ts';
import { policySummary } from './policy-page.ts';
import type { Reading } from './reading.ts';
import { recordsLine } from './records-line.ts';
import { statementLine } from './statement-words.ts';

const RECENT = 20;

/** `/branches/{host}`: rules with ids and versions, contacts, door and neighborhoods of a branch, and what it decided. */
export function branchPage(
	reading: Reading,
	branch: BranchRecord,
	log: { readonly statements: readonly Statement[]; readonly acts: readonly Act[] },
	minimumPopulation: number,
) {
	const { library, t, said, today } = reading;
	const { register } = library;
	const { host } = new URL(branch.origin);
	return {
		title: t('branch.title', { branch: branch.name }),
		linked: branchLinkedData(library, branch, today),
		heading: branch.name,
		...(branch.branch_key
			? { alternate: { at: addressOf({ branch: host }), title: feedTitle(reading, { branch: host }) } }
			: {}),
		all: addressOf({ branch: host }),
		lead: t('branch.lead', { library: register.library.name }),
		host,
		stage: stageCondition(reading, branch.stage),
		visit: isServed(branch.stage) && branch.stage !== 'retired' ? `${branch.origin}/` : null,
		address: addressInWords(branch.address),
		location: branch.location ? inDegrees(branch.location) : null,
		phone: branch.phone && phoneInWords(branch.phone),
		federation: t(`branch.federation.${branch.federation}`),
		appeals: branch.appeal_partner,
		door: branch.door && doorOf(reading, branch, branch.door),
		contacts: contactsOf(library, branch).map((contact) => contactLine(reading, contact)),
		neighborhoods: register.rosters
			.filter(({ id }) => branch.neighborhoods.includes(id))
			.map(({ id, name, members, url }) => ({
				id,
				name,
				url,
				count: t('branch.members', { count: members.length }),
				members: members.map(({ name, origin }) => ({ name, href: `${origin}/` })),
			})),
		policies: policiesInForce(register.policies, branch, today).map((policy) =>
			policySummary(reading, policy),
		),
		records: recordsLine(reading),
		sealed: branch.totals_only
			? { text: t('branch.decisions_totals'), why: said(branch.totals_only) }
			: minimumPopulation > 0
				? { text: t('branch.decisions_small', { count: minimumPopulation }), why: null }
				: null,
		acts: log.acts.map((act) => actLine(reading, act)),
		decisions: log.statements.slice(0, RECENT).map((statement) => statementLine(reading, statement)),
		key: branch.branch_key?.id ?? null,
	};
}

function doorOf(reading: Reading, branch: BranchRecord, door: Door) {
	const { reader, t, library } = reading;
	const { weekday, minute } = weekMinuteIn(library.zone, reader.now);
	return {
		face: faceOf(`${branch.id}/${door.host}`, door.host),
		host: door.host,
		today: isStaffed(door, weekday, minute) ? t('branch.staffed') : t('branch.unstaffed'),
		place: door.place,
		street: branch.address.street,
		hours: door.hours.map((hours) => hoursInWords(reading, hours)),
		phone: door.phone && phoneInWords(door.phone),
		deputy: door.deputy,
	};
}

function hoursInWords({ t, reader: { language } }: Reading, { weekday, from, to }: Hours): string {
	// January 4, 1970 was a Sunday.
	const day = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }).format(
		(3 + weekday) * 86_400_000,
	);
	const time = (minutes: number): string => timeInWords(minutes * 60_000, { language, zone: 'UTC' });
	return t('branch.hours', {
		day: day.charAt(0).toUpperCase() + day.slice(1),
		from: time(from),
		to: time(to),
	});
}
