import { dateIn } from '@understory/core/calendar.ts';
import { dueOf, type HostingFacts, ROTA_WARNING } from '@understory/core/hosting.ts';
import type { ReasonOf } from '../reconcile/reasons.ts';
import type { ToldCondition } from '../store/branches.ts';

/** Does somebody host the branch, for how long still, and what comes when nobody does? Days are the library's. */
export function hosted(
	{ stage, plan, until, zone }: Pick<HostingFacts, 'stage' | 'plan' | 'until'> & { readonly zone: string },
	now: number,
): ToldCondition<'Hosted'> {
	const say = (
		status: ToldCondition['status'],
		reason: ReasonOf<'Hosted'>,
		message: string,
	): ToldCondition<'Hosted'> => ({ type: 'Hosted', status, reason, message });
	const day = (at: number) => dateIn(zone, at);
	if (stage === 'listed' || stage === 'unopened' || stage === 'retired')
		return say('Unknown', 'NotOpen', 'Nobody has to host a branch that is not open.');
	if (until === null) return say('True', 'Covered', 'The rota names no end.');
	if (now < until) {
		const last = day(until - 1);
		return until - now > ROTA_WARNING
			? say('True', 'Covered', `The rota is settled up to ${last}.`)
			: say('True', 'RotaEnds', `The rota ends with ${last}. Say who hosts it afterwards.`);
	}
	if (plan === null) return say('False', 'NobodyHosts', 'Nobody hosts it.');
	const since = `Nobody hosts it, as is known since ${day(plan.since)}.`;
	const next = day(dueOf(stage, plan));
	switch (stage) {
		case 'quiet':
			return say(
				'False',
				'Quiet',
				`${since} It is quiet, and will be announced to close on ${next}, not before.`,
			);
		case 'closing':
			return now < plan.over
				? say('False', 'Closing', `${since} It is closing. It may be closed for good from ${next} on.`)
				: say('False', 'MayEnd', `${since} Since ${next} it may be closed for good: that is for you to do.`);
		default:
			return say('False', 'NobodyHosts', `${since} It becomes quiet on ${next}, not before.`);
	}
}
