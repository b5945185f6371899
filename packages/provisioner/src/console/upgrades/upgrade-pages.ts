import { NotFound, PublicError } from '@understory/core/errors.ts';
import { faultsByField } from '@understory/http/app.ts';
import { type Request, type Response, Router } from 'express';
import { allows } from '../../access/permissions.ts';
import type { Services } from '../../services/services.ts';
import { beginUpgrade, type NewUpgrade, planUpgrade, steerUpgrade } from '../../services/upgrades.ts';
import { findUpgrade, homesOfUpgrade, listUpgrades } from '../../store/upgrades.ts';
import { requireOfPlatform } from '../allowed.ts';
import type { Wording } from '../connector-words.ts';
import { type LiveKit, type LiveView, livePage } from '../live/live-page.ts';
import type { ConsoleKit } from '../sign-in-pages.ts';
import { shownPlan, shownUpgrade, shownWaves } from './shown-upgrade.ts';
import { hoursIn, numberIn } from './typed-hours.ts';

type Typed = Readonly<Record<string, string | undefined>>;

const STEERS = { pause: 'paused', resume: 'running', abort: 'aborted' } as const;

/** `/upgrades`: bringing the homes of the platform to its version in waves, for whoever runs the platform. */
export function upgradePages(kit: ConsoleKit & LiveKit & { readonly services: Services }): Router {
	const { context, services, show, wordsOf, tokenOf } = kit;
	const router = Router();

	/** What can be upgraded, or the sentence why nothing can. */
	async function planned(t: Wording) {
		try {
			return { plan: shownPlan(await planUpgrade(context)), cannot: null };
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			return { plan: null, cannot: faultsOf(error, t)[0]!.text };
		}
	}

	async function list(
		request: Request,
		response: Response,
		{ typed, error }: { typed?: Typed; error?: PublicError } = {},
	): Promise<void> {
		requireOfPlatform(tokenOf(response, false), 'inspect');
		const rows = await listUpgrades(context.database);
		const t = wordsOf(request, response);
		const faults = error ? faultsOf(error, t) : [];
		const data = {
			...(await planned(t)),
			upgrades: rows.map((row) => shownUpgrade(row)),
			underway: rows.find(({ state }) => state === 'running' || state === 'paused')?.id ?? null,
			typed: typed ?? { soak_minutes: '10' },
			faults,
			mayChange: allows(tokenOf(response, false).role, 'keep_platform'),
			bad: faultsByField(faults),
		};
		show(request, response, 'upgrades', 'upgrades.title', data, error?.status);
	}

	async function look(request: Request, response: Response): Promise<LiveView> {
		requireOfPlatform(tokenOf(response, false), 'inspect');
		const row = await findUpgrade(context.database, String(request.params.upgrade));
		if (!row) throw new NotFound();
		const homes = await homesOfUpgrade(context.database, row.id);
		const [newest] = await listUpgrades(context.database, 1);
		const ended = row.state !== 'running' && row.state !== 'paused';
		const data = {
			upgrade: shownUpgrade(row),
			waves: shownWaves(row, homes),
			...{ done: homes.filter(({ state }) => state === 'done').length, total: homes.length },
			going: !ended,
			mayChange: allows(tokenOf(response, false).role, 'keep_platform'),
			paused: row.state === 'paused',
			// Whether it can be is decided when it is asked for; what never can is not offered.
			mayUndo: row.state === 'done' && row.undoes === null && newest?.id === row.id,
		};
		return { view: 'upgrade', title: 'upgrades.title', data, ended };
	}

	/** Does something with an upgrade, and shows its page with why not when that cannot be. */
	async function steering(
		request: Request,
		response: Response,
		act: (upgrade: string, by: string) => Promise<string>,
	): Promise<void> {
		const token = tokenOf(response, true);
		requireOfPlatform(token, 'keep');
		try {
			const id = await act(String(request.params.upgrade), token.name);
			services.goOnUpgrading();
			response.redirect(303, `/upgrades/${id}`);
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500 || error.status === 404) throw error;
			const shown = await look(request, response);
			const data = { ...shown.data, said: faultsOf(error, wordsOf(request, response))[0]!.text };
			show(request, response, shown.view, shown.title, data, error.status);
		}
	}

	router.get('/upgrades', (request, response) => list(request, response));
	router.post('/upgrades', async (request, response) => {
		const token = tokenOf(response, true);
		requireOfPlatform(token, 'keep');
		const typed = (request.body ?? {}) as Typed;
		const id = context.randomId();
		try {
			await beginUpgrade(context, wantedIn(typed), { id, by: token.name });
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			return list(request, response, { typed, error });
		}
		services.goOnUpgrading();
		response.redirect(303, `/upgrades/${id}`);
	});
	livePage(router, '/upgrades/:upgrade', kit, look);
	for (const [step, state] of Object.entries(STEERS)) {
		router.post(`/upgrades/:upgrade/${step}`, (request, response) =>
			steering(
				request,
				response,
				async (upgrade, by) => (await steerUpgrade(context, upgrade, state, by)).id,
			),
		);
	}
	router.post('/upgrades/:upgrade/undo', (request, response) =>
		steering(request, response, async (undo, by) => {
			const id = context.randomId();
			await beginUpgrade(context, { undo }, { id, by });
			return id;
		}),
	);
	return router;
}

function wantedIn({ soak_minutes: soak = '', from, to }: Typed): Partial<NewUpgrade> {
	return { soak_minutes: numberIn(soak), hours: hoursIn({ from, to }) };
}

/** Faults in the reader's words; in the API's English where there are none. */
function faultsOf(error: PublicError, t: Wording): { field: string; text: string }[] {
	if (error.faults.length === 0)
		return [{ field: '', text: t.maybe(`upgrades.fault.${error.code}`) ?? error.message }];
	return error.faults.map(({ field, text }) => ({ field, text: t.maybe(`upgrades.fault.${field}`) ?? text }));
}
