import { dateIn } from '@understory/core/calendar.ts';
import { BadInput, Conflict, type Fault, Malformed, NotFound } from '@understory/core/errors.ts';
import type { Policy } from '@understory/core/rule.ts';
import { policyChanges } from '@understory/design/policy-changes.ts';
import { languageOf } from '@understory/http/language.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import { type Request, type Response, Router } from 'express';
import { createBodyChecker } from '../../api/body-checker.ts';
import {
	adoptPolicy,
	type CheckedPolicy,
	checkPolicy,
	POLICY_NAME,
	type WantedPolicy,
} from '../../services/policies.ts';
import type { Services } from '../../services/services.ts';
import { policiesOf } from '../../store/libraries.ts';
import type { LibraryRow } from '../../store/rows.ts';
import type { ConsoleKit } from '../sign-in-pages.ts';
import {
	type Draft,
	draftedRules,
	leavingOut,
	readDraft,
	rulesOf,
	type WrittenRule,
	withRule,
	writeDraft,
} from './draft.ts';
import { formFaults, lintFaults, placeFaults, type RuleFault } from './faults.ts';
import { formView, languagesOf, ruleOf, type Typed, typedOf } from './rule-form.ts';

/** A version that somebody is writing. */
interface Writing {
	readonly library: LibraryRow;
	/** What the set is called. */
	readonly id: string;
	readonly before: Policy | undefined;
	readonly draft: Draft;
	/** Every field of the form as it came. */
	readonly typed: Typed;
	/** What the button asked, and of which rule. */
	readonly act: string;
	readonly of: string;
}

/** What is shown besides the draft. */
interface More {
	readonly faults?: readonly Fault[];
	readonly looked?: CheckedPolicy;
	/** Which sentence says why it was not adopted. */
	readonly said?: 'unchanged' | 'other';
	readonly status?: number;
}

/** What may be wrong beside the rules themselves, and which of it has a place on the page. */
const ON_PAGE = new Set(['adopted_by', 'effective_on', 'rules']);
const FIELDS = ['adopted_by', 'effective_on', 'branch', 'id', 'rules'];

