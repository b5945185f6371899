import type { ContactInLog, CountInLog, OfficeInLog } from '@understory/core/statement.ts';
import { type Act, REVIEW_KINDS } from '../data/act.ts';
import { district, roleName } from './contact-words.ts';
import type { Reading } from './reading.ts';
import { roleInWords } from './statement-words.ts';

/** What an act was, in a few words. */
export function actInWords({ t, month }: Reading, { entry }: Act): string {
	if (entry.kind === 'federation') {
		const { action, server, voice } = entry;
		return t(`act.federation.${voice ? `${action}_${voice.about}` : action}`, { server });
	}
	if (entry.kind === 'policy') {
		return t('act.policy', { policy: entry.policy.id, version: entry.policy.version });
	}
	if (entry.kind === 'contacts') return t('act.contacts', { version: entry.contacts.version });
	if (entry.kind === 'appeal') return t('act.appeal');
	if (entry.kind === 'appeal_outcome') return t(`act.appeal_outcome.${entry.outcome}`);
	if (entry.kind === 'audit') return t(`act.audit.${entry.agrees ? 'agrees' : 'disagrees'}`);
	if (entry.kind === 'unsealing') return t(`act.unsealing.${entry.state}`);
	if (entry.kind === 'official_request') {
		return t(`act.official_request.${entry.outcome}`, { office: officeName({ t }, entry.office) });
	}
	return t('act.period_totals', { month: month(entry.month) });
}

/** An act as a line of a list. */
export function actLine(reading: Reading, act: Act) {
	return {
		what: actInWords(reading, act),
		href: `/statements/${act.entry.id}`,
		on: reading.date(act.entry.decided_on),
	};
}

/** `/statements/{id}` of an entry that is no statement about content or people. */
export function actPage(
	reading: Reading,
	act: Act,
	around: {
		readonly texts: ReadonlyMap<string, string>;
		readonly log: { readonly origin: string };
	},
) {
	const { t } = reading;
	const { entry, row, branch } = act;
	const what = actInWords(reading, act);
	const name = branch?.name ?? entry.branch;
	return {
		title: t('act.title', { what, branch: name }),
		heading: t('act.title', { what, branch: name }),
		branch: { name, href: `/branches/${entry.branch}` },
		reason: around.texts.get('explanation') ?? null,
		facts: facts(reading, act),
		about: isAppeal(act) ? entry.refs.map((id) => ({ id, href: `/statements/${id}` })) : [],
		contacts:
			entry.kind === 'contacts'
				? {
						href: `/branches/${entry.branch}/contacts`,
						changes: entry.contacts.changes.map((change) => contactChange(reading, change)),
					}
				: null,
		policy: entry.kind === 'policy' ? `/policies/${entry.policy.id}/${entry.policy.version}` : null,
		place: t('statement.log_text', {
			index: (row.log_index ?? 0) + 1,
			origin: around.log.origin,
		}),
		proof: `/statements/${entry.id}.tlog-proof`,
		entry: `/statements/${entry.id}.json`,
	};
}

/** What became of a contact: the office, and nobody's name. */
export function contactChange({ t }: Reading, { what, of, role, body, division }: ContactInLog) {
	const office = officeName({ t }, { role, body, division });
	return { what: t(`act.contact.${what}`), office, of: t(`act.contact.of_${of}`) };
}

/** An office in words, and nobody's name. */
export function officeName({ t }: Pick<Reading, 't'>, { role, body, division }: OfficeInLog): string {
	return [roleName({ t }, role), body, division && district(division)].filter(Boolean).join(', ');
}

/** Is it about an earlier entry? */
function isAppeal({ entry }: Act): boolean {
	return ['unsealing', 'official_request'].includes(entry.kind) || REVIEW_KINDS.includes(entry.kind);
}

function facts({ t, date }: Reading, { entry, row }: Act): { label: string; text: string }[] {
	const fact = (key: string, text: string) => ({ label: t(`act.fact.${key}`), text });
	const frame = [
		fact('on', date(entry.decided_on)),
		...(row.published_on ? [fact('published', date(row.published_on))] : []),
		fact('number', entry.id),
	];
	if (entry.kind === 'federation') {
		const { people, until, review_on, voice } = entry;
		const count = (number: CountInLog) => (number === 'under_five' ? t('act.under_five') : String(number));
		return [
			fact('server', entry.server),
			...(people ? [fact('asked', count(people.asked)), fact('answered', count(people.answered))] : []),
			...(until ? [fact('until', date(until))] : []),
			...(review_on ? [fact('review', date(review_on))] : []),
			...(voice ? [fact('proposal', voice.proposal)] : []),
			...frame,
		];
	}
	if (entry.kind === 'policy') {
		const { effective_on, replaces, sha256 } = entry.policy;
		return [
			fact('effective', date(effective_on)),
			fact('replaces', replaces === null ? t('act.first') : String(replaces)),
			fact('digest', sha256),
			...frame,
		];
	}
	if (entry.kind === 'contacts') {
		const { version, sha256, replaces } = entry.contacts;
		return [
			fact('version', String(version)),
			fact('list_digest', sha256),
			fact('list_before', replaces ?? t('act.first')),
			...frame,
		];
	}
	if (entry.kind === 'appeal') {
		const meanwhile = t(`act.meanwhile.${entry.meanwhile}`);
		return [fact('step', String(entry.step)), fact('meanwhile', meanwhile), ...frame];
	}
	if (entry.kind === 'appeal_outcome') {
		const by = roleInWords({ t }, entry.decided_by);
		return [fact('step', String(entry.step)), fact('decided_by', by), ...frame];
	}
	if (entry.kind === 'audit') {
		return [fact('decided_by', roleInWords({ t }, entry.decided_by)), ...frame];
	}
	if (entry.kind === 'unsealing') {
		return [fact('fields', entry.fields.map((field) => t(`unsealed.field.${field}`)).join(', ')), ...frame];
	}
	if (entry.kind === 'official_request') {
		const { office, request, days } = entry;
		return [
			fact('office', officeName({ t }, office)),
			fact('request', t(`act.request.${request}`)),
			...(days === null ? [] : [fact('days', String(days))]),
			...frame,
		];
	}
	const { totals } = entry;
	const sum = (key: SometimesSummed) => (totals[key] === undefined ? [] : [fact(key, String(totals[key]))]);
	return [
		fact('decisions', String(totals.decisions)),
		...totals.by_rule.map(({ policy, id, count }) => ({ label: `${policy}/${id}`, text: String(count) })),
		...sum('reversals'),
		...sum('appeals'),
		...sum('appeals_decided'),
		fact('federation', String(totals.federation)),
		fact('policies', String(totals.policies)),
		fact('reports_received', String(totals.reports_received)),
		fact('reports_closed', String(totals.reports_closed)),
		...sum('removed_opened'),
		...sum('cases_destroyed'),
		...sum('official_requests'),
		...sum('official_requests_closed'),
		...frame,
	];
}

/** Sums that those of older months do not have. */
type SometimesSummed =
	| 'reversals'
	| 'appeals'
	| 'appeals_decided'
	| 'removed_opened'
	| 'cases_destroyed'
	| 'official_requests'
	| 'official_requests_closed';
