import { dateIn } from '@understory/core/calendar.ts';
import { NotFound } from '@understory/core/errors.ts';
import { newestBegun } from '@understory/core/policy-versions.ts';
import type { Policy } from '@understory/core/rule.ts';
import { policyChanges, ruleLine } from '@understory/design/policy-changes.ts';
import { languageOf } from '@understory/http/language.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import { type Request, type Response, Router } from 'express';
import { POLICY_NAME } from '../../services/policies.ts';
import { branchesOf } from '../../store/branches.ts';
import { policiesOf } from '../../store/libraries.ts';
import type { LibraryRow } from '../../store/rows.ts';
import { mayChange } from '../allowed.ts';
import type { ConsoleKit } from '../sign-in-pages.ts';

/** `/libraries/{library}/policies`: a library's rules in all their versions, and what one version has otherwise than another. */
export function policyPages({ context, show, wordsOf, libraryOf, tokenOf }: ConsoleKit): Router {
	const router = Router();
	const path = '/libraries/:library/policies';

	async function list(
		request: Request,
		response: Response,
		library: LibraryRow,
		more: { typed?: { id: string; branch: string } } = {},
	): Promise<void> {
		const t = wordsOf(request, response);
		const { typed } = more;
		const policies = await policiesOf(context.database, library.id);
		const branches = await branchesOf(context.database, library.id);
		const nameOf = new Map(branches.map(({ id, name }) => [id, name]));
		const stateOf = states(policies, dateIn(library.zone, context.clock.now()));
		const faults = typed ? [{ field: 'id', text: t('rules.fault.id') }] : [];
		const data = {
			name: library.name,
			library,
			policies: [...Map.groupBy(policies, ({ id }) => id)].map(([id, versions]) => ({
				id,
				branch: versions[0]!.branch ? (nameOf.get(versions[0]!.branch) ?? versions[0]!.branch) : null,
				versions: versions.toReversed().map((policy) => ({ ...policy, ...stateOf(policy) })),
			})),
			branches: branches.map(({ slug, name }) => ({ slug, name, chosen: slug === typed?.branch })),
			mayChange: mayChange(tokenOf(response, false)),
			typed,
			faults,
		};
		show(request, response, 'policies', 'rules.title', data, typed ? 422 : 200);
	}

	router.get(path, async (request, response) => {
		await list(request, response, await libraryOf(request, response));
	});

	/** Where a new set begins: a name, and whose it is. */
	router.get(`${path}/new`, async (request, response) => {
		const library = await libraryOf(request, response, true);
		const { id = '', branch = '' } = request.query as Record<string, unknown>;
		const typed = { id: String(id).trim(), branch: String(branch) };
		if (!POLICY_NAME.test(typed.id)) return list(request, response, library, { typed });
		const query = typed.branch === '' ? '' : `?branch=${encodeURIComponent(typed.branch)}`;
		response.redirect(303, `/libraries/${library.slug}/policies/${typed.id}/next${query}`);
	});

	router.get(`${path}/:policy/:version`, async (request, response) => {
		const library = await libraryOf(request, response);
		const all = await policiesOf(context.database, library.id);
		const versions = all.filter(({ id }) => id === request.params.policy);
		const policy = versions.find(({ version }) => String(version) === request.params.version);
		if (!policy) throw new NotFound();
		const before = versions.filter(({ version }) => version < policy.version);
		const since = before.find(({ version }) => String(version) === request.query.since) ?? before.at(-1);
		const t = wordsOf(request, response);
		const reader = {
			language: languageOf(request, response),
			t: (key: string, values?: Readonly<Record<string, unknown>>) => t(`accountability.${key}`, values),
		};
		const data = {
			id: policy.id,
			version: policy.version,
			library,
			policy,
			state: states(versions, dateIn(library.zone, context.clock.now()))(policy),
			address: `${library.accountability_origin}/policies/${policy.id}/${policy.version}`,
			sha256: digestDocument(policy),
			rules: policy.rules.map((rule) => ruleLine(reader, rule)),
			since: before.map(({ version }) => ({ version, chosen: version === since?.version })),
			changes: since && policyChanges(reader, since, policy),
			done: request.query.done === 'yes',
			newest: policy === versions.at(-1),
			mayChange: mayChange(tokenOf(response, false)),
		};
		show(request, response, 'policy-version', 'rules.version_title', data);
	});
	return router;
}

/** How a version stands on a day, in one of the design's conditions. */
function states(policies: readonly Policy[], today: string) {
	const inForce = new Set(newestBegun(policies, today));
	return (policy: Policy): { kind: 'good' | 'wait' | 'quiet'; label: string } => {
		if (inForce.has(policy)) return { kind: 'good', label: 'rules.state.in_force' };
		return policy.effective_on > today
			? { kind: 'wait', label: 'rules.state.later' }
			: { kind: 'quiet', label: 'rules.state.replaced' };
	};
}
