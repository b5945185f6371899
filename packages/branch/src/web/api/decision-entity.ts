import type { Act } from '../../services/hosting/acts.ts';
import { type DecisionRow, reversalOf } from '../../store/decisions.ts';
import { personById } from '../../store/people.ts';
import type { Web } from '../web.ts';

/**
 * A decision for a program of the staff. Mastodon has one for strikes (`AccountWarning`), without rule, end or reversal, so the words here are those of the log. What a case keeps
 * sealed is not in it.
 */
export function decisionEntity({ context }: Web, decision: DecisionRow) {
	const { id, actions, until, considers, created } = decision;
	const [person, reversal] = context.store.read((reading) => [
		personById(reading, decision.person ?? 0),
		reversalOf(reading, id),
	]);
	return {
		id,
		created_at: dateOf(created),
		status_id: decision.post === null ? null : String(decision.post),
		target_account: person ? { id: String(person.id), username: person.handle } : null,
		action: actions,
		until: dateOf(until),
		considers_days: considers,
		rule: { policy: decision.policy, id: decision.rule, version: decision.rule_version },
		facts: context.keyring.unseal(`decision:${id}`, decision.facts),
		appeal_open_until: decision.appeal_until,
		follows: decision.follows,
		reversed_at: dateOf(reversal?.created ?? null),
		statement: `${context.current.library().accountability_origin}/statements/${id}`,
	};
}

/** What a host can do, as data. */
export function actEntity({ action, about, days, takesDown, afterNotice }: Act) {
	const flags = { takes_down: takesDown === true, only_after_notice: afterNotice === true };
	return { action, about, most_days: days, ...flags };
}

function dateOf(at: number | null): string | null {
	return at === null ? null : new Date(at).toISOString();
}
