import type { Clock } from '@understory/core/clock.ts';
import type { DesiredBranch } from '@understory/core/desired.ts';
import { Unavailable } from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import { type Suspension, suspensionAt } from '@understory/core/suspension.ts';
import { toCloth } from '@understory/design/cloth.ts';
import type { Design } from '@understory/design/design.ts';
import { createApp, finish } from '@understory/http/app.ts';
import { languageOf } from '@understory/http/language.ts';
import { toProblem, wantsPage } from '@understory/http/problem.ts';
import type { Express, Request, Response } from 'express';

/** Others are asked to come again within this many milliseconds, since a branch may be back before its time: an hour. */
const COME_AGAIN = 3_600_000;

/** What everybody else is told: a server that sends something keeps it and comes again. */
export function suspendedError(until: number, now: number): Unavailable {
	const retryAfter = Math.ceil(Math.min(COME_AGAIN, until - now) / 1_000);
	return new Unavailable('This branch is closed for a while. Nothing is lost.', 'suspended', { retryAfter });
}

/** Answers for branches that are suspended: 503 with the reason and the end, in the reader's language. Their folders stay closed. */
export function createSuspendedApp(parts: {
	readonly design: Design;
	readonly clock: Clock;
	readonly log: Log;
	/** The branch a request is for. */
	branchOf(request: Request): DesiredBranch;
}): Express {
	const { design, clock, log } = parts;
	const app = createApp({ log, files: design.files });
	app.use((request: Request, response: Response) => {
		const desired = parts.branchOf(request);
		const now = clock.now();
		// It may have ended a moment ago.
		const suspension = suspensionAt(desired.branch, now) ?? desired.branch.suspended!;
		const error = suspendedError(Math.max(suspension.until, now + 1_000), now);
		response.status(error.status).setHeader('cache-control', 'no-store');
		response.setHeader('retry-after', String(error.retryAfter));
		response.vary('Accept');
		if (wantsPage(request))
			response.type('html').send(page(design, desired, suspension, request, response, now));
		else response.type('application/problem+json').send(JSON.stringify(toProblem(error)));
	});
	return finish(app, { log });
}

function page(
	design: Design,
	{ branch, library }: DesiredBranch,
	{ why, until }: Suspension,
	request: Request,
	response: Response,
	now: number,
): string {
	const language = languageOf(request, response);
	const say = (key: string) => design.t(language, `common.suspended.${key}`, { branch: branch.name });
	const written = why[language] ? language : library.languages.find((known) => why[known]);
	const under = design.t(language, 'common.suspended.under', { library: library.name });
	const frame = {
		title: say('title'),
		cloth: toCloth(branch.cloth),
		plate: { code: branch.code, name: branch.name, href: '/', under },
		tools: [],
		signs: [],
		footer: { lead: under, links: [] },
		sample: library.sample,
		path: '/',
	};
	return design.render(
		'design/suspended',
		{
			page: frame,
			title: frame.title,
			why: why[written ?? 'en'] ?? '',
			written: written === language ? null : written,
			until,
			place: branch.address,
			phone: branch.phone,
		},
		{ language, zone: library.zone, now },
	);
}
