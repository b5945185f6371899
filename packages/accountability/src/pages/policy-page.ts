import { dateIn } from '@understory/core/calendar.ts';
import { newestBegun } from '@understory/core/policy-versions.ts';
import type { Policy } from '@understory/core/rule.ts';
import { policyChanges } from '@understory/design/policy-changes.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { KeptPolicy } from '../store/policies.ts';
import type { Reading } from './reading.ts';
import { recordsLine } from './records-line.ts';
import { ruleView } from './rule-view.ts';

/**
 * `/policies/{id}/{version}`: one version of the rules at an address that stays, what changed since the version before it, and all versions.
 * `versions` are those of this policy, the newest first.
 */
export function policyPage(
	reading: Reading,
	{ policy, digest }: KeptPolicy,
	versions: readonly KeptPolicy[],
) {
	const { t, date, library, reader } = reading;
	const today = dateIn(library.zone, reader.now);
	const policies = versions.map((kept) => kept.policy);
	const current = newestBegun(policies, today)[0]?.version ?? null;
	const before = policies.find(({ version }) => version < policy.version);
	const branch = library.register.branches.find(({ id }) => id === policy.branch);
	return {
		title: t('policy.title', { policy: policy.id, version: policy.version }),
		heading: t('policy.heading', { policy: policy.id, version: policy.version }),
		...policySummary(reading, policy),
		digest,
		file: `/policies/${policy.id}/${policy.version}.json`,
		records: recordsLine(reading),
		ofBranch: policy.branch ? t('policy.of_branch', { branch: branch?.name ?? policy.branch }) : null,
		newer:
			current !== null && current > policy.version
				? { href: `/policies/${policy.id}/${current}`, version: current }
				: null,
		later: policy.effective_on > today ? t('policy.later_text', { date: date(policy.effective_on) }) : null,
		versions: policies.map((one) => ({
			number: one.version,
			href: one === policy ? null : `/policies/${one.id}/${one.version}`,
			from: date(one.effective_on),
			by: one.adopted_by,
		})),
		changes: before ? policyChanges({ t, language: reader.language }, before, policy) : null,
	};
}

/** A policy with its rules, in the reader's language. */
export function policySummary(reading: Reading, policy: Policy) {
	const { t, date } = reading;
	return {
		name: t('policy.link', { policy: policy.id, version: policy.version }),
		href: `/policies/${policy.id}/${policy.version}`,
		adopted: t('policy.adopted', { by: policy.adopted_by, date: date(policy.effective_on) }),
		digest: digestDocument(policy),
		rules: policy.rules.map((rule) => ruleView(reading, rule)),
	};
}
