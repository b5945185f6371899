import { ruleOf } from '../services/hosting/rule-of.ts';
import { type DecisionRow, reversalOf } from '../store/decisions.ts';
import { postById } from '../store/posts.ts';
import { type PostView, postView } from './post-view.ts';
import { inLanguage } from './routes/about.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** A decision as the person it is about and the hosts read it. */
export interface DecisionView {
	readonly id: string;
	readonly at: number;
	readonly rule: {
		readonly id: string;
		readonly version: number;
		readonly title: string;
		readonly text: string | null;
	};
	readonly facts: string;
	/** Its page on the accountability site. */
	readonly statement: string;
	/** Set when it does not hold any more. */
	readonly reversed: { readonly at: number; readonly reason: string; readonly statement: string } | null;
	/** What it is about, shown whole and without anything to press; null when it is about somebody as such. */
	readonly post: PostView | null;
}

/** Reads it as it was decided: the rule in its version of then, the post as it is kept. The caller has asked whether this visitor may. */
export function decisionView(web: Web, visit: Visit, decision: DecisionRow): DecisionView {
	const { store, keyring, current } = web.context;
	const site = `${current.library().accountability_origin}/statements/`;
	const [reversal, post] = store.read((reading) => [
		reversalOf(reading, decision.id),
		decision.post === null ? undefined : postById(reading, decision.post),
	]);
	const rule = ruleOf(web.context, decision);
	return {
		id: decision.id,
		at: decision.created,
		rule: {
			id: decision.rule,
			version: decision.rule_version,
			title: rule ? inLanguage(rule.title, visit) : decision.rule,
			text: rule ? inLanguage(rule.text, visit) : null,
		},
		facts: keyring.unseal(`decision:${decision.id}`, decision.facts),
		statement: `${site}${decision.id}`,
		reversed: reversal
			? {
					at: reversal.created,
					reason: keyring.unseal(`reversal:${reversal.id}`, reversal.reason),
					statement: `${site}${reversal.id}`,
				}
			: null,
		post: post ? { ...bare(postView(web, visit, post)), gone: null } : null,
	};
}

/** A post to be looked at and not to be acted on. */
export function bare(view: PostView): PostView {
	return {
		...view,
		acts: { buttons: [], said: [], quoted: null, stays: false },
		...{ canReply: false, quoting: null, decide: null, report: null, edit: null, takeBack: null },
	};
}
