import { seal, unseal } from '@understory/core/seal.ts';
import { csrfToken } from '@understory/http/csrf.ts';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Context } from '../context.ts';
import { type FormTicket, sealTicket } from '../guessing/form-ticket.ts';
import { askingOptions, whoseAnswer } from '../passkeys/coming-in.ts';
import { createCodeProver } from '../porch/by-code.ts';
import { rememberWay } from '../signing-in/browser-cookie.ts';
import { accountById } from '../store/accounts.ts';
import { type CardForm, showEnded } from './card-form.ts';
import { type ComingIn, letIn } from './let-in.ts';
import { isShared } from './shared-computer.ts';
import type { SiteOf } from './site.ts';
import { leadingTo, type Visit, visitOf } from './visit.ts';

/** The largest answer of an authenticator, in bytes. */
const ANSWER = 32_768;

/** What the first door proved, by card and PIN or elsewhere, while the passkey of a locked account is still to come. */
export type Unlocking = Pick<ComingIn, 'obstacle' | 'endedOn'> & {
	readonly account: string;
	readonly first: 'card' | 'elsewhere';
	/** Do others use the computer too? */
	readonly shared: boolean;
};

/** Shows the page that asks a locked account for its passkey; whatever came first was right. */
export type ShowLock = (
	request: Request,
	response: Response,
	visit: Visit,
	unlocking: Unlocking,
) => Promise<void>;

/**
 * Passkeys at the door: as a second way in, and as a lock behind card and PIN. These pages have a script and no field for a PIN; the card page has a field
 * for a PIN and no script.
 */
export function passkeyRoutes(
	context: Context,
	siteOf: SiteOf,
	{ form, slowly }: { form: CardForm; slowly: RequestHandler },
): { router: Router; showLock: ShowLock } {
	const router = Router();
	const prove = createCodeProver(context);

	async function show(request: Request, response: Response, visit: Visit, refused: boolean): Promise<void> {
		const { ticket, options } = await ask(visit, request.path, null);
		form.show(request, response, {
			view: 'card/passkey',
			title: 'account.passkey.title',
			script: true,
			status: refused ? 422 : 200,
			to: leadingTo(visit).to,
			data: { ...leadingTo(visit).data, ticket, options, refused },
		});
	}

	const freshTicket = (): FormTicket => ({
		id: context.randomId(),
		shown: context.clock.now(),
		wrong: 0,
		card: null,
		lead: null,
	});

	/** A form of its own for one answer: its ticket and what is asked for in it. */
	async function ask({ library }: Visit, path: string, of: string | null) {
		const fresh = freshTicket();
		const options = await askingOptions(context, { library, form: fresh }, of);
		return { ticket: sealTicket(context.keysOf(library.id), path, fresh), options: JSON.stringify(options) };
	}

	async function answered(request: Request, response: Response, { library }: Visit) {
		const { ticket } = form.read(request, response);
		const answer = parsed((request.body as { answer?: unknown }).answer);
		return ticket && answer ? whoseAnswer(context, { library, form: ticket }, answer) : null;
	}

	router.get('/sign-in/:uid/passkey', async (request, response) => {
		const visit = await visitOf(siteOf, request, response);
		if (!visit) return showEnded(form, request, response);
		await show(request, response, visit, false);
	});

	router.post('/sign-in/:uid/passkey', slowly, ...form.bodyUpTo(ANSWER), async (request, response) => {
		const visit = await visitOf(siteOf, request, response);
		if (!visit) return showEnded(form, request, response);
		const passkey = await answered(request, response, visit);
		const account = passkey && (await accountById(context.database, visit.library.id, passkey.account));
		if (!account) return show(request, response, visit, true);
		if (!isShared(request)) rememberWay(response, visit.library, 'passkey');
		// Where the passkey is a lock, it is only half of what opens the door.
		const porchOnly = account.locked;
		const coming = { account, way: 'passkey', obstacle: null, endedOn: null, porchOnly, code: null } as const;
		await letIn(context, form, { request, response }, visit, coming);
	});

	const about = (uid: string) => `lock/${uid}`;
	async function lockPage(
		request: Request,
		response: Response,
		visit: Visit,
		unlocking: Unlocking,
		again: { refused?: true; bad_code?: true; code?: string } = {},
	): Promise<void> {
		const { library, details } = visit;
		const action = `/sign-in/${details.uid}/lock`;
		const { ticket, options } = await ask(visit, action, unlocking.account);
		const keys = context.keysOf(library.id);
		const step = seal(keys.seal, about(details.uid), JSON.stringify(unlocking));
		const other = `${action}-code`;
		const byCode = {
			action: other,
			ticket: sealTicket(keys, other, freshTicket()),
			csrf: csrfToken(keys.csrf, other),
		};
		form.show(request, response, {
			view: 'card/lock',
			title: 'account.lock.title',
			script: true,
			status: again.refused || again.bad_code ? 422 : 200,
			path: action,
			to: leadingTo(visit).to,
			data: {
				...leadingTo(visit).data,
				ticket,
				options,
				step,
				byCode,
				elsewhere: unlocking.first === 'elsewhere',
				...again,
			},
		});
	}

	/** Whom card and PIN proved, on the page that was sent; null when it is not ours, or another sign-in's. */
	async function unlockingIn(request: Request, response: Response) {
		const visit = await visitOf(siteOf, request, response);
		const { step } = request.body as { step?: unknown };
		const unlocking = visit && opened(context.keysOf(visit.library.id).seal, about(visit.details.uid), step);
		const account = unlocking && (await accountById(context.database, visit.library.id, unlocking.account));
		if (!account) return null;
		const { obstacle, endedOn, shared } = unlocking;
		return { visit, unlocking, proof: { account, obstacle, endedOn, shared, porchOnly: false } };
	}

	router.post('/sign-in/:uid/lock', slowly, ...form.bodyUpTo(ANSWER), async (request, response) => {
		const sent = await unlockingIn(request, response);
		if (!sent) return showEnded(form, request, response);
		const { visit, unlocking, proof } = sent;
		const passkey = await answered(request, response, visit);
		if (passkey?.account !== proof.account.id)
			return lockPage(request, response, visit, unlocking, { refused: true });
		const coming = { ...proof, way: `${unlocking.first}_and_passkey`, code: null } as const;
		await letIn(context, form, { request, response }, visit, coming);
	});

	router.post('/sign-in/:uid/lock-code', slowly, ...form.body, async (request, response) => {
		const sent = await unlockingIn(request, response);
		if (!sent) return showEnded(form, request, response);
		const { visit, unlocking, proof } = sent;
		const { code = '', caller } = form.read(request, response).given;
		const of = proof.account.id;
		const proved = await prove(visit.library, { code, caller: caller!, of, ways: ['recovery_code'] });
		if (proved.outcome !== 'ok')
			return lockPage(request, response, visit, unlocking, { bad_code: true, code: code.slice(0, 40) });
		await letIn(context, form, { request, response }, visit, {
			...proof,
			way: unlocking.first,
			code: 'next',
		});
	});

	return {
		router,
		showLock: (request, response, visit, unlocking) => lockPage(request, response, visit, unlocking),
	};
}

function parsed(answer: unknown): unknown {
	if (typeof answer !== 'string') return null;
	try {
		return JSON.parse(answer);
	} catch {
		return null;
	}
}

/** What the lock page carries along, or null when it is not ours or another sign-in's. */
function opened(key: Buffer, about: string, step: unknown): Unlocking | null {
	try {
		return JSON.parse(unseal(key, about, String(step))) as Unlocking;
	} catch {
		return null;
	}
}
