import type { Policy } from '@understory/core/rule.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { KeptPolicy } from '../store/policies.ts';
import type { Reading } from './reading.ts';

/** `/policies/{id}/{version}`: one version of the rules, as it was in force, at an address that stays. */
export function policyPage(reading: Reading, { policy, digest }: KeptPolicy, newest: number) {
	const { t } = reading;
	return {
		title: t('policy.title', { policy: policy.id, version: policy.version }),
		heading: t('policy.heading', { policy: policy.id, version: policy.version }),
		...policySummary(reading, policy),
		digest,
		newer: newest > policy.version ? { href: `/policies/${policy.id}/${newest}`, version: newest } : null,
	};
}

/** A policy with its rules, in the reader's language. */
export function policySummary({ t, said, date }: Reading, policy: Policy) {
	return {
		name: t('policy.link', { policy: policy.id, version: policy.version }),
		href: `/policies/${policy.id}/${policy.version}`,
		adopted: t('policy.adopted', { by: policy.adopted_by, date: date(policy.effective_on) }),
		digest: digestDocument(policy),
		rules: policy.rules.map((rule) => ({
			id: rule.id,
			number: t('policy.rule_number', { id: rule.id, version: rule.version }),
			title: said(rule.title),
			text: said(rule.text),
			test: said(rule.test),
			greatest: t(`action.${rule.greatest_first_action}`),
		})),
	};
}