/** `/libraries/{library}/policies/{policy}/next`: writing the next version rule by rule, looking at it, and adopting what was looked at (ADR 94). */
export function draftPages(kit: ConsoleKit & { readonly services: Services }): Router {
	const { context, services, show, wordsOf, libraryOf, tokenOf } = kit;
	const router = Router();
	const path = '/libraries/:library/policies/:policy/next';
	const checker = createBodyChecker();
	const [checkRule, checkWhole] = [checker('NewRule'), checker('NewPolicy')];

	async function writingOf(request: Request, response: Response, form: object): Promise<Writing> {
		const library = await libraryOf(request, response, true);
		const id = String(request.params.policy);
		if (!POLICY_NAME.test(id)) throw new NotFound();
		const typed = Object.fromEntries(
			Object.entries(form).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
		);
		const all = await policiesOf(context.database, library.id);
		const before = all.findLast((policy) => policy.id === id);
		const [act = '', of = ''] = (typed.do ?? '').split(':');
		return { library, id, before, draft: readDraft(typed.draft ?? '', checkRule), typed, act, of };
	}

	function readerOf(request: Request, response: Response) {
		const t = wordsOf(request, response);
		return { language: languageOf(request, response), t };
	}

	function wantedOf({ id, before, draft, typed }: Writing): WantedPolicy {
		const branch = before ? before.branch : typed.branch || undefined;
		return {
			id,
			...(branch === undefined ? {} : { branch }),
			adopted_by: typed.adopted_by ?? '',
			effective_on: (typed.effective_on ?? '').trim(),
			rules: rulesOf(before, draft),
		};
	}

	/** The rules one by one, who adopts them and when, and what was found when it was looked at. */
	function page(request: Request, response: Response, writing: Writing, more: More = {}): void {
		const { library, id, before, draft, typed } = writing;
		const reader = readerOf(request, response);
		const { t } = reader;
		const site = { ...reader, t: (key: string, values = {}) => t(`accountability.${key}`, values) };
		const { rules } = wantedOf(writing);
		const told = more.faults ?? [];
		const ofRules = told.length > 0 ? faultsOfRules(reader, rules, library, told) : [];
		const today = dateIn(library.zone, context.clock.now());
		const from = before && before.effective_on > today ? before.effective_on : today;
		const ofForm = FIELDS.filter((field) => told.some((fault) => fault.field === field)).map((field) => ({
			field,
			text: t(`rules.fault.${field}`, { from }),
		}));
		const policy = more.looked?.policy;
		const data = {
			id,
			library,
			version: (before?.version ?? 0) + 1,
			...formOf(writing),
			fault: Object.fromEntries(ofForm.map(({ field, text }) => [field, text])),
			faults: [
				...ofForm.map(({ field, text }) => ({ field: ON_PAGE.has(field) ? field : '', text })),
				...ofRules.map(({ rule, said }) => ({
					field: `rule-${rule}`,
					text: t('rules.at', { where: rule, why: said }),
				})),
			],
			from,
			rules: draftedRules(before, draft).map(({ rule, state }) => ({
				id: rule.id,
				title: rule.title[reader.language] ?? rule.title.en ?? '',
				text: rule.text[reader.language] ?? rule.text.en ?? '',
				state: `rules.draft.${state}`,
				left: state === 'left',
				faults: ofRules.filter((fault) => fault.rule === rule.id).map(({ said }) => said),
			})),
			looked: policy && {
				version: policy.version,
				address: `${library.accountability_origin}/policies/${id}/${policy.version}`,
				sha256: digestDocument(policy),
				changes: policyChanges(site, before ?? { version: 0, rules: [] }, policy),
				warnings: lintFaults(reader, rules, library.languages, 'warning').map(({ rule, said }) =>
					t('rules.at', { where: rule, why: said }),
				),
			},
			said: more.said && `rules.said.${more.said}`,
			typed,
		};
		show(request, response, 'policy-next', 'rules.next_title', data, more.status);
	}

	/** One rule, to be written; a rule without an id is a new one. */
	function rulePage(
		request: Request,
		response: Response,
		writing: Writing,
		more: { typed: Typed; faults?: readonly RuleFault[]; status?: number },
	): void {
		const { library, id, of } = writing;
		const reader = readerOf(request, response);
		const faults = more.faults ?? [];
		const data = {
			id,
			library,
			rule: of,
			...formOf(writing),
			...formView(more.typed, languagesOf(library.languages, known(writing)), faults, reader),
			faults: faults.map(({ field, said }) => ({ field, text: said })),
		};
		const title = of === '' ? 'rules.new_rule_title' : 'rules.rule_title';
		show(request, response, 'rule', title, data, more.status);
	}

	/** The rule goes into the draft, or is shown again with what was typed and the reasons beside the fields. */
	async function put(request: Request, response: Response, writing: Writing): Promise<void> {
		const { library, before, draft, typed, of } = writing;
		const words = readerOf(request, response);
		const id = of === '' ? (typed.id ?? '').trim() : of;
		const rule = ruleOf(typed, id, languagesOf(library.languages, known(writing)));
		const then = { ...writing, draft: withRule(draft, rule) };
		const taken = of === '' && draftedRules(before, draft).some((one) => one.rule.id === id);
		const told = [
			...faultsOf(() => checkRule(rule)),
			...(taken || !POLICY_NAME.test(id) ? [{ field: 'id', text: '' }] : []),
		];
		const rules = rulesOf(before, then.draft);
		const looked = told.length > 0 ? [] : await found(library, wantedOf(then));
		const faults = [
			...formFaults(words, id, told),
			...lintFaults(words, [rule], library.languages, 'refused'),
			...placeFaults(words, rules, looked).filter((fault) => fault.rule === id),
		];
		if (faults.length > 0) return rulePage(request, response, writing, { typed, faults, status: 422 });
		page(request, response, then);
	}

	/** What the service has against a version; that it says what the newest says is not said of a rule. */
	async function found(library: LibraryRow, wanted: WantedPolicy): Promise<readonly Fault[]> {
		try {
			await checkPolicy(context, library, wanted);
			return [];
		} catch (error) {
			if (error instanceof Conflict) return [];
			if (error instanceof BadInput) return error.faults;
			throw error;
		}
	}

	/** Throws `BadInput` for what has not even the form of a version, together with what the service has against it. */
	async function fitsForm(library: LibraryRow, wanted: WantedPolicy): Promise<void> {
		const faults = faultsOf(() => checkWhole(wanted));
		if (faults.length === 0) return;
		throw new BadInput('This has not the form of rules.', [...faults, ...(await found(library, wanted))]);
	}

	async function look(
		request: Request,
		response: Response,
		writing: Writing,
		more: Pick<More, 'said' | 'status'> = {},
	): Promise<void> {
		const wanted = wantedOf(writing);
		await orSayWhy(request, response, writing, async () => {
			await fitsForm(writing.library, wanted);
			page(request, response, writing, {
				...more,
				looked: await checkPolicy(context, writing.library, wanted),
			});
		});
	}

	async function adopt(request: Request, response: Response, writing: Writing): Promise<void> {
		const { library, typed, id } = writing;
		const wanted = wantedOf(writing);
		const by = tokenOf(response, true).name;
		await orSayWhy(request, response, writing, async () => {
			await fitsForm(library, wanted);
			const { policy } = await adoptPolicy(context, library, wanted, by, typed.looked ?? '');
			await services.libraryChanged(library.id);
			response.redirect(303, `/libraries/${library.slug}/policies/${id}/${policy.version}?done=yes`);
		});
	}

	async function orSayWhy(
		request: Request,
		response: Response,
		writing: Writing,
		work: () => Promise<void>,
	): Promise<void> {
		try {
			await work();
		} catch (error) {
			if (error instanceof BadInput)
				return page(request, response, writing, { faults: error.faults, status: error.status });
			if (!(error instanceof Conflict)) throw error;
			const { status } = error;
			if (error.code === 'policy_unchanged')
				return page(request, response, writing, { said: 'unchanged', status });
			// Somebody adopted another version meanwhile, or a field was changed after looking: one looks again.
			const now = await writingOf(request, response, (request.body ?? {}) as object);
			await look(request, response, now, { said: 'other', status });
		}
	}

	type Act = (request: Request, response: Response, writing: Writing) => unknown;
	const acts: Readonly<Record<string, Act>> = {
		add: (request, response, writing) => rulePage(request, response, writing, { typed: {} }),
		edit(request, response, writing) {
			const rule = known(writing);
			if (!rule) throw new NotFound();
			const typed = typedOf(rule, languagesOf(writing.library.languages, rule));
			rulePage(request, response, writing, { typed });
		},
		put,
		back: page,
		leave: (request, response, writing) =>
			page(request, response, { ...writing, draft: leavingOut(writing.draft, writing.of, true) }),
		keep: (request, response, writing) =>
			page(request, response, { ...writing, draft: leavingOut(writing.draft, writing.of, false) }),
		look,
		adopt,
	};

	router.get(path, async (request, response) => {
		page(request, response, await writingOf(request, response, { branch: request.query.branch }));
	});
	router.post(path, async (request, response) => {
		const writing = await writingOf(request, response, (request.body ?? {}) as object);
		const act = Object.hasOwn(acts, writing.act) ? acts[writing.act] : undefined;
		if (!act) throw new Malformed('This form has no such button.');
		await act(request, response, writing);
	});
	return router;
}

/** The rule that a button speaks of, as it is in the draft. */
function known({ before, draft, of }: Writing): WrittenRule | undefined {
	return draftedRules(before, draft).find(({ rule }) => rule.id === of)?.rule;
}

/** What every form of these pages carries along. */
function formOf({ draft, typed }: Writing) {
	const { adopted_by, effective_on, branch } = typed;
	return { draft: writeDraft(draft), adopted_by, effective_on, branch };
}

function faultsOfRules(
	words: { language: string; t: (key: string, values?: Readonly<Record<string, unknown>>) => string },
	rules: readonly WrittenRule[],
	{ languages }: LibraryRow,
	told: readonly Fault[],
): RuleFault[] {
	return [...placeFaults(words, rules, told), ...lintFaults(words, rules, languages, 'refused')];
}

function faultsOf(check: () => void): readonly Fault[] {
	try {
		check();
		return [];
	} catch (error) {
		if (error instanceof BadInput) return error.faults;
		throw error;
	}
}
