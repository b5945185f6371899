import type { Policy } from '@understory/core/rule.ts';
import { isLive } from '@understory/core/stage.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { BranchContext } from '../context.ts';
import { keepPolicyInForce, policyInForce } from '../store/recorded.ts';
import type { Writing } from '../store/store.ts';
import { record } from './recording.ts';

/** Writes into the log which versions of the rules came into force here since it looked last; one transaction each. */
export function recordRulesInForce(context: BranchContext): void {
	if (!isLive(context.current.branch().stage)) return;
	for (const policy of context.current.policies()) {
		if (context.store.read((reading) => policyInForce(reading, policy.id)) === policy.version) continue;
		context.store.transact((writing) => comeIntoForce(context, writing, policy));
	}
}

function comeIntoForce(context: BranchContext, writing: Writing, policy: Policy): void {
	const replaces = policyInForce(writing, policy.id) ?? null;
	if (replaces === policy.version) return;
	keepPolicyInForce(writing, policy.id, policy.version, context.clock.now());
	recordPolicy(context, writing, policy, replaces);
}

function recordPolicy(
	context: BranchContext,
	writing: Writing,
	policy: Policy,
	replaces: number | null,
): void {
	const { id, version, effective_on } = policy;
	record(context, writing, {
		id: context.ids.random(),
		kind: 'policy',
		policy: { id, version, sha256: digestDocument(policy), effective_on, replaces },
		refs: [],
		texts: {},
	});
}
